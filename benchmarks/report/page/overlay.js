/* Scores and alerts over the picture: rings around suspicious accounts, marks where a rule fired. */
(function (app) {
  "use strict";
  const LEAST_RANK = 90;      // percent of accounts that score lower, from which one gets a ring
  let choice, strip, told;

  const scores = () => app.payload.extras.scores || [];
  const alerts = () => app.payload.extras.alerts || [];
  const detector = () => scores()[app.state.get().detector] || null;
  const rule = () => alerts()[app.state.get().rule] || null;

  function pick(id, names, key) {
    const menu = app.dom.make("select", { id: id, onchange: () => app.state.set({ [key]: Number(menu.value) }) },
      [app.dom.make("option", { value: -1, text: app.words.say(`overlay.no_${key}`) }), ...names.map((name, i) => app.dom.make("option", { value: i, text: name }))]);
    menu.value = String(app.state.get()[key]);
    return app.dom.make("label", { class: "overlay-pick" }, [app.dom.make("span", { text: app.words.say(`overlay.${key}`) }), menu]);
  }

  function renderChoice() {
    const { replace, make } = app.dom;
    if (told) told.remove();
    told = make("p", { class: "overlay-key" });
    app.dom.byId("legend").after(told);
    replace(choice, [scores().length ? pick("pick-detector", scores().map((one) => one.name), "detector") : null,
      alerts().length ? pick("pick-rule", alerts().map((one) => one.name), "rule") : null]);
    tell();
  }

  function tell() {
    const found = detector(), { say, number } = app.words;
    told.textContent = found ? say(app.bets.isRevealed() ? "overlay.key_true" : "overlay.key", { n: number(found.n_accused) }) : "";
  }

  /* A ring as wide as the rank is high; the accused have a full line. After the reveal the wrongly accused are blue. */
  function drawRings(context) {
    const found = detector(), { layout, radii } = app.networkGround, revealed = app.bets.isRevealed();
    for (let i = 0; i < found.rank.length; i++) {
      if (!found.accused[i] && found.rank[i] < LEAST_RANK) continue;
      const wrong = revealed && !app.truth.accounts.operated[i];
      context.strokeStyle = app.palette.css(wrong || !revealed ? "--focus" : "--operated");
      context.globalAlpha = found.accused[i] ? 1 : 0.4;
      context.lineWidth = found.accused[i] ? 2 : 1;
      context.beginPath();
      context.arc(layout.x[i], layout.y[i], radii[i] * 1.5 + Math.max(0, found.rank[i] - LEAST_RANK) * 0.35, 0, 7);
      context.stroke();
    }
    context.globalAlpha = 1;
  }

  /* One mark an episode, under the stream; after the reveal those that met no wave are hollow. */
  function renderStrip() {
    const found = rule(), { shape, replace } = app.dom, wide = strip.clientWidth;
    strip.hidden = !found;
    if (!found || !wide) { replace(strip, []); return; }
    const svg = shape("svg", { viewBox: `0 0 ${wide} 14`, height: 14, role: "img", "aria-label": app.words.say("overlay.marks", { n: found.minutes.length, rule: found.name }) });
    found.minutes.forEach(function (minute, k) {
      const x = (minute / app.run.minutes) * wide, hollow = app.bets.isRevealed() && !app.truth.alerts.true[app.state.get().rule][k];
      svg.append(shape("path", { class: hollow ? "alert-mark hollow" : "alert-mark", d: `M${x - 5} 2h10l-5 10z` }));
    });
    replace(strip, [svg]);
  }

  app.overlay = { detector: detector, rule: rule, scores: scores, alerts: alerts };
  app.addView({
    name: "overlay",
    start: function () {
      if (!scores().length && !alerts().length) return;
      /* In a lesson they stay away until its step about detectors: rings would give the bet away. */
      app.state.set(app.payload.extras.lesson ? { detector: -1, rule: -1 } : firstOnes());
      choice = app.dom.make("div", { class: "overlay" });
      app.dom.byId("tabs").after(choice);
      strip = app.dom.make("div", { class: "alert-strip", hidden: true });
      app.dom.byId("streams").after(strip);
      new ResizeObserver(renderStrip).observe(app.dom.byId("streams"));
    },
    draw: function () {
      if (choice && detector() && app.networkGround.layout) drawRings(app.network.element().getContext("2d"));
      return false;
    },
    change: function (keys) {
      if (choice && keys.includes("board")) {
        choice.hidden = app.boards.isOpen();
        if (app.state.get().board === "detectors" && !detector() && !rule()) { app.state.set(firstOnes()); renderChoice(); }
      }
      if (!choice || !["language", "revealed", "dark", "detector", "rule"].some((key) => keys.includes(key))) return;
      if (keys.includes("language")) renderChoice(); else tell();
      renderStrip();
      app.boards.render();
    },
  });

  function firstOnes() { return { detector: scores().length ? 0 : -1, rule: alerts().length ? firstRule() : -1 }; }

  /* The rule that fires most often, so that there is something to see. */
  function firstRule() { return alerts().reduce((best, one, i) => (one.minutes.length > alerts()[best].minutes.length ? i : best), 0); }
})(window.smearbench);
