/* The network: accounts where their communities are, and posts as they spread. The quiet part is drawn once and kept. */
(function (app) {
  "use strict";
  const MARGIN = 14;
  const TRAIL_SECONDS = 1.6;      // how long a post is seen while playing
  const LEAST_TRAIL_MINUTES = 300;
  const MOST_BUNDLES = 90;
  const REVEAL_MS = 1200;
  let canvas, context, quiet, layout, ratio, bundles, kinds, radii, revealedAt = -1;
  let spoken, spokenUntil = 0;    // per account: what it last spoke about, up to post number spokenUntil

  function start() {
    canvas = app.dom.byId("network");
    context = canvas.getContext("2d");
    bundles = app.networkLayout.bundle(app.run).slice(0, MOST_BUNDLES);
    spoken = new Int16Array(app.run.accounts.handle.length).fill(-1);
    new ResizeObserver(resize).observe(canvas);
    resize();
  }

  function resize() {
    const width = canvas.clientWidth, height = canvas.clientHeight;
    if (!width || !height) return;
    ratio = Math.min(window.devicePixelRatio || 1, 2);
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    layout = app.networkLayout.fit(app.run.accounts, width, height, MARGIN);
    app.network.layout = layout;
    prepare();
    app.clock.ask();
  }

  function sortKinds() {
    const state = app.state.get(), run = app.run;
    kinds = run.accounts.handle.map((_, i) => (state.revealed && app.truth ? app.palette.trueKind(app.truth, i) : app.palette.visibleKind(run, i)));
    radii = Float32Array.from(run.accounts.followers, (n) => layout.dot * (0.26 + Math.min(0.2, Math.log10(1 + n) * 0.055)));
  }

  /* Draws what does not move into a canvas of its own. */
  function prepare() {
    if (!layout) return;
    sortKinds();
    quiet = quiet || document.createElement("canvas");
    quiet.width = canvas.width;
    quiet.height = canvas.height;
    const pen = quiet.getContext("2d");
    pen.scale(ratio, ratio);
    drawIslands(pen);
    drawBundles(pen);
    const byKind = new Map();
    kinds.forEach((kind, i) => byKind.set(kind, (byKind.get(kind) || []).concat(i)));
    const revealed = app.state.get().revealed;
    for (const [kind, members] of byKind) if (!(revealed && kind === "operated")) drawKind(pen, kind, members);
  }

  function drawIslands(pen) {
    pen.fillStyle = app.palette.css("--island");
    for (const [x, y, r] of layout.islands) { pen.beginPath(); pen.arc(x, y, r + layout.dot * 0.6, 0, 7); pen.fill(); }
    pen.fillStyle = app.palette.css("--circle");
    for (const [x, y, r] of layout.circles) { pen.beginPath(); pen.arc(x, y, r + layout.dot * 0.3, 0, 7); pen.fill(); }
  }

  /* Follows between two circles as one line, as wide as they are many; bent towards the middle of the picture. */
  function drawBundles(pen) {
    const most = bundles.length ? bundles[0][2] : 1;
    pen.strokeStyle = app.palette.css("--bundle");
    pen.lineCap = "round";
    for (const [a, b, count] of bundles) {
      const [ax, ay] = layout.circles[a], [bx, by] = layout.circles[b];
      pen.lineWidth = 0.4 + 5 * (count / most);
      pen.globalAlpha = 0.18 + 0.5 * (count / most);
      pen.beginPath();
      pen.moveTo(ax, ay);
      pen.quadraticCurveTo((ax + bx) / 2 + (by - ay) * 0.12, (ay + by) / 2 - (bx - ax) * 0.12, bx, by);
      pen.stroke();
    }
    pen.globalAlpha = 1;
  }

  function colourOf(kind) {
    const mark = app.palette.markOf(kind);
    return mark[app.palette.isDark() ? "dark" : "light"] || app.palette.css("--dot");
  }

  function drawKind(pen, kind, members) {
    const shape = app.palette.markOf(kind).shape;
    pen.beginPath();
    for (const i of members) app.palette.trace(pen, shape, layout.x[i], layout.y[i], radii[i]);
    if (shape === "ring") { pen.strokeStyle = colourOf(kind); pen.lineWidth = Math.max(1, layout.dot * 0.14); pen.stroke(); return; }
    pen.fillStyle = colourOf(kind);
    pen.fill();
  }

  function draw(time, now) {
    if (!layout) return false;
    const state = app.state.get();
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.drawImage(quiet, 0, 0);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    rememberUntil(time);
    drawSpoken(state);
    drawSelected(state);
    drawTrail(time, state);
    const growing = drawOperated(now, state);
    drawPointers(state);
    return growing;
  }

  /* Brings `spoken` to a time; forward by what is new, backward anew. */
  function rememberUntil(time) {
    const posts = app.run.posts, end = app.payload.after(posts.minute, time);
    if (end < spokenUntil) { spoken.fill(-1); spokenUntil = 0; }
    for (; spokenUntil < end; spokenUntil++) if (posts.about[spokenUntil] >= 0) spoken[posts.account[spokenUntil]] = posts.about[spokenUntil];
  }

  /* Accounts that have spoken of the brand keep the colour of what they last said. */
  function drawSpoken(state) {
    if (state.revealed) return;
    for (let about = 0; about <= app.run.narratives.length; about++) {
      context.beginPath();
      for (let i = 0; i < spoken.length; i++) {
        if (spoken[i] === about) app.palette.trace(context, app.palette.markOf(kinds[i]).shape, layout.x[i], layout.y[i], radii[i]);
      }
      context.fillStyle = app.palette.narrative(about);
      context.globalAlpha = about === app.run.narratives.length ? 0.55 : 0.8;
      context.fill();
    }
    context.globalAlpha = 1;
  }

  function trailMinutes(state) { return Math.max(LEAST_TRAIL_MINUTES, TRAIL_SECONDS * state.speed * 60); }

  /* What was posted just now: a ring that widens where it was written, a line along which it was passed on. */
  function drawTrail(time, state) {
    const posts = app.run.posts, trail = trailMinutes(state);
    const end = app.payload.after(posts.minute, time), begin = app.payload.after(posts.minute, time - trail);
    context.lineCap = "round";
    for (let i = begin; i < end; i++) {
      const age = (time - posts.minute[i]) / trail;
      if (posts.about[i] < 0) { drawMurmur(posts.account[i], age); continue; }
      const colour = app.palette.narrative(posts.about[i]);
      if (posts.parent[i] >= 0) drawPassing(posts.account[posts.parent[i]], posts.account[i], age, colour, state.still);
      drawRing(posts.account[i], age, colour);
    }
    context.globalAlpha = 1;
  }

  function drawMurmur(account, age) {
    context.globalAlpha = 0.35 * (1 - age);
    context.fillStyle = app.palette.css2.ink;
    context.beginPath();
    context.arc(layout.x[account], layout.y[account], radii[account] * 1.1, 0, 7);
    context.fill();
  }

  function drawRing(account, age, colour) {
    const x = layout.x[account], y = layout.y[account], r = radii[account];
    context.globalAlpha = (1 - age) * 0.9;
    context.strokeStyle = colour;
    context.lineWidth = Math.max(1.2, r * 0.5);
    context.beginPath();
    context.arc(x, y, r * (1.3 + 2.2 * Math.sqrt(age)), 0, 7);
    context.stroke();
    context.fillStyle = colour;
    context.beginPath();
    app.palette.trace(context, app.palette.markOf(kinds[account]).shape, x, y, r * 1.25);
    context.fill();
  }

  function drawPassing(from, to, age, colour, still) {
    const ax = layout.x[from], ay = layout.y[from], bx = layout.x[to], by = layout.y[to];
    const mx = (ax + bx) / 2 + (by - ay) * 0.18, my = (ay + by) / 2 - (bx - ax) * 0.18;
    context.globalAlpha = 0.7 * (1 - age);
    context.strokeStyle = colour;
    context.lineWidth = 1.3;
    context.beginPath();
    context.moveTo(ax, ay);
    context.quadraticCurveTo(mx, my, bx, by);
    context.stroke();
    const way = Math.min(1, age * 3);
    if (still || way >= 1) return;
    context.globalAlpha = 1;
    context.fillStyle = colour;
    context.beginPath();
    context.arc((1 - way) ** 2 * ax + 2 * way * (1 - way) * mx + way * way * bx, (1 - way) ** 2 * ay + 2 * way * (1 - way) * my + way * way * by, 2.4, 0, 7);
    context.fill();
  }

  /* The reveal: operated accounts grow out of the crowd. */
  function drawOperated(now, state) {
    if (!state.revealed || !app.truth) return false;
    if (revealedAt < 0) revealedAt = now;
    const grown = state.still ? 1 : Math.min(1, (now - revealedAt) / REVEAL_MS);
    const size = 1.25 * (1 - (1 - grown) ** 3) + 0.5 * Math.sin(grown * Math.PI);
    context.beginPath();
    for (let i = 0; i < kinds.length; i++) {
      if (kinds[i] === "operated") app.palette.trace(context, "triangle", layout.x[i], layout.y[i], Math.max(2.6, radii[i] * size));
    }
    context.fillStyle = app.palette.shades().operated;
    context.fill();
    return grown < 1;
  }

  /* The follows of the selected account, out in ink and in lighter. */
  function drawSelected(state) {
    const i = state.selected;
    if (i < 0) return;
    context.strokeStyle = app.palette.css2.ink;
    context.lineWidth = 0.8;
    for (const [others, alpha] of [[app.run.follows.followers[i], 0.16], [app.run.follows.following[i], 0.42]]) {
      context.globalAlpha = alpha;
      context.beginPath();
      for (const j of others) { context.moveTo(layout.x[i], layout.y[i]); context.lineTo(layout.x[j], layout.y[j]); }
      context.stroke();
    }
    context.globalAlpha = 1;
  }

  function drawPointers(state) {
    context.strokeStyle = app.palette.css2.ink;
    for (const [accounts, wide] of [[[state.selected], 2.4], [[state.hovered], 1.4], [state.highlighted, 2]]) {
      for (const i of accounts) {
        if (i < 0) continue;
        context.lineWidth = wide;
        context.beginPath();
        context.arc(layout.x[i], layout.y[i], Math.max(7, radii[i] * 2.1), 0, 7);
        context.stroke();
      }
    }
  }

  app.network = { layout: null, element: () => canvas };
  app.addView({
    name: "network",
    start: start,
    draw: draw,
    change: function (keys) {
      if (keys.includes("revealed")) revealedAt = -1;
      if (keys.includes("revealed") || keys.includes("dark")) prepare();
    },
  });
})(window.smearbench);
