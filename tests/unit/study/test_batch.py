"""Points that share a dispatch: the bits of the runs that they are, and nothing shared that is not the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.engine.fluid import dispatched
from sim.ground.names import flat
from sim.ground.places import scenarios
from sim.network.build import build
from sim.once import execute, identify, policy_of, prepare
from sim.policies.base import REGISTRY
from sim.study.axes import sets
from sim.study.batch import LATE, late, together
from sim.study.sweep import plan, sweep
from sim.study.tasks import MOST

OVER = """
      grid.carbon_price: [0 CNY/t, 90 CNY/t]
      centres.*.green.solar: ["-20%", "+80%"]
      centres.*.racks: ["-5%", "+5%"]
      standard.idle_smart: [0.2, 0.5]
      standard.rack: [2 kW, 3 kW]
      west.energy: [0 MWh, 100 MWh]
      west.power: [0 MW, 60 MW]
      green.premium: [-0.05 CNY/kWh, 0.1 CNY/kWh]
      economy.demand_charge: [0 CNY/kW/month, 60 CNY/kW/month]
"""
BLIND = [name for name in REGISTRY.names() if getattr(REGISTRY.get(name), "blind", False)]


def written(folder: Path, text: str, base: str = "toy") -> Path:
    path = folder / "s.yaml"
    path.write_text(f"extends: {base}.yaml\nname: s\n{text}", encoding="utf-8")
    return path


@pytest.mark.parametrize("base", ["toy", "baseline-2024"])
def test_every_measure_and_the_identity_are_those_of_the_run_to_the_bit(tmp_path: Path, base: str) -> None:
    west = "west_centre" if base == "toy" else "zhongwei"
    over = OVER.replace("west.", f"centres.{west}.battery.")
    text = "run: {horizon: 40 d}\n" if base == "toy" else "run: {horizon: 4 d}\n"
    mixes = "[{water_wse: 1}, {iec: 0.5, liquid: 0.5}]"
    text += f"sweep:\n  grid: {{centres.{west}.cooling.mix: {mixes}}}\n  sample:\n    n: 3\n    over: {over}"
    asked = plan(written(tmp_path, text, base), results=tmp_path)
    (task,) = asked.tasks
    assert len(task.points) == 6
    rows = together(task.path, task.sets, task.points, (), 2)
    for number, own in task.points:
        scenario = prepare(task.path, [*task.sets, *sets(own)])
        assert rows[number].kpi == flat(execute(scenario).kpi)
        assert rows[number].run == identify(scenario)
    assert len({row.kpi["cost_bn_cny.total"] for row in rows.values()}) == 6


def test_a_sweep_has_the_same_rows_whether_its_points_go_together_or_not(tmp_path: Path) -> None:
    text = "run: {horizon: 24 h}\nsweep: {grid: {run.seed: [1, 2], grid.carbon_price: [1 CNY/t, 2 CNY/t, 3 CNY/t]}}\n"
    asked = plan(written(tmp_path, text), results=tmp_path)
    assert [len(task.points) for task in asked.tasks] == [3, 3]
    whole = sweep(asked).rows
    for row in whole:
        point = list(asked.design.settings())[row.point]
        alone = execute(prepare(asked.tasks[0].path, sets(point)))
        assert flat(alone.kpi) == row.kpi


def test_points_go_together_only_where_their_dispatch_is_the_same(tmp_path: Path) -> None:
    def sizes(text: str, *more: str) -> list[int]:
        return [len(task.points) for task in plan(written(tmp_path, text), sets=more, results=tmp_path).tasks]

    prices = "grid.carbon_price: [1 CNY/t, 2 CNY/t]"
    assert sizes(f"sweep: {{grid: {{{prices}}}}}\n") == [2]
    assert sizes(f"sweep: {{grid: {{{prices}}}}}\n", "policy.name=cheapest") == [1, 1]
    assert sizes(f"sweep: {{grid: {{{prices}}}}}\n", "run.engine=events") == [1, 1]
    assert sizes(f"sweep: {{grid: {{policy.name: [base, greenest], {prices}}}}}\n") == [2, 1, 1]
    assert sizes("sweep: {grid: {workloads.batch.growth: [1, 2], run.seed: [1, 2]}}\n") == [1, 1, 1, 1]
    mixed = "standard: [{rack: 2 kW}, {rack: 3 kW}]"
    assert sizes(f"sweep: {{grid: {{{mixed}, {prices}}}}}\n") == [1, 1, 1, 1]
    many = f"sweep: {{sample: {{n: {MOST + 3}, over: {{grid.carbon_price: [1 CNY/t, 2 CNY/t]}}}}}}\n"
    assert sizes(many) == [MOST, 3]


CHANGES = (
    "grid.carbon_price=300 CNY/t", "green.premium=0.3 CNY/kWh", "economy.wan_cny_per_tb_1000km=50",
    "report.storage=3 EB", "standard.rack=4 kW", "standard.idle_general=0.1", "standard.idle_smart=0.7",
    "centres.*.green={wind: 900 MW, solar: 300 MW}", "centres.*.battery={energy: 900 MWh, power: 300 MW}",
    "centres.*.cooling.mix={air_chiller: 1}", "centres.*.racks=+40%", "centres.*.rack_utilisation=-20%",
    "centres.*.commissioned_share=1", "grid.marginal_factor=0.1 kg/kWh",
)  # fmt: skip


@pytest.mark.parametrize("policy", BLIND)
def test_a_blind_policy_decides_alike_whatever_is_late(policy: str) -> None:
    assert {key.rpartition(".")[2].rstrip("*_") for key in LATE} - {"pue"} <= {
        word for change in CHANGES for word in change.partition("=")[0].replace("idle_", "idle.").split(".")
    }
    assert all(late(change.partition("=")[0]) for change in CHANGES)
    work = []
    for more in ((), CHANGES):
        scenario = prepare(
            scenarios() / "toy.yaml", ["run.horizon=96 h", f"policy.name={policy}", "workloads.*.growth=1.5", *more]
        )
        work.append(dispatched(build(scenario), policy_of(scenario)).ledger)
    assert (work[0].served == work[1].served).all()
    assert (work[0].traffic == work[1].traffic).all()
    assert work[0].served.any()


def test_a_point_that_is_wrong_fails_alone(tmp_path: Path) -> None:
    mix = "centres.west_centre.cooling.mix: [{none: 1}, {nothing: 1}]"
    text = f"run: {{horizon: 24 h}}\nsweep: {{grid: {{{mix}, grid.carbon_price: [0 CNY/t, 9 CNY/t]}}}}\n"
    done = sweep(plan(written(tmp_path, text), results=tmp_path))
    assert [row.failed for row in done.rows] == [False, False, True, True]
    assert "no cooling archetype is called 'nothing'" in done.rows[2].error[1]
    assert [len(task.points) for task in done.plan.tasks] == [4]


@pytest.mark.slow
def test_the_baseline_from_inside_a_batch_is_that_of_the_report(tmp_path: Path) -> None:
    text = "sweep: {grid: {grid.carbon_price: [0 CNY/t, 100 CNY/t], centres.*.green.solar: ['+0%', '+50%']}}\n"
    asked = plan(written(tmp_path, text, "baseline-2024"), results=tmp_path)
    assert [len(task.points) for task in asked.tasks] == [4]
    first, sunny, taxed, _ = sweep(asked).rows
    assert first.kpi["capacity_eflops"] == pytest.approx(280.0, rel=1e-12)
    assert first.kpi["pue"] == pytest.approx(1.46, abs=5e-5)
    assert sunny.kpi["green_share.hourly"] > first.kpi["green_share.hourly"]
    assert taxed.kpi["cost_bn_cny.carbon"] == pytest.approx(0.1 * first.kpi["emissions_mt.location"], rel=1e-12)


@pytest.mark.slow
def test_the_page_of_the_shipped_sweep_tells_its_figures() -> None:
    page = (Path(__file__).parents[3] / "docs/background/west-growth-carbon.md").read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in line[1:-1].split("|")] for line in page.splitlines() if line.startswith("|")]
    asked = plan(scenarios() / "west-growth-carbon.yaml")
    assert asked.design.points == 1000
    assert len(asked.tasks) == 40
    growth = "workloads.training.growth=1.5"
    (task,) = [one for one in asked.tasks if growth in one.sets and any("share=0.2" in text for text in one.sets)]
    found = together(task.path, task.sets, [point for point in task.points if "100 CNY/t" in point[1].values()], (), 2)
    (kpi,) = [row.kpi for row in found.values()]
    for title, key, digits in (
        ("PUE", "pue", 3), ("green share, hourly", "green_share.hourly", 3),
        ("energy, bn CNY", "cost_bn_cny.energy", 1), ("work served", "served_share", 3),
    ):  # fmt: skip
        first = next(number for number, row in enumerate(rows) if row[0] == title)
        assert rows[first + 1][1] == "0.2"
        assert rows[first + 1][4] == f"{kpi[key]:.{digits}f}", key
