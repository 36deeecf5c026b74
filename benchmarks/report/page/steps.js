/* The seam for lessons. A step says what to show: {time, selected, highlighted, revealed, playing, tables, speed};
   each is optional. `show` sets the state to it; a lesson builds its panel in #lesson and calls `show` step by step. */
(function (app) {
  "use strict";
  const SETTABLE = ["time", "selected", "highlighted", "playing", "tables", "speed"];

  app.steps = {
    panel: () => app.dom.byId("lesson"),
    show: async function (step) {
      if (step.revealed) await app.payload.openTruth();
      const changes = { step: step };
      for (const key of SETTABLE) if (step[key] !== undefined) changes[key] = step[key];
      if (step.revealed !== undefined) changes.revealed = step.revealed;
      app.state.set(changes);
    },
    end: function () {
      app.dom.byId("lesson").hidden = true;
      app.state.set({ step: null, highlighted: [] });
    },
  };
})(window.smearbench);
