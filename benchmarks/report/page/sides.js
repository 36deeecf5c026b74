/* Runs side by side: posts a day, what the campaign showed people, and attitudes. Before the reveal the runs have
   letters and only what all can see; after it they have their names, and the difference is drawn. */
(function (app) {
  "use strict";
  const WIDTH = 430, HEIGHT = 150, FOOT = 24, LEFT = 62;
  const DASHES = ["", "7 4", "2 3"];
  const SPREAD_HOURS = 36;

  const sides = () => app.payload.extras.sides || [];
  const truths = () => app.truth.sides;
  const colour = (k) => app.palette.css(["--operated", "--focus", "--honest"][k]);
  const letter = (k) => String.fromCharCode(65 + k);

  function nameOf(k) {
    const { say, shortDay } = app.words;
    if (!app.bets.isRevealed()) return say("sides.run", { letter: letter(k) });
    const side = truths()[k];
    return say(`sides.${side.kind}`, { day: side.when === null ? "" : shortDay(side.when), letter: letter(k) });
  }

  /* A running mean a day wide and a half, in posts a day. */
  function perDay(counts) {
    const bin = app.run.world.bin, reach = Math.max(0, Math.round((SPREAD_HOURS * 3600000) / bin / 2));
    return counts.map(function (_, i) {
      const part = counts.slice(Math.max(0, i - reach), i + reach + 1);
      return (part.reduce((a, b) => a + b, 0) / part.length) * (86400000 / bin);
    });
  }

  function accumulate(counts) { let sum = 0; return counts.map((count) => (sum += count)); }

  const exposuresOf = (side) => Object.values(side.exposures).reduce((sum, segment) => sum.map((n, i) => n + segment.exposures[i]), new Array(app.run.world.n_bins).fill(0));

  function drawAxis(svg, most, least, format) {
    const { shape } = app.dom, y = (value) => HEIGHT - ((value - least) / (most - least)) * (HEIGHT - 12);
    for (const value of least < 0 ? [least, 0, ...(most > -least / 5 ? [most] : [])] : [0, most]) {
      svg.append(shape("line", { class: "grid", x1: LEFT, x2: WIDTH, y1: y(value), y2: y(value) }),
        shape("text", { class: "axis-text", x: LEFT - 6, y: y(value) + 5, "text-anchor": "end", text: format(value) }));
    }
    const { start, end, launch } = app.run.world, x = (ms) => LEFT + ((ms - start) / (end - start)) * (WIDTH - LEFT);
    svg.append(shape("text", { class: "axis-text", x: LEFT, y: HEIGHT + 20, text: app.words.shortDay(start) }),
      shape("text", { class: "axis-text", x: WIDTH, y: HEIGHT + 20, "text-anchor": "end", text: app.words.shortDay(end) }));
    if (launch > start && launch < end) svg.append(shape("path", { class: "event launch", d: `M${x(launch)} ${HEIGHT - 6}l6 7-6 7-6-7z` }));
    return { x: x, y: y };
  }

  function niceMost(value) {
    const size = 10 ** Math.floor(Math.log10(Math.max(value, 1e-9)));
    return [1, 1.5, 2, 3, 4, 5, 7.5, 10].map((m) => m * size).find((m) => m >= value);
  }

  /* `lines` by run: [ms, value] points. */
  function makeChart(title, lines, options) {
    const { make, shape } = app.dom, values = lines.flatMap((line) => line.map((point) => point[1]));
    const most = niceMost(Math.max(...values, options.floor || 1)), least = Math.min(...values, 0) < -1e-9 ? -niceMost(-Math.min(...values)) : 0;
    const svg = shape("svg", { viewBox: `0 0 ${WIDTH + 4} ${HEIGHT + FOOT}`, class: "side-chart", role: "img", "aria-label": title });
    const { x, y } = drawAxis(svg, most, least, options.format || app.words.number);
    lines.forEach(function (line, k) {
      const path = shape("path", { class: "side-line", d: line.map(([ms, value], i) => `${i ? "L" : "M"}${x(ms).toFixed(1)} ${y(value).toFixed(1)}`).join(""), "stroke-dasharray": DASHES[k] });
      path.style.stroke = colour(k);
      svg.append(path);
    });
    if (options.ends) drawEnds(svg, x);
    return make("figure", { class: "side-figure" }, [make("figcaption", { text: title }), svg]);
  }

  /* When each campaign was broken up. */
  function drawEnds(svg, x) {
    truths().forEach(function (side, k) {
      if (side.when === null || side.when > app.run.world.end) return;
      const line = app.dom.shape("line", { class: "side-end", x1: x(side.when), x2: x(side.when), y1: 4, y2: HEIGHT });
      line.style.stroke = colour(k);
      svg.append(line);
    });
  }

  const timed = (counts) => counts.map((value, i) => [app.run.world.start + (i + 1) * app.run.world.bin, value]);

  function makeKey() {
    const { make, shape } = app.dom;
    return make("ul", { class: "side-key" }, sides().map(function (_, k) {
      const line = shape("line", { x1: 0, x2: 30, y1: 7, y2: 7, class: "side-line", "stroke-dasharray": DASHES[k] });
      line.style.stroke = colour(k);
      const total = app.bets.isRevealed() ? app.words.say("sides.shown", { n: app.words.number(exposuresOf(truths()[k]).reduce((a, b) => a + b, 0)) }) : null;
      return make("li", {}, [shape("svg", { width: 30, height: 14, "aria-hidden": "true" }, [line]), make("strong", { text: nameOf(k) }), total ? make("span", { class: "quiet", text: total }) : null]);
    }));
  }

  /* Mean attitudes of a segment over the days, less those of the run without the campaign where there is one. */
  function attitudeLines(segment, base) {
    return truths().map(function (side) {
      const days = side.attitudes.days, mean = app.payload.sumUp(side.attitudes.mean[segment] || []);
      const zero = base < 0 ? null : app.payload.sumUp(truths()[base].attitudes.mean[segment] || []);
      return days.map((ms, i) => [ms, (mean[i] - (zero ? zero[i] : mean[0])) / 10000]);
    });
  }

  function makeAttitudes() {
    const base = truths().findIndex((side) => side.kind === "twin"), { say, sayName } = app.words;
    const format = (value) => new Intl.NumberFormat(app.state.get().language, { maximumFractionDigits: 4, signDisplay: "exceptZero" }).format(value);
    const segments = ["casual", "fan", "customer"].filter((name) => truths()[0].attitudes.mean[name]);
    return segments.map((name) => makeChart(`${say(base < 0 ? "sides.attitude_start" : "sides.attitude_twin")} ${sayName("segments", name)}`, attitudeLines(name, base), { format: format, floor: 0.0001 }));
  }

  /* One line that says the difference. */
  function makeOutcome() {
    const { say, percent } = app.words;
    if (!app.bets.isRevealed()) return say("sides.title");
    const totals = truths().map((side) => exposuresOf(side).reduce((a, b) => a + b, 0)), most = Math.max(...totals);
    const least = totals.reduce((best, n, k) => (truths()[k].kind !== "twin" && n < totals[best] ? k : best), totals.indexOf(most));
    return totals[least] === most ? say("sides.title") : say("sides.outcome", { less: percent(1 - totals[least] / most), name: nameOf(least) });
  }

  function make() {
    const { make } = app.dom, { say } = app.words, revealed = app.bets.isRevealed();
    const charts = [makeChart(say("sides.claims"), sides().map((side) => timed(perDay(side.claims))), { ends: revealed }), makeChart(say("sides.talk"), sides().map((side) => timed(perDay(side.talk))), {})];
    if (revealed) {
      charts.splice(1, 0, makeChart(say("sides.exposures"), truths().map((side) => timed(accumulate(exposuresOf(side)))), { ends: true }));
      charts.push(...makeAttitudes());
    }
    return [
      make("div", { class: "board-head" }, [make("div", {}, [make("h2", { class: "outcome", text: makeOutcome() }), make("p", { class: "quiet", text: say(revealed ? "sides.how" : "sides.hidden") })]),
        revealed ? null : make("div", { class: "board-buttons" }, [app.bets.revealButton()])]),
      makeKey(),
      make("div", { class: "side-figures" }, charts),
      revealed ? makeTable() : null,
      make("div", { class: "countermeasures" }, [make("h3", { text: say("sides.measures") }), make("p", { class: "quiet", text: say("sides.no_measures") })]),
    ];
  }

  function makeTable() {
    const { say, sayName } = app.words, total = (counts) => counts.reduce((a, b) => a + b, 0), kept = truths();
    const segments = [...new Set(kept.flatMap((side) => Object.keys(side.exposures)))].sort();
    const rows = segments.map((name) => [sayName("segments", name), ...kept.map((side) => (side.exposures[name] ? total(side.exposures[name].exposures) : 0))]);
    rows.push([say("sides.pushed"), ...kept.map((side) => total(side.pushed))]);
    return app.tables.make(say("sides.table"), [say("sides.segment"), ...kept.map((_, k) => nameOf(k))], rows);
  }

  app.boards.add({ name: "sides", has: () => sides().length > 1, make: make });
})(window.smearbench);
