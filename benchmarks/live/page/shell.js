/* Sliders ask the server for another world; its page then takes the place of the one that is shown. */
(function () {
  "use strict";
  const start = /*START*/ {};
  const WAIT_MS = 150, MOST_TRIES = 6, PATIENCE_MS = 10000;
  const UNSET_LEVEL = 2;
  const KEPT = ["time", "revealed", "language", "theme", "tables", "speed"];
  /* A second window must not take away what this one waits for. */
  const NAME = String(crypto.getRandomValues(new Uint32Array(1))[0]);
  const byId = (id) => document.getElementById(id);
  const values = {}, fields = {}, tries = [];
  let frame = null, language = "en", asked = 0, timer = 0, finished = null, problems = [];

  function say(key, given) {
    const text = start.words[language][key] ?? start.words.en[key] ?? key;
    return text.replace(/\{(\w+)\}/g, (_, name) => (given && name in given ? given[name] : ""));
  }
  const number = (value) => new Intl.NumberFormat(language === "zh" ? "zh-CN" : "en-GB").format(value);
  const percent = (part, whole) => new Intl.NumberFormat(language === "zh" ? "zh-CN" : "en-GB", { style: "percent" }).format(whole ? part / whole : 0);

  function make(tag, attributes, children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (name === "text") element.textContent = value;
      else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else element.setAttribute(name, value);
    }
    element.append(...(children || []));
    return element;
  }

  function tellDays(days) {
    if (days === 0) return say("day.launch");
    return say(days < 0 ? "day.before" : "day.after", { n: number(Math.abs(days)) });
  }

  /* What a value of a slider means, in words. */
  function tell(slider, value) {
    if (value === null) return say("hiding.mixed");
    if (slider.name === "stop") return value >= slider.high ? say("stop.never") : tellDays(value);
    if (slider.name === "begin") return tellDays(value);
    if (slider.name === "hiding") return say(`hiding.${value}`);
    if (slider.name === "share") return say("share.value", { n: number(value) });
    if (slider.name === "shift") return value === 0 ? say("shift.none") : say(value < 0 ? "shift.earlier" : "shift.later", { n: number(Math.abs(value)) });
    return number(value);
  }

  function build() {
    for (const slider of start.sliders) {
      values[slider.name] = slider.value;
      const kind = slider.name === "seed" ? "number" : "range";
      const field = make("input", { id: slider.name, type: kind, min: slider.low, max: slider.high, step: 1 });
      field.addEventListener("input", () => { values[slider.name] = Number(field.value); label(); });
      field.addEventListener("change", () => wish(slider, field));
      fields[slider.name] = field;
      const shown = make("output", { for: slider.name, id: `${slider.name}-told` });
      byId("sliders").append(make("p", { class: "slider", id: `slider-${slider.name}` }, [make("label", { for: slider.name }), shown, field]));
    }
    byId("sliders").addEventListener("submit", (event) => event.preventDefault());
    byId("reset").addEventListener("click", reset);
    place();
  }

  function place() {
    for (const slider of start.sliders) fields[slider.name].value = values[slider.name] ?? UNSET_LEVEL;
  }

  function label() {
    document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
    byId("title").textContent = say("title", { scenario: start.scenario });
    byId("hint").textContent = say(start.sliders.length > 1 ? "hint" : "hint.quiet");
    byId("reset").textContent = say("reset");
    byId("results-title").textContent = say("results");
    for (const slider of start.sliders) {
      const row = byId(`slider-${slider.name}`), told = tell(slider, values[slider.name]);
      row.querySelector("label").textContent = say(`${slider.name}.question`);
      byId(`${slider.name}-told`).textContent = slider.name === "seed" ? "" : told;
      fields[slider.name].setAttribute("aria-valuetext", told);
      row.classList.toggle("as-written", values[slider.name] === slider.value);
    }
  }

  function wish(slider, field) {
    const value = Math.round(Number(field.value));
    values[slider.name] = Math.min(Math.max(Number.isFinite(value) ? value : slider.value, slider.low), slider.high);
    field.value = values[slider.name];
    label();
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT_MS);
  }

  function reset() {
    for (const slider of start.sliders) values[slider.name] = slider.value;
    place();
    label();
    ask();
  }

  function collect() {
    const changes = {};
    for (const slider of start.sliders) if (values[slider.name] !== slider.value) changes[slider.name] = values[slider.name];
    return changes;
  }

  async function ask() {
    const mine = ++asked;
    byId("scene").classList.add("busy");
    byId("busy").textContent = say("busy");
    const answer = await post(collect());
    if (mine !== asked) return;
    problems = answer.superseded ? [say("gone")] : answer.problems || [];
    if (!problems.length) {
      await show(answer.page, mine);
      if (mine !== asked) return;
      remember(answer);
    }
    byId("busy").textContent = finished = problems.length ? "" : say("done", { seconds: answer.seconds });
    byId("scene").classList.remove("busy");
    tellProblems();
  }

  async function post(changes) {
    try {
      const answer = await fetch("worlds", { method: "POST", headers: { "Content-Type": "application/json", "X-Window": NAME }, body: JSON.stringify(changes) });
      if (answer.headers.get("Content-Type").startsWith("application/json")) return await answer.json();
      return { problems: [(await answer.text()).trim()] };
    } catch (error) {
      return { problems: [say("gone")] };
    }
  }

  function tellProblems() {
    byId("problem").hidden = !problems.length;
    byId("problem").replaceChildren(...problems.map((text) => make("p", { text: text })));
  }

  /* Loads the page out of sight, brings it to where the old one was, and swaps the two. */
  async function show(address, mine) {
    const next = make("iframe", { src: address, title: say("frame"), class: frame ? "waiting" : "" });
    byId("scene").append(next);
    await new Promise((done) => next.addEventListener("load", done, { once: true }));
    const app = next.contentWindow.smearbench, begun = performance.now();
    while (app && !app.ready && performance.now() - begun < PATIENCE_MS) await new Promise((done) => setTimeout(done, 20));
    if (mine !== asked) { next.remove(); return; }
    if (app && app.ready) await bring(app);
    if (frame) frame.remove();
    frame = next;
    next.classList.remove("waiting");
  }

  async function bring(app) {
    const old = frame && frame.contentWindow.smearbench;
    if (old && old.ready) {
      const wanted = {}, state = old.state.get();
      for (const key of KEPT) if (key in state) wanted[key] = state[key];
      wanted.time = Math.min(wanted.time, app.run.minutes);
      if (wanted.revealed) await app.payload.openTruth();
      app.state.set(wanted);
    }
    follow(app.state.get());
    app.state.subscribe(["language", "dark"], () => follow(app.state.get()));
  }

  /* Language and theme are chosen in the page; the desk follows. */
  function follow(state) {
    language = state.language;
    document.documentElement.dataset.theme = state.dark ? "dark" : "light";
    label();
    listTries();
  }

  function remember(answer) {
    const key = JSON.stringify(answer.changes);
    const known = tries.findIndex((item) => item.key === key);
    if (known >= 0) tries.splice(known, 1);
    tries.unshift({ key: key, changes: answer.changes, figures: answer.figures });
    while (tries.length > MOST_TRIES) tries.splice(tries.length - (tries[tries.length - 1].key === "{}" ? 2 : 1), 1);
    listTries();
  }

  function nameOf(changes) {
    const names = start.sliders.filter((slider) => slider.name in changes)
      .map((slider) => say(`${slider.name}.short`, { value: tell(slider, changes[slider.name]) }));
    return names.length ? names.join(" · ") : say("as_written");
  }

  function listTries() {
    const most = Math.max(1, ...tries.map((item) => item.figures.exposures));
    byId("tries").replaceChildren(...tries.map((item) => {
      const f = item.figures, filled = make("span");
      filled.style.width = `${(100 * f.exposures) / most}%`;
      return make("li", {}, [
        make("strong", { text: nameOf(item.changes) }),
        make("span", { class: "bar", "aria-hidden": "true" }, [filled]),
        make("span", { text: say("figures", { exposures: number(f.exposures), reached: number(f.reached), share: percent(f.reached, f.organic), pushed: number(f.pushed), operated: number(f.operated) }) }),
      ]);
    }));
    byId("results-note").textContent = tries.length ? say("results.note") : "";
  }

  build();
  label();
  ask();
})();
