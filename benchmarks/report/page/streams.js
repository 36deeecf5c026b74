/* What is said over time, as a stream: one band a narrative, brand talk without one below; all other talk apart. */
(function (app) {
  "use strict";
  const BACKGROUND_SHARE = 0.16;   // of the height
  const LEAST_LABEL = 17;          // px of thickness under which a band has no name in it
  let svg, width = 0, height = 0, veil, head, bands = [];

  /* A moving mean over a day on either side at most, so that one sees a stream and not a comb. */
  function smooth(counts, reach) {
    const kernel = Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-(((i - reach) / (reach * 0.5 || 1)) ** 2) / 2));
    return counts.map(function (_, i) {
      let sum = 0, weight = 0;
      for (let j = Math.max(0, i - reach); j <= Math.min(counts.length - 1, i + reach); j++) {
        sum += counts[j] * kernel[j - i + reach];
        weight += kernel[j - i + reach];
      }
      return sum / weight;
    });
  }

  function listBands() {
    const run = app.run, reach = Math.max(1, Math.round(86400000 / run.world.bin));
    const order = run.narratives.map((_, i) => i).sort((a, b) => String(run.narratives[a].tactic).localeCompare(String(run.narratives[b].tactic)) || a - b);
    const found = order.map((i) => ({ about: i, counts: smooth(run.series.narratives[i], reach), pushed: null }));
    if (app.state.get().revealed && app.truth) {
      for (const band of found) {
        const own = app.truth.series[run.narratives[band.about].id];
        band.pushed = own ? smooth(own, reach) : null;
      }
    }
    found.push({ about: run.narratives.length, counts: smooth(run.series.other, reach), pushed: null });
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

  function render() {
    const box = app.dom.byId("streams");
    width = box.clientWidth;
    height = box.clientHeight;
    if (!width || !height) return;
    const { shape, replace } = app.dom, say = app.words.say;
    bands = listBands();
    const n = app.run.world.n_bins, low = height * BACKGROUND_SHARE;
    const totals = Array.from({ length: n }, (_, i) => bands.reduce((sum, band) => sum + band.counts[i], 0));
    const most = Math.max(...totals, 1), scale = (height - low - 10) / most, middle = (height - low) / 2;
    svg = shape("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": say("streams.label") });
    const base = totals.map((total) => middle - (total * scale) / 2);
    const names = [];
    for (const band of bands) {
      const upper = base.map((y, i) => [xOf(i), y]);
      const lower = base.map((y, i) => [xOf(i), y + band.counts[i] * scale]);
      const colour = app.palette.narrative(band.about);
      svg.append(shape("path", { d: area(upper, lower), fill: colour, class: band.pushed ? "band honest" : "band" }));
      if (band.pushed) {
        const bought = upper.map(([x, y], i) => [x, y + band.pushed[i] * scale]);
        svg.append(shape("path", { d: area(upper, bought), fill: colour, class: "band bought" }));
      }
      names.push(placeName(band, base, scale));
      lower.forEach(([, y], i) => { base[i] = y; });
    }
    svg.append(...names.filter(Boolean), drawBackground(low), ...drawScale(scale));
    veil = shape("rect", { class: "veil", y: 0, height: height, x: 0, width: width });
    head = shape("line", { class: "playhead", y1: 0, y2: height });
    svg.append(veil, head);
    replace(box, [svg]);
  }

  /* A name where the band is thickest, if it fits there. */
  function placeName(band, base, scale) {
    let best = -1, thick = 0;
    band.counts.forEach((count, i) => { if (count * scale > thick) { thick = count * scale; best = i; } });
    if (thick < LEAST_LABEL) return null;
    const text = app.palette.nameOf(band.about);
    const half = text.length * 5;
    const x = Math.max(half + 4, Math.min(width - half - 4, xOf(best)));
    return app.dom.shape("text", { class: "band-name", x: x, y: base[best] + thick / 2 + 5, "text-anchor": "middle", text: text });
  }

  function drawBackground(low) {
    const counts = smooth(app.run.series.background, Math.max(1, Math.round(86400000 / app.run.world.bin)));
    const most = Math.max(...counts, 1);
    const upper = counts.map((count, i) => [xOf(i), height - (count / most) * (low - 6)]);
    return app.dom.shape("path", { class: "background-band", d: area(upper, upper.map(([x]) => [x, height])) });
  }

  function drawScale(scale) {
    const perDay = 86400000 / app.run.world.bin, fits = (height * 0.4) / scale * perDay;
    const step = 10 ** Math.floor(Math.log10(fits)), posts = [5, 2, 1].map((m) => m * step).find((p) => p <= fits);
    const high = (posts / perDay) * scale;
    return [
      app.dom.shape("path", { class: "scale", d: `M10 8v${high}M6 8h8M6 ${8 + high}h8` }),
      app.dom.shape("text", { class: "scale-text", x: 20, y: 20, text: app.words.say("streams.scale", { posts: app.words.number(posts) }) }),
    ];
  }

  function draw(time) {
    if (!svg) return false;
    const x = (time / app.run.minutes) * width;
    veil.setAttribute("x", x);
    veil.setAttribute("width", Math.max(0, width - x));
    head.setAttribute("x1", x);
    head.setAttribute("x2", x);
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
