// Draws the charts: those in sight first, the others as soon as there is time, all of them before printing.
(function () {
  "use strict";
  var fonts = getComputedStyle(document.body).fontFamily;
  var line = "#d5dbe1";
  var axis = {automargin: true, gridcolor: line, linecolor: line, zeroline: false, title: {standoff: 8}};
  // Month names would be English; numbers are read in either language.
  var dates = [
    {dtickrange: [null, 86400000], value: "%m-%d %H:%M"},
    {dtickrange: [86400000, "M1"], value: "%m-%d"},
    {dtickrange: ["M1", null], value: "%Y-%m"}
  ];
  var template = {layout: {
    font: {family: fonts, size: 13, color: "#1c2833"},
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
    margin: {l: 56, r: 16, t: 30, b: 40}, hovermode: "x unified", hoverlabel: {namelength: -1},
    modebar: {bgcolor: "rgba(0,0,0,0)", color: "#8b97a2", activecolor: "#1f5fa8"},
    legend: {orientation: "h", x: 0, y: -0.12, yanchor: "top", traceorder: "normal"},
    xaxis: axis,
    yaxis: axis, yaxis2: axis
  }};
  var config = {
    responsive: true, displaylogo: false, showSendToCloud: false,
    modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d"]
  };
  var deep = window.suanwang ? window.suanwang.deep : function (value) { return value; };
  function draw(source) {
    var place = document.getElementById(source.dataset.chart);
    if (source.suanwangBegun) { return; }
    source.suanwangBegun = true;
    var spec = deep(JSON.parse(source.textContent));
    spec.layout.template = template;
    spec.layout.autosize = true;
    if (place.clientWidth < 500) { spec.layout.font = {size: 11}; }
    if (spec.data[0].x && typeof spec.data[0].x[0] === "string" && spec.layout.dates !== false) {
      spec.layout.xaxis = Object.assign({type: "date", tickformatstops: dates, hoverformat: "%Y-%m-%d %H:%M"}, spec.layout.xaxis);
    }
    delete spec.layout.dates;
    Plotly.react(place, spec.data, spec.layout, config).then(function () { place.dataset.drawn = "yes"; });
  }
  var sources = Array.prototype.slice.call(document.querySelectorAll("script[data-chart]"));
  function sight(source) {
    var box = document.getElementById(source.dataset.chart).getBoundingClientRect();
    return Math.max(box.top - window.innerHeight, -box.bottom, 0);
  }
  function drawAll() { sources.forEach(draw); }
  function next() {
    var left = sources.filter(function (source) { return !source.suanwangBegun; });
    if (!left.length) { return; }
    left.sort(function (a, b) { return sight(a) - sight(b); });
    draw(left[0]);
    window.setTimeout(next, 0);
  }
  next();
  document.addEventListener("suanwang:language", function () {
    sources.forEach(function (source) { source.suanwangBegun = false; });
    next();
  });
  // On a narrow screen the map is wider than its frame: begin where most of it is.
  document.querySelectorAll("svg.map").forEach(function (map) {
    var frame = map.parentNode;
    frame.scrollLeft = 0.6 * (frame.scrollWidth - frame.clientWidth);
  });
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("details").forEach(function (part) { part.open = true; });
    drawAll();
  });
})();
