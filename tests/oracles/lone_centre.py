"""A nation of one region and one centre on the grid of a trace: PUE 1, no idle power, batch work alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sim.ground.arrays import Array
from sim.network.network import Network
from tests.oracles.worlds import Row, nation, world

HOURS = 8760
YEAR = 2022


def alone(table: str, rows: list[Row]) -> list[Row]:
    """Return a table of toy-3 with the east and batch analytics only."""
    kept = {"region": "east", "centre": "east_centre", "node": "east_city", "site": "east_city", "workload": "batch"}
    return [] if table == "links" else [row for row in rows if all(row.get(k, v) == v for k, v in kept.items())]


def lone_centre(folder: Path, trace: Array, sets: list[str], horizon: int = HOURS) -> Network:
    """Return the network.

    Parameters
    ----------
    folder
        For the nation's files.
    trace
        [hour], kg/MWh of the grid; the last one holds to the end of the year.
    sets
        Differences.
    horizon
        Hours of the run.
    """
    home = nation(folder, alone) / "nations" / "toy-3"
    padded = np.concatenate([trace, np.full(HOURS - len(trace), trace[-1])]) / 1e3
    (home / "factor.csv").write_text("east\n" + "".join(f"{value!r}\n" for value in padded.tolist()), "utf-8")
    head = (home / "nation.yaml").read_text("utf-8").replace("year: 2024", f"year: {YEAR}")
    (home / "nation.yaml").write_text(head + "\nseries: {emission_factor_kg_per_kwh: factor.csv}\n", "utf-8")
    idle = ["standard.idle_general=0", "standard.idle_smart=0"]
    return world(folder, [*idle, *sets], start=f"{YEAR}-01-01", horizon=f"{horizon} h")
