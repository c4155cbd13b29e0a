"""Comparisons and sweeps taken away as tables, their pages written anew, and what a notebook shows of them."""

from __future__ import annotations

import csv
import json
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest

from sim.desk import compare as comparing
from sim.desk.exports import run as export
from sim.desk.reports import again
from sim.desk.sweep import page
from sim.ground.errors import ResultsError, UsageError
from sim.ground.places import scenarios
from sim.study.replicate import run
from sim.study.sweep import Swept, plan, sweep
from tests.unit.report.test_page import EVIL

SHORT = ["run.horizon=24 h"]


@lru_cache(maxsize=1)
def kept() -> tuple[Path, dict[str, Any], Swept]:
    """Return a results folder with a comparison and a sweep."""
    folder = Path(mkdtemp())
    found, _ = comparing.find([scenarios() / "toy.yaml"], "local,cheapest", results=folder, sets=SHORT, replications=2)
    asked = folder / "asked.yaml"
    asked.write_text(
        f"extends: toy.yaml\nname: {json.dumps(EVIL)}\nsweep: {{grid: {{workloads.*.growth: [1, 2, 8]}}}}\n",
        encoding="utf-8",
    )
    done = sweep(plan(asked, sets=SHORT, results=folder))
    page(done, "en")
    return folder, found, done


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_comparison_is_exported_with_every_number(tmp_path: Path) -> None:
    folder, found, _ = kept()
    place = Path(export(found["id"][:8], "csv", tmp_path / "out", folder)["file"])
    cells = {(row["policy"], row["key"]): row for row in rows(place / "measures.csv")}
    for policy, measures in found["policies"].items():
        for key, cell in measures.items():
            told = cells[policy, key]
            assert told["mean"] == ("" if cell["mean"] is None else str(cell["mean"]))
            assert told["diff_ci95_low"] == ("" if cell["diff_ci95"] is None else str(cell["diff_ci95"][0]))
    assert cells["local", "cost_bn_cny.total"]["unit"] == "bn CNY"
    why = [row for row in rows(place / "attribution.csv") if (row["measure"], row["by"]) == ("cost_bn_cny", "term")]
    total = found["attribution"]["cheapest"]["cost_bn_cny"]["total"]
    assert sum(float(row["value"]) for row in why) == pytest.approx(total)
    assert {row["on_front"] for row in rows(place / "regret.csv")} <= {"true", "false"}
    assert len(rows(place / "runs.csv")) == 4


def test_a_sweep_is_exported_as_a_workbook_and_as_files(tmp_path: Path) -> None:
    folder, _, done = kept()
    place = Path(export(done.plan.name, "csv", tmp_path / "out", folder)["file"])
    assert (place / "points.csv").read_bytes() == Path(done.files["table"]).read_bytes()
    effects = rows(place / "sensitivity.csv")
    assert {row["key"] for row in effects} == {"workloads.*.growth"}
    assert {float(row["alone"]) for row in effects} == {1.0}
    assert rows(place / "front.csv")
    book = Path(export(f"sweep-{done.plan.name}", "xlsx", tmp_path / "a.xlsx", folder)["file"])
    assert book.read_bytes().startswith(b"PK")
    with pytest.raises(UsageError, match="is no run and has no geojson; export its tables with --csv or --xlsx"):
        export(done.plan.name, "geojson", tmp_path / "b", folder)


def test_pages_are_written_anew_in_the_other_language() -> None:
    folder, found, done = kept()
    for name, place in ((found["id"], folder / "comparisons" / found["id"]), (done.plan.name, done.plan.folder)):
        before = (place / "report.html").read_text(encoding="utf-8")
        assert again(folder, name, "zh") == place / "report.html"
        assert '<html lang="zh-CN"' in (place / "report.html").read_text(encoding="utf-8")
        again(folder, name, "en")
        assert (place / "report.html").read_text(encoding="utf-8") == before
    with pytest.raises(ResultsError, match="there is no single run 'nobody'"):
        again(folder, "nobody", "en")


def test_what_is_damaged_is_one_clear_sentence(tmp_path: Path) -> None:
    place = tmp_path / "comparisons" / "abc123"
    place.mkdir(parents=True)
    for text in ("{ half", "[]", "{}"):
        (place / "comparison.json").write_text(text, encoding="utf-8")
        with pytest.raises(ResultsError, match="damaged; run its command again"):
            again(tmp_path, "abc", "en")


class Tags(HTMLParser):
    """The tags and texts of a fragment."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert {name for name, _ in attrs} <= {"style"}
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_notebook_shows_small_escaped_tables() -> None:
    _, found, done = kept()
    result = run(done.plan.path, sets=SHORT)
    shown = [Tags(each._repr_html_()) for each in (result, found, done)]
    for each in shown:
        assert set(each.tags) == {"div", "strong", "table", "thead", "tbody", "tr", "th", "td"} | (
            set(each.tags) & {"div"}
        )
    assert EVIL.splitlines()[0] in shown[0].text
    assert f"{result.kpi['pue']:,.5g}" in shown[0].text
    assert f"{found['policies']['cheapest']['cost_bn_cny.total']['mean']:,.5g}" in shown[1].text
    costs = [row.kpi["cost_bn_cny.total"] for row in done.rows]
    assert f"{max(costs):,.5g}" in shown[2].text
    assert all(len(each._repr_html_()) < 6000 for each in (result, found, done))
