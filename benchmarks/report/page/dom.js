/* Makes elements; text goes in as text, never as markup. */
(function (app) {
  "use strict";
  const SVG = "http://www.w3.org/2000/svg";

  function fill(element, attributes, children) {
    for (const [name, value] of Object.entries(attributes || {})) {
      if (name === "text") element.textContent = value;
      else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else if (value === true) element.setAttribute(name, "");
      else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
    }
    for (const child of children || []) if (child) element.append(child);
    return element;
  }

  app.dom = {
    byId: (id) => document.getElementById(id),
    /* make("button", {class: "x", text: "…", onclick: f}, [children]) */
    make: (tag, attributes, children) => fill(document.createElement(tag), attributes, children),
    shape: (tag, attributes, children) => fill(document.createElementNS(SVG, tag), attributes, children),
    replace: (element, children) => element.replaceChildren(...children.filter(Boolean)),
    /* A text that others wrote: its direction must not turn what stands around it. */
    written: (tag, text, attributes) => fill(document.createElement(tag), { ...attributes, dir: "auto", text: text }),
    announce: function (text) { document.getElementById("announcer").textContent = text; },
  };
})(window.smearbench);
