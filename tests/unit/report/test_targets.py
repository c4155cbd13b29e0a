"""Targets: judged by value, scope and comparison, and by how much."""

from __future__ import annotations

import pytest

from sim.report.tables import limit
from sim.report.targets import Target, judge
from sim.report.words import PageWords
from sim.results.schema import Results
from tests.unit.report.runs import china, run, with_meta

NATION = {"kpi": "capacity_eflops", "kpi_scope": "nation", "scope": "national", "judged": "yes"}


def one(results: Results, **row: str) -> Target:
    return judge(with_meta(results, targets=[row]))[0]


@pytest.mark.parametrize(
    ("comparison", "value", "verdict"),
    [
        (">", "12", "missed"), (">", "11.9", "met"), (">=", "12", "met"), (">=", "12.1", "missed"),
        ("=", "11", "met"), ("=", "12", "met"), ("=", "13", "missed"), ("<=", "12", "met"),
        ("<", "12", "missed"), ("<", "12.5", "met"), (">=", "12.0000000001", "met"),
    ],
)  # fmt: skip
def test_a_limit_is_kept_or_not(comparison: str, value: str, verdict: str) -> None:
    target = one(run(), comparison=comparison, value=value, **NATION)
    assert target.verdict == verdict
    assert target.gap == pytest.approx(12.0 - float(value))


def test_all_of_a_scope_have_to_meet_it_and_the_worst_comes_first() -> None:
    row = {"kpi": "green_share.bundled", "kpi_scope": "cluster", "scope": "clusters", "comparison": ">="}
    target = one(run(), value="0.001", judged="yes", **row)
    shares = {found.item: found.value for found in target.values}
    assert set(shares) == {"east_centre", "middle_centre", "west_centre"}
    assert (target.verdict, target.met) == ("missed", 1)
    assert target.values[-1].item == "west_centre"
    assert target.gap == pytest.approx(-0.001)


def test_at_most_turns_the_order_round() -> None:
    row = {"kpi": "facility_energy_twh", "kpi_scope": "hub", "scope": "hubs", "comparison": "<="}
    target = one(run(), value="1", judged="yes", **row)
    assert [found.item for found in target.values] == ["inland", "coast"]
    assert target.verdict == "met"


def test_a_list_of_ids_narrows_the_scope() -> None:
    row = {"kpi": "racks", "kpi_scope": "cluster", "comparison": ">=", "value": "1", "judged": "yes"}
    target = one(run(), scope="east_centre; west_centre", **row)
    assert {found.item for found in target.values} == {"east_centre", "west_centre"}


def test_what_hubs_do_not_have_is_taken_from_the_nation() -> None:
    row = {"kpi": "path_stretch", "kpi_scope": "hub", "scope": "between hub clusters", "comparison": "<="}
    target = one(run(), value="1.5", judged="yes", **row)
    assert [(found.group, found.value) for found in target.values] == [("", run().kpi["path_stretch"])]


@pytest.mark.parametrize(
    "change",
    [{"judged": "no"}, {"kpi": ""}, {"kpi": "no_such_measure"}, {"value": "in words"}, {"kpi": "wue"}],
)
def test_there_is_no_verdict_without_a_value_and_the_tables_leave(change: dict[str, str]) -> None:
    results = run()
    target = one(results, **{"comparison": ">", "value": "1", **NATION, **change})
    if change == {"kpi": "wue"} and results.kpi["wue"] is not None:
        assert target.verdict in ("met", "missed")
    else:
        assert target.verdict == "unjudged"
        assert target.gap is None


@pytest.mark.parametrize(
    ("deadline", "later"),
    [
        ("2025-12-31", True),
        ("2024-12-31", True),
        ("2024-06-30", False),
        ("2025", True),
        ("2023", False),
        ("soon", False),
    ],
)
def test_a_deadline_after_the_run_is_known(deadline: str, later: bool) -> None:
    assert one(run(), deadline=deadline, comparison=">", value="1", **NATION).later("2024-07-02") is later


def test_the_shipped_targets_are_judged() -> None:
    results = china()
    found = {target.row["id"]: target for target in judge(results)}
    assert found["T01"].verdict == "missed"
    assert found["T01"].gap == pytest.approx(-20.0)
    assert found["T21"].verdict == "met"
    assert found["T30"].row["kpi_scope"] == "cluster"
    assert len(found["T30"].values) == 10
    assert {value.item for value in found["T32"].values} == {"horinger", "gui_an", "qingyang", "zhongwei"}
    assert found["T15"].verdict == found["T04"].verdict == "unjudged"
    assert len(found["T11"].values) == 8


@pytest.mark.parametrize(
    ("row", "text"),
    [
        ({"value": "0.35", "comparison": "=", "unit": "share", "kpi": "smart_share"}, "35\u202f%"),
        ({"value": "1.5", "comparison": "<", "unit": "ratio", "kpi": "pue"}, "< 1.5"),
        (
            {
                "value": "20",
                "comparison": "<=",
                "unit": "ms",
                "kpi": "latency_coverage.ms_20",
                "judged": "no",
            },
            "≤ 20 ms",
        ),
        ({"value": "1", "comparison": "principle", "unit": "bool"}, "in principle"),
        ({"value": "1800", "comparison": ">", "unit": "EB", "kpi": "storage_eb"}, "> 1\u202f800 EB"),
    ],
)
def test_a_target_is_printed_as_it_was_set(row: dict[str, str], text: str) -> None:
    target = one(china(), kpi_scope="nation", **{"judged": "yes", **row})
    assert limit(target, PageWords("en", {})) == text
