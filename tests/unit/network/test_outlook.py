"""What a decision-maker is told of the network: the engine's own physics, prices of the way, the grid's part."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from sim.ground.arrays import Array
from sim.network.network import Network
from sim.network.outlook import Outlook
from sim.network.power import facility, it_power
from sim.network.view import View
from sim.policies.base import REGISTRY, Decision
from tests.oracles.worlds import events, run, world

MWH, EFLOP_H = 3.6e9, 3.6e21


class Kept:
    """The base rule; it keeps what is asked of every view."""

    def __init__(self, **asked: str) -> None:
        self.asked = asked
        self.views: list[View] = []
        self.seen: list[Array] = []

    def dispatch(self, view: View) -> Decision:
        self.views.append(view)
        self.seen += [np.array(view.battery())]
        return REGISTRY.get("base")().dispatch(view)


@pytest.fixture(scope="module")
def nation(tmp_path_factory: pytest.TempPathFactory) -> Network:
    """Return a hot day of the nation with a hub out."""
    text = events("at: 2024-07-20 06:00, what: outage, hub: guizhou, for: 6 h")
    folder = tmp_path_factory.mktemp("nation")
    return world(folder, text=text, nation="china-2024", start="2024-07-20", horizon="24 h")


def test_the_line_of_facility_power_meets_the_physics_at_no_work_and_at_full_load(nation: Network) -> None:
    outlook = Outlook(nation)
    for load in (0.0, 1.0):
        power = it_power(nation, np.full(outlook.full.shape, load))
        line = outlook.intercept + outlook.slope * power
        np.testing.assert_allclose(line, facility(nation, power)[0], rtol=1e-12, atol=1e-6)
    half = it_power(nation, np.full(outlook.full.shape, 0.5))
    between = facility(nation, half)[0]
    np.testing.assert_allclose(outlook.intercept + outlook.slope * half, between, rtol=0.01)
    up = outlook.full.sum(axis=2) > 0.0
    assert not up.all()
    assert (outlook.slope[up] > 1.0).all()
    assert (outlook.slope[~up] == 1.0).all(), "where nothing is up there is no line"


def test_what_work_adds_is_what_the_engine_books(tmp_path: Path) -> None:
    """One more EFLOPS·h in the west: 55 MWh of nameplate, half of it idle anyhow, 76 % of the racks filled."""
    outlook = Outlook(world(tmp_path, horizon="3 h"))
    # 100,000 racks of 2.5 kW, 76 % filled, 165 of 190 MW for 3 EFLOPS of the general pool, half of it idle.
    mw = 100_000 * 2.5e-3 * 0.76 * (3 * 55) / (3 * 55 + 25) * 0.5 / 3
    np.testing.assert_allclose(outlook.draw[2, 0] * EFLOP_H / MWH, mw, rtol=1e-12)


def test_the_grid_gives_what_contracts_leave(tmp_path: Path) -> None:
    """190 MW at full load, 95 idle: contracts of 0, 95, 142.5 and 200 MW leave all, all, half and nothing."""
    outlook = Outlook(world(tmp_path, horizon="4 h"))
    outlook.green = np.zeros((4, 3))
    outlook.green[:, 2] = np.array([0.0, 95e6, 142.5e6, 200e6])
    np.testing.assert_allclose(outlook.grid_share[:, 2], [1.0, 1.0, 0.5, 0.0], atol=1e-12)
    assert (outlook.grid_share[:, :2] == 1.0).all()


def test_the_way_is_priced_by_bits_and_fibre(tmp_path: Path) -> None:
    """Batch work: 1.1e-6 bit a FLOP over 700 and 1,400 km at 6 CNY per TB and 1,000 km."""
    outlook = Outlook(world(tmp_path, horizon="1 h"))
    batch = outlook.network.ids("workload").index("batch")
    per_eflop_h = 1.1e-6 * EFLOP_H / 8e12 * 6.0
    np.testing.assert_allclose(outlook.transport[0, batch] * EFLOP_H, per_eflop_h * np.array([0.0, 0.7, 1.4]))


def test_a_view_reads_the_outlook_of_its_epoch(nation: Network) -> None:
    policy = Kept()
    run(nation, policy)
    outlook = Outlook(nation)
    for epoch in (0, 7, 23):
        view = policy.views[epoch]
        np.testing.assert_array_equal(view.price, nation["price"][epoch])
        np.testing.assert_array_equal(view.slope, outlook.slope[epoch])
        np.testing.assert_array_equal(view.capacity, outlook.full[epoch])
        np.testing.assert_array_equal(view.forecast("price", 3.0), outlook.forecast("price", epoch, 3.0))
        np.testing.assert_array_equal(view.forecast("demand", 1.0)[0], view.arrivals)
        assert not view.queued.any(), "work waits with its regions"
        compute = view.pool >= 0
        np.testing.assert_allclose(view.energy[compute], (view.draw * view.slope[:, None]).T[view.pool[compute]])
        assert not view.energy[~compute].any()


def test_nothing_of_a_view_can_be_written_to(nation: Network) -> None:
    policy = Kept()
    run(nation, policy)
    view = policy.views[3]
    held = [getattr(view, field.name) for field in fields(View)]
    told = [view.marginal_carbon, view.draw, view.intercept, view.slope, view.grid_share, view.transport]
    told += [view.forecast(name, 5.0) for name in ("price", "carbon", "green", "demand")]
    arrays = [array for array in [*held, *told, view.battery()] if isinstance(array, np.ndarray)]
    assert len(arrays) > 25
    assert not any(array.flags.writeable for array in arrays)


def test_a_battery_holds_what_the_run_finds_in_the_end(tmp_path: Path) -> None:
    sets = ["centres.west_centre.battery={energy: 80 MWh, power: 20 MW}", "centres.west_centre.green.wind=400 MW"]
    policy = Kept()
    found = run(world(tmp_path, sets, horizon="5 d"), policy)["battery_content"]
    assert found.max() > 10 * MWH
    # The view asks the plain laws, the run the compiled core: equal to rounding, as the core promises.
    np.testing.assert_allclose(np.stack(policy.seen)[1:], found[:-1], rtol=1e-12, atol=1e-12 * found.max())
    assert not policy.seen[0].any()
