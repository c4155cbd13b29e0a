// Draws a chart when it comes near the window, all of them before printing: a page stands as fast as what is seen of it.
(function () {
  "use strict";
  var fonts = getComputedStyle(document.body).fontFamily;
  var line = "#d5dbe1";
  var axis = {automargin: true, gridcolor: line, linecolor: line, zeroline: false, title: {standoff: 8},
    exponentformat: "power"};
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
  function drawAll() { sources.forEach(draw); }
  // Half a window ahead of the reader; one chart a turn, so that scrolling never waits for more than one.
  var near = new IntersectionObserver(function (seen) {
    seen.forEach(function (entry) {
      if (entry.isIntersecting) {
        near.unobserve(entry.target);
        window.setTimeout(function () { draw(entry.target.suanwangSource); }, 0);
      }
    });
  }, {rootMargin: "50% 0px"});
  function wait() {
    sources.forEach(function (source) {
      var place = document.getElementById(source.dataset.chart);
      place.suanwangSource = source;
      source.suanwangBegun = false;
      delete place.dataset.drawn;
      near.unobserve(place);
      near.observe(place);
    });
  }
  wait();
  document.addEventListener("suanwang:language", wait);
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
