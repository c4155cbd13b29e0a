// The button that changes the language: what is shown and what waits change places.
(function () {
  "use strict";
  var sheet = document.getElementById("sheet"), other = document.getElementById("other");
  if (!sheet || !other) { return; }
  var waiting = other.content, tag = other.lang, title = other.dataset.title;
  function ready() {
    sheet.querySelectorAll("button.tongue").forEach(function (button) { button.hidden = false; });
    document.dispatchEvent(new Event("shown"));
  }
  document.addEventListener("click", function (event) {
    if (!event.target.closest || !event.target.closest("button.tongue")) { return; }
    var down = window.scrollY / Math.max(document.body.scrollHeight, 1);
    var shown = document.createDocumentFragment(), own = document.documentElement;
    while (sheet.firstChild) { shown.appendChild(sheet.firstChild); }
    sheet.appendChild(waiting);
    waiting = shown;
    var before = {tag: own.lang, title: document.title};
    own.lang = tag;
    document.title = title;
    tag = before.tag;
    title = before.title;
    ready();
    window.scrollTo({top: down * document.body.scrollHeight, behavior: "instant"});
    sheet.querySelector("button.tongue").focus({preventScroll: true});
  });
  ready();
})();
