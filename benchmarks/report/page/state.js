/* The one state; whoever wants to know subscribes, whoever wants a change calls `set`. */
(function (app) {
  "use strict";
  const values = {
    time: 0,            // minutes since the start of the run
    playing: false,
    speed: 24,          // simulated hours a second
    selected: -1,       // position of an account, -1 for none
    hovered: -1,
    highlighted: [],    // positions of accounts that a step of a lesson points at
    language: "en",
    theme: "auto",      // auto, light, dark
    dark: false,
    still: false,       // no movement but what is asked for
    revealed: false,
    tables: false,
    step: null,         // what the lesson shows now; null outside of a lesson
  };
  const listeners = [];

  app.state = {
    get: () => values,
    set: function (changes) {
      const keys = Object.keys(changes).filter((key) => values[key] !== changes[key]);
      if (!keys.length) return;
      Object.assign(values, changes);
      for (const listener of listeners) if (!listener.keys || keys.some((key) => listener.keys.includes(key))) listener.call(keys, values);
    },
    /* keys: those of interest, or null for all. */
    subscribe: function (keys, call) { listeners.push({ keys: keys, call: call }); },
  };
})(window.smearbench);
