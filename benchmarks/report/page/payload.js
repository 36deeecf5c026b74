/* Reads the two parts of the payload; the truth stays packed until `openTruth` is called. */
(function (app) {
  "use strict";

  async function unpack(id) {
    const text = document.getElementById(id).textContent.trim();
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return JSON.parse(await new Response(stream).text());
  }

  function sumUp(deltas) {
    const values = new Float64Array(deltas.length);
    let total = 0;
    for (let i = 0; i < deltas.length; i++) values[i] = total += deltas[i];
    return values;
  }

  function wordAt(column, index) {
    const code = column.codes[index];
    return code < 0 ? null : column.words[code];
  }

  /* Follows, as the first place of each account's own in `to` (and the same the other way round). */
  function indexFollows(follows, count) {
    const from = sumUp(follows.from), to = Int32Array.from(follows.to);
    return { from: Int32Array.from(from), to: to, following: group(from, to, count), followers: group(to, from, count) };
  }

  function group(keys, values, count) {
    const lists = Array.from({ length: count }, () => []);
    for (let i = 0; i < keys.length; i++) lists[keys[i]].push(values[i]);
    return lists;
  }

  function readRun(raw) {
    const run = raw;
    run.minutes = (raw.world.end - raw.world.start) / 60000;
    run.brandAccounts = new Set(raw.world.brand_accounts);
    run.posts.minute = sumUp(raw.posts.minute);
    run.posts.account = Int32Array.from(raw.posts.account);
    run.posts.about = Int16Array.from(raw.posts.about);
    run.posts.parent = Int32Array.from(raw.posts.parent);
    run.posts.of = group(run.posts.account, run.posts.minute.map((_, i) => i), raw.accounts.handle.length);
    run.follows = indexFollows(raw.follows, raw.accounts.handle.length);
    return run;
  }

  app.payload = {
    runs: [],
    extras: {},
    truths: null,
    wordAt: wordAt,
    sumUp: sumUp,
    read: async function () {
      const content = await unpack("payload-visible");
      app.payload.extras = content;
      app.payload.runs = content.runs.map(readRun);
      app.run = app.payload.runs[0];
    },
    /* Unpacks the sealed part: one entry a run, in their order. Views look at `state.revealed`, not at this. */
    openTruth: async function () {
      if (!app.payload.truths) app.payload.truths = (await unpack("payload-truth")).runs;
      app.truth = app.payload.truths[0];
      return app.payload.truths;
    },
    /* First position in ascending `values` that is above `value`. */
    after: function (values, value) {
      let low = 0, high = values.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (values[middle] <= value) low = middle + 1; else high = middle;
      }
      return low;
    },
  };
})(window.smearbench);
