"""The core against the plain laws, and its bits: whichever scenarios go together, on however many threads."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from sim.centres.base import REGISTRY, Breakdown, Sheet, Weather
from sim.engine import core, energy
from sim.engine.fluid import Fluid, booked, dispatched
from sim.engine.fused import LANES
from sim.ground.arrays import Array
from sim.network.network import Network
from sim.network.power import facility, it_power, utilisation
from sim.once import policy_of
from sim.results.totals import Totals
from tests.oracles.worlds import world

RICH = [
    "centres.west_centre.battery={energy: 200 MWh, power: 80 MW}", "centres.west_centre.green.wind=500 MW",
    "centres.middle_centre.battery={energy: 900 MWh, power: 300 MW, charge_efficiency: 0.9}",
    "centres.middle_centre.green={solar: 900 MW}", "centres.east_centre.green={solar: 90 MW, gec: 30000 MWh}",
    "centres.*.cooling.mix={water_wse: 0.2, air_chiller: 0.1, iec: 0.2, liquid: 0.3, air_chiller_fc: 0.1, none: 0.1}",
    "centres.east_centre.cooling.mix={water_chiller: 1}", "weather.noise_k=3", "standard.availability=0.97",
]  # fmt: skip


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Fluid:
    """Return forty days of a nation with every archetype, contracts and batteries, some of these told what to do."""
    network = world(tmp_path_factory.mktemp("core"), RICH, start="2024-03-10", horizon="40 d")
    done = dispatched(network, policy_of(network.scenario))
    done.charge[100:300, 2] = 30e6 * np.sin(np.arange(200.0))
    return done


def plain(run: Fluid) -> dict[str, Array]:
    network = run.network
    power = it_power(network, utilisation(network, run.ledger.served))
    total, water = facility(network, power)
    return {"it_power": power, "facility_power": total, "water": water, **energy.balance(network, total, run.charge)}


def cored(run: Fluid) -> core.Core:
    network = run.network
    made = core.core(network, utilisation(network, run.ledger.served), run.ledger.served, run.charge)
    assert made is not None
    return made


def test_every_series_is_that_of_the_plain_laws(run: Fluid) -> None:
    network, expected = run.network, plain(run)
    found = core.power(network, utilisation(network, run.ledger.served), run.ledger.served, run.charge)
    assert found is not None
    assert set(found) == set(expected)
    assert expected["discharge_green"].max() > 1e6, "the case stores nothing"
    whole = expected["facility_power"].max()
    for name, values in expected.items():
        # What is left over between two large numbers is as exact as these.
        scale = {"water": values.max(), "battery_content": 1e12, "battery_green": 1e12}.get(name, whole)
        np.testing.assert_allclose(found[name], values, rtol=1e-12, atol=1e-12 * scale, err_msg=name)


def test_the_sums_of_the_pass_are_those_of_the_series_to_the_bit(run: Fluid) -> None:
    made, plant = cored(run), core.Alone(run.network)
    passed = made.totals(made.sums([plant]), 0, plant)
    stored = Totals.of(booked(run))
    for field in fields(Totals):
        assert (getattr(passed, field.name) == getattr(stored, field.name)).all(), field.name
        assert field.name == "lost" or getattr(passed, field.name).any(), field.name


class Scaled(core.Alone):
    """A plant with other ratings, batteries and shares of archetypes."""

    def __init__(self, network: Network, factor: float) -> None:
        super().__init__(network)
        self.factor = factor

    def __getitem__(self, name: str, /) -> Array:
        values = super().__getitem__(name)
        scaled = ("rated_power", "battery_energy", "battery_power", "kappa", "mix")
        return values * self.factor if name in scaled else values


def test_a_scenario_has_the_same_bits_alone_and_among_others_on_any_number_of_threads(run: Fluid) -> None:
    made = cored(run)
    plants = [Scaled(run.network, factor) for factor in np.linspace(0.0, 2.0, LANES + 5)]
    together = made.sums(plants)
    assert (together == made.sums(plants, threads=3)).all()
    for number in (0, 7, LANES - 1, LANES, LANES + 4):
        assert (made.sums([plants[number]])[:, :, 0] == together[:, :, number]).all()
    assert (together[:, :, ::-1] == made.sums(plants[::-1])).all()


def test_the_memory_stated_is_what_a_pass_holds(run: Fluid) -> None:
    made = cored(run)
    held = sum(values.nbytes for values in made.given if isinstance(values, np.ndarray))
    one, many = made.memory(1, 1), made.memory(1001, 1)
    assert one > held
    plants, sums = made.rows(core.Alone(run.network)).nbytes, made.sums([core.Alone(run.network)]).nbytes
    assert plants + sums <= (many - one) / 1000 <= 3 * (plants + sums)


def test_an_archetype_of_another_form_goes_the_plain_way(run: Fluid, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plug-in whose power is no such function of the load is noticed, and the run is that of the plain laws."""
    true = REGISTRY.get("water_wse")

    def other(load: Array, weather: Weather, sheet: Sheet) -> Breakdown:
        parts = true(load, weather, sheet)
        return parts._replace(fan=parts.fan * (1.0 + 0.1 * np.sin(9.0 * load)))

    before = booked(run)["facility_power"]
    monkeypatch.setitem(REGISTRY._found, "water_wse", other)
    network = run.network
    assert core.power(network, utilisation(network, run.ledger.served), run.ledger.served, run.charge) is None
    after = booked(run)
    np.testing.assert_array_equal(after["facility_power"], plain(run)["facility_power"])
    assert abs(after["facility_power"] - before).max() > 1e3
