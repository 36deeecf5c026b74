/* Which of these ten are operated? First ten cards to read, then the reveal: truth, what was said, and every sign. */
(function (app) {
  "use strict";
  const SIGNS = ["copied", "young", "program", "single", "lonely", "claims"];
  let looked = -1;   // place of the account whose evidence is shown

  const letter = (place) => String.fromCharCode(65 + place);

  function latestOf(i, most) {
    const posts = app.run.posts;
    return posts.of[i].filter((p) => posts.about[p] >= 0 && posts.text[p] && app.payload.wordAt(posts.kind, p) !== "repost").slice(-most).reverse();
  }

  function makeCard(i, place) {
    const { make, written } = app.dom, { say, sayName, number, month } = app.words, a = app.run.accounts, accused = app.bets.placed.accused.has(i);
    const facts = [month(a.created[i] * 86400000), sayName("client", app.payload.wordAt(a.client, i)), say("bets.talk", { brand: number(a.brand_posts[i]), all: number(a.posts[i]) })];
    return make("li", { class: accused ? "suspect accused" : "suspect" }, [
      make("span", { class: "letter", "aria-hidden": "true", text: letter(place) }),
      written("button", a.name[i], { id: `suspect-${place}`, type: "button", class: "plain name", title: `@${a.handle[i]}`, onclick: () => app.state.set({ selected: i }) }),
      make("button", { id: `accuse-${place}`, type: "button", class: "accuse", "aria-pressed": String(accused), "aria-label": say("bets.accuse_one", { name: a.name[i] }),
        text: say(accused ? "bets.accused" : "bets.accuse"), onclick: () => accuse(i) }),
      make("div", { class: "suspect-text" }, [
        make("p", { class: "suspect-facts", text: facts.join(" · ") }),
        ...latestOf(i, 2).map((p) => written("p", app.run.posts.text[p], { class: "quote" })),
      ]),
    ]);
  }

  function accuse(i) {
    const accused = app.bets.placed.accused;
    if (!accused.delete(i)) accused.add(i);
    app.bets.changed();
  }

  function makeCards() {
    const n = app.bets.placed.accused.size;
    return [
      app.bets.head("accounts", [app.dom.make("span", { class: "quiet", text: app.words.say("bets.accused_n", { n: n }) }), app.bets.revealButton()]),
      app.dom.make("ol", { class: "suspects" }, app.bets.chosen().accounts.map(makeCard)),
    ];
  }

  /* What the reveal says in one line. */
  function makeOutcome() {
    const { say } = app.words, operated = app.truth.accounts.operated, ten = app.bets.chosen().accounts, accused = app.bets.placed.accused;
    const all = ten.filter((i) => operated[i]), found = all.filter((i) => accused.has(i)).length;
    const wronged = ten.filter((i) => !operated[i] && accused.has(i)).length;
    if (!accused.size) return say("bets.outcome_none", { all: all.length, of: ten.length });
    return say("bets.outcome", { found: found, all: all.length, wronged: wronged, ...app.bets.scoreAccounts() });
  }

  function nameTruth(i) {
    const { say, sayName } = app.words, t = app.truth.accounts, word = (column) => app.payload.wordAt(column, i);
    if (t.operated[i]) return say("bets.is_operated", { squad: String(word(t.squad)).split(".").pop() });
    return sayName("segment", word(t.segment));
  }

  function makeSign(has, name) {
    return app.dom.make("td", { class: has ? "sign has" : "sign" }, [
      app.dom.make("span", { class: "sign-dot", "aria-hidden": "true" }), app.dom.make("span", { class: "unseen", text: app.words.say(has ? "bets.yes" : "bets.no") })]);
  }

  function lookAt(place) {
    looked = place;
    app.bets.changed();
    document.querySelector(".evidence").scrollIntoView({ block: "nearest", behavior: app.state.get().still ? "auto" : "smooth" });
  }

  function makeRow(place, turn) {
    const { make, written } = app.dom, { say } = app.words, i = app.bets.chosen().accounts[place];
    const operated = app.truth.accounts.operated[i] === 1, accused = app.bets.placed.accused.has(i), right = operated === accused;
    const row = make("tr", { class: `${operated ? "operated" : "honest"}${place === looked ? " looked" : ""}` }, [
      make("th", { scope: "row" }, [make("div", { class: "who-cell" }, [make("span", { class: "letter", text: letter(place) }),
        written("button", app.run.accounts.name[i], { id: `evidence-${place}`, type: "button", class: "plain name", "aria-pressed": String(place === looked), onclick: () => lookAt(place) })])]),
      make("td", { class: "truth", text: `${operated ? "▲" : "●"} ${nameTruth(i)}` }),
      app.bets.placed.accused.size ? make("td", { class: right ? "said right" : "said wrong", text: `${right ? "✓" : "✗"} ${say(accused ? "bets.said_operated" : "bets.said_not")}` }) : make("td", { text: "–" }),
      ...app.truth.bets.evidence[place].signs.map((has, n) => makeSign(has, SIGNS[n])),
    ]);
    row.style.setProperty("--turn", turn);
    return row;
  }

  function makeReveal() {
    const { make } = app.dom, { say } = app.words, ten = app.bets.chosen().accounts, t = app.truth.accounts;
    const signs = (place) => app.truth.bets.evidence[place].signs.reduce((a, b) => a + b, 0);
    const order = ten.map((_, place) => place).sort((p, q) => t.operated[ten[q]] - t.operated[ten[p]] || signs(q) - signs(p) || p - q);
    if (looked < 0) looked = order[0];
    return [
      make("div", { class: "board-head" }, [make("div", {}, [make("h2", { class: "outcome", id: "outcome", text: makeOutcome() }), make("p", { class: "quiet", text: say("bets.signs_how") })])]),
      make("div", { class: "reveal-box", tabindex: 0, role: "region", "aria-label": say("bets.accounts") }, [make("table", { class: "reveal" }, [
        make("thead", {}, [make("tr", {}, ["who", "is", "said"].map((name) => make("th", { scope: "col", text: say(`bets.${name}`) })).concat(
          SIGNS.map((name) => make("th", { scope: "col", class: "sign", text: say(`sign_short.${name}`) }))))]),
        make("tbody", {}, order.map(makeRow)),
      ])]),
      app.evidence.make(ten[looked], app.truth.bets.evidence[looked], letter(looked)),
    ];
  }

  app.boards.add({
    name: "accounts",
    has: () => app.bets.chosen().accounts.length > 0,
    make: () => (app.bets.isRevealed() ? makeReveal() : makeCards()),
  });
})(window.smearbench);
