/* What shapes and colours mean, what is counted and what is drawn. */
(function (app) {
  "use strict";

  function swatch(kind) {
    const mark = app.palette.markOf(kind), { shape } = app.dom;
    const colour = mark[app.palette.isDark() ? "dark" : "light"] || app.palette.css("--dot");
    const path = shape("path", { d: app.palette.pathOf(mark.shape, 9, 9, 5.4), class: mark.shape === "ring" ? "ring" : "full" });
    path.style.setProperty("--mark", colour);
    return shape("svg", { viewBox: "0 0 18 18", width: 18, height: 18, "aria-hidden": "true" }, [path]);
  }

  /* Kinds with the number of accounts of each that are drawn; kinds without any are left out. */
  function countKinds(state) {
    const revealed = state.revealed && app.truth, counts = new Map();
    for (const kind of revealed ? app.palette.trueKinds : app.palette.visibleKinds) counts.set(kind, 0);
    for (let i = 0; i < app.run.accounts.handle.length; i++) {
      const kind = revealed ? app.palette.trueKind(app.truth, i) : app.palette.visibleKind(app.run, i);
      counts.set(kind, counts.get(kind) + 1);
    }
    return [...counts].filter(([, count]) => count > 0);
  }

  function render() {
    const state = app.state.get(), { make, replace, byId } = app.dom, { say, sayName, number } = app.words;
    const items = countKinds(state).map(([kind, count]) => make("li", { class: kind }, [
      swatch(kind), make("span", { text: sayName("mark", kind) }), make("b", { text: number(count) })]));
    replace(byId("legend"), [make("ul", {}, items), make("p", { text: say(state.revealed ? "legend.revealed" : "legend.hidden") })]);
    renderFoot();
  }

  function renderFoot() {
    const { say, number } = app.words, counts = app.run.counts, { make, replace, byId } = app.dom;
    const all = counts.accounts === counts.accounts_drawn;
    replace(byId("foot"), [
      make("p", { text: say(all ? "foot.all_accounts" : "foot.some_accounts", { drawn: number(counts.accounts_drawn), accounts: number(counts.accounts) }) }),
      make("p", { text: say("foot.posts", { drawn: number(counts.posts_drawn), posts: number(counts.posts) }) }),
      make("p", { text: say("foot.keys") }),
      app.run.world.twin ? make("p", { text: say("foot.twin") }) : null,
      make("p", { text: say("foot.source", { scenario: app.run.world.scenario, seed: app.run.world.seed }) }),
    ]);
  }

  app.addView({
    name: "legend",
    change: function (keys) { if (["language", "dark", "revealed"].some((key) => keys.includes(key))) render(); },
  });
})(window.smearbench);
