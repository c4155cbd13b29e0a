"""What every cooling archetype keeps: shapes, finite numbers, direction, and untouched arguments."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from sim.centres.base import REGISTRY, Breakdown, Sheet, Weather, facility_power, read_sheet
from sim.ground.arrays import Array
from sim.physics.psychrometrics import wet_bulb

LOAD = np.linspace(0.0, 1.0, 101)
TEMPERATURE = np.linspace(-35.0, 45.0, 81)[:, None]
HUMIDITY = (0.15, 0.5, 0.95)
PRESSURE = (62e3, 101325.0)


@pytest.fixture(params=REGISTRY.names())
def name(request: pytest.FixtureRequest) -> str:
    """Return each archetype of the registry in turn."""
    return str(request.param)


def weathers() -> Iterator[Weather]:
    """Yield weathers [temperature, 1] from dry to wet, in thin and in thick air."""
    for humidity in HUMIDITY:
        for pressure in PRESSURE:
            air = np.array(pressure)
            yield Weather(TEMPERATURE, wet_bulb(TEMPERATURE, humidity, air), air)


def breakdowns(name: str) -> Iterator[tuple[Breakdown, Array]]:
    """Yield breakdown and facility power [temperature, load] of an archetype in each weather."""
    for weather in weathers():
        parts = REGISTRY.get(name)(LOAD, weather, read_sheet(name))
        yield parts, facility_power(LOAD, parts)


def test_every_field_has_the_common_shape(name: str) -> None:
    for parts, power in breakdowns(name):
        assert power.shape == (TEMPERATURE.size, LOAD.size)
        assert {np.shape(part) for part in parts} == {power.shape}


def test_load_and_weather_broadcast_as_numpy_does(name: str) -> None:
    model, sheet = REGISTRY.get(name), read_sheet(name)
    load = np.linspace(0.1, 0.9, 6).reshape(2, 3, 1)
    temperature = np.linspace(-10.0, 40.0, 12).reshape(3, 4)
    weather = Weather(temperature, temperature - 3.0, np.array([[101e3], [85e3], [70e3]]))
    whole = model(load, weather, sheet)
    for scenario, site, hour in np.ndindex(2, 3, 4):
        one = model(
            load[scenario, site, 0],
            Weather(temperature[site, hour], temperature[site, hour] - 3.0, weather.pressure[site, 0]),
            sheet,
        )
        for part, alone in zip(whole, one, strict=True):
            assert np.asarray(part)[scenario, site, hour] == pytest.approx(float(alone), rel=1e-13, nan_ok=True)


def test_powers_and_water_are_finite_and_not_negative(name: str) -> None:
    for parts, power in breakdowns(name):
        for field in set(Breakdown._fields) - {"cop"}:
            part = getattr(parts, field)
            assert np.all(np.isfinite(part)), field
            assert np.all(part >= 0.0), field
        assert np.all(parts.economiser_share <= 1.0)
        assert np.all((parts.cop > 1.0) | np.isnan(parts.cop))
        assert np.all(power >= LOAD)


def test_power_never_falls_with_load_or_warmth(name: str) -> None:
    rounding = 1e-12
    for _, power in breakdowns(name):
        assert np.diff(power, axis=1).min() >= -rounding
        assert np.diff(power, axis=0).min() >= -rounding


def test_pue_never_rises_with_load(name: str) -> None:
    for _, power in breakdowns(name):
        assert np.diff(power[:, 1:] / LOAD[1:], axis=1).max() <= 1e-12


def test_power_is_convex_in_load_but_for_starting_chillers(name: str) -> None:
    """From a load of 0.2 up, the power exceeds its convex envelope by at most 1.5 %.

    The exception is real: where little heat is left to the chiller, its fixed draw fades out, and the
    power is concave there.  The tangents of the optimisation have to stay below it.
    """
    load = LOAD[LOAD >= 0.2]
    for _, power in breakdowns(name):
        for row in power[:, LOAD >= 0.2]:
            assert np.max(1.0 - envelope(load, row) / row) <= 0.015


def envelope(x: Array, y: Array) -> Array:
    """Return the lower convex envelope of the points (x, y) at every x."""
    hull: list[int] = []
    for i in range(x.size):
        while len(hull) > 1:
            a, b = hull[-2], hull[-1]
            if (y[b] - y[a]) * (x[i] - x[a]) < (y[i] - y[a]) * (x[b] - x[a]):
                break
            hull.pop()
        hull.append(i)
    return np.interp(x, x[hull], y[hull])


def test_arguments_stay_as_they_are(name: str) -> None:
    load = LOAD.copy()
    weather = Weather(np.full(101, 30.0), np.full(101, 25.0), np.full(101, 9e4))
    kept = [array.copy() for array in (load, *weather)]
    for array in (load, *weather):
        array.setflags(write=False)
    REGISTRY.get(name)(load, weather, read_sheet(name))
    for array, before in zip((load, *weather), kept, strict=True):
        np.testing.assert_array_equal(array, before)


def test_a_sheet_holds_what_the_archetype_reads_and_no_more(name: str) -> None:
    read: set[str] = set()

    class Recorder(dict[str, float]):
        """A sheet that notes which parameters are asked for."""

        def __getitem__(self, parameter: str) -> float:
            read.add(parameter)
            return super().__getitem__(parameter)

    sheet: Sheet = Recorder(read_sheet(name))
    REGISTRY.get(name)(LOAD, next(weathers()), sheet)
    assert read == set(sheet)
