"""A battery schedule: executed as far as power, energy and the centre's own need allow, its origin kept apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from sim.engine.energy import balance
from sim.ground.arrays import Array
from sim.network.decision import Decision
from sim.network.network import Network
from sim.network.view import View
from sim.policies.base import REGISTRY
from sim.results.schema import Results
from tests.oracles.worlds import run, world

Met = Callable[[Array], dict[str, Array]]
MW, MWH = 1e6, 3.6e9
HOURS, WEST = 24, 2
ROUNDING = 1.0 + 1e-12
LOAD = 120.0
SETS = [
    "centres.west_centre.battery={energy: 40 MWh, power: 25 MW, charge_efficiency: 0.9, discharge_efficiency: 0.8}",
    "centres.west_centre.green.wind=400 MW",
]


@dataclass(frozen=True)
class Scheduled:
    """The proportional rule with a battery schedule; [epoch, centre], W, NaN in an epoch without one."""

    charge: Array

    def dispatch(self, view: View) -> Decision:
        place = REGISTRY.get("proportional")().dispatch(view).place
        asked = self.charge[view.epoch]
        return Decision(place=place, charge=None if np.isnan(asked).any() else asked)


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Network:
    """Return a day of the toy nation, with wind above and below the load of its western centre."""
    network = world(tmp_path_factory.mktemp("schedule"), SETS, start="2024-03-10", horizon="24 h")
    green = network["green_supply"][:, WEST] / MW
    assert green.min() < LOAD < green.max()
    return network


def west(values: Array) -> Array:
    """Return a schedule of the western centre alone; [epoch, centre], W."""
    schedule = np.zeros((HOURS, 3))
    schedule[:, WEST] = values * MW
    return schedule


@pytest.fixture(scope="module")
def met(network: Network) -> Met:
    """Return how the western centre's steady load is met under a schedule of its battery; [epoch], MW and MWh."""

    def balanced(asked: Array) -> dict[str, Array]:
        found = balance(network, np.full((HOURS, 3), LOAD * MW), west(asked))
        for name, values in found.items():
            if name not in ("green_used", "grid_import"):
                assert not values[:, :WEST].any(), "there is no battery there"
        found["green"] = network["green_supply"]
        return {name: values[:, WEST] / (MWH if name.startswith("battery") else MW) for name, values in found.items()}

    return balanced


asked = hnp.arrays(float, HOURS, elements=st.floats(-60.0, 60.0))


@given(asked)
def test_no_schedule_breaks_a_bound_or_makes_energy(met: Met, asked: Array) -> None:
    r = met(asked)
    assert (r["charge"] >= 0.0).all()
    assert (r["charge"] <= np.clip(asked, 0.0, 25.0) * ROUNDING).all()
    assert (r["discharge"] >= 0.0).all()
    assert (r["discharge"] <= np.clip(-asked, 0.0, 25.0) * ROUNDING).all()
    assert (r["battery_content"] >= 0.0).all()
    assert (r["battery_content"] <= 40.0 * ROUNDING).all()
    for part in ("battery_green", "charge_green", "discharge_green"):
        whole = r[{"battery_green": "battery_content"}.get(part, part.removesuffix("_green"))]
        assert (r[part] >= 0.0).all()
        assert (r[part] <= whole * ROUNDING).all()
    for content, charge, discharge in (
        ("battery_content", "charge", "discharge"), ("battery_green", "charge_green", "discharge_green"),
    ):  # fmt: skip
        np.testing.assert_allclose((0.9 * r[charge] - r[discharge] / 0.8).cumsum(), r[content], rtol=0.0, atol=1e-9)
    np.testing.assert_allclose(r["grid_import"] + r["green_used"] + r["discharge"], LOAD + r["charge"], atol=1e-9)
    assert (r["grid_import"] >= 0.0).all(), "nothing is pushed into the grid"
    assert (r["green_used"] <= r["green"] * ROUNDING).all()
    np.testing.assert_allclose(r["green_used"], np.minimum(r["green"], LOAD + r["charge"]), atol=1e-9)
    assert (r["charge_green"] <= np.maximum(r["green"] - LOAD, 0.0) + 1e-9).all(), "the load comes before the battery"
    # Over the period: what is green in is green out, lost, or still there.
    losses = 0.1 * r["charge_green"].sum() + (1 / 0.8 - 1) * r["discharge_green"].sum()
    assert r["charge_green"].sum() == pytest.approx(
        r["discharge_green"].sum() + losses + r["battery_green"][-1], abs=1e-9
    )


