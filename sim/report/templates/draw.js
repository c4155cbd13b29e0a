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
  function draw() {
    document.querySelectorAll("script[data-chart]").forEach(function (source) {
      var place = document.getElementById(source.dataset.chart);
      if (place.dataset.begun) { return; }
      place.dataset.begun = "yes";
      var spec = JSON.parse(source.textContent), first = spec.data[0];
      spec.layout.template = template;
      spec.layout.autosize = true;
      if (first.x && typeof first.x[0] === "string") {
        spec.layout.xaxis = Object.assign({type: "date", tickformatstops: dates, hoverformat: "%Y-%m-%d %H:%M"}, spec.layout.xaxis);
      }
      Plotly.newPlot(place, spec.data, spec.layout, config).then(function () {
        place.dataset.drawn = "yes";
      });
    });
    // On a narrow screen the map is wider than its frame: begin where most of it is.
    document.querySelectorAll("svg.map").forEach(function (map) {
      var frame = map.parentNode;
      frame.scrollLeft = 0.6 * (frame.scrollWidth - frame.clientWidth);
    });
  }
  // Another language is another sheet, with charts of its own.
  document.addEventListener("shown", draw);
  draw();
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("details").forEach(function (part) { part.open = true; });
  });
})();
