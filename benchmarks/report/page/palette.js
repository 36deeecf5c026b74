/* Colours and shapes. Colours are Okabe & Ito's (2008), which the colour-blind tell apart, and their shades; a shape
   goes with every colour that means something about an account. */
(function (app) {
  "use strict";
  const shades = {
    light: {
      misinformation: ["#a8558a", "#cc79a7", "#dfa9c8", "#8a3d6f"],
      unfavourable_comparison: ["#c98a00", "#e6a723", "#f0c873", "#9a6a00"],
      community_division: ["#00805d", "#2fae87", "#86cfb6", "#005c43"],
      none: ["#5d7fa3", "#8ea8c3", "#46637f"],
      other: "#a9bccf",
      operated: "#d55e00",
    },
    dark: {
      misinformation: ["#d98ebb", "#b7679a", "#ecc0db", "#934b7c"],
      unfavourable_comparison: ["#f0b429", "#c98a00", "#f7d58a", "#9a6a00"],
      community_division: ["#35c79a", "#0f9a74", "#8ee0c5", "#0a7357"],
      none: ["#8fb1d6", "#6789ac", "#b5cbe3"],
      other: "#5b7088",
      operated: "#ff7a2e",
    },
  };

  /* What each kind of account is after the reveal: the group that it is shown as. */
  const groupOfSegment = {
    casual: "casual", customer: "critic", critic: "critic", fan: "fan", rival_fan: "rival", brand: "brand",
    journalist: "press", marketing: "bot", news_bot: "bot", deal_bot: "bot", spam_bot: "bot",
  };
  const marks = {
    person: { shape: "disc" }, program: { shape: "square" }, verified: { shape: "diamond" }, brand: { shape: "star", light: "#1c1b19", dark: "#f2efe8" },
    operated: { shape: "triangle", light: "#d55e00", dark: "#ff7a2e" },
    casual: { shape: "disc", light: "#b5b1a8", dark: "#565b63" },
    fan: { shape: "disc", light: "#0072b2", dark: "#4fa8e0" },
    rival: { shape: "ring", light: "#0072b2", dark: "#4fa8e0" },
    critic: { shape: "diamond", light: "#009e73", dark: "#35c79a" },
    bot: { shape: "square", light: "#8a6fa8", dark: "#b59ad6" },
    press: { shape: "cross", light: "#1c1b19", dark: "#f2efe8" },
  };

  function visibleKind(run, account) {
    if (run.brandAccounts.has(account)) return "brand";
    if (run.accounts.verified[account]) return "verified";
    const client = app.payload.wordAt(run.accounts.client, account);
    return client === "api" || client === "scheduler" ? "program" : "person";
  }

  function trueKind(truth, account) {
    if (truth.accounts.operated[account]) return "operated";
    return groupOfSegment[app.payload.wordAt(truth.accounts.segment, account)] || "casual";
  }

  app.palette = {
    isDark: () => app.state.get().dark,
    shades: () => shades[app.state.get().dark ? "dark" : "light"],
    visibleKinds: ["person", "program", "verified", "brand"],
    trueKinds: ["operated", "casual", "critic", "fan", "rival", "bot", "press", "brand"],
    markOf: (kind) => marks[kind],
    visibleKind: visibleKind,
    trueKind: trueKind,
    /* Colour of what a post is about: the number of a narrative, or their count for other talk of the brand. */
    narrative: function (number) {
      const found = app.palette.shades(), own = app.run.narratives[number];
      if (!own) return found.other;
      const tactic = own.tactic || "none";
      const place = app.run.narratives.slice(0, number).filter((n) => n.tactic === own.tactic).length;
      return found[tactic][place % found[tactic].length];
    },
    /* Numbers of the narratives, those of one tactic together: from the line upwards in the stream. */
    narrativesByTactic: function () {
      const narratives = app.run.narratives;
      return narratives.map((_, i) => i).sort((a, b) => String(narratives[a].tactic).localeCompare(String(narratives[b].tactic)) || a - b);
    },
    css: (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim(),
    /* Adds the outline of a mark to the open path. */
    trace: function (context, shape, x, y, r) {
      if (shape === "disc" || shape === "ring") { context.moveTo(x + r, y); context.arc(x, y, r, 0, 7); return; }
      const points = outlines[shape];
      for (let i = 0; i < points.length; i += 2) context[i ? "lineTo" : "moveTo"](x + points[i] * r, y + points[i + 1] * r);
      context.closePath();
    },
    pathOf: function (shape, x, y, r) {
      if (shape === "disc" || shape === "ring") return `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`;
      const points = outlines[shape], parts = [];
      for (let i = 0; i < points.length; i += 2) parts.push(`${(x + points[i] * r).toFixed(2)} ${(y + points[i + 1] * r).toFixed(2)}`);
      return `M${parts.join("L")}z`;
    },
  };

  const outlines = {
    square: [-0.85, -0.85, 0.85, -0.85, 0.85, 0.85, -0.85, 0.85],
    diamond: [0, -1.25, 1.1, 0, 0, 1.25, -1.1, 0],
    triangle: [0, -1.25, 1.15, 0.85, -1.15, 0.85],
    cross: [-0.4, -1.1, 0.4, -1.1, 0.4, -0.4, 1.1, -0.4, 1.1, 0.4, 0.4, 0.4, 0.4, 1.1, -0.4, 1.1, -0.4, 0.4, -1.1, 0.4, -1.1, -0.4, -0.4, -0.4],
    star: Array.from({ length: 20 }, (_, i) => {
      const point = i >> 1, reach = point % 2 ? 0.62 : 1.5, turn = (point * Math.PI) / 5 - Math.PI / 2;
      return i % 2 ? reach * Math.sin(turn) : reach * Math.cos(turn);
    }),
  };
})(window.smearbench);
