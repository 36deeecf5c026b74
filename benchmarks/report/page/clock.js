/* The one clock: moves time while playing, and has the views drawn in at most one frame at a time. */
(function (app) {
  "use strict";
  const KEPT_FRAMES = 240;
  const STILL_STEP_MS = 500;
  const BEAT_MS = 200;
  let wanted = false, last = 0, waited = 0;

  function ask() {
    if (wanted) return;
    wanted = true;
    requestAnimationFrame(frame);
  }

  function frame(now) {
    wanted = false;
    const state = app.state.get();
    const passed = Math.min(now - last, 100);
    last = now;
    if (state.playing) advance(state, passed);
    const begun = performance.now();
    let moving = false;
    for (const view of app.views) if (view.draw && view.draw(state.time, now)) moving = true;
    app.frameMs.push(performance.now() - begun);
    if (app.frameMs.length > KEPT_FRAMES) app.frameMs.shift();
    if (app.state.get().playing || moving) ask();
  }

  /* Without movement time goes on in steps of half a second. */
  function advance(state, passed) {
    waited += passed;
    if (state.still && waited < STILL_STEP_MS) return;
    const time = Math.min(state.time + (waited / 1000) * state.speed * 60, app.run.minutes);
    waited = 0;
    app.state.set(time >= app.run.minutes ? { time: time, playing: false } : { time: time });
  }

  /* Whether a text that changes all the time should be renewed now: when time stands still, and five times a second. */
  function makeBeat() {
    let last = -Infinity;
    return function (now) {
      if (app.state.get().playing && now - last < BEAT_MS) return false;
      last = now;
      return true;
    };
  }

  app.clock = {
    ask: ask,
    makeBeat: makeBeat,
    toggle: function () {
      const state = app.state.get();
      waited = 0;
      last = performance.now();
      if (!state.playing && state.time >= app.run.minutes) app.state.set({ time: 0 });
      app.state.set({ playing: !state.playing });
    },
    seek: function (minutes) { app.state.set({ time: Math.max(0, Math.min(minutes, app.run.minutes)) }); },
    toMs: (minutes) => app.run.world.start + minutes * 60000,
    toMinutes: (ms) => (ms - app.run.world.start) / 60000,
  };
  app.state.subscribe(null, ask);
})(window.smearbench);
