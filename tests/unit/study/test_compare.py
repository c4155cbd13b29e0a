"""Comparisons: on common chance, above the bound, the same however they are run, and one more changes no other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sim.cli import group
from sim.ground.errors import PluginError, ScenarioError, UsageError
from sim.ground.places import scenarios
from sim.results.store import as_json
from sim.study.compare import compare
from sim.study.contest import chosen

TOY = scenarios() / "toy.yaml"
SETS = ("run.horizon=30 h", "workloads.*.noise=0.2", "centres.west_centre.green.wind=300 MW", "weather.noise_k=3")
COST = "cost_bn_cny.total"


def found(policies: str = "local,cheapest", replications: int = 3, **how: Any) -> dict[str, Any]:
    return compare(TOY, policies.split(","), replications=replications, sets=SETS, **how)


def test_one_more_replication_or_policy_leaves_the_others_as_they_are(tmp_path: Path) -> None:
    few, more = found(results=tmp_path), found("local,greenest,cheapest", 4, results=tmp_path)
    for name, runs in few["runs"].items():
        assert more["runs"][name][:3] == runs
        assert more["regret"][name]["by_replication"][:3] == few["regret"][name]["by_replication"]
    assert more["bound"]["by_replication"][:3] == few["bound"]["by_replication"]
    three = found("local,greenest,cheapest")
    assert {name: three["policies"][name][COST]["mean"] for name in few["policies"]} == {
        name: each[COST]["mean"] for name, each in few["policies"].items()
    }


def test_neither_processes_nor_what_is_kept_change_a_byte(tmp_path: Path) -> None:
    alone = as_json(found())
    assert as_json(found(results=tmp_path, workers=2)) == alone
    kept = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}
    assert as_json(found(results=tmp_path)) == alone
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()} == kept


def test_an_interrupted_comparison_goes_on_where_it_was(tmp_path: Path) -> None:
    whole = found(results=tmp_path)
    lost = tmp_path / whole["runs"]["cheapest"][1]
    (lost / "kpi.json").write_text("{}", encoding="utf-8")
    next((tmp_path / "bounds").iterdir()).write_text("half", encoding="utf-8")
    assert found(results=tmp_path) == whole


def test_one_replication_is_kept_as_a_run_with_its_page(tmp_path: Path) -> None:
    from sim.once import run

    told = found(replications=1, results=tmp_path)
    (name,) = told["runs"]["cheapest"]
    assert {"series.nc", "report.html"} <= {entry.name for entry in (tmp_path / name).iterdir()}
    before = (tmp_path / name / "run.json").stat().st_mtime_ns
    assert run(TOY, policy="cheapest", sets=SETS, results=tmp_path).meta["id"] == name
    assert (tmp_path / name / "run.json").stat().st_mtime_ns == before
    assert told["policies"]["cheapest"][COST]["diff_ci95"] is None


@pytest.mark.parametrize("certify", [False, True])
def test_nobody_costs_less_than_the_bound_of_the_same_replication(certify: bool) -> None:
    told = found("local,cheapest,greenest,optimal", certify=certify)
    rows = told["bound"]["by_replication"]
    for name, each in told["regret"].items():
        assert min(each["by_replication"]) >= -1e-9 * told["bound"]["cost_bn_cny"], name
    assert [row["plan_bn_cny"] is not None for row in rows] == [True, certify, certify]
    assert told["bound"]["certified"]
    best = told["regret"]["optimal"]["by_replication"]
    assert best[0] == pytest.approx(0.0, abs=1e-4 * rows[0]["cost_bn_cny"]), "the plan is exact, its replay nearly"
    assert max(best) <= (1e-4 if certify else 0.02) * rows[0]["cost_bn_cny"], "others' prices still bind"


def test_the_bound_is_on_money_whatever_the_scenario_minimises_and_keeps(tmp_path: Path) -> None:
    plain = found(replications=1)["bound"]
    sets = (*SETS, "objective.carbon_cny_per_t=900", "limits.emissions_mt=0.001", "economy.allow_unserved=false")
    assert compare(TOY, ["local"], sets=sets)["bound"]["cost_bn_cny"] == pytest.approx(plain["cost_bn_cny"])


def test_drawn_jobs_have_a_mark_to_compare_with_and_no_proof() -> None:
    sets = ("run.horizon=24 h", "run.jobs.count=200")
    told = compare(TOY, ["local", "least_loaded"], engine="events", replications=2, sets=sets)
    assert not told["bound"]["certified"]
    assert told["policies"]["least_loaded"]["workload.batch.wait_h.mean"]["diff_ci95"] is not None
    assert told["policies"]["local"][COST]["ci95"][0] < told["policies"]["local"][COST]["ci95"][1]


def test_several_scenarios_make_a_league(tmp_path: Path) -> None:
    other = tmp_path / "dear.yaml"
    text = "extends: toy.yaml\nname: dear\nset: {regions.east.power.price: 2 CNY/kWh}\n"
    other.write_text(text, encoding="utf-8")
    told = compare([TOY, other], ["local", "cheapest"], sets=["run.horizon=24 h"])
    assert list(told["scenarios"]) == ["toy", "dear"]
    assert [row["policy"] for row in told["league"]] == ["cheapest", "local"]
    assert told["robustness"]["minimax_regret"] == "cheapest"
    assert list(told["settings"]) == ["regions.east.power.price_cny_per_kwh"], "only what differs"
    alone = compare(other, ["local", "cheapest"], sets=["run.horizon=24 h"])
    assert told["scenarios"]["dear"] == {key: value for key, value in alone.items() if key not in ("id", "code")}


def test_a_policy_takes_parameters_behind_its_name() -> None:
    assert chosen("weighted: cost=2 :carbon_cny_per_t=0") == "policy={name: weighted, cost: 2, carbon_cny_per_t: 0}"
    told = found("weighted:carbon_cny_per_t=0:delay_cny_per_eflops_h_ms=0,cheapest", 1)
    first, second = (each[COST]["mean"] for each in told["policies"].values())
    assert first == second
    with pytest.raises(ScenarioError, match="mass"):
        found("weighted:mass=1")


def test_a_scenarios_own_policy_keeps_its_parameters_and_others_do_not_take_them(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    policy = "policy: {name: weighted, carbon_cny_per_t: 5000}"
    own.write_text(f"extends: toy.yaml\nname: own\n{policy}\n", encoding="utf-8")
    named = ["weighted", "weighted:carbon_cny_per_t=5000", "local"]
    told = compare(own, named, sets=["run.horizon=24 h"])["policies"]
    assert told["weighted"][COST]["mean"] == told[named[1]][COST]["mean"]


@pytest.mark.parametrize(
    ("policies", "sets", "said"),
    [
        ("local,local", (), "twice"),
        ("local,,cheapest", (), "commas"),
        ("local,weighted:cost", (), "'weighted:cost' in --policies gives a parameter no value"),
        ("local", ("policy.name=base",), "behind its name"),
    ],
)
def test_what_does_not_fit_together_is_refused_before_anything_runs(
    policies: str, sets: tuple[str, ...], said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        compare(TOY, policies.split(","), sets=sets)


def test_the_same_scenario_twice_and_a_policy_nobody_knows_are_refused() -> None:
    with pytest.raises(UsageError, match="two of the scenarios"):
        compare([TOY, TOY], ["local"])
    with pytest.raises((ScenarioError, PluginError), match="cheapest"):
        compare(TOY, ["cheapst"])
    with pytest.raises(
        ScenarioError, match=r"^--policies weighted:foo=2: the policy 'weighted' has no parameter 'foo'"
    ):
        compare(TOY, ["weighted:foo=2"])


def test_the_command_tells_what_python_tells(tmp_path: Path) -> None:
    from click.testing import CliRunner

    words = ["compare", str(TOY), "--policies", "local,cheapest", "--replications", "3", "--results", str(tmp_path)]
    words += [word for one in SETS for word in ("--set", one)]
    told = CliRunner().invoke(group, [*words, "--json"], catch_exceptions=False)
    assert told.exit_code == 0
    assert json.loads(told.stdout) == json.loads(as_json(found()))
    (page,) = (tmp_path / "comparisons").glob("*/report.html")
    shown = CliRunner().invoke(group, [*words, "--lang", "zh", "--workers", "1"], catch_exceptions=False)
    assert "总成本最低：cheapest" in shown.stdout
    assert str(page) in shown.stdout.replace("\n", "")
    assert CliRunner().invoke(group, [*words[:2], "--policies", "local,local"], catch_exceptions=False).exit_code == 2
