/* What has been said so far: the narratives by tactic with their posts until now, and what is not about the brand. */
(function (app) {
  "use strict";
  let rows = [];

  function chip(about) {
    const element = app.dom.make("span", { class: "chip", "aria-hidden": "true" });
    element.style.background = about < 0 ? app.palette.css("--dot") : app.palette.narrative(about);
    return element;
  }

  function makeRow(about, name, counts, hint) {
    const total = app.dom.make("span", { class: "total" });
    rows.push({ counts: counts, total: total, say: app.words.number });
    const words = app.dom.make("span", {}, [app.dom.make("span", { text: name }), hint ? app.dom.make("small", { text: hint }) : null]);
    const totals = app.dom.make("span", { class: "totals" }, [total, about < 0 ? null : makeBought(about)]);
    return app.dom.make("li", {}, [chip(about), words, totals]);
  }

  /* After the reveal: how many of them were commanded. */
  function makeBought(about) {
    const narrative = app.run.narratives[about], state = app.state.get();
    const counts = state.revealed && app.truth && narrative && app.truth.series[narrative.id];
    if (!counts) return null;
    const total = app.dom.make("small", { class: "commanded" });
    rows.push({ counts: counts, total: total, say: (n) => `▲ ${app.words.number(n)}` });
    return total;
  }

  function make() {
    const { say, sayName } = app.words, run = app.run;
    rows = [];
    const items = app.palette.narrativesByTactic().reverse().map((i) =>
      makeRow(i, app.palette.nameOf(i), run.series.narratives[i], run.narratives[i].tactic && sayName("tactic", run.narratives[i].tactic)));
    items.push(makeRow(items.length, say("streams.other"), run.series.other), makeRow(-1, say("streams.background"), run.series.background));
    tell(app.state.get().time);
    const revealed = app.state.get().revealed && app.truth;
    return [app.dom.make("div", { class: "talk-head" }, [
      app.dom.make("h2", { text: say("talk.title") }), revealed ? app.dom.make("span", { class: "commanded", text: say("card.commanded") }) : null]), app.dom.make("ul", { class: "talk" }, items)];
  }

  /* Posts up to a time: whole spans, and of the one that is running its share. */
  function countUntil(counts, time) {
    const at = (time * 60000) / app.run.world.bin, whole = Math.min(Math.floor(at), counts.length);
    let sum = 0;
    for (let i = 0; i < whole; i++) sum += counts[i];
    return whole < counts.length ? sum + Math.floor(counts[whole] * (at - whole)) : sum;
  }

  function tell(time) {
    for (const { counts, total, say } of rows) {
      const text = say(countUntil(counts, time));
      if (total.textContent !== text) total.textContent = text;
    }
    return false;
  }

  app.talk = { make: make, countUntil: countUntil };
  const beat = app.clock.makeBeat();
  app.addView({ name: "talk", draw: (time, now) => (app.state.get().selected < 0 && beat(now) ? tell(time) : false) });
})(window.smearbench);
