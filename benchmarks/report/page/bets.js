/* What the class has bet, and how many points it makes; the boards of the three bets show it. */
(function (app) {
  "use strict";
  const EARLY_POINTS = 5;
  const bets = { accused: new Set(), spike: -1, called: -1, seen: 0 };
  let version = 0;

  const chosen = () => app.payload.extras.bets || { accounts: [], spikes: [] };
  const isRevealed = () => app.state.get().revealed && Boolean(app.truth);

  /* Share of the campaign's exposures that were still to come at a time, in minutes. */
  function shareAhead(minute) {
    let before = 0, all = 0;
    for (const segment of Object.values(app.truth.exposures)) segment.exposures.forEach(function (count, i) {
      all += count;
      if ((i + 1) * app.run.world.bin / 60000 <= minute) before += count;
    });
    return all ? 1 - before / all : 0;
  }

  const firstPush = () => Math.min(...app.truth.pushes.map((push) => app.clock.toMinutes(push.start)));

  function scoreAccounts() {
    const right = chosen().accounts.filter((i) => bets.accused.has(i) === (app.truth.accounts.operated[i] === 1));
    return { points: right.length, of: chosen().accounts.length };
  }

  function scoreWhen() {
    if (!app.truth.pushes.length) return { points: 0, of: 0 };
    const early = bets.called < firstPush();
    return { points: early ? 0 : Math.round(EARLY_POINTS * shareAhead(bets.called)), of: EARLY_POINTS, early: early };
  }

  /* Only bets that were placed count, and only once the truth is shown. */
  function score() {
    const parts = [app.question.score()];
    if (isRevealed()) {
      if (bets.accused.size) parts.push(scoreAccounts());
      if (bets.spike >= 0) parts.push({ points: bets.spike === app.truth.bets.organic ? 5 : 0, of: 5 });
      if (bets.called >= 0) parts.push(scoreWhen());
    }
    return { points: parts.reduce((sum, part) => sum + part.points, 0), of: parts.reduce((sum, part) => sum + part.of, 0) };
  }

  app.bets = {
    placed: bets,
    chosen: chosen,
    isRevealed: isRevealed,
    changed: () => app.state.set({ bet: ++version }),
    score: score,
    scoreAccounts: scoreAccounts,
    scoreWhen: scoreWhen,
    shareAhead: shareAhead,
    firstPush: firstPush,
    /* The head of a board: what is asked, and, to the right, what one can press. */
    head: function (name, buttons) {
      const { make } = app.dom, { say } = app.words;
      return make("div", { class: "board-head" }, [
        make("div", {}, [make("h2", { text: say(`bets.${name}`) }), make("p", { class: "quiet", text: say(`bets.${name}_how`) })]),
        make("div", { class: "board-buttons" }, buttons),
      ]);
    },
    revealButton: function () {
      return app.dom.make("button", { id: "bet-reveal", type: "button", class: "main reveal-bet", text: app.words.say("bets.reveal"), onclick: app.controls.reveal });
    },
  };
})(window.smearbench);
