/* Boards: what can stand in the place of the pictures, as a bet or runs side by side, and the tabs that choose among
   them. A board is {name, has(), make(), draw?(time, now), keys?}: `make` returns its elements anew when a key changes. */
(function (app) {
  "use strict";
  const boards = [];
  let tabs, place, points;

  const find = (name) => boards.find((board) => board.name === name);
  const shown = () => { const board = find(app.state.get().board); return board && board.has() ? board : null; };

  function renderTabs() {
    const { make, replace } = app.dom, { say } = app.words, open = shown();
    const there = boards.filter((board) => board.has());
    tabs.hidden = !there.length;
    const score = app.bets.score();
    points.hidden = !score.of;
    points.textContent = say("bets.score", score);
    replace(tabs, [null, ...there].map((board) => make("button", {
      id: `tab-${board ? board.name : "picture"}`, type: "button", "aria-pressed": String(board === open),
      onclick: () => app.boards.open(board ? board.name : "picture"), text: say(`board.${board ? board.name : "picture"}`),
    })));
  }

  function render() {
    const board = shown(), stage = app.dom.byId("stage");
    stage.classList.toggle("has-board", board !== null);
    place.hidden = board === null;
    place.className = board ? `board on-${board.name}` : "board";
    const focused = document.activeElement && place.contains(document.activeElement) ? document.activeElement.id : "";
    app.dom.replace(place, board ? board.make() : []);
    if (focused && app.dom.byId(focused)) app.dom.byId(focused).focus();
  }

  /* Keys that a field on a board needs itself do not move the page's time. */
  function keepKeys(event) {
    if (event.target.matches("input") && /^(Arrow|Home|End|Page| )/.test(event.key)) event.stopPropagation();
  }

  app.boards = {
    add: (board) => boards.push(board),
    has: (name) => Boolean(find(name) && find(name).has()),
    open: function (name) {
      app.state.set({ board: find(name) ? name : "picture" });
      place.scrollTop = 0;
    },
    isOpen: () => shown() !== null,
    render: function () { render(); renderTabs(); },
  };

  app.addView({
    name: "boards",
    start: function () {
      const { make, byId } = app.dom;
      tabs = make("nav", { class: "tabs", id: "tabs" });
      points = make("span", { class: "score", id: "score", role: "status" });
      document.querySelector(".top").after(make("div", { class: "tab-row", id: "tab-row" }, [tabs, points]));
      place = make("section", { class: "board", id: "board", hidden: true, onkeydown: keepKeys });
      byId("stage").insertBefore(place, byId("panel"));
    },
    draw: function (time, now) { const board = shown(); return Boolean(board && board.draw && board.draw(time, now)); },
    change: function (keys) {
      if (keys.includes("selected")) app.dom.byId("stage").classList.toggle("nobody", app.state.get().selected < 0);
      if (["board", "language", "revealed", "dark", "bet"].some((key) => keys.includes(key))) app.boards.render();
      if (keys.includes("language")) {
        tabs.setAttribute("aria-label", app.words.say("board.tabs"));
        place.setAttribute("aria-label", app.words.say("board.place"));
      }
    },
  });
})(window.smearbench);
