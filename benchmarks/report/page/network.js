/* The network in motion: posts as they are written and passed on, the reveal, and what is pointed at. */
(function (app) {
  "use strict";
  const TRAIL_SECONDS = 1.4;      // how long a post is seen while playing
  const LEAST_TRAIL_MINUTES = 300;
  const MOST_POSTS = 350;         // seen at once
  const AGES = 6;                 // posts of one age are drawn in one stroke
  const MANY_LINES = 45;          // from which lines are fainter
  const MANY_RINGS = 120;
  const REVEAL_MS = 1200;
  let canvas, context, revealedAt = -1;
  const ground = app.networkGround;

  function start() {
    canvas = app.dom.byId("network");
    context = canvas.getContext("2d");
    ground.start();
    new ResizeObserver(resize).observe(canvas);
    resize();
  }

  function resize() {
    ground.resize();
    app.network.layout = ground.layout;
    canvas.width = Math.round(canvas.clientWidth * ground.ratio);
    canvas.height = Math.round(canvas.clientHeight * ground.ratio);
    app.clock.ask();
  }

  function draw(time, now) {
    if (!ground.layout) return false;
    const state = app.state.get();
    ground.tellUntil(time);
    context.setTransform(ground.ratio, 0, 0, ground.ratio, 0, 0);
    context.clearRect(0, 0, canvas.clientWidth, canvas.clientHeight);
    drawSelected(state);
    drawTrail(time, state);
    const growing = growOperated(now, state);
    drawPointers(state);
    return growing;
  }

  /* The posts of a span of time, as lists by age and by what they are about; the background is the last list of an age. */
  function sortByAge(begin, end, time, trail) {
    const posts = app.run.posts, kinds = app.run.narratives.length + 2;
    const groups = Array.from({ length: AGES * kinds }, () => []);
    for (let i = begin; i < end; i++) {
      const age = Math.min(AGES - 1, Math.floor(((time - posts.minute[i]) / trail) * AGES));
      groups[age * kinds + (posts.about[i] < 0 ? kinds - 1 : posts.about[i])].push(i);
    }
    return groups;
  }

  /* How far back posts are seen: shorter where there are very many, so that a frame stays quick and a picture clear. */
  function spanOfTrail(time, end, speed) {
    const trail = Math.max(LEAST_TRAIL_MINUTES, TRAIL_SECONDS * speed * 60);
    return end > MOST_POSTS ? Math.min(trail, time - app.run.posts.minute[end - MOST_POSTS] + 1) : trail;
  }

  function drawTrail(time, state) {
    const posts = app.run.posts, kinds = app.run.narratives.length + 2, end = app.payload.after(posts.minute, time);
    const trail = spanOfTrail(time, end, state.speed), begin = app.payload.after(posts.minute, time - trail);
    let lines = 1, rings = 1;
    for (let i = begin; i < end; i++) if (posts.about[i] >= 0) { rings++; if (posts.parent[i] >= 0) lines++; }
    const strength = Math.max(0.14, Math.min(0.75, MANY_LINES / lines)), ring = Math.max(0.25, Math.min(0.9, MANY_RINGS / rings));
    sortByAge(begin, end, time, trail).forEach(function (group, number) {
      if (!group.length) return;
      const about = number % kinds, age = (Math.floor(number / kinds) + 0.5) / AGES;
      if (about === kinds - 1) { drawMurmurs(group, age); return; }
      context.strokeStyle = context.fillStyle = app.palette.narrative(about);
      drawLines(group, strength * (1 - age));
      drawRings(group, age, ring * (1 - age), !state.revealed);
      if (!state.still) drawHeads(group, time, trail);
    });
    context.globalAlpha = 1;
  }

  /* Talk of other things: a faint flicker. */
  function drawMurmurs(group, age) {
    context.globalAlpha = 0.3 * (1 - age);
    context.fillStyle = app.palette.shade.ink;
    context.beginPath();
    for (const i of group) ground.trace(context, app.run.posts.account[i], 1.05);
    context.fill();
  }

  function drawRings(group, age, alpha, filled) {
    const { layout, radii } = ground, posts = app.run.posts;
    context.globalAlpha = alpha;
    context.lineWidth = Math.max(1.2, layout.dot * 0.16);
    context.beginPath();
    for (const i of group) {
      const account = posts.account[i], r = radii[account] * (1.3 + 2 * Math.sqrt(age));
      context.moveTo(layout.x[account] + r, layout.y[account]);
      context.arc(layout.x[account], layout.y[account], r, 0, 7);
    }
    context.stroke();
    if (!filled) return;
    context.beginPath();
    for (const i of group) ground.trace(context, posts.account[i], 1.25);
    context.fill();
  }

  /* From whose post it was to who passed it on or answered; bent, so that there and back differ. */
  function bend(i) {
    const { x, y } = ground.layout, posts = app.run.posts, from = posts.account[posts.parent[i]], to = posts.account[i];
    const ax = x[from], ay = y[from], bx = x[to], by = y[to];
    return [ax, ay, (ax + bx) / 2 + (by - ay) * 0.18, (ay + by) / 2 - (bx - ax) * 0.18, bx, by];
  }

  function drawLines(group, alpha) {
    context.globalAlpha = alpha;
    context.lineWidth = 1.3;
    context.beginPath();
    for (const i of group) {
      if (app.run.posts.parent[i] < 0) continue;
      const [ax, ay, mx, my, bx, by] = bend(i);
      context.moveTo(ax, ay);
      context.quadraticCurveTo(mx, my, bx, by);
    }
    context.stroke();
  }

  /* The post on its way along the line. */
  function drawHeads(group, time, trail) {
    const posts = app.run.posts;
    context.globalAlpha = 1;
    context.beginPath();
    for (const i of group) {
      const way = ((time - posts.minute[i]) / trail) * 3;
      if (posts.parent[i] < 0 || way >= 1) continue;
      const [ax, ay, mx, my, bx, by] = bend(i), back = 1 - way;
      const x = back * back * ax + 2 * way * back * mx + way * way * bx, y = back * back * ay + 2 * way * back * my + way * way * by;
      context.moveTo(x + 2.4, y);
      context.arc(x, y, 2.4, 0, 7);
    }
    context.fill();
  }

  /* The reveal: operated accounts grow out of the crowd, and then belong to the ground. */
  function growOperated(now, state) {
    if (!state.revealed || !app.truth || ground.hasOperated) return false;
    if (revealedAt < 0) revealedAt = now;
    const grown = state.still ? 1 : Math.min(1, (now - revealedAt) / REVEAL_MS);
    const members = ground.kinds.map((kind, i) => (kind === "operated" ? i : -1)).filter((i) => i >= 0);
    ground.drawOperated(context, members, 1 - (1 - grown) ** 3 + 0.5 * Math.sin(grown * Math.PI));
    if (grown < 1) return true;
    ground.hasOperated = true;
    ground.prepare();
    return true;
  }

  /* The follows of the selected account: whom it follows, and fainter who follows it. */
  function drawSelected(state) {
    const i = state.selected, { x, y } = ground.layout;
    if (i < 0) return;
    context.strokeStyle = app.palette.shade.ink;
    context.lineWidth = 0.8;
    for (const [others, alpha] of [[app.run.follows.followers[i], 0.1], [app.run.follows.following[i], 0.24]]) {
      context.globalAlpha = alpha * Math.min(1, (2 * MANY_LINES) / others.length);
      context.beginPath();
      for (const j of others) { context.moveTo(x[i], y[i]); context.lineTo(x[j], y[j]); }
      context.stroke();
    }
    context.globalAlpha = 1;
  }

  function drawPointers(state) {
    const { layout, radii } = ground;
    context.strokeStyle = app.palette.shade.ink;
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
      if (keys.includes("revealed")) { revealedAt = -1; ground.hasOperated = false; }
      if (keys.includes("revealed") || keys.includes("dark")) ground.prepare();
    },
  });
})(window.smearbench);
