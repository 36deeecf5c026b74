/* Which of these four spikes is organic? Four small pictures with posts to read, then what was commanded in each. */
(function (app) {
  "use strict";
  const WIDTH = 360, HEIGHT = 62;

  const talkAt = (i) => app.run.series.other[i] + app.run.series.narratives.reduce((sum, counts) => sum + counts[i], 0);
  const pushedAt = (i) => Object.values(app.truth.series).reduce((sum, counts) => sum + counts[i], 0);
  const sum = (spike, count) => { let all = 0; for (let i = spike.begin; i < spike.end; i++) all += count(i); return all; };

  function makeChart(spike, most) {
    const { shape } = app.dom, n = spike.to - spike.from, wide = WIDTH / n, revealed = app.bets.isRevealed();
    const x = (i) => (i - spike.from) * wide, high = (count) => (count / most) * (HEIGHT - 8);
    const svg = shape("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT + 2}`, class: "spike-chart", role: "img", "aria-label": app.words.say("bets.spike_label", { n: app.words.number(sum(spike, talkAt)) }) });
    svg.append(shape("rect", { class: "spike-span", x: x(spike.begin), y: 0, width: x(spike.end) - x(spike.begin), height: HEIGHT }));
    for (let i = spike.from; i < spike.to; i++) {
      const all = high(talkAt(i)), bought = revealed ? high(pushedAt(i)) : 0;
      svg.append(shape("rect", { class: "spike-bar", x: x(i) + 0.4, y: HEIGHT - all, width: Math.max(0.8, wide - 0.8), height: all }));
      if (bought) svg.append(shape("rect", { class: "spike-bought", x: x(i) + 0.4, y: HEIGHT - bought, width: Math.max(0.8, wide - 0.8), height: bought }));
    }
    svg.append(shape("line", { class: "waterline", x1: 0, x2: WIDTH, y1: HEIGHT, y2: HEIGHT }));
    return svg;
  }

  function tellTruth(spike, place) {
    const { make } = app.dom, { say, sayName, percent, number } = app.words, all = sum(spike, talkAt), bought = sum(spike, pushedAt);
    const organic = place === app.truth.bets.organic;
    const near = app.run.world.events.filter(function (event) {
      const bin = (event.time - app.run.world.start) / app.run.world.bin;
      return bin >= spike.begin - 1 && bin < spike.end;
    });
    const what = organic ? say("bets.spike_organic", { event: near.length ? sayName("event", near[0].kind) : say("bets.spike_nothing") })
      : say("bets.spike_pushed", { narrative: nameNarrative(spike) });
    return [make("strong", { text: `${organic ? "●" : "▲"} ${what}` }), make("p", { text: say("bets.spike_share", { bought: number(bought), all: number(all), share: percent(all ? bought / all : 0) }) })];
  }

  /* What most of the commanded posts of a span were about. */
  function nameNarrative(spike) {
    const names = Object.keys(app.truth.series);
    const counts = names.map((name) => sum(spike, (i) => app.truth.series[name][i]));
    return names.length ? app.words.sayName("narrative", names[counts.indexOf(Math.max(...counts))]) : "";
  }

  function makeSpike(spike, place, most) {
    const { make, written } = app.dom, { say, shortDay } = app.words, revealed = app.bets.isRevealed(), chosen = app.bets.placed.spike === place;
    const start = app.run.world.start + spike.begin * app.run.world.bin, end = app.run.world.start + spike.end * app.run.world.bin - 1;
    const kind = revealed ? (place === app.truth.bets.organic ? " organic" : " pushed") : "";
    return make("li", { class: `spike${chosen ? " chosen" : ""}${kind}` }, [
      make("div", { class: "spike-head" }, [make("span", { class: "letter", "aria-hidden": "true", text: String(place + 1) }), make("h3", { text: shortDay((start + end) / 2) }),
        revealed ? (chosen ? make("span", { class: place === app.truth.bets.organic ? "said right" : "said wrong", text: `${place === app.truth.bets.organic ? "✓" : "✗"} ${say("bets.your_bet")}` }) : null)
          : make("button", { id: `spike-${place}`, type: "button", class: "accuse organic", "aria-pressed": String(chosen), text: say(chosen ? "bets.spike_chosen" : "bets.spike_choose"), "aria-label": say("bets.spike_choose_one", { n: place + 1 }),
            onclick: function () { app.bets.placed.spike = chosen ? -1 : place; app.bets.changed(); } })]),
      makeChart(spike, most),
      revealed ? make("div", { class: "spike-truth" }, tellTruth(spike, place)) : null,
      make("ul", { class: "spike-posts" }, spike.posts.slice(0, revealed ? 2 : 3).map((p) => written("li", app.run.posts.text[p], { class: revealed && app.truth.posts.push[p] >= 0 ? "quote bought" : "quote" }))),
    ]);
  }

  function make() {
    const { say } = app.words, spikes = app.bets.chosen().spikes, revealed = app.bets.isRevealed();
    const most = Math.max(1, ...spikes.flatMap((spike) => Array.from({ length: spike.to - spike.from }, (_, i) => talkAt(spike.from + i))));
    const head = revealed ? app.dom.make("div", { class: "board-head" }, [app.dom.make("div", {}, [
      app.dom.make("h2", { class: "outcome", text: say(app.bets.placed.spike < 0 ? "bets.spike_none" : app.bets.placed.spike === app.truth.bets.organic ? "bets.spike_right" : "bets.spike_wrong", { n: app.truth.bets.organic + 1 }) }),
      app.dom.make("p", { class: "quiet", text: say("bets.spike_why") })])]) : app.bets.head("spikes", [app.bets.revealButton()]);
    return [head, app.dom.make("ol", { class: "spikes" }, spikes.map((spike, place) => makeSpike(spike, place, most)))];
  }

  app.boards.add({ name: "spikes", has: () => app.bets.chosen().spikes.length > 0, make: make });
})(window.smearbench);
