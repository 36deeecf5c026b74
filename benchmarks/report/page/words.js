/* Every visible word, in the language of the page. */
(function (app) {
  "use strict";
  const strings = /*STRINGS*/ {};
  const locales = { en: "en-GB", zh: "zh-CN" };
  let language = "en";

  function say(key, values) {
    const text = strings[language][key] ?? strings.en[key];
    if (text === undefined) return key;
    return text.replace(/\{(\w+)\}/g, (_, name) => (values && name in values ? values[name] : ""));
  }

  /* Names out of scenarios (`burning_battery`) that have no translation are shown as words. */
  function sayName(kind, name) {
    const key = `${kind}.${name}`;
    const text = strings[language][key] ?? strings.en[key];
    if (text !== undefined) return text;
    const words = String(name).replace(/_/g, " ");
    return words.charAt(0).toUpperCase() + words.slice(1);
  }

  function date(ms, options) {
    return new Intl.DateTimeFormat(locales[language], { timeZone: "UTC", ...options }).format(new Date(ms));
  }

  app.words = {
    say: say,
    sayName: sayName,
    languages: ["en", "zh"],
    number: (value) => new Intl.NumberFormat(locales[language]).format(value),
    percent: (share) => new Intl.NumberFormat(locales[language], { style: "percent", maximumFractionDigits: 1 }).format(share),
    day: (ms) => date(ms, { day: "numeric", month: "short", year: "numeric" }),
    shortDay: (ms) => date(ms, { day: "numeric", month: "short" }),
    month: (ms) => date(ms, { month: "short", year: "numeric" }),
    weekday: (ms) => date(ms, { weekday: "short" }),
    moment: (ms) => date(ms, { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", hour12: false }),
    clockTime: (ms) => date(ms, { hour: "2-digit", minute: "2-digit", hour12: false }),
    use: function (chosen) {
      language = chosen;
      document.documentElement.lang = chosen === "zh" ? "zh-CN" : "en";
      for (const element of document.querySelectorAll("[data-words]")) element.textContent = say(element.dataset.words);
      for (const element of document.querySelectorAll("[data-words-label]")) {
        element.setAttribute("aria-label", say(element.dataset.wordsLabel));
      }
    },
  };
})(window.smearbench);
