/* How detectors and alert rules did: from each push to its alert, what was missed and who was wrongly accused. */
(function (app) {
  "use strict";
  const MOST_NAMES = 8;
  const WIDTH = 860, ROW = 24, LEFT = 210, RIGHT = 110;

  function chooser(names, key) {
    const { make } = app.dom;
    return make("div", { class: "choices", role: "group", "aria-label": app.words.say(`overlay.${key}`) }, names.map((name, i) => make("button", {
      id: `choose-${key}-${i}`, type: "button", class: "choice", "aria-pressed": String(app.state.get()[key] === i), text: name, onclick: () => app.state.set({ [key]: i }) })));
  }

  /* Before the reveal: only who stands highest. */
  function listHighest(found) {
    const { make, written } = app.dom, order = found.rank.map((_, i) => i).filter((i) => found.rank[i] >= 0).sort((a, b) => found.accused[b] - found.accused[a] || found.rank[b] - found.rank[a] || a - b).slice(0, MOST_NAMES);
    return make("ol", { class: "highest" }, order.map((i) => make("li", {}, [
      written("button", `@${app.run.accounts.handle[i]}`, { type: "button", class: "plain name", onclick: () => app.state.set({ selected: i }) }),
      make("span", { class: "quiet", text: app.words.say(found.accused[i] ? "detectors.accused" : "detectors.higher", { n: found.rank[i] }) })])));
  }

  /* A bar of parts: what was hit of a whole. */
  function makeBar(name, hit, all, kind) {
    const { make } = app.dom, bar = make("span", { class: `share ${kind}` }), { number } = app.words;
    bar.style.setProperty("--share", all ? hit / all : 0);
    return make("tr", {}, [make("th", { scope: "row", text: name }), make("td", { class: "share-cell" }, [bar]), make("td", { class: "number", text: `${number(hit)} / ${number(all)}` })]);
  }

  function makeHits(truth) {
    const { make } = app.dom, { say, sayName } = app.words;
    const group = (title, rows) => make("table", { class: "hits" }, [make("caption", { text: title }), make("tbody", {}, rows)]);
    return make("div", { class: "hit-tables" }, [
      truth.squads.length ? group(say("detectors.missed"), truth.squads.map(([name, hit, missed]) => makeBar(String(name).split(".").pop(), missed, hit + missed, "missed"))) : null,
      group(say("detectors.wronged"), truth.segments.filter(([, , all]) => all).map(([name, hit, all]) => makeBar(sayName("segments", name), hit, all, "wronged"))),
    ]);
  }

  function makeScores() {
    const found = app.overlay.detector(), { make } = app.dom, { say, number } = app.words, revealed = app.bets.isRevealed();
    if (!app.overlay.scores().length) return [];
    const parts = [make("h3", { text: say("detectors.scores") }), chooser(app.overlay.scores().map((one) => one.name), "detector")];
    if (!found) return parts;
    const truth = revealed && app.truth.scores[app.state.get().detector];
    if (!truth) return [...parts, make("p", { text: say("detectors.n_accused", { n: number(found.n_accused) }) }), listHighest(found)];
    const caught = truth.squads.reduce((sum, row) => sum + row[1], 0), all = truth.squads.reduce((sum, row) => sum + row[1] + row[2], 0);
    return [...parts, make("p", { text: say("detectors.told", { caught: number(caught), all: number(all), wronged: number(found.n_accused - caught), precision: truth.average_precision === null ? "–" : truth.average_precision.toFixed(2) }) }), makeHits(truth)];
  }

  const nameOf = (name) => String(name).split(".").pop().replace(/^(.*?)(?:_(\d+))?$/, (_, word, n) => `${app.words.sayName("push", word)}${n ? ` ${n}` : ""}`);

  /* How many hours the chart is wide: all of the longest push, but a push of weeks does not squeeze the rest. */
  function hoursShown(pushes, hours) { return Math.min(120, Math.max(12, ...pushes.map((push) => (push[2] - push[1]) / 60), ...hours.map((h) => h || 0))); }

  /* From push to alert: the push as a band from its start, the time to detect as a bar over it. */
  function drawRow(svg, [name, start, end], hours, place, most) {
    const { shape } = app.dom, { say, shortDay } = app.words, y = place * ROW + 4, x = (h) => LEFT + (Math.min(h, most) / most) * (WIDTH - LEFT - RIGHT);
    svg.append(shape("text", { class: "axis-text", x: LEFT - 10, y: y + 13, "text-anchor": "end", text: `${nameOf(name)} · ${shortDay(app.clock.toMs(start))}` }),
      shape("rect", { class: "push-band", x: x(0), y: y, width: Math.max(3, x((end - start) / 60) - x(0)), height: 16 }));
    const found = hours !== null && hours !== undefined;
    if (found) svg.append(shape("rect", { class: "to-detect", x: x(0), y: y + 4, width: Math.max(2, x(hours) - x(0)), height: 8 }),
      shape("path", { class: "alert-mark", d: `M${x(hours) - 5} ${y}h10l-5 11z` }));
    svg.append(shape("text", { class: found ? "axis-text" : "axis-text missed", x: WIDTH - RIGHT + 12, y: y + 13, text: found ? say("detectors.hours", { n: hours.toFixed(1) }) : `✗ ${say("detectors.push_missed")}` }));
  }

  function drawHours(svg, n, most) {
    const step = [3, 6, 12, 24].find((h) => most / h <= 8) || 24;
    for (let h = 0; h <= most; h += step) {
      const x = LEFT + (h / most) * (WIDTH - LEFT - RIGHT);
      svg.append(app.dom.shape("line", { class: "grid", x1: x, x2: x, y1: 0, y2: n * ROW + 4 }), app.dom.shape("text", { class: "axis-text", x: x, y: n * ROW + 20, "text-anchor": "middle", text: app.words.say("detectors.hours", { n: h }) }));
    }
  }

  function makeAlerts() {
    const found = app.overlay.rule(), { make, shape } = app.dom, { say } = app.words;
    if (!app.overlay.alerts().length) return [];
    const parts = [make("h3", { text: say("detectors.alerts") }), chooser(app.overlay.alerts().map((one) => one.name), "rule")];
    if (!found) return parts;
    if (!app.bets.isRevealed()) return [...parts, make("p", { text: say("detectors.n_alerts", { n: found.minutes.length }) })];
    const truth = app.truth.alerts, hours = truth.hours[app.state.get().rule], wrong = truth.true[app.state.get().rule].filter((is) => !is).length;
    const svg = shape("svg", { viewBox: `0 0 ${WIDTH} ${truth.pushes.length * ROW + 26}`, class: "detect-chart", role: "img", "aria-label": say("detectors.chart") });
    const most = hoursShown(truth.pushes, hours);
    drawHours(svg, truth.pushes.length, most);
    truth.pushes.forEach((push, i) => drawRow(svg, push, hours[i], i, most));
    const rows = truth.pushes.map((push, i) => [nameOf(push[0]), app.words.moment(app.clock.toMs(push[1])), hours[i] === null ? say("detectors.push_missed") : say("detectors.hours", { n: hours[i].toFixed(1) })]);
    return [...parts, make("p", { text: say("detectors.alerts_told", { found: hours.filter((h) => h !== null).length, all: hours.length, wrong: wrong }) }), svg,
      app.state.get().tables ? app.tables.make(say("detectors.chart"), ["name", "start", "hours_head"].map((name) => say(`detectors.${name}`)), rows) : null].filter(Boolean);
  }

  /* How to read what is shown: alert rules, detectors, or both. */
  function explain() {
    const { scores, alerts } = app.overlay, { say } = app.words, parts = [];
    if (alerts().length) parts.push(say("detectors.how_late"));
    if (scores().length) parts.push(say("detectors.how"));
    return parts.join(" ");
  }

  function make() {
    const { make: element } = app.dom, { say } = app.words, revealed = app.bets.isRevealed();
    return [
      element("div", { class: "board-head" }, [element("div", {}, [element("h2", { class: "outcome", text: say("detectors.title") }), element("p", { class: "quiet", text: revealed ? explain() : say("detectors.hidden") })]),
        revealed ? null : element("div", { class: "board-buttons" }, [app.bets.revealButton()])]),
      ...makeAlerts(), ...makeScores(),
    ];
  }

  app.boards.add({ name: "detectors", has: () => app.overlay.scores().length + app.overlay.alerts().length > 0, make: make });
})(window.smearbench);
