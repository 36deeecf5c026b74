/* Pointing at accounts: with a mouse, a finger, or the arrow keys while the network has the focus. */
(function (app) {
  "use strict";
  const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

  function place(event) {
    const frame = app.network.element().getBoundingClientRect();
    return app.networkLayout.nearest(app.network.layout, event.clientX - frame.left, event.clientY - frame.top);
  }

  function pressKey(event) {
    const state = app.state.get(), layout = app.network.layout;
    if (event.key === "Enter" && state.hovered >= 0) { app.state.set({ selected: state.hovered }); return; }
    if (!STEPS[event.key]) return;
    event.preventDefault();
    const from = state.hovered >= 0 ? state.hovered : state.selected;
    const found = from < 0 ? mostFollowed() : app.networkLayout.towards(layout, from, ...STEPS[event.key]);
    app.state.set({ hovered: found });
    app.dom.announce(`${app.run.accounts.name[found]} @${app.run.accounts.handle[found]}`);
  }

  function mostFollowed() {
    const followers = app.run.accounts.followers;
    return followers.reduce((best, n, i) => (n > followers[best] ? i : best), 0);
  }

  function showTip(i) {
    const tip = app.dom.byId("tip"), layout = app.network.layout;
    tip.hidden = i < 0;
    if (i < 0) return;
    const a = app.run.accounts, canvas = app.network.element();
    const kind = app.state.get().revealed && app.truth ? app.palette.trueKind(app.truth, i) : app.palette.visibleKind(app.run, i);
    app.dom.replace(tip, [
      app.dom.written("strong", a.name[i]), app.dom.written("span", `@${a.handle[i]}`),
      app.dom.make("span", { text: `${app.words.sayName("mark", kind)} · ${app.words.say("card.about", { n: app.words.number(a.brand_posts[i]) })}` }),
    ]);
    const x = Math.max(4, Math.min(layout.x[i] + 14, canvas.clientWidth - tip.offsetWidth - 4));
    const below = layout.y[i] + 16 + tip.offsetHeight < canvas.clientHeight;
    tip.style.left = `${x}px`;
    tip.style.top = `${below ? layout.y[i] + 14 : layout.y[i] - tip.offsetHeight - 12}px`;
  }

  app.addView({
    name: "pointing",
    start: function () {
      const canvas = app.network.element();
      canvas.addEventListener("pointermove", (event) => app.state.set({ hovered: place(event) }));
      canvas.addEventListener("pointerleave", () => app.state.set({ hovered: -1 }));
      canvas.addEventListener("click", (event) => app.state.set({ selected: place(event) }));
      canvas.addEventListener("keydown", pressKey);
      canvas.addEventListener("blur", () => app.state.set({ hovered: -1 }));
    },
    change: function (keys, state) { if (keys.includes("hovered") || keys.includes("language")) showTip(state.hovered); },
  });
})(window.smearbench);
