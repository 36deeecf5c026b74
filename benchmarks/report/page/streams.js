/* What is said over time, as a stream: one band a narrative above the line, other talk of the brand below it. */
(function (app) {
  "use strict";
  const TOP = 20;           // px for the heading
  const LEAST_LABEL = 18;   // px of thickness under which a band has no name in it
  let svg, width = 0, height = 0, veil, head, bands = [], names = [];

  /* A moving mean with bell-shaped weights, so that one sees a stream and not a comb; `spread` is in bins. */
  function smooth(counts, spread) {
    const reach = Math.ceil(2.5 * spread);
    const kernel = Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-(((i - reach) / spread) ** 2) / 2));
    return counts.map(function (_, i) {
      let sum = 0, weight = 0;
      for (let j = Math.max(0, i - reach); j <= Math.min(counts.length - 1, i + reach); j++) {
        sum += counts[j] * kernel[j - i + reach];
        weight += kernel[j - i + reach];
      }
      return sum / weight;
    });
  }

  /* Half a day, and more where the run is long. */
  function spreadInBins() {
    const days = app.run.minutes / 1440;
    return (Math.max(0.5, days / 150) * 86400000) / app.run.world.bin;
  }

  function listBands() {
    const run = app.run, spread = spreadInBins();
    const order = app.palette.narrativesByTactic();
    const found = order.map((i) => ({ about: i, counts: smooth(run.series.narratives[i], spread), pushed: null }));
    if (app.state.get().revealed && app.truth) {
      for (const band of found) {
        const own = app.truth.series[run.narratives[band.about].id];
        band.pushed = own ? smooth(own, spread) : null;
      }
    }
    found.push({ about: run.narratives.length, counts: smooth(run.series.other, spread), pushed: null });
    return found;
  }

  function curve(points) {
    let path = `M${points[0][0].toFixed(1)} ${points[0][1].toFixed(1)}`;
    for (let i = 1; i < points.length; i++) {
      const middle = ((points[i - 1][0] + points[i][0]) / 2).toFixed(1);
      path += `C${middle} ${points[i - 1][1].toFixed(1)} ${middle} ${points[i][1].toFixed(1)} ${points[i][0].toFixed(1)} ${points[i][1].toFixed(1)}`;
    }
    return path;
  }

  function area(upper, lower) { return `${curve(upper)}L${curve(lower.slice().reverse()).slice(1)}Z`; }

  function xOf(bin) { return ((bin + 0.5) * app.run.world.bin) / (app.run.minutes * 60000) * width; }

  /* Above the water line the narratives, stacked; below it the other talk of the brand, on the same scale. */
  function render() {
    const box = app.dom.byId("streams");
    width = box.clientWidth;
    height = box.clientHeight;
    if (!width || !height) return;
    const { shape, replace } = app.dom;
    bands = listBands();
    const above = bands.slice(0, -1), below = bands[bands.length - 1], n = app.run.world.n_bins;
    const totals = Array.from({ length: n }, (_, i) => above.reduce((sum, band) => sum + band.counts[i], 0));
    const most = Math.max(...totals, 1), under = Math.max(...below.counts);
    const scale = (height - TOP) / (most + under), line = TOP + most * scale;
    svg = shape("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": app.words.say("streams.label") });
    names = [];
    const base = totals.map(() => line);
    for (const band of above) drawBand(band, base, -scale);
    drawBand(below, totals.map(() => line), scale);
    svg.append(shape("line", { class: "waterline", x1: 0, x2: width, y1: line, y2: line }));
    const marks = shape("svg", { viewBox: `0 0 ${width} ${height}`, class: "marks", "aria-hidden": "true" },
      [...drawScale(scale), ...names.map((name) => name.element)]);
    replace(box, [svg, veil, marks, head]);
  }

  /* Draws a band onto `base` and moves it on; `scale` is negative upwards. */
  function drawBand(band, base, scale) {
    const inner = base.map((y, i) => [xOf(i), y]), outer = base.map((y, i) => [xOf(i), y + band.counts[i] * scale]);
    const colour = app.palette.narrative(band.about);
    const kind = scale > 0 ? "band below" : band.pushed ? "band honest" : "band";
    svg.append(app.dom.shape("path", { d: area(inner, outer), fill: colour, class: kind }));
    if (band.pushed) {
      const bought = inner.map(([x, y], i) => [x, y + band.pushed[i] * scale]);
      svg.append(app.dom.shape("path", { d: area(inner, bought), fill: colour, class: "band bought" }));
    }
    placeName(band, base, scale);
    outer.forEach(([, y], i) => { base[i] = y; });
  }

  /* A name where the band is thickest, if it fits there and touches no other. */
  function placeName(band, base, scale) {
    const text = app.palette.nameOf(band.about), half = app.timeline.measure(text, true) / 2 + 2;
    const order = band.counts.map((_, i) => i).sort((a, b) => band.counts[b] - band.counts[a]);
    for (const i of order) {
      if (band.counts[i] * Math.abs(scale) < LEAST_LABEL) return;
      const x = Math.max(half + 4, Math.min(width - half - 4, xOf(i))), y = base[i] + (band.counts[i] * scale) / 2 + 5;
      if (names.some((other) => Math.abs(other.x - x) < other.half + half && Math.abs(other.y - y) < LEAST_LABEL)) continue;
      const element = app.dom.shape("text", { class: "band-name", x: x, y: y, "text-anchor": "middle", text: text });
      names.push({ x: x, y: y, half: half, element: element });
      return;
    }
  }

  function drawScale(scale) {
    const perDay = 86400000 / app.run.world.bin, fits = (height * 0.45) / scale * perDay;
    const step = 10 ** Math.floor(Math.log10(fits)), posts = [5, 2, 1].map((m) => m * step).find((p) => p <= fits);
    const high = (posts / perDay) * scale, top = TOP + 6;
    return [
      app.dom.shape("path", { class: "scale", d: `M6 ${top}v${high}M2 ${top}h8M2 ${top + high}h8` }),
      app.dom.shape("text", { class: "scale-text", x: 16, y: top + high / 2 + 5, text: app.words.say("streams.scale", { posts: app.words.number(posts) }) }),
    ];
  }

  /* Veil and playhead are moved, not drawn: the picture below them stays as it is. */
  function draw(time) {
    if (!svg) return false;
    const x = (time / app.run.minutes) * width;
    veil.style.transform = head.style.transform = `translateX(${x.toFixed(1)}px)`;
    for (const name of names) {
      const passed = name.x + name.half <= x;
      if (passed !== name.passed) name.element.setAttribute("visibility", passed ? "visible" : "hidden");
      name.passed = passed;
    }
    return false;
  }

  app.palette.nameOf = function (about) {
    const narrative = app.run.narratives[about];
    return narrative ? app.words.sayName("narrative", narrative.id) : app.words.say("streams.other");
  };

  app.addView({
    name: "streams",
    start: function () {
      const box = app.dom.byId("streams");
      veil = app.dom.make("div", { class: "veil" });
      head = app.dom.make("div", { class: "playhead" });
      new ResizeObserver(function () { render(); app.clock.ask(); }).observe(box);
      let dragging = false;
      const seek = (event) => app.clock.seek((event.clientX - box.getBoundingClientRect().left) / width * app.run.minutes);
      box.addEventListener("pointerdown", (event) => { dragging = true; box.setPointerCapture(event.pointerId); seek(event); });
      box.addEventListener("pointermove", (event) => { if (dragging) seek(event); });
      box.addEventListener("pointerup", () => { dragging = false; });
    },
    draw: draw,
    change: function (keys) { if (["language", "dark", "revealed"].some((key) => keys.includes(key))) render(); },
  });
})(window.smearbench);
