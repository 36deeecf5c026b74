/* The ground of the network: islands, bundled follows and accounts. It is drawn when something changes, not in each
   frame; accounts that speak of the brand are painted over in the colour of what they last said. */
(function (app) {
  "use strict";
  const MARGIN = 12;
  const MOST_BUNDLES = 90;
  const MANY_POSTS = 300;         // from which painting all anew is quicker than one by one
  let canvas, pen, quiet, bundles, spoken, spokenUntil = 0;
  const ground = { layout: null, kinds: [], radii: null, ratio: 1, hasOperated: false };

  function start() {
    canvas = app.dom.byId("ground");
    pen = canvas.getContext("2d");
    quiet = document.createElement("canvas");
    bundles = app.networkLayout.bundle(app.run).slice(0, MOST_BUNDLES);
    spoken = new Int16Array(app.run.accounts.handle.length).fill(-1);
  }

  function resize() {
    const width = canvas.clientWidth, height = canvas.clientHeight;
    if (!width || !height) return;
    ground.ratio = Math.min(window.devicePixelRatio || 1, 2);
    for (const one of [canvas, quiet]) { one.width = Math.round(width * ground.ratio); one.height = Math.round(height * ground.ratio); }
    ground.layout = app.networkLayout.fit(app.run.accounts, width, height, MARGIN);
    prepare();
  }

  function sortKinds() {
    const revealed = app.state.get().revealed && app.truth, run = app.run, dot = ground.layout.dot;
    ground.kinds = run.accounts.handle.map((_, i) => (revealed ? app.palette.trueKind(app.truth, i) : app.palette.visibleKind(run, i)));
    ground.radii = Float32Array.from(run.accounts.followers, (n) => dot * (0.27 + Math.min(0.2, Math.log10(1 + n) * 0.055)));
  }

  /* Draws what does not move; operated accounts only when they have grown out of the crowd. */
  function prepare() {
    if (!ground.layout) return;
    sortKinds();
    const context = quiet.getContext("2d");
    context.setTransform(ground.ratio, 0, 0, ground.ratio, 0, 0);
    context.clearRect(0, 0, canvas.clientWidth, canvas.clientHeight);
    drawIslands(context);
    drawBundles(context);
    const byKind = new Map();
    ground.kinds.forEach(function (kind, i) {
      if (!byKind.has(kind)) byKind.set(kind, []);
      byKind.get(kind).push(i);
    });
    for (const [kind, members] of byKind) if (kind !== "operated") drawKind(context, kind, members);
    if (ground.hasOperated) drawOperated(context, byKind.get("operated") || [], 1);
    paintAll();
  }

  function drawIslands(context) {
    const { islands, circles, dot } = ground.layout;
    for (const [discs, colour, more] of [[islands, "--island", 0.6], [circles, "--circle", 0.3]]) {
      context.fillStyle = app.palette.css(colour);
      for (const [x, y, r] of discs) { context.beginPath(); context.arc(x, y, r + dot * more, 0, 7); context.fill(); }
    }
  }

  /* Follows between two circles as one line, as wide as they are many. */
  function drawBundles(context) {
    const most = bundles.length ? bundles[0][2] : 1, { circles } = ground.layout;
    context.strokeStyle = app.palette.css("--bundle");
    context.lineCap = "round";
    for (const [a, b, count] of bundles) {
      const [ax, ay] = circles[a], [bx, by] = circles[b];
      context.lineWidth = 0.4 + 5 * (count / most);
      context.globalAlpha = 0.18 + 0.5 * (count / most);
      context.beginPath();
      context.moveTo(ax, ay);
      context.quadraticCurveTo((ax + bx) / 2 + (by - ay) * 0.12, (ay + by) / 2 - (bx - ax) * 0.12, bx, by);
      context.stroke();
    }
    context.globalAlpha = 1;
  }

  function trace(context, i, size) {
    const { layout, kinds, radii } = ground;
    app.palette.trace(context, app.palette.markOf(kinds[i]).shape, layout.x[i], layout.y[i], radii[i] * size);
  }

  function drawKind(context, kind, members) {
    const mark = app.palette.markOf(kind), colour = mark[app.palette.isDark() ? "dark" : "light"] || app.palette.css("--dot");
    context.beginPath();
    for (const i of members) trace(context, i, mark.shape === "ring" ? 0.85 : 1);
    context.fillStyle = context.strokeStyle = colour;
    context.lineWidth = Math.max(1, ground.layout.dot * 0.14);
    if (mark.shape === "ring") context.stroke(); else context.fill();
  }

  /* `size` is 1 when they are full-grown. */
  function drawOperated(context, members, size) {
    context.beginPath();
    for (const i of members) app.palette.trace(context, "triangle", ground.layout.x[i], ground.layout.y[i], Math.max(2.6, ground.radii[i] * 1.12) * size);
    context.fillStyle = app.palette.shades().operated;
    context.fill();
    context.strokeStyle = app.palette.shade.paper;
    context.lineWidth = 0.7;
    context.stroke();
  }

  function paintAll() {
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(quiet, 0, 0);
    pen.setTransform(ground.ratio, 0, 0, ground.ratio, 0, 0);
    if (app.state.get().revealed) return;
    const groups = Array.from({ length: app.run.narratives.length + 1 }, () => []);
    spoken.forEach((about, i) => { if (about >= 0) groups[about].push(i); });
    groups.forEach(paint);
  }

  function paint(accounts, about) {
    pen.beginPath();
    for (const i of accounts) if (ground.kinds[i] !== "brand") trace(pen, i, 1.04);
    pen.fillStyle = app.palette.narrative(about);
    pen.fill();
  }

  /* Brings the ground to a time: forward by what is new, backward anew. */
  function tellUntil(time) {
    const posts = app.run.posts, end = app.payload.after(posts.minute, time);
    const anew = end < spokenUntil || end - spokenUntil > MANY_POSTS, quietly = anew || app.state.get().revealed;
    if (end < spokenUntil) { spoken.fill(-1); spokenUntil = 0; }
    for (; spokenUntil < end; spokenUntil++) {
      const about = posts.about[spokenUntil], account = posts.account[spokenUntil];
      if (about < 0 || spoken[account] === about) continue;
      spoken[account] = about;
      if (!quietly) paint([account], about);
    }
    if (anew) paintAll();
  }

  Object.assign(ground, { start, resize, prepare, tellUntil, trace, drawOperated });
  app.networkGround = ground;
})(window.smearbench);
