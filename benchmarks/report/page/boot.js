/* Starts the page: reads the payload, starts the views, and passes every change on to them. */
(function (app) {
  "use strict";

  function chooseTheme() {
    const state = app.state.get(), system = matchMedia("(prefers-color-scheme: dark)").matches;
    const dark = state.theme === "auto" ? system : state.theme === "dark";
    document.documentElement.dataset.theme = dark ? "dark" : "light";
    app.palette.shade = { ink: app.palette.css("--ink"), paper: app.palette.css("--paper") };
    app.state.set({ dark: dark });
  }

  /* Paper is light; what was chosen for the screen comes back after it. */
  function printLight() {
    let chosen = "auto";
    window.addEventListener("beforeprint", function () { chosen = app.state.get().theme; app.state.set({ theme: "light" }); });
    window.addEventListener("afterprint", function () { app.state.set({ theme: chosen }); });
  }

  function renderHead() {
    const { say, number, day } = app.words, world = app.run.world, { make, replace, byId } = app.dom;
    byId("brand").textContent = `${world.brand} ${world.product}`;
    const { accounts, accounts_drawn: drawn, posts } = app.run.counts;
    byId("subtitle").textContent = say(drawn < accounts ? "subtitle.some" : "subtitle", {
      from: day(world.start), to: day(world.end - 1), accounts: number(accounts), drawn: number(drawn), posts: number(posts) });
    byId("network").setAttribute("aria-label", say("network.label", { communities: number(app.run.accounts.islands.length) }));
  }

  function pass(keys, state) {
    if (keys.includes("theme")) chooseTheme();
    if (keys.includes("language")) { app.words.use(state.language); renderHead(); }
    for (const view of app.views) if (view.change) view.change(keys, state);
  }

  async function boot() {
    if (typeof DecompressionStream === "undefined") throw new Error("This browser is too old: it has no DecompressionStream (2023).");
    await app.payload.read();
    const language = navigator.language.startsWith("zh") ? "zh" : "en";
    const motion = matchMedia("(prefers-reduced-motion: reduce)");
    app.state.set({ still: motion.matches });
    motion.addEventListener("change", () => app.state.set({ still: motion.matches }));
    app.words.use(language);
    chooseTheme();
    for (const view of app.views) if (view.start) view.start();
    app.state.set({ language: language });
    renderHead();
    pass(["language", "dark", "revealed", "selected", "tables", "speed", "playing"], app.state.get());
    app.state.subscribe(null, pass);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", chooseTheme);
    printLight();
    await app.address.open();
    app.clock.ask();
    app.ready = true;
  }

  boot().catch(function (error) {
    const place = document.getElementById("card");
    place.textContent = String(error.message || error);
    throw error;
  });
})(window.smearbench);
