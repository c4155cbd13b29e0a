"""The worked examples of the cooling archetypes: all 24 rows, every column, to six significant digits."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from sim.centres.base import REGISTRY, Weather, facility_power, read_sheet
from sim.ground.arrays import Array
from sim.physics.efficiency import pue, wue

TABLE = Path(__file__).parents[2] / "data" / "pue_examples.csv"
ROWS = list(csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines()))


def test_the_table_has_four_weathers_for_each_of_six_archetypes() -> None:
    assert len(ROWS) == 24
    assert {row["arch"] for row in ROWS} == set(REGISTRY.names()) - {"none"}


@pytest.mark.parametrize("row", ROWS, ids=[f"{row['arch']}-{row['t_db']}" for row in ROWS])
def test_row(row: dict[str, str]) -> None:
    name = row["arch"]
    given = {column: float(value) for column, value in row.items() if column != "arch"}
    load = np.array(given["x"])
    weather = Weather(np.array(given["t_db"]), np.array(given["t_wb"]), np.array(1e3 * given["p_kpa"]))
    parts = REGISTRY.get(name)(load, weather, read_sheet(name))
    total = facility_power(load, parts)
    got: dict[str, Array | float] = {
        "phi_econ": parts.economiser_share,
        "cop": parts.cop,
        "elec": parts.electrical,
        "fan": parts.fan,
        "pump": parts.pump,
        "chiller": parts.chiller,
        "rejection": parts.rejection,
        "liquid": parts.liquid,
        "total": total,
        "pue": pue(total, load),
        "wue_l_per_kwh": 3.6e6 * wue(parts.water, load),
    }
    rounded = {column: float(f"{float(value):.6g}") for column, value in got.items()}
    expected = {column: given[column] for column in got}
    assert rounded == pytest.approx(expected, rel=1e-12)
