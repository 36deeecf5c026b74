/* The axis under the streams: days, the brand's events, pushes once they are revealed, and the handle to scrub with. */
(function (app) {
  "use strict";
  const DAY = 86400000;
  const LABEL_GAP = 10;
  const beat = app.clock.makeBeat();
  let box, slider, width = 0;

  const xOf = (ms) => ((ms - app.run.world.start) / (app.run.world.end - app.run.world.start)) * width;

  /* Ticks that are far enough apart: days, weeks or months. */
  function listTicks() {
    const { start, end } = app.run.world, days = (end - start) / DAY, room = width / 90;
    if (days / 30 > room / 2 || days > 100) return listMonths(start, end);
    const step = [1, 2, 7, 14].find((s) => days / s <= room) || 14, ticks = [];
    for (let ms = Math.ceil(start / DAY) * DAY; ms < end; ms += step * DAY) ticks.push({ ms: ms, text: app.words.shortDay(ms) });
    return ticks;
  }

  function listMonths(start, end) {
    const ticks = [], first = new Date(start);
    for (let m = 0; ; m++) {
      const ms = Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + m, 1);
      if (ms >= end) return ticks;
      if (ms >= start) ticks.push({ ms: ms, text: app.words.month(ms) });
    }
  }

  /* Events of one hour or so are one mark. */
  function listEvents() {
    const groups = [];
    for (const event of app.run.world.events) {
      const last = groups[groups.length - 1];
      if (last && event.time - last.ms < DAY / 4 && last.kind === event.kind) { last.count++; continue; }
      groups.push({ ms: event.time, kind: event.kind, count: 1 });
    }
    return groups;
  }

  /* Puts each label in the first row in which it touches no other; one that fits in none stays out (its mark remains). */
  function placeLabels(labels, rows) {
    const ends = Array.from({ length: rows }, () => []);
    for (const label of labels) {
      const half = label.width / 2, x = Math.max(half, Math.min(width - half, label.x));
      const row = ends.findIndex((taken) => taken.every(([from, to]) => x + half + LABEL_GAP < from || x - half - LABEL_GAP > to));
      label.row = row;
      label.at = x;
      if (row >= 0) ends[row].push([x - half, x + half]);
    }
    return labels.filter((label) => label.row >= 0);
  }

  function measure(text, bold) {
    const pen = measure.pen || (measure.pen = document.createElement("canvas").getContext("2d"));
    pen.font = `${bold ? "600 " : ""}${parseFloat(getComputedStyle(document.documentElement).fontSize) > 20 ? 18 : 15}px ${getComputedStyle(document.body).fontFamily}`;
    return pen.measureText(text).width;
  }

  function render() {
    width = box.clientWidth;
    if (!width) return;
    const { shape, replace } = app.dom;
    const size = parseFloat(getComputedStyle(document.documentElement).fontSize), text = size > 20 ? 18 : 15;
    const svg = shape("svg", { viewBox: `0 0 ${width} ${3 * size}`, height: 3 * size, "aria-hidden": "true" });
    const ticks = listTicks().map((tick) => ({ ...tick, x: xOf(tick.ms), width: measure(tick.text) }));
    for (const tick of ticks) svg.append(shape("line", { class: "tick", x1: tick.x, x2: tick.x, y1: 4, y2: 11 }));
    for (const tick of placeLabels(ticks, 1)) svg.append(shape("text", { class: "tick-text", x: tick.at, y: 11 + text, text: tick.text }));
    drawEvents(svg, 15 + 2 * text + 2);
    if (app.state.get().revealed && app.truth) drawPushes(svg);
    replace(box, [svg]);
  }

  function drawEvents(svg, y) {
    const { shape } = app.dom;
    const events = listEvents().map(function (event) {
      const text = app.words.sayName("event", event.kind) + (event.count > 1 ? ` ×${event.count}` : "");
      return { ...event, x: xOf(event.ms), text: text, width: measure(text, true) };
    });
    for (const event of events) svg.append(shape("path", { class: `event ${event.kind}`, d: `M${event.x} -3l6 7-6 7-6-7z` }));
    events.sort((a, b) => (b.kind === "launch") - (a.kind === "launch"));
    for (const label of placeLabels(events, 1)) svg.append(shape("text", { class: `event-text ${label.kind}`, x: label.at, y: y, text: label.text }));
  }

  /* A twin has the plan of its world, but nobody carries it out. */
  function carriedOut() { return app.truth.pushes.filter((push) => push.posts > 0); }

  function drawPushes(svg) {
    for (const push of carriedOut()) {
      const x = xOf(push.start);
      svg.append(app.dom.shape("rect", { class: "push", x: x, y: -9, width: Math.max(2, xOf(push.end) - x), height: 5 }));
    }
  }

  /* Before the reveal: where talk of the brand's narratives rises; after it: where pushes start. In minutes. */
  function listStops() {
    if (app.state.get().revealed && app.truth) return carriedOut().map((push) => app.clock.toMinutes(push.start));
    const series = app.run.series.narratives, bin = app.run.world.bin / 60000;
    const totals = app.run.series.all.map((_, i) => series.reduce((sum, counts) => sum + counts[i], 0));
    const reach = Math.max(1, Math.round(DAY / app.run.world.bin)), usual = totals.slice().sort((a, b) => a - b)[totals.length >> 1];
    const peaks = totals.map((_, i) => i).filter((i) => totals[i] > 2 * usual + 2 && totals[i] === Math.max(...totals.slice(Math.max(0, i - reach), i + reach + 1)));
    return peaks.map((i) => i * bin);
  }

  app.timeline = {
    measure: measure,
    next: function () {
      const stop = listStops().find((minute) => minute > app.state.get().time + 1);
      if (stop !== undefined) app.clock.seek(stop);
    },
    stops: listStops,
  };

  function tell(time, now) {
    slider.value = Math.round(time);
    if (beat(now)) slider.setAttribute("aria-valuetext", app.words.moment(app.clock.toMs(time)));
    return false;
  }

  app.addView({
    name: "timeline",
    start: function () {
      box = app.dom.make("div", { class: "axis-box" });
      slider = app.dom.make("input", { type: "range", class: "scrub", id: "scrub", min: 0, max: Math.round(app.run.minutes), step: 1,
        oninput: () => app.clock.seek(Number(slider.value)) });
      app.dom.byId("player").append(slider, box);
      new ResizeObserver(render).observe(box);
    },
    draw: tell,
    change: function (keys) {
      if (["language", "dark", "revealed"].some((key) => keys.includes(key))) render();
      if (keys.includes("language")) slider.setAttribute("aria-label", app.words.say("player.scrub"));
    },
  });
})(window.smearbench);
