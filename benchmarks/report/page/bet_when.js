/* When would you have called it? Day by day, with the future veiled, until the class calls; then what had happened. */
(function (app) {
  "use strict";
  const WIDTH = 900, HEIGHT = 300, FOOT = 26;
  const DAY = 1440;

  const days = () => Math.ceil(app.run.minutes / DAY);
  const perDay = (counts) => Array.from({ length: days() }, (_, d) => {
    const a = Math.round((d * DAY * 60000) / app.run.world.bin), b = Math.round(((d + 1) * DAY * 60000) / app.run.world.bin);
    return counts.slice(a, b).reduce((sum, count) => sum + count, 0);
  });
  const add = (lists) => lists[0].map((_, i) => lists.reduce((sum, list) => sum + list[i], 0));
  const xOf = (minute) => (minute / app.run.minutes) * WIDTH;

  function drawDays(svg, most, until) {
    const { shape } = app.dom, talk = perDay(add([app.run.series.other, ...app.run.series.narratives])), claims = perDay(add(app.run.series.narratives));
    const pushed = app.bets.isRevealed() && app.truth.pushes.length ? perDay(add(Object.values(app.truth.series))) : null, wide = xOf(DAY), high = (count) => (count / most) * (HEIGHT - 12);
    talk.forEach(function (count, d) {
      if (d * DAY >= until) return;
      const bar = (value, name) => svg.append(shape("rect", { class: name, x: xOf(d * DAY) + 1, y: HEIGHT - high(value), width: Math.max(1, wide - 2), height: high(value) }));
      bar(count, "day-talk");
      bar(claims[d], "day-claims");
      if (pushed) bar(pushed[d], "spike-bought");
    });
  }

  function drawMarks(svg, until) {
    const { shape } = app.dom, { shortDay } = app.words;
    for (const event of app.run.world.events) {
      const minute = app.clock.toMinutes(event.time);
      if (minute >= until && event.kind !== "launch") continue;
      svg.append(shape("path", { class: `event ${event.kind}`, d: `M${xOf(minute)} ${HEIGHT - 5}l6 7-6 7-6-7z` }));
    }
    const step = Math.max(1, Math.ceil(days() / 9));
    for (let d = step; d < days(); d += step) svg.append(shape("text", { class: "tick-text", x: xOf(d * DAY), y: HEIGHT + 22, text: shortDay(app.clock.toMs(d * DAY)) }));
    if (app.bets.placed.called < 0) return;
    const x = xOf(app.bets.placed.called), flip = x > WIDTH * 0.75;
    svg.append(shape("line", { class: "called", x1: x, x2: x, y1: 0, y2: HEIGHT }),
      shape("text", { class: "called-text", x: x + (flip ? -8 : 8), y: 18, "text-anchor": flip ? "end" : "start", text: app.words.say("bets.you_called") }));
  }

  function drawPushes(svg) {
    for (const push of app.truth.pushes) {
      const x = xOf(app.clock.toMinutes(push.start));
      svg.append(app.dom.shape("rect", { class: "push", x: x, y: HEIGHT + 1, width: Math.max(3, xOf(app.clock.toMinutes(push.end)) - x), height: 5 }));
    }
  }

  function makeChart(until) {
    const { shape } = app.dom, talk = perDay(add([app.run.series.other, ...app.run.series.narratives]));
    const svg = shape("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT + FOOT}`, class: "when-chart", role: "img", "aria-label": app.words.say("bets.when_label") });
    drawDays(svg, Math.max(...talk, 1), until);
    svg.append(shape("line", { class: "waterline", x1: 0, x2: WIDTH, y1: HEIGHT, y2: HEIGHT }));
    if (app.bets.isRevealed()) drawPushes(svg);
    else svg.append(shape("rect", { class: "future", x: xOf(until), y: 0, width: WIDTH - xOf(until), height: HEIGHT }));
    drawMarks(svg, until);
    return svg;
  }

  function goOn(n) {
    const bets = app.bets.placed;
    bets.seen = Math.min(app.run.minutes, bets.seen + n * DAY);
    app.state.set({ time: bets.seen });
    app.bets.changed();
  }

  function call() {
    app.bets.placed.called = app.bets.placed.seen;
    app.dom.announce(app.words.say("bets.called_on", { day: app.words.day(app.clock.toMs(app.bets.placed.called)) }));
    app.bets.changed();
  }

  function makeButtons() {
    const { make } = app.dom, { say, day } = app.words, bets = app.bets.placed;
    if (bets.called >= 0) return [make("span", { class: "quiet", text: say("bets.called_on", { day: day(app.clock.toMs(bets.called)) }) }),
      make("button", { id: "when-undo", type: "button", text: say("bets.undo"), onclick: function () { bets.called = -1; app.bets.changed(); } }), app.bets.revealButton()];
    return [make("button", { id: "when-week", type: "button", text: say("bets.week_on"), onclick: () => goOn(7) }), make("button", { id: "when-day", type: "button", text: say("bets.day_on"), onclick: () => goOn(1) }),
      make("button", { id: "when-call", type: "button", class: "main reveal-bet", text: say("bets.call"), onclick: call })];
  }

  /* What was said on the last day that is seen. */
  function makeSaid() {
    const posts = app.run.posts, until = app.bets.placed.seen, begin = app.payload.after(posts.minute, until - DAY), end = app.payload.after(posts.minute, until), found = [];
    for (let p = end - 1; p >= begin && found.length < 40; p--) if (posts.about[p] >= 0 && posts.text[p] && app.payload.wordAt(posts.kind, p) !== "repost") found.push(p);
    const step = Math.max(1, Math.floor(found.length / 4));
    return app.dom.make("ul", { class: "spike-posts" }, found.filter((_, i) => i % step === 0).slice(0, 4).map((p) => app.dom.written("li", posts.text[p], { class: "quote" })));
  }

  function makeOutcome() {
    const { say, percent, number } = app.words, called = app.bets.placed.called;
    if (!app.truth.pushes.length) return say("bets.when_quiet");
    const first = app.bets.firstPush();
    if (called < 0) return say("bets.when_none", { day: app.words.day(app.clock.toMs(first)) });
    if (called < first) return say("bets.when_early", { n: number(Math.ceil((first - called) / DAY)) });
    return say("bets.when_late", { n: number(Math.floor((called - first) / DAY)), share: percent(1 - app.bets.shareAhead(called)) });
  }

  function makeKey() {
    const names = [["day-claims", "bets.key_claims"], ["day-talk", "bets.key_talk"], ...(app.bets.isRevealed() ? [["spike-bought", "bets.key_bought"]] : [])];
    return app.dom.make("ul", { class: "chart-key" }, names.map(([name, key]) => app.dom.make("li", {}, [
      app.dom.shape("svg", { width: 14, height: 14, "aria-hidden": "true" }, [app.dom.shape("rect", { class: name, width: 14, height: 14 })]), app.dom.make("span", { text: app.words.say(key) })])));
  }

  function make() {
    const { make } = app.dom, { say } = app.words, bets = app.bets.placed, revealed = app.bets.isRevealed();
    if (!bets.seen) bets.seen = Math.min(7 * DAY, app.run.minutes);
    const until = revealed ? app.run.minutes : bets.seen;
    const head = revealed ? make("div", { class: "board-head" }, [make("div", {}, [make("h2", { class: "outcome", text: makeOutcome() }), make("p", { class: "quiet", text: say("bets.when_why") })])])
      : app.bets.head("when", makeButtons());
    return [head, makeKey(), makeChart(until), revealed ? null : make("h3", { text: say("bets.when_day", { day: app.words.day(app.clock.toMs(bets.seen - 1)) }) }), revealed ? null : makeSaid()];
  }

  app.boards.add({ name: "when", has: () => Boolean(app.payload.extras.bets), make: make });
})(window.smearbench);
