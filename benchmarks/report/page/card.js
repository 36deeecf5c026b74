/* The account that is looked at: its profile, its posts up to now, and, after the reveal, what it is. */
(function (app) {
  "use strict";
  const MOST_POSTS = 12;
  const beat = app.clock.makeBeat();
  let box, shownUntil = -1;

  function facts(rows) {
    return app.dom.make("dl", { class: "facts" }, rows.filter((row) => row[1] !== null && row[1] !== "").map(([name, value]) =>
      app.dom.make("div", {}, [app.dom.make("dt", { text: name }), typeof value === "string" ? app.dom.written("dd", value) : app.dom.make("dd", {}, [value])])));
  }

  function describe(i) {
    const { say, number, day, sayName } = app.words, a = app.run.accounts;
    return facts([
      [say("card.place"), a.location[i]],
      [say("card.joined"), day(a.created[i] * 86400000)],
      [say("card.client"), sayName("client", app.payload.wordAt(a.client, i))],
      [say("card.followers"), number(a.followers[i])],
      [say("card.following"), number(a.following[i])],
      [say("card.posts"), say("card.posts_of", { all: number(a.posts[i]), brand: number(a.brand_posts[i]) })],
    ]);
  }

  function describeTruth(i) {
    const { say, sayName, number } = app.words, t = app.truth.accounts, word = (column) => app.payload.wordAt(column, i);
    const operated = t.operated[i] === 1;
    const rows = operated
      ? [[say("card.squad"), String(word(t.squad)).split(".").pop()], [say("card.role"), sayName("role", word(t.role))], [say("card.stock"), sayName("stock", word(t.stock))]]
      : [[say("card.segment"), sayName("segment", word(t.segment))], [say("card.saw"), number(t.campaign_exposures[i])]];
    return app.dom.make("div", { class: operated ? "verdict operated" : "verdict honest" }, [
      app.dom.make("strong", { text: say(operated ? "card.operated" : "card.honest") }),
      facts(rows),
    ]);
  }

  function listPosts(i, time) {
    const own = app.run.posts.of[i].filter((p) => app.run.posts.minute[p] <= time);
    const latest = own.slice(-MOST_POSTS).reverse();
    const items = latest.map((p) => describePost(p));
    if (!items.length) return app.dom.make("p", { class: "quiet", text: app.words.say("card.no_posts") });
    return app.dom.make("ol", { class: "posts" }, items);
  }

  function describePost(p) {
    const { say, sayName, moment } = app.words, posts = app.run.posts, kind = app.payload.wordAt(posts.kind, p);
    const about = posts.about[p], parent = posts.parent[p];
    const head = app.dom.make("p", { class: "post-head" }, [
      app.dom.make("time", { text: moment(app.clock.toMs(posts.minute[p])) }),
      kind === "post" ? null : app.dom.make("span", { class: "kind", text: sayName("kind", kind) }),
      about < 0 ? null : tag(about),
      app.state.get().revealed && app.truth && app.truth.posts.push[p] >= 0 ? app.dom.make("span", { class: "commanded", text: say("card.commanded") }) : null,
    ]);
    const source = parent >= 0 ? app.dom.written("p", `@${app.run.accounts.handle[posts.account[parent]]}: ${posts.text[parent]}`, { class: "cited" }) : null;
    return app.dom.make("li", {}, [head, posts.text[p] ? app.dom.written("p", posts.text[p], { class: "post-text" }) : null, source]);
  }

  function tag(about) {
    const element = app.dom.make("span", { class: "tag", text: app.palette.nameOf(about) });
    element.style.setProperty("--tag", app.palette.narrative(about));
    return element;
  }

  function render() {
    const state = app.state.get(), i = state.selected, { say } = app.words;
    shownUntil = countUntil(state);
    if (i < 0) {
      app.dom.replace(box, [...app.talk.make(), app.dom.make("h2", { class: "later", text: say("card.none_title") }), app.dom.make("p", { class: "quiet", text: say("card.none") }), finder()]);
      return;
    }
    const a = app.run.accounts;
    app.dom.replace(box, [
      app.dom.make("div", { class: "card-head" }, [
        app.dom.make("div", {}, [app.dom.written("h2", a.name[i]), app.dom.written("p", `@${a.handle[i]}`, { class: "handle" })]),
        app.dom.make("button", { class: "plain close", "aria-label": say("card.close"), text: "×", onclick: () => app.state.set({ selected: -1 }) }),
      ]),
      a.bio[i] ? app.dom.written("p", a.bio[i], { class: "bio" }) : null,
      state.revealed && app.truth ? describeTruth(i) : null,
      describe(i),
      app.dom.make("h3", { text: say("card.latest") }),
      listPosts(i, state.time),
    ]);
  }

  /* Finds an account by the beginning of its handle. */
  function finder() {
    const { say } = app.words;
    const field = app.dom.make("input", { type: "search", id: "find", autocomplete: "off", spellcheck: "false", placeholder: "@", onchange: () => find(field.value) });
    return app.dom.make("p", { class: "finder" }, [app.dom.make("label", { for: "find", text: say("card.find") }), field]);
  }

  function find(text) {
    const wanted = text.replace(/^@/, "").toLowerCase();
    const found = wanted ? app.run.accounts.handle.findIndex((handle) => handle.toLowerCase().startsWith(wanted)) : -1;
    if (found >= 0) app.state.set({ selected: found });
    else app.dom.announce(app.words.say("card.not_found"));
  }

  function countUntil(state) {
    if (state.selected < 0) return -1;
    return app.run.posts.of[state.selected].filter((p) => app.run.posts.minute[p] <= state.time).length;
  }

  app.addView({
    name: "card",
    start: function () { box = app.dom.byId("card"); },
    draw: function (time, now) {
      if (beat(now) && app.state.get().selected >= 0 && countUntil(app.state.get()) !== shownUntil) render();
      return false;
    },
    change: function (keys) { if (["selected", "language", "revealed", "dark"].some((key) => keys.includes(key))) render(); },
  });
})(window.smearbench);
