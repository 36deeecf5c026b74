/* Opens the page as its address says behind #: day (from the start, as day=30.5), lang, theme, reveal. */
(function (app) {
  "use strict";
  const MINUTES_A_DAY = 1440, LANGUAGES = ["en", "zh"], THEMES = ["light", "dark"];

  app.address = {
    open: async function () {
      const asked = new URLSearchParams(location.hash.slice(1)), changes = {};
      const day = Number(asked.get("day")), last = (app.run.world.end - app.run.world.start) / 60000;
      if (day > 0) changes.time = Math.min(day * MINUTES_A_DAY, last);
      if (LANGUAGES.includes(asked.get("lang"))) changes.language = asked.get("lang");
      if (THEMES.includes(asked.get("theme"))) changes.theme = asked.get("theme");
      if (asked.has("reveal")) { await app.payload.openTruth(); changes.revealed = true; }
      app.state.set(changes);
    },
  };
})(window.smearbench);
