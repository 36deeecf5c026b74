/* Buttons and keys: playing, speed, language, theme, tables, and the reveal. */
(function (app) {
  "use strict";
  const SPEEDS = [2, 6, 12, 24, 48, 96, 192];   // simulated hours a second
  const PLAY_SECONDS = 75;                      // about what a whole run takes at the speed it starts with
  const buttons = {}, beat = app.clock.makeBeat();
  let clockFace, dateFace, speedMenu;

  function button(name, press, extra) {
    buttons[name] = app.dom.make("button", { id: `button-${name}`, type: "button", onclick: press, ...extra });
    return buttons[name];
  }

  function startPlayer() {
    const { make, byId } = app.dom;
    dateFace = make("span", { class: "date" });
    clockFace = make("span", { class: "hour" });
    speedMenu = make("select", { id: "speed", onchange: () => app.state.set({ speed: Number(speedMenu.value) }) },
      SPEEDS.map((hours) => make("option", { value: hours })));
    byId("player").append(make("div", { class: "buttons" }, [
      button("play", app.clock.toggle, { class: "main" }),
      button("next", app.timeline.next),
      make("label", { class: "speed" }, [make("span", { id: "speed-name" }), speedMenu]),
      make("p", { class: "now" }, [dateFace, clockFace]),
    ]));
  }

  function startSwitches() {
    app.dom.byId("switches").append(
      button("reveal", reveal, { class: "reveal" }),
      button("tables", () => app.state.set({ tables: !app.state.get().tables }), { "aria-controls": "tables" }),
      button("language", () => app.state.set({ language: app.state.get().language === "en" ? "zh" : "en" })),
      button("theme", () => app.state.set({ theme: app.state.get().dark ? "light" : "dark" })));
  }

  async function reveal() {
    const revealed = app.state.get().revealed;
    if (!revealed) await app.payload.openTruth();
    app.state.set({ revealed: !revealed });
    if (!revealed) app.dom.announce(app.words.say("reveal.told", { n: app.words.number(app.truth.accounts.n_operated) }));
  }

  function label() {
    const { say } = app.words, state = app.state.get();
    buttons.play.textContent = say(state.playing ? "player.pause" : "player.play");
    buttons.next.textContent = say(state.revealed ? "player.next_push" : "player.next_burst");
    buttons.tables.textContent = say(state.tables ? "tables.hide" : "tables.show");
    buttons.tables.setAttribute("aria-expanded", state.tables);
    buttons.reveal.textContent = say(state.revealed ? "reveal.hide" : "reveal.show");
    buttons.reveal.setAttribute("aria-pressed", state.revealed);
    buttons.language.textContent = say("switch.language");
    buttons.language.lang = state.language === "en" ? "zh-CN" : "en";
    buttons.theme.textContent = say(state.dark ? "switch.light" : "switch.dark");
    app.dom.byId("speed-name").textContent = say("player.speed");
    [...speedMenu.options].forEach((option) => { option.textContent = speedText(Number(option.value)); });
    speedMenu.value = state.speed;
  }

  function speedText(hours) {
    const { say } = app.words;
    return hours < 24 ? say("player.hours", { n: hours }) : say(hours === 24 ? "player.day" : "player.days", { n: hours / 24 });
  }

  /* Keys work wherever the focus is, but in fields that need them themselves. */
  function pressKey(event) {
    const own = event.target, typing = own.matches("select, input[type=search], textarea"), onButton = own.matches("button, a, summary");
    if (event.ctrlKey || event.metaKey || event.altKey || typing) return;
    const step = (app.run.world.bin / 60000) * (event.shiftKey ? 4 : 1), time = app.state.get().time;
    const actions = {
      " ": onButton ? null : app.clock.toggle,
      ArrowLeft: () => app.clock.seek(time - step),
      ArrowRight: () => app.clock.seek(time + step),
      n: app.timeline.next,
      Home: () => app.clock.seek(0),
      End: () => app.clock.seek(app.run.minutes),
      Escape: () => app.state.set({ selected: -1 }),
    };
    if (own.id === "network" && event.key.startsWith("Arrow")) return;
    if (!actions[event.key]) return;
    event.preventDefault();
    actions[event.key]();
  }

  function tellTime(time, now) {
    if (!beat(now)) return false;
    const ms = app.clock.toMs(time), { words } = app;
    const date = words.day(ms);
    if (dateFace.textContent !== date) dateFace.textContent = date;
    clockFace.textContent = words.clockTime(ms);
    return false;
  }

  app.controls = { reveal: reveal };
  app.addView({
    name: "controls",
    start: function () {
      startPlayer();
      startSwitches();
      document.addEventListener("keydown", pressKey);
      const wanted = app.run.minutes / 60 / PLAY_SECONDS;
      app.state.set({ speed: SPEEDS.reduce((a, b) => (Math.abs(Math.log(b / wanted)) < Math.abs(Math.log(a / wanted)) ? b : a)) });
    },
    draw: tellTime,
    change: function (keys) {
      if (["playing", "language", "dark", "tables", "revealed", "speed"].some((key) => keys.includes(key))) label();
    },
  });
})(window.smearbench);
