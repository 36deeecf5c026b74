/* Guided steps: the lesson's panel, its buttons and keys, and what each step shows. Page Down and Page Up, which
   presenters send, go on and back. */
(function (app) {
  "use strict";
  let lesson = null, box, head, body, counter, back, next, place = -1, until = null;

  const language = () => app.state.get().language;

  function build() {
    const { make } = app.dom;
    head = make("h2", { id: "lesson-title", tabindex: -1 });
    body = make("div", { class: "lesson-body" });
    counter = make("span", { class: "counter" });
    back = make("button", { id: "lesson-back", type: "button", onclick: () => go(place - 1) });
    next = make("button", { id: "lesson-next", type: "button", class: "main", onclick: () => go(place + 1) });
    box.append(head, body, make("div", { class: "lesson-foot" }, [back, counter, next]));
  }

  function render() {
    if (!lesson || place < 0) return;
    const { make, replace } = app.dom, { say } = app.words, step = lesson.steps[place];
    head.textContent = step.title[language()];
    const texts = app.question.fill(step.text[language()]).split(/\n+/).filter(Boolean).map((text) => make("p", { text: text }));
    const focused = body.contains(document.activeElement) ? document.activeElement.id : "";
    replace(body, [...texts, step.question ? app.question.make(place, step.question, render) : null, place === 0 ? makeNote() : null]);
    if (focused) (app.dom.byId(focused) || next).focus();
    counter.textContent = say("lesson.step", { step: place + 1, steps: lesson.steps.length });
    back.textContent = say("lesson.back");
    next.textContent = say(place + 1 < lesson.steps.length ? "lesson.next" : "lesson.end");
    back.disabled = place === 0;
    box.setAttribute("aria-label", lesson.title[language()]);
  }

  /* A command is broken at spaces only, or its hyphens would be taken for those of a broken word. */
  function makeLine(text) {
    const { make } = app.dom;
    if (!text.startsWith("smearbench ")) return make("p", { text: text });
    return make("p", { class: "command" }, text.split(" ").flatMap((word) => [make("span", { text: word }), " "]));
  }

  /* The teacher's note, closed until it is asked for. */
  function makeNote() {
    const { make } = app.dom, { say } = app.words;
    const parts = ["preparation", "timing", "questions", "expected", "simplified", "sources"].flatMap((name) =>
      [make("h3", { text: say(`note.${name}`) }), ...lesson.note[name][language()].split(/\n+/).filter(Boolean).map(makeLine)]);
    return make("details", { class: "note" }, [make("summary", { text: say("note.title") }), ...parts]);
  }

  async function go(wanted) {
    if (wanted >= lesson.steps.length) { close(); return; }
    if (wanted < 0) return;
    place = wanted;
    box.hidden = false;
    app.dom.byId("stage").classList.add("has-lesson");
    const { view, until: stop, ...show } = lesson.steps[place].show;
    until = stop === undefined ? null : stop;
    await app.steps.show({ selected: -1, ...show });
    app.boards.open(view);
    render();
    app.dom.byId("panel").scrollTop = 0;
    app.dom.announce(lesson.steps[place].title[language()]);
  }

  function close() {
    place = -1;
    until = null;
    app.steps.end();
    app.dom.byId("stage").classList.remove("has-lesson");
    app.boards.open("picture");
    app.dom.byId("button-lesson").focus();
  }

  function pressKey(event) {
    if (place < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const way = { PageDown: 1, PageUp: -1 }[event.key];
    if (!way || event.target.matches("select, input, textarea")) return;
    event.preventDefault();
    if (place + way < lesson.steps.length) go(place + way);
  }

  function stopThere(time) {
    if (until === null || time < until) return false;
    app.state.set({ playing: false, time: until });
    until = null;
    return false;
  }

  app.lesson = { go: (step) => go(step), place: () => place };
  app.addView({
    name: "lesson",
    start: function () {
      lesson = app.payload.extras.lesson || null;
      if (!lesson) return;
      box = app.steps.panel();
      box.setAttribute("role", "region");
      build();
      app.dom.byId("switches").prepend(app.dom.make("button", { id: "button-lesson", type: "button", onclick: () => go(Math.max(0, place)) }));
      document.addEventListener("keydown", pressKey);
    },
    draw: stopThere,
    change: function (keys) {
      if (!lesson) return;
      if (keys.includes("language")) app.dom.byId("button-lesson").textContent = app.words.say("lesson.open");
      if (place < 0 && !app.ready) { go(0); return; }
      if (keys.includes("language") || keys.includes("revealed")) render();
    },
  });
})(window.smearbench);
