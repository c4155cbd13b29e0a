"""Published figures: found by measure and scope, compared only where they can be."""

from __future__ import annotations

import pytest

from sim.report.published import Published, of_nation, published
from sim.report.tables import HEADLINE, SUMMARY, print_summary, summary
from sim.results.schema import Results
from tests.unit.report.runs import china, run, with_meta


def one(results: Results, **row: str) -> Published:
    return published(with_meta(results, report_figures=[row]))[0]


@pytest.mark.parametrize(
    ("comparison", "value", "tolerance", "agrees"),
    [
        ("=", "12", "0", True), ("=", "12.5", "0.04", True), ("=", "12.5", "0.039", False),
        (">", "12", "0", True), (">", "12.5", "0.01", False), (">=", "5", "0", True),
        ("<", "11", "0.01", False), ("<=", "12", "0", True),
        ("~", "10", "0.2", True), ("~", "10", "0.19", False),
    ],
)  # fmt: skip
def test_a_figure_agrees_within_its_tolerance(comparison: str, value: str, tolerance: str, agrees: bool) -> None:
    row = {"kpi": "capacity_eflops", "scope": "nation", "comparison": comparison, "role": "input"}
    found = one(run(), value=value, tolerance=tolerance, **row)
    assert found.ours == 12.0
    assert found.difference == pytest.approx(12.0 / float(value) - 1.0)
    assert found.agrees is agrees


def test_a_figure_of_a_year_is_not_held_against_two_days() -> None:
    row = {
        "kpi": "facility_energy_twh",
        "scope": "nation",
        "value": "4",
        "tolerance": "0.1",
        "role": "predicted",
    }
    found = one(run(), **row)
    assert (found.difference, found.agrees) == (None, None)
    year = with_meta(run(), horizon_h=8784.0)
    assert one(year, **row).difference == pytest.approx(run().kpi["facility_energy_twh"] / 4.0 - 1.0)


def test_a_scope_may_be_a_centre() -> None:
    found = one(run(), kpi="racks", scope="west_centre", value="100000", role="input")
    assert (found.group, found.item, found.ours) == ("centre", "west_centre", 100000.0)


@pytest.mark.parametrize(
    "row", [{"kpi": "", "scope": "nation"}, {"kpi": "pue", "scope": "atlantis"}, {"kpi": "nonsense"}]
)
def test_what_no_measure_answers_is_context(row: dict[str, str]) -> None:
    found = one(run(), value="1", **row)
    assert (found.key, found.ours, found.difference) == ("", None, None)


def test_the_headline_stands_beside_the_published_figures() -> None:
    rows = {row.key: row for row in summary(china(), "en", HEADLINE)}
    assert set(rows) == set(HEADLINE)
    assert (rows["capacity_eflops"].value, rows["capacity_eflops"].reported) == ("280.0", "280 EFLOPS (FP32)")
    assert rows["racks"].reported == "> 9\u202f000\u202f000"
    assert rows["pue"].role == "calibrated"
    assert rows["facility_energy_twh"].reported == "≈ 135 TWh"
    assert rows["cost_bn_cny.total"].reported == ""


def test_the_figure_of_the_nation_is_not_that_of_a_centre() -> None:
    found = of_nation(china(), "facility_energy_twh")
    assert found is not None
    assert found.row["figure"] == "electricity"
    assert of_nation(china(), "green_share.bundled") is None


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_terminal_prints_every_row(language: str, capsys: pytest.CaptureFixture[str]) -> None:
    results = with_meta(run(), scenario="[bold]a[/bold]")
    print_summary(results, language)
    text = capsys.readouterr().out
    assert "[bold]a[/bold]" in text
    assert "12.00" in text
    assert len(summary(results, language)) == len(SUMMARY)
