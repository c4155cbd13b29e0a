"""What cannot be met is told in the planner's words, and the remedy heals: so much more, and no less."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.ground.errors import SolveError
from sim.optimise.optimum import optimum
from sim.policies.base import REGISTRY
from tests.oracles.worlds import events, run, world

FORBIDDEN = "economy.allow_unserved=false"


def lacking(folder: Path, sets: list[str], horizon: str = "24 h", text: str = "") -> tuple[str, list[dict[str, Any]]]:
    """Return what is told of a world in which not all work can be served."""
    with pytest.raises(SolveError) as caught:
        optimum(world(folder, [FORBIDDEN, *sets], text, horizon=horizon))
    return str(caught.value), caught.value.infeasible


def healed(rows: list[dict[str, Any]], share: float, links: dict[str, float], centres: dict[str, float]) -> list[str]:
    """Return the settings that raise what is lacking by a share of it."""
    most: dict[str, float] = {}
    for row in rows:
        if row["kind"] == "capacity":
            centre, pool = row["of"]
            key = f"centres.{centre}.pools.{pool}.capacity_eflops"
            most[key] = centres[pool] + share * row["lacks"]
        else:
            # A link has one capacity for both directions.
            ends = "-".join(sorted(row["of"][0].split("-")))
            here = links[ends] + share * row["lacks"]
            key = f"links.{ends}.capacity_tbps"
            most[key] = max(here, most.get(key, 0.0))
    return [f"{key}={value!r}" for key, value in most.items()]


@pytest.mark.parametrize(
    "sets", [["workloads.*.growth=3"], ["links.*.capacity=350 Gbps"], ["links.*.capacity=200 Gbps"]]
)
def test_with_what_is_lacking_all_work_is_served(tmp_path: Path, sets: list[str]) -> None:
    _, rows = lacking(tmp_path, sets)
    names = ("east_city-middle_city", "middle_city-west_city", "east_city-west_city")
    room = {"350": 0.35, "200": 0.2}.get(sets[0][-8:-5], 16.0)
    have = dict.fromkeys(names, room), {"general": 3.0, "smart": 1.0}
    plan = optimum(world(tmp_path, [FORBIDDEN, *sets, *healed(rows, 1.0 + 1e-5, *have)], horizon="24 h"))
    assert plan.facts["gap"] < 1e-6
    text, _ = lacking(tmp_path, [*sets, *healed(rows, 0.95, *have)])
    assert "lack up to" in text


def test_the_message_says_what_where_when_and_how_to_mend_it(tmp_path: Path) -> None:
    text, rows = lacking(tmp_path, ["links.*.capacity=350 Gbps"])
    first, *others = text.splitlines()
    assert first.startswith("--set economy.allow_unserved=false: not all work can be served")
    row = rows[0]
    told = f"links {row['of'][0]}: {row['hours']:g} h from {row['from']} lack up to {row['lacks']:.4g} Tbit/s"
    assert others[0] == f"  {told}; raise links.{row['of'][0]}.capacity"
    assert others[-1].endswith("economy.allow_unserved: true")


def test_work_that_nothing_would_serve_is_told_first(tmp_path: Path) -> None:
    outage = events(*(f"at: 2024-03-04 06:00, what: outage, hub: {hub}, for: 2 h" for hub in ("coast", "inland")))
    _, rows = lacking(tmp_path, [], text=outage)
    assert {row["kind"] for row in rows} == {"unserved"}
    assert {row["of"][1] for row in rows} == {"interactive", "inference"}
    assert {(row["from"], row["hours"]) for row in rows} == {("2024-03-04 06:00", 2.0)}


def test_what_lacks_late_in_a_long_run_is_found(tmp_path: Path) -> None:
    outage = events("at: 2024-03-08 06:00, what: outage, hub: inland, for: 30 h")
    text, rows = lacking(tmp_path, ["workloads.*.growth=1.5"], "6 d", outage)
    assert "in 48 epochs from 2024-03-0" in text
    assert all(row["from"] >= "2024-03-07" for row in rows)


def test_a_plan_that_must_serve_all_work_does(tmp_path: Path) -> None:
    sets = ["workloads.*.growth=1.2", "economy.unserved_cny_per_eflops_h=1", "economy.unserved_cny_per_tb=0"]
    left = optimum(world(tmp_path, sets, horizon="24 h"))
    network = world(tmp_path, [FORBIDDEN, *sets], horizon="24 h")
    plan = optimum(network)
    assert left.served.sum() < 0.5 * plan.served.sum()
    asked = (network["demand"] + network["data_demand"]).sum() * network.calendar.seconds
    assert plan.served.sum() == pytest.approx(asked, rel=1e-7)
    assert plan.facts["bound"] == pytest.approx(plan.facts["objective"], rel=1e-6)
    served = run(network, REGISTRY.get("optimal")()).kpi["served_share"]
    assert served == pytest.approx(1.0, abs=1e-6)
    assert np.isfinite(plan.facts["objective"])
