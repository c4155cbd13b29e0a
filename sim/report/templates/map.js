// Moves the map and the table of origins through the instants of a run.
(function () {
  "use strict";
  var read = function (name) {
    var source = document.querySelector('script[data-for="' + name + '"]');
    return source ? JSON.parse(source.textContent) : null;
  };
  var said = window.suanwang.said;
  var map = read("map"), origin = read("origin");
  var panel = document.querySelector(".instant");
  if (!map || !panel) { return; }
  var day = panel.querySelector("[data-day]"), clock = panel.querySelector("[data-clock]");
  var now = panel.querySelector("[data-now]"), play = panel.querySelector("[data-play]");
  var cells = document.querySelectorAll("table.origin tbody td");
  var timer = null;
  var at = function () { return Number(day.value) * (map.hours.length + 1) + Number(clock.value); };

  function fill(text, values) {
    return text.replace(/\{(\w+)\}/g, function (all, key) { return key in values ? values[key] : all; });
  }
  // Both languages are kept, so that a switch of language needs no instant.
  function tell(node, text, values) {
    var tell = node.suanwangTip = {};
    ["en", "zh"].forEach(function (language) {
      var own = {};
      Object.keys(values).forEach(function (key) { own[key] = said(values[key], language); });
      tell[language] = fill(said(text, language), own);
    });
    node.setAttribute("aria-label", tell[window.suanwang.language()]);
  }
  function level(percent) {
    return map.link.levels.filter(function (edge) { return percent >= 100 * edge; }).length;
  }
  function tint(share) {
    var scale = map.centre.scale, last = scale.length - 1;
    for (var i = 1; i < last && share > scale[i][0]; i += 1) { /* finds the piece */ }
    var part = Math.min(Math.max((share - scale[i - 1][0]) / (scale[i][0] - scale[i - 1][0]), 0), 1);
    return "rgb(" + [1, 3, 5].map(function (from) {
      var low = parseInt(scale[i - 1][1].substr(from, 2), 16), high = parseInt(scale[i][1].substr(from, 2), 16);
      return Math.round(low + part * (high - low));
    }).join(",") + ")";
  }
  function brief(number) { return number >= 100 ? String(Math.round(number)) : String(Number(number.toPrecision(3))); }

  function show() {
    var slot = at();
    document.querySelectorAll("[data-way]").forEach(function (line) {
      var number = Number(line.dataset.way), percent = map.link.percent[number][slot];
      line.setAttribute("class", "link load-" + level(percent));
      tell(line, map.link.text, {first: map.link.names[number][0], second: map.link.names[number][1], load: percent + " %"});
    });
    document.querySelectorAll("[data-flow]").forEach(function (flow) {
      var number = Number(flow.dataset.flow), rate = map.flow.rate[number][slot];
      var percent = Math.max.apply(null, [0].concat(map.flow.route[number].map(function (way) { return map.link.percent[way][slot]; })));
      flow.setAttribute("class", "flow load-" + level(percent) + (rate > 0 ? "" : " still"));
      flow.querySelector(".way").setAttribute("stroke-width", Math.max(map.flow.widest * rate / map.flow.most, 0.6).toFixed(2));
      tell(flow, map.flow.text, {source: map.flow.names[number][0], target: map.flow.names[number][1],
        rate: brief(rate), load: percent + " %"});
    });
    document.querySelectorAll("[data-centre]").forEach(function (centre) {
      var number = Number(centre.dataset.centre), pue = map.centre.pue[number][slot] / 1000;
      var range = map.centre.range, share = (pue - range[0]) / (range[1] - range[0]);
      centre.querySelector(".disc").setAttribute("fill", pue > 0 ? tint(share) : "#ffffff");
      tell(centre, map.centre.text, {name: map.centre.names[number], load: map.centre.load[number][slot] + " %",
        pue: pue > 0 ? pue.toFixed(3) : "–"});
    });
    if (origin) {
      cells.forEach(function (cell, number) {
        var percent = origin.percent[slot][number];
        cell.textContent = percent;
        cell.style.setProperty("--share", percent);
      });
    }
    label();
  }
  function label() {
    var language = window.suanwang.language(), hour = Number(clock.value);
    var text = hour ? ("0" + map.hours[hour - 1]).slice(-2) + ":00" : said(map.whole, language);
    now.textContent = text;
    clock.setAttribute("aria-valuetext", said(map.days[Number(day.value)], language) + " " + text);
    play.textContent = said(timer ? map.stop : map.play, language);
    play.setAttribute("aria-pressed", String(Boolean(timer)));
    document.querySelectorAll(".map [data-way], .map [data-flow], .map [data-centre]").forEach(function (node) {
      if (node.suanwangTip) { node.setAttribute("aria-label", node.suanwangTip[language]); }
    });
  }
  function stop() { window.clearInterval(timer); timer = null; label(); }
  play.addEventListener("click", function () {
    if (timer) { stop(); return; }
    timer = window.setInterval(function () {
      clock.value = Number(clock.value) % map.hours.length + 1;
      show();
    }, 700);
    label();
  });
  day.addEventListener("change", show);
  clock.addEventListener("input", show);
  panel.querySelectorAll("[data-hour]").forEach(function (button) {
    button.addEventListener("click", function () { if (timer) { stop(); } clock.value = button.dataset.hour; show(); });
  });
  document.addEventListener("suanwang:language", label);
  // Our own tooltip takes the place of the titles: it comes at once, and with the keyboard.
  document.querySelectorAll(".map title").forEach(function (title) { title.remove(); });
  var tip = document.createElement("div");
  tip.className = "tip";
  tip.hidden = true;
  document.body.appendChild(tip);
  function over(event) {
    var node = event.target.closest && event.target.closest("[data-way], [data-flow], [data-centre]");
    if (!node || !node.suanwangTip) { tip.hidden = true; return; }
    tip.textContent = node.suanwangTip[window.suanwang.language()];
    tip.hidden = false;
    var box = node.getBoundingClientRect(), pointed = event.type !== "focusin";
    var x = pointed ? event.clientX + 14 : box.right + 6, y = pointed ? event.clientY + 14 : box.bottom + 6;
    tip.style.left = Math.max(4, Math.min(x, window.innerWidth - tip.offsetWidth - 6)) + "px";
    tip.style.top = Math.max(4, Math.min(y, window.innerHeight - tip.offsetHeight - 6)) + "px";
  }
  var drawing = document.querySelector("svg.map");
  ["pointermove", "focusin"].forEach(function (kind) { drawing.addEventListener(kind, over); });
  ["pointerleave", "focusout"].forEach(function (kind) {
    drawing.addEventListener(kind, function () { tip.hidden = true; });
  });
  panel.hidden = false;
  show();
})();
