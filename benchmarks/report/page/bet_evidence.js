/* What gave an account away, or did not: its posts beside the nearest of its squad mates, or of anyone. */
(function (app) {
  "use strict";
  const SIGNS = ["copied", "young", "program", "single", "lonely", "claims"];

  /* Marks what two texts share: runs of letters that both have, long enough not to be chance. */
  function markShared(text, other) {
    const least = /[\u3040-\u9fff]/.test(text) ? 3 : 7, shared = new Array(text.length).fill(false), low = other.toLowerCase(), own = text.toLowerCase();
    for (let i = 0; i + least <= own.length; i++) if (low.includes(own.slice(i, i + least))) shared.fill(true, i, i + least);
    const parts = [];
    for (let i = 0; i < text.length;) {
      let j = i;
      while (j < text.length && shared[j] === shared[i]) j++;
      parts.push(app.dom.make(shared[i] ? "mark" : "span", { text: text.slice(i, j) }));
      i = j;
    }
    return parts;
  }

  function sayApart(minutes) {
    const { say, number } = app.words, size = Math.abs(minutes);
    const text = size < 120 ? say("evidence.minutes", { n: number(size) }) : size < 2880 ? say("evidence.hours", { n: number(Math.round(size / 60)) }) : say("evidence.days", { n: number(Math.round(size / 1440)) });
    return size === 0 ? say("evidence.same") : say(minutes > 0 ? "evidence.later" : "evidence.earlier", { apart: text });
  }

  function makePost(p, other, head) {
    const { make } = app.dom, posts = app.run.posts, account = posts.account[p];
    return make("div", { class: "beside-post" }, [
      app.dom.written("p", `@${app.run.accounts.handle[account]}${head ? ` · ${head}` : ""}`, { class: "post-head" }),
      app.dom.make("p", { class: "post-text", dir: "auto" }, markShared(posts.text[p], posts.text[other])),
    ]);
  }

  function makePair([own, other, likeness, apart, mate]) {
    const { say } = app.words, { make } = app.dom;
    return make("li", { class: mate ? "pair mate" : "pair" }, [
      makePost(own, other, app.words.moment(app.clock.toMs(app.run.posts.minute[own]))),
      make("div", { class: "alike" }, [make("strong", { text: say("evidence.alike", { n: likeness }) }), make("span", { text: sayApart(apart) })]),
      makePost(other, own, say(mate ? "evidence.mate" : "evidence.anyone")),
    ]);
  }

  function listSigns(evidence) {
    const had = SIGNS.filter((_, n) => evidence.signs[n]).map((name) => app.words.say(`sign.${name}`).toLowerCase());
    return new Intl.ListFormat(app.state.get().language === "zh" ? "zh-CN" : "en-GB").format(had);
  }

  /* Why this one was to be found, or not. */
  function explain(i, evidence) {
    const { say } = app.words, t = app.truth.accounts, operated = t.operated[i] === 1, n = evidence.signs.reduce((a, b) => a + b, 0);
    const signs = listSigns(evidence), alike = evidence.pairs.length ? evidence.pairs[0][2] : 0;
    const key = operated ? (n >= 2 ? "evidence.given_away" : n ? "evidence.hardly" : "evidence.hidden") : n ? "evidence.looks" : "evidence.clear";
    const more = operated ? (alike >= 40 ? "evidence.manuscript" : "evidence.own_words") : `because.${app.payload.wordAt(t.segment, i)}`;
    return `${say(key, { signs: signs })} ${say(more)}`;
  }

  app.evidence = {
    make: function (i, evidence, letter) {
      const { make, written } = app.dom, { say } = app.words, operated = app.truth.accounts.operated[i] === 1;
      return make("section", { class: `evidence ${operated ? "operated" : "honest"}`, "aria-live": "polite" }, [
        make("h3", {}, [make("span", { class: "letter", text: letter }), written("span", app.run.accounts.name[i])]),
        make("p", { class: "why", text: explain(i, evidence) }),
        evidence.pairs.length ? make("div", { class: "pair-heads", "aria-hidden": "true" }, [make("span", { text: say("evidence.own") }), make("span", { text: say(operated && evidence.pairs.some((pair) => pair[4]) ? "evidence.mates" : "evidence.others") })]) : null,
        make("ol", { class: "pairs" }, evidence.pairs.map(makePair)),
      ]);
    },
  };
})(window.smearbench);
