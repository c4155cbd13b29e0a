"""Deferred work under a carbon weight emits what others published for the same traces, hour by hour.

EuroSys 2024, "On the Limitations of Carbon-Aware Temporal and Spatial Workload Shifting": a job of J hours of
constant power, interruptible and deferred by at most S hours, at every hour of 2022. The nation of one region
and one centre is built from tables and the trace; the arrivals alone are put into its program hour by hour.
"""

from __future__ import annotations

import csv
import gzip
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sim.ground.arrays import Array
from sim.optimise.bound import bound
from sim.optimise.layout import Facts, facts
from sim.optimise.pieces import Pieces
from sim.optimise.prices import Prices
from sim.optimise.program import Program, all_routes
from sim.optimise.solve import solve
from tests.oracles.worlds import Row, nation, world
from tests.peers.data import PEERS, reads

FOLDER = PEERS / "carbon_shifting"
pytestmark = [pytest.mark.peers, reads(FOLDER)]
ZONES = ("DE", "GB", "US-CAL-CISO", "ZA")
JOBS, SLACKS = (1, 24), (24, 168)
HOURS = 8760
STARTS = 60
NONE = np.zeros(0, dtype=np.int64)
WEIGHT = 1.0
"""Of a tonne, kCNY: 1,000 CNY."""


def published(job: int, slack: int, zone: str, column: str) -> Array:
    """Return a column of a file of theirs; [start hour], g for a job of 1 kW."""
    with gzip.open(FOLDER / f"job{job}_slack{slack}_{zone}.csv.gz", "rt", encoding="utf-8") as file:
        return np.array([float(row[column]) for row in csv.DictReader(file)])


def alone(table: str, rows: list[Row]) -> list[Row]:
    """Return a table of toy-3 with the east and batch analytics only."""
    kept = {"region": "east", "centre": "east_centre", "node": "east_city", "site": "east_city", "workload": "batch"}
    return [] if table == "links" else [row for row in rows if all(row.get(k, v) == v for k, v in kept.items())]


def one_centre(folder: Path, trace: Array) -> Facts:
    """Return a nation of one centre of 1 EFLOPS, PUE 1 and no idle power, on the grid of a trace."""
    home = nation(folder, alone) / "nations" / "toy-3"
    padded = np.concatenate([trace, np.full(HOURS - len(trace), trace[-1])]) / 1e3
    (home / "factor.csv").write_text("east\n" + "".join(f"{value!r}\n" for value in padded.tolist()), "utf-8")
    head = (home / "nation.yaml").read_text("utf-8").replace("year: 2024", "year: 2022")
    (home / "nation.yaml").write_text(head + "\nseries: {emission_factor_kg_per_kwh: factor.csv}\n", "utf-8")
    sets = [
        "objective={cost: 0, carbon: 1000 CNY/t}", "standard.idle_general=0", "standard.idle_smart=0",
        "centres.east_centre.pools.general.capacity=1 EFLOPS",
    ]  # fmt: skip
    data = facts(world(folder, sets, start="2022-01-01", horizon=f"{HOURS} h"))
    assert data.demand.shape[1:] == (1, 1)
    assert (data.capacity[:, 0, 0] == 1.0).all()
    assert not data.power.start.any()
    np.testing.assert_allclose(data.power.slope, 1.0)
    return data


def job_at(data: Facts, start: int, job: int, slack: int) -> Facts:
    """Return the facts of a job's window: `job` EFLOPS·h arrive at its first hour and may wait to its last."""
    hours = slice(start, start + slack + job)
    demand = np.zeros((slack + job, 1, 1))
    demand[0] = job
    return replace(
        data, demand=demand, slack=np.array([slack + job - 1]), capacity=data.capacity[hours], price=data.price[hours],
        load=data.load[hours], green=data.green[hours], link_room=data.link_room[hours],
        power=Pieces(data.power.start[hours], data.power.slope[:, hours], data.power.width[:, hours]),
    )  # fmt: skip


@pytest.mark.parametrize("zone", ZONES)
def test_the_optimum_emits_what_they_published(tmp_path: Path, zone: str) -> None:
    data = one_centre(tmp_path, published(1, 24, zone, "slack_0"))
    grams = 1e3 / (WEIGHT * data.draw[0, 0])
    for job in JOBS:
        for slack in SLACKS:
            theirs = published(job, slack, zone, "interrupt")
            for start in np.linspace(0, 8759 - slack - job, STARTS).astype(int):
                mine = job_at(data, start, job, slack)
                program = Program(mine, all_routes(mine), NONE)
                found = solve(program.window(0, slack + job))
                assert found.objective * grams == pytest.approx(theirs[start], rel=1e-6), (job, slack, start)
                prices = Prices.empty(program)
                prices.enter(program, 0, slack + job, found.prices, np.ones(slack + job, dtype=bool))
                assert bound(mine, prices).total == pytest.approx(found.objective, rel=1e-9)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("job", JOBS)
@pytest.mark.parametrize("slack", SLACKS)
def test_at_every_hour_it_is_the_cleanest_hours_of_the_window(zone: str, job: int, slack: int) -> None:
    trace, theirs = published(1, 24, zone, "slack_0"), published(job, slack, zone, "interrupt")
    windows = np.lib.stride_tricks.sliding_window_view(trace, slack + job)
    cleanest = np.sort(windows, axis=1)[:, :job].sum(axis=1)
    np.testing.assert_allclose(theirs[: len(cleanest)], cleanest, rtol=1e-6)
