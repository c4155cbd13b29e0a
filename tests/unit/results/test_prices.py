"""Prices of a plan travel with the results of its run, on disk too."""

from __future__ import annotations

from pathlib import Path

import numpy as np

import sim
from sim.results import store
from sim.results.schema import PRICES, Results


def planned(folder: Path) -> Results:
    return sim.run("scenarios/toy.yaml", policy="optimal", sets=["run.horizon=24 h"], results=folder)


def test_a_run_by_a_plan_has_its_prices_and_keeps_them(tmp_path: Path) -> None:
    done = planned(tmp_path)
    assert done.prices is not None
    assert set(done.prices.data_vars) < set(PRICES)
    assert done.has(["hub_price", "link_value", "served"])
    stored = store.load(tmp_path / done.meta["id"])
    assert stored.prices is not None
    for name in done.prices.data_vars:
        np.testing.assert_allclose(stored.prices[name], done.prices[name], rtol=1e-6)
        assert stored.prices[name].attrs["units"] == PRICES[str(name)][1]


def test_a_run_without_a_plan_has_none(tmp_path: Path) -> None:
    done = sim.run("scenarios/toy.yaml", sets=["run.horizon=24 h"], results=tmp_path)
    assert done.prices is None
    assert not done.has(["hub_price"])
    assert not (tmp_path / done.meta["id"] / store.PRICES).exists()
    assert store.load(tmp_path / done.meta["id"]).prices is None


def test_prices_that_were_touched_are_not_read(tmp_path: Path) -> None:
    place = tmp_path / planned(tmp_path).meta["id"]
    with (place / store.PRICES).open("ab") as file:
        file.write(b"x")
    assert not store.complete(place)