@given(asked)
def test_what_is_not_done_is_prevented_by_a_bound(met: Met, asked: Array) -> None:
    r = met(asked)
    short = np.maximum(LOAD - r["green"], 0.0)
    before = np.concatenate([[0.0], r["battery_content"][:-1]])
    most = np.minimum(np.clip(asked, 0.0, 25.0), (40.0 - before) / 0.9)
    np.testing.assert_allclose(r["charge"], most, atol=1e-9)
    least = np.minimum(np.minimum(np.clip(-asked, 0.0, 25.0), short), before * 0.8)
    np.testing.assert_allclose(r["discharge"], least, atol=1e-9)


def test_what_is_held_is_given_as_a_mixture(network: Network) -> None:
    """10 MW of wind and 14 MW of the grid go in; what comes out is green by 10 / 24."""
    first, second = 3, 7
    load = np.full((HOURS, 3), LOAD * MW)
    load[[first, second], WEST] = network["green_supply"][[first, second], WEST] + np.array([-10.0, 30.0]) * MW
    order = np.zeros(HOURS)
    order[first], order[second] = 24.0, -25.0
    r = balance(network, load, west(order))
    assert r["charge"][first, WEST] == pytest.approx(24.0 * MW)
    assert r["charge_green"][first, WEST] == pytest.approx(10.0 * MW)
    assert r["grid_import"][first, WEST] == pytest.approx(14.0 * MW), "what is charged from the grid is bought then"
    assert r["battery_content"][first, WEST] == pytest.approx(0.9 * 24.0 * MWH)
    given_back = 0.8 * 0.9 * 24.0 * MW
    assert r["discharge"][second, WEST] == pytest.approx(given_back)
    assert r["discharge_green"][second, WEST] == pytest.approx(given_back * 10.0 / 24.0)
    assert r["battery_content"][second, WEST] == pytest.approx(0.0, abs=1e-6 * MWH)
    assert r["battery_green"][second, WEST] == pytest.approx(0.0, abs=1e-6 * MWH)


def executed(network: Network, schedule: Array) -> Results:
    return run(network, Scheduled(schedule))


def test_grid_energy_does_not_turn_green_in_a_battery(tmp_path: Path) -> None:
    calm = [*SETS, "centres.*.green.wind=0 MW"]
    network = world(tmp_path, calm, horizon="24 h")
    order = np.tile([25.0, -25.0], HOURS // 2)
    without, stored = executed(network, west(np.zeros(HOURS))), executed(network, west(order))
    assert stored["discharge"].sum() > 50.0 * MW
    assert stored.kpi["green_share"]["hourly"] == without.kpi["green_share"]["hourly"] == 0.0
    # Bought once, when it is charged; the battery's losses are bought too.
    more = stored["grid_import"].sum() - without["grid_import"].sum()
    left = stored["battery_content"][-1].sum() / network.calendar.seconds
    assert more == pytest.approx(stored["charge"].sum() - stored["discharge"].sum(), rel=1e-9)
    assert more == pytest.approx(0.1 * stored["charge"].sum() + 0.25 * stored["discharge"].sum() + left, rel=1e-9)
    bought = (stored["grid_import"] * stored["emission_factor"]).sum() * stored.seconds / 1e9
    assert stored.kpi["emissions_mt"]["location"] == pytest.approx(bought, rel=1e-12)


def test_an_epoch_without_a_schedule_keeps_to_the_rule(network: Network) -> None:
    rule = run(network, "proportional")
    nothing = executed(network, np.full((HOURS, 3), np.nan))
    assert nothing.kpi == rule.kpi
    supply, power = rule["green_supply"], rule["facility_power"]
    assert min(rule["charge"].sum(), rule["discharge"].sum()) > 0.0
    assert executed(network, supply - power).kpi == rule.kpi, "the rule is itself a schedule"
    until = int(np.argmax(rule["charge"][:, WEST] > 0.0)) + 1
    half = np.where(np.arange(HOURS)[:, None] < until, np.nan, 0.0) * np.ones(3)
    mixed = executed(network, half)
    np.testing.assert_array_equal(mixed["charge"][:until], rule["charge"][:until])
    assert not mixed["charge"][until:].any()
    assert not mixed["discharge"][until:].any()
