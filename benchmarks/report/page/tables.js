/* A table for every picture: for those who cannot see them, and for those who want the numbers. */
(function (app) {
  "use strict";
  const MOST_ROWS = 500;
  let box;

  function table(caption, head, rows) {
    const { make } = app.dom;
    return make("div", { class: "table-box", tabindex: 0, role: "region", "aria-label": caption }, [make("table", {}, [
      make("caption", { text: caption }),
      make("thead", {}, [make("tr", {}, head.map((text, i) => make("th", { scope: "col", class: rows.length && typeof rows[0][i] === "number" ? "number" : null, text: text })))]),
      make("tbody", {}, rows.map((row) => make("tr", {}, row.map((cell, i) => makeCell(cell, i))))),
    ])]);
  }

  function makeCell(cell, place) {
    const tag = place ? "td" : "th", attributes = place ? {} : { scope: "row" };
    if (cell instanceof Node) return app.dom.make(tag, attributes, [cell]);
    return typeof cell === "number" ? app.dom.make(tag, { ...attributes, class: "number", text: app.words.number(cell) }) : app.dom.written(tag, String(cell), attributes);
  }

  /* Posts by week and narrative; days where the run is short. */
  function tabulateStreams() {
    const { say, day } = app.words, world = app.run.world, days = (world.end - world.start) / 86400000;
    const step = (days > 60 ? 7 : 1) * Math.max(1, Math.round(86400000 / world.bin)), rows = [];
    for (let i = 0; i < world.n_bins; i += step) {
      const sum = (counts) => counts.slice(i, i + step).reduce((a, b) => a + b, 0);
      rows.push([day(world.start + i * world.bin), ...app.run.series.narratives.map(sum), sum(app.run.series.other), sum(app.run.series.background)]);
    }
    const names = app.run.narratives.map((_, i) => app.palette.nameOf(i));
    return table(say(days > 60 ? "tables.streams_week" : "tables.streams_day"), [say("tables.from"), ...names, say("streams.other"), say("streams.background")], rows);
  }

  function tabulateEvents() {
    const { say, sayName, moment } = app.words;
    const rows = app.run.world.events.map((event) => [moment(event.time), sayName("event", event.kind)]);
    return table(say("tables.events"), [say("tables.time"), say("tables.event")], rows);
  }

  function tabulatePushes() {
    if (!app.state.get().revealed || !app.truth) return null;
    const { say, sayName, moment } = app.words;
    const rows = app.truth.pushes.map((p) => [moment(p.start), moment(p.end), sayName("narrative", p.narrative), sayName("tactic", p.tactic), p.posts, p.accounts]);
    return table(say("tables.pushes"), ["start", "end", "narrative", "tactic", "posts", "accounts"].map((name) => say(`tables.push.${name}`)), rows);
  }

  function tabulateAccounts() {
    const { say, sayName, number } = app.words, run = app.run, revealed = app.state.get().revealed && app.truth;
    const order = run.accounts.handle.map((_, i) => i).sort((a, b) => run.accounts.brand_posts[b] - run.accounts.brand_posts[a] || a - b).slice(0, MOST_ROWS);
    const rows = order.map(function (i) {
      const kind = revealed ? app.palette.trueKind(app.truth, i) : app.palette.visibleKind(run, i);
      const button = app.dom.written("button", `@${run.accounts.handle[i]}`, { class: "plain", onclick: () => app.state.set({ selected: i }) });
      return [button, sayName("mark", kind), run.accounts.island[i] + 1, run.accounts.followers[i], run.accounts.posts[i], run.accounts.brand_posts[i]];
    });
    const caption = say("tables.accounts", { shown: number(rows.length), all: number(run.counts.accounts) });
    return table(caption, ["handle", "kind", "community", "followers", "posts", "brand_posts"].map((name) => say(`tables.account.${name}`)), rows);
  }

  function render() {
    const state = app.state.get();
    box.hidden = !state.tables;
    if (state.tables) app.dom.replace(box, [app.dom.make("h2", { text: app.words.say("tables.title") }), tabulateStreams(), tabulateEvents(), tabulatePushes(), tabulateAccounts()]);
  }

  app.tables = { make: table };
  app.addView({
    name: "tables",
    start: function () { box = app.dom.byId("tables"); },
    change: function (keys, state) {
      if (["tables", "language", "revealed"].some((key) => keys.includes(key))) render();
      // They stand below the first view: who asks for them wants to see them.
      if (keys.length === 1 && keys[0] === "tables" && state.tables) box.scrollIntoView({ behavior: state.still ? "auto" : "smooth" });
    },
  });
})(window.smearbench);
