// Every table can be taken away as CSV or as a workbook; both are made here, and nothing is asked for.
(function () {
  "use strict";
  var FORMULA = /^[=+\-@\t\r\n]/;
  function value(cell) {
    var exact = cell.dataset.value !== undefined ? cell : cell.querySelector("[data-value]");
    var alone = exact && exact.textContent.trim() === cell.textContent.trim();
    var text = cell.innerText.replace(/\s*\n\s*/g, " ").trim();
    if (alone) {
      var known = JSON.parse(exact.dataset.value);
      if (typeof known === "number") { return known; }
    }
    var bare = text.replace(/[\u202f\u00a0]/g, "").replace(/^\u2212/, "-");
    return /^[+-]?\d+(\.\d+)?$/.test(bare) ? Number(bare) : text;
  }
  function rows(table) {
    return Array.from(table.rows, function (row) { return Array.from(row.cells, value); });
  }
  function csv(table) {
    var lines = rows(table).map(function (row) {
      return row.map(function (cell) {
        if (typeof cell === "number") { return String(cell); }
        var safe = FORMULA.test(cell) ? "'" + cell : cell;
        return /[",\r\n]/.test(safe) ? '"' + safe.replace(/"/g, '""') + '"' : safe;
      }).join(",") + "\r\n";
    });
    return new Blob(["\ufeff" + lines.join("")], {type: "text/csv;charset=utf-8"});
  }
  function escaped(text) {
    return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "")
      .replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  }
  function worksheet(table) {
    return rows(table).map(function (row) {
      return "<row>" + row.map(function (cell) {
        return typeof cell === "number" ? "<c><v>" + cell + "</v></c>"
          : '<c t="inlineStr"><is><t xml:space="preserve">' + escaped(cell) + "</t></is></c>";
      }).join("") + "</row>";
    }).join("");
  }
  var HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
  var OPEN = "http://schemas.openxmlformats.org/", OFFICE = OPEN + "officeDocument/2006/relationships";
  var TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.";
  function relation(kind, target) {
    return HEAD + '<Relationships xmlns="' + OPEN + 'package/2006/relationships"><Relationship Id="r1" Type="' + OFFICE +
      "/" + kind + '" Target="' + target + '"/></Relationships>';
  }
  function xlsx(table) {
    var main = OPEN + "spreadsheetml/2006/main";
    return zip({
      "[Content_Types].xml": HEAD + '<Types xmlns="' + OPEN + 'package/2006/content-types">' +
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>' +
        '<Override PartName="/xl/workbook.xml" ContentType="' + TYPE + 'sheet.main+xml"/>' +
        '<Override PartName="/xl/worksheets/sheet1.xml" ContentType="' + TYPE + 'worksheet+xml"/></Types>',
      "_rels/.rels": relation("officeDocument", "xl/workbook.xml"),
      "xl/workbook.xml": HEAD + '<workbook xmlns="' + main + '" xmlns:r="' + OFFICE +
        '"><sheets><sheet name="suanwang" sheetId="1" r:id="r1"/></sheets></workbook>',
      "xl/_rels/workbook.xml.rels": relation("worksheet", "worksheets/sheet1.xml"),
      "xl/worksheets/sheet1.xml": HEAD + '<worksheet xmlns="' + main + '"><sheetData>' + worksheet(table) +
        "</sheetData></worksheet>"
    });
  }
  function checksum(bytes) {
    var sum = -1;
    for (var at = 0; at < bytes.length; at++) {
      sum ^= bytes[at];
      for (var bit = 0; bit < 8; bit++) { sum = sum >>> 1 ^ (sum & 1 ? 0xedb88320 : 0); }
    }
    return ~sum >>> 0;
  }
  // An archive without compression: local headers with their files, then the directory (PKWARE APPNOTE 4.3).
  function zip(files) {
    var whole = [], directory = [], at = 0, size = 0;
    function record(fields) {
      var bytes = new Uint8Array(fields.reduce(function (sum, field) { return sum + field[0]; }, 0));
      var view = new DataView(bytes.buffer), place = 0;
      fields.forEach(function (field) {
        if (field[0] === 2) { view.setUint16(place, field[1], true); } else { view.setUint32(place, field[1], true); }
        place += field[0];
      });
      return bytes;
    }
    Object.keys(files).forEach(function (name) {
      var path = new TextEncoder().encode(name), data = new TextEncoder().encode(files[name]), n = data.length;
      var shared = [[2, 20], [2, 2048], [2, 0], [2, 0], [2, 33], [4, checksum(data)], [4, n], [4, n], [2, path.length], [2, 0]];
      var local = record([[4, 0x04034b50]].concat(shared));
      var entry = record([[4, 0x02014b50], [2, 20]].concat(shared, [[2, 0], [2, 0], [2, 0], [4, 0], [4, at]]));
      whole.push(local, path, data);
      directory.push(entry, path);
      at += local.length + path.length + n;
      size += entry.length + path.length;
    });
    var count = Object.keys(files).length;
    var end = record([[4, 0x06054b50], [2, 0], [2, 0], [2, count], [2, count], [4, size], [4, at], [2, 0]]);
    return new Blob(whole.concat(directory, [end]), {type: TYPE + "sheet"});
  }
  function heading(table) {
    var details = table.closest("details"), box = details || table.closest(".wide") || table;
    var own = details && details.querySelector("summary");
    while (!own && box) {
      own = box.previousElementSibling;
      while (own && !/^H[1-6]$/.test(own.tagName)) { own = own.previousElementSibling; }
      box = own ? null : box.parentElement;
    }
    return own ? own.innerText.trim() : document.title;
  }
  function save(blob, name) {
    var link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    document.body.appendChild(link);
    link.click();
    link.remove();
    setTimeout(function () { URL.revokeObjectURL(link.href); }, 10000);
  }
  function offer(table) {
    var place = document.createElement("p");
    place.className = "take";
    [["CSV", csv], ["XLSX", xlsx]].forEach(function (kind) {
      var button = document.createElement("button");
      button.type = "button";
      button.textContent = kind[0];
      button.addEventListener("click", function () {
        var safe = heading(table).replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "").slice(0, 60) || "table";
        save(kind[1](table), safe + "." + kind[0].toLowerCase());
      });
      place.appendChild(button);
    });
    (table.closest(".wide") || table).after(place);
    function name() {
      place.querySelectorAll("button").forEach(function (button) {
        button.setAttribute("aria-label", heading(table) + " · " + button.textContent);
      });
    }
    name();
    document.addEventListener("suanwang:language", name);
  }
  document.querySelectorAll("table").forEach(offer);
  // The map goes as GeoJSON, which stands in the page.
  var map = document.querySelector("svg.map"), geo = document.getElementById("geojson");
  if (map && geo) {
    var line = document.createElement("p"), take = document.createElement("button");
    line.className = "take";
    take.type = "button";
    take.textContent = "GeoJSON";
    take.addEventListener("click", function () {
      save(new Blob([geo.textContent], {type: "application/geo+json"}), "map.geojson");
    });
    line.appendChild(take);
    map.parentNode.after(line);
  }
})();
