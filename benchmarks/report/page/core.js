/* The one namespace: views register here, and everything else hangs on it by name. */
"use strict";
window.smearbench = (function () {
  const views = [];
  return {
    frameMs: [],
    ready: false,
    /* A view is {name, start?(), draw?(time, now), change?(keys, state)}; all are optional but the name.
       start: once, when the payload is read. draw: in each frame in which something moves.
       change: when keys of the state have changed, before the next draw. */
    addView: function (view) { views.push(view); },
    views: views,
  };
})();
