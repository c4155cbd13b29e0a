// The language of the page: shown by the style, switched here, and told to whatever draws.
(function () {
  "use strict";
  var root = document.documentElement, codes = {en: "en", zh: "zh-CN"};
  function language() { return root.lang.slice(0, 2) === "zh" ? "zh" : "en"; }
  function said(value, wanted) {
    return value && typeof value === "object" && "en" in value && "zh" in value ? value[wanted || language()] : value;
  }
  function deep(value) {
    if (Array.isArray(value)) {
      return value.length && typeof value[0] === "number" ? value : value.map(deep);
    }
    if (!value || typeof value !== "object") { return value; }
    if ("en" in value && "zh" in value) { return said(value); }
    var made = {};
    Object.keys(value).forEach(function (key) { made[key] = deep(value[key]); });
    return made;
  }
  function speak(wanted) {
    var number = wanted === "zh" ? 1 : 0;
    root.lang = codes[wanted];
    document.querySelectorAll("[data-words]").forEach(function (node) {
      var words = JSON.parse(node.dataset.words);
      Object.keys(words).forEach(function (key) {
        if (key) { node.setAttribute(key, words[key][number]); } else { node.textContent = words[key][number]; }
      });
    });
    document.querySelectorAll("[data-speak]").forEach(function (button) {
      button.setAttribute("aria-pressed", String(button.dataset.speak === wanted));
    });
    document.dispatchEvent(new CustomEvent("suanwang:language"));
  }
  window.suanwang = {language: language, said: said, deep: deep};
  document.querySelectorAll("[data-speak]").forEach(function (button) {
    button.addEventListener("click", function () { speak(button.dataset.speak); });
  });
  document.querySelectorAll(".speak").forEach(function (panel) { panel.hidden = false; });
})();
