"""The pages of a comparison, a sweep and a plan as a reader meets them: drawn, quiet, in both languages, taken away."""

from __future__ import annotations

import csv
import io
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from sim.desk.serve import Server
from sim.report.comparison_page import comparison_page
from sim.report.plan_page import plan_page
from sim.report.sweep_page import sweep_page
from tests.browser.visit import NARROW, WIDE, Open
from tests.unit.report.test_comparison_page import one, several
from tests.unit.report.test_page import EVIL
from tests.unit.report.test_plan_page import hostile as hostile_plan
from tests.unit.report.test_plan_page import planned
from tests.unit.report.test_sweep_page import hostile, swept

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
PAGES: dict[str, Callable[[], str]] = {
    "comparison": lambda: comparison_page(one(), "en"),
    "scenarios": lambda: comparison_page(several(EVIL), "en"),
    "sweep": lambda: sweep_page(swept()[1], "en"),
    "hostile sweep": lambda: sweep_page(hostile(EVIL), "en"),
    "plan": lambda: plan_page(planned(), "en"),
    "hostile plan": lambda: plan_page(hostile_plan(EVIL), "en"),
}
FITS = "() => document.documentElement.scrollWidth <= window.innerWidth"


def written(name: str, folder: Path) -> Path:
    path = folder / "report.html"
    path.write_text(PAGES[name](), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", PAGES)
def test_it_draws_in_both_languages_and_widths_and_asks_for_nothing(visit: Open, tmp_path: Path, name: str) -> None:
    seen = visit(written(name, tmp_path), width=WIDE)
    count = seen("() => document.querySelectorAll('.chart .main-svg').length")
    assert count >= 6
    for language, code in (("en", "en"), ("zh", "zh-CN")):
        seen.page.click(f"[data-speak={language}]")
        seen.walk()
        assert seen("() => document.documentElement.lang") == code
        assert seen("() => document.querySelectorAll('.chart .main-svg').length") == count
        assert ("算网" in seen.page.inner_text("body")) == (language == "zh")
        for width in (NARROW, WIDE):
            seen.page.set_viewport_size({"width": width, "height": 900})
            seen.page.wait_for_function(FITS)
    assert not seen.requests + seen.troubles


@pytest.mark.parametrize("name", ["comparison", "sweep", "plan"])
def test_it_reads_without_scripts(visit: Open, tmp_path: Path, name: str) -> None:
    seen = visit(written(name, tmp_path), javascript=False)
    assert len(seen.page.query_selector_all("table")) > 3
    assert not seen.page.is_visible(".speak")


def test_a_table_is_taken_away_as_csv_and_as_a_workbook(visit: Open, tmp_path: Path) -> None:
    seen = visit(written("sweep", tmp_path), accept_downloads=True)
    texts = {}
    for kind in ("CSV", "XLSX"):
        with seen.page.expect_download() as waited:
            seen.page.click(f"#ranges .take button:text-is('{kind}')")
        assert waited.value.suggested_filename.endswith(f".{kind.lower()}")
        texts[kind] = Path(waited.value.path()).read_bytes()
    shown = seen(
        "() => Array.from(document.querySelector('#ranges table').rows, "
        "row => Array.from(row.cells, cell => cell.innerText.trim()))"
    )
    assert texts["CSV"].startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(texts["CSV"].decode("utf-8-sig"))))
    assert [row[0] for row in rows] == [row[0] for row in shown]
    assert float(rows[1][1]) == swept()[1]["base"]["kpi"]["cost_bn_cny.total"], "to the last digit"
    with zipfile.ZipFile(io.BytesIO(texts["XLSX"])) as book:
        assert book.testzip() is None
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    cells = [["".join(cell.itertext()) for cell in row] for row in sheet.iter(f"{MAIN}row")]
    assert cells == rows


def test_the_index_works_under_its_own_strict_policy(visit: Open) -> None:
    read, _, _ = swept()
    with Server(read.folder.parent, 0, "en") as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        seen = visit(server.url, width=NARROW)
        seen.page.click("[data-speak=zh]")
        assert "参数扫描" in seen.page.inner_text("tbody")
        assert seen("() => getComputedStyle(document.querySelector('.filter')).display") == "flex"
        assert seen.fits()
        seen.page.fill("input[name=q]", "nobody")
        seen.page.click(".filter button")
        assert not seen.page.query_selector("tbody")
        seen.page.goto(server.url)
        with seen.page.expect_navigation(wait_until="load"):
            seen.page.click("tbody a")
        seen.walk()
        assert seen.page.query_selector_all(".chart .main-svg")
        assert not seen.troubles
        server.shutdown()
        thread.join()
