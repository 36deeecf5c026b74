/* A question of a lesson: choices, and, once one is checked, the answer out of the truth. */
(function (app) {
  "use strict";
  const given = new Map();   // by step: {choice, checked}

  const nameOf = (choice) => choice[app.state.get().language] || app.words.number(choice.value);

  /* Facts in braces, as {operated_percent}, in the words of the page. */
  function fill(text) {
    const facts = (app.truth && app.truth.facts) || {};
    return text.replace(/\{(\w+)\}/g, (_, name) => (name in facts ? nameFact(name, facts[name]) : "…"));
  }

  function nameFact(name, value) {
    if (typeof value === "number") return app.words.number(value);
    if (name === "most_used_tactic") return app.words.sayName("tactic", value).toLowerCase();
    return name === "most_reached_segment" ? app.words.sayName("segments", value) : value;
  }

  async function check(step, done) {
    await app.payload.openTruth();
    given.get(step).checked = true;
    done();
    app.bets.changed();
    const right = app.truth.answers[step].right === given.get(step).choice;
    app.dom.announce(app.words.say(right ? "lesson.right" : "lesson.wrong"));
  }

  function makeChoice(step, question, i, done) {
    const state = given.get(step) || { choice: -1, checked: false }, checked = state.checked;
    const right = checked && app.truth.answers[step].right === i, mine = state.choice === i;
    return app.dom.make("button", {
      id: `choice-${i}`, type: "button", class: `choice${right ? " right" : checked && mine ? " wrong" : ""}`, "aria-pressed": String(mine),
      "aria-disabled": checked ? "true" : null, text: `${checked ? (right ? "✓ " : mine ? "✗ " : "") : ""}${nameOf(question.choices[i])}`,
      onclick: function () { if (!checked) { given.set(step, { choice: i, checked: false }); done(); } },
    });
  }

  function make(step, question, done) {
    const { make } = app.dom, { say } = app.words, language = app.state.get().language, state = given.get(step);
    const checked = state && state.checked, answer = checked && app.truth.answers[step];
    return make("div", { class: "question", role: "group", "aria-label": question.ask[language] }, [
      make("p", { class: "ask", text: question.ask[language] }),
      make("div", { class: "choices" }, question.choices.map((_, i) => makeChoice(step, question, i, done))),
      checked ? make("p", { class: answer.right === state.choice ? "told right" : "told", text: fill(answer.told[language]) })
        : make("button", { id: "check", type: "button", class: "check", disabled: !state, text: say("lesson.check"), onclick: () => check(step, done) }),
    ]);
  }

  app.question = {
    make: make,
    fill: fill,
    score: function () {
      const checked = [...given].filter(([, state]) => state.checked);
      return { points: checked.filter(([step, state]) => app.truth.answers[step].right === state.choice).length, of: checked.length };
    },
  };
})(window.smearbench);
