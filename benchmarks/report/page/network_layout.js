/* Fits the placed accounts into the canvas, and finds the account under a point. */
(function (app) {
  "use strict";
  const REACH = 1.4;   // distances between dots within which a pointer finds an account

  function boundsOf(accounts) {
    const bounds = { left: Infinity, right: -Infinity, top: Infinity, bottom: -Infinity };
    for (const [x, y, r] of accounts.islands) {
      bounds.left = Math.min(bounds.left, x - r); bounds.right = Math.max(bounds.right, x + r);
      bounds.top = Math.min(bounds.top, y - r); bounds.bottom = Math.max(bounds.bottom, y + r);
    }
    return bounds;
  }

  /* Places in CSS pixels; a picture wider than high is turned where the canvas is higher than wide. */
  function fit(accounts, width, height, margin) {
    const bounds = boundsOf(accounts);
    const wide = bounds.right - bounds.left, high = bounds.bottom - bounds.top;
    const turned = wide > high !== width > height;
    const scale = turned
      ? Math.min((width - 2 * margin) / high, (height - 2 * margin) / wide)
      : Math.min((width - 2 * margin) / wide, (height - 2 * margin) / high);
    const middleX = (bounds.left + bounds.right) / 2, middleY = (bounds.top + bounds.bottom) / 2;
    const toX = (x, y) => width / 2 + (turned ? y - middleY : x - middleX) * scale;
    const toY = (x, y) => height / 2 + (turned ? x - middleX : y - middleY) * scale;
    const disc = ([x, y, r]) => [toX(x, y), toY(x, y), r * scale];
    return {
      x: Float32Array.from(accounts.x, (x, i) => toX(x, accounts.y[i])),
      y: Float32Array.from(accounts.y, (y, i) => toY(accounts.x[i], y)),
      islands: accounts.islands.map(disc),
      circles: accounts.circles.map(disc),
      dot: 100 * scale,   // distance between two dots
    };
  }

  app.networkLayout = {
    fit: fit,
    nearest: function (layout, x, y) {
      let best = -1, least = Math.max((layout.dot * REACH) ** 2, 120);
      for (let i = 0; i < layout.x.length; i++) {
        const distance = (layout.x[i] - x) ** 2 + (layout.y[i] - y) ** 2;
        if (distance < least) { least = distance; best = i; }
      }
      return best;
    },
    /* The nearest account in a direction, for arrow keys: what lies ahead counts, what lies aside costs double. */
    towards: function (layout, from, dx, dy) {
      let best = from, least = Infinity;
      for (let i = 0; i < layout.x.length; i++) {
        const x = layout.x[i] - layout.x[from], y = layout.y[i] - layout.y[from];
        const ahead = x * dx + y * dy, aside = Math.abs(x * dy - y * dx);
        if (ahead > 0.5 && ahead >= aside && ahead + 2 * aside < least) { least = ahead + 2 * aside; best = i; }
      }
      return best;
    },
    /* Follows between circles, counted: [from, to, follows], those between two circles only. */
    bundle: function (run) {
      const circle = run.accounts.circle, counts = new Map(), n = run.accounts.circles.length;
      for (let i = 0; i < run.follows.from.length; i++) {
        const a = circle[run.follows.from[i]], b = circle[run.follows.to[i]];
        if (a !== b) counts.set(Math.min(a, b) * n + Math.max(a, b), (counts.get(Math.min(a, b) * n + Math.max(a, b)) || 0) + 1);
      }
      return [...counts].map(([key, count]) => [Math.floor(key / n), key % n, count]).sort((p, q) => q[2] - p[2]);
    },
  };
})(window.smearbench);
