"""Cooling archetypes as coefficients: weather once for all scenarios, checked against the archetypes themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from sim.centres.base import REGISTRY, Breakdown, Weather, facility_power, read_sheet
from sim.ground.arrays import Array, IntArray
from sim.network.network import Network
from sim.physics.cooling import SEA_LEVEL

TOLERANCE = 1e-12
CONSTANTS = 14
"""Constants of an entry of a `Stock`."""
WEATHER = 4
"""Series of an entry of a `Stock`."""


class Stock(NamedTuple):
    """The archetypes of all centres in the form that the core computes.

    Facility power per rated power at load x, with y = x^1.5::

        heat    = h₀ + h₁ x + h₂ x² + h₃ y
        part    = heat (1 − φ) / Cap
        chiller = Cap/COP (min(e₀, part e₀/r₀) + part (e₁ + e₂ part))
        cooling = b₀ + b₃ y + λ x + chiller + k (heat + chiller)
        power   = x + l₀ + l₁ x + l₂ x² + κ cooling
        water   = ω (heat + chiller)

    φ, COP, λ and ω follow the weather and are those of the archetype itself.

    Attributes
    ----------
    first
        [centre + 1], where the archetypes of each centre begin in the arrays below.
    number
        [entry], which of the archetypes it is.
    constants
        [entry, constant]: h₀ h₁ h₂ h₃, b₀ b₃, l₀ l₁ l₂, e₀ e₀/r₀ e₁ e₂, k.
    weather
        [entry, epoch, series]: (1 − φ)/Cap, Cap/COP, λ, ω.
    """

    first: IntArray
    number: IntArray
    constants: Array
    weather: Array


def stock(network: Network, names: Sequence[str], used: Array) -> Stock | None:
    """Return the archetypes of all centres as coefficients; None where one of them has another form.

    Parameters
    ----------
    network
        The network: its weather.
    names
        Archetypes, as the second dimension of `used` counts them.
    used
        [centre, archetype], above 0 where a scenario uses it.
    """
    dry, wet, pressure = network["temperature"], network["wet_bulb"], network["pressure"]
    entries: list[tuple[int, int, Array, Array]] = []
    for number, name in enumerate(names):
        at = np.flatnonzero(used[:, number] > 0.0)
        if len(at):
            found = _form(name, Weather(dry[:, at], wet[:, at], pressure[at]))
            if found is None:
                return None
            constants, weather = found
            entries += [(int(c), number, constants[i], weather[:, i]) for i, c in enumerate(at)]
    entries.sort(key=lambda entry: entry[:2])
    centres = np.array([entry[0] for entry in entries], dtype=np.int64)
    return Stock(
        first=np.searchsorted(centres, np.arange(len(used) + 1)).astype(np.int64),
        number=np.array([entry[1] for entry in entries], dtype=np.int64),
        constants=np.array([entry[2] for entry in entries]).reshape(len(entries), CONSTANTS),
        weather=np.array([entry[3] for entry in entries]).reshape(len(entries), len(dry), WEATHER),
    )


def _form(name: str, weather: Weather) -> tuple[Array, Array] | None:
    """Return constants [centre, constant] and series [epoch, centre, series] of an archetype; None if it has none."""
    model, sheet = REGISTRY.get(name), read_sheet(name)
    probe = np.full(weather.temperature.shape, 0.5)
    parts = model(probe, weather, sheet)
    nothing = not (np.any(parts.electrical) or np.any(parts.misc) or np.any(parts.cooling) or np.any(parts.water))
    epochs, centres = weather.temperature.shape
    constants, series = np.zeros((centres, CONSTANTS)), np.zeros((epochs, centres, WEATHER))
    if not nothing:
        try:
            _fill(constants, series, sheet, parts, weather.pressure, "liquid_share" in sheet)
        except KeyError:
            return None
    # The archetype has the last word: some of its hours, at other loads than the one that was asked for.
    for load in (0.05, 0.97):
        some = Weather(weather.temperature[::97], weather.wet_bulb[::97], weather.pressure)
        x = np.full(some.temperature.shape, load)
        true = model(x, some, sheet)
        power, water = evaluate(x, constants, series[::97], 1.1)
        pairs = ((power, facility_power(x, true, 1.1)), (water, true.water))
        if not all(np.allclose(mine, its, rtol=TOLERANCE, atol=1e-18) for mine, its in pairs):
            return None
    return constants, series


def _fill(
    constants: Array, series: Array, sheet: Mapping[str, float], parts: Breakdown, pressure: Array, liquid: bool
) -> None:
    """Fill in constants and series of an air loop, with its liquid loop where it has one."""
    air = 1.0 - (sheet["liquid_share"] if liquid else 0.0)
    thin = SEA_LEVEL / pressure
    fan, pump = air * sheet["fan_rated"] * thin, air * sheet["pump_rated"]
    least, floor = sheet["fan_floor"], sheet["pump_floor"]
    losses = (
        sheet["ups_redundancy"] * sheet["ups_no_load"] + sheet["distribution_no_load"],
        sheet["ups_proportional"],
        sheet["ups_square"] / sheet["ups_redundancy"] + sheet["distribution_square"],
    )
    capacity = air * sheet["chiller_oversize"]
    constants[:, 0] = losses[0] + fan * least
    constants[:, 1], constants[:, 2] = air + losses[1], losses[2]
    constants[:, 3] = fan * (1.0 - least)
    constants[:, 4] = fan * least + pump * floor
    constants[:, 5] = fan * (1.0 - least) + pump * (1.0 - floor)
    constants[:, 6] = losses[0] + sheet["misc"]
    constants[:, 7], constants[:, 8] = losses[1], losses[2]
    constants[:, 9] = sheet["chiller_fixed"]
    constants[:, 10] = sheet["chiller_fixed"] / sheet["chiller_start"]
    constants[:, 11], constants[:, 12] = sheet["chiller_linear"], sheet["chiller_square"]
    constants[:, 13] = sheet["rejection"]
    series[:, :, 0] = (1.0 - parts.economiser_share) / capacity
    series[:, :, 1] = capacity / parts.cop
    series[:, :, 2] = parts.liquid / 0.5
    heat, chiller = _heat(np.full(parts.cop.shape, 0.5), constants, series)
    series[:, :, 3] = parts.water / (heat + chiller)


def _heat(load: Array, constants: Array, series: Array) -> tuple[Array, Array]:
    """Return heat and chiller power of the form; [epoch, centre] each, W/W."""
    c, root = constants.T, load * np.sqrt(load)
    heat = c[0] + c[1] * load + c[2] * load * load + c[3] * root
    part = heat * series[:, :, 0]
    curve = np.minimum(c[9], part * c[10]) + part * (c[11] + c[12] * part)
    return heat, series[:, :, 1] * curve


def evaluate(load: Array, constants: Array, series: Array, kappa: Array | float) -> tuple[Array, Array]:
    """Return facility power, W/W, and water, kg/s per W, of the form; [epoch, centre] each.

    Parameters
    ----------
    load
        [epoch, centre], 0–1.
    constants, series
        [centre, constant] and [epoch, centre, series], as in `Stock`.
    kappa
        Calibration factor.

    Examples
    --------
    >>> x = np.full((1, 1), 0.5)
    >>> power, water = evaluate(x, np.zeros((1, CONSTANTS)), np.zeros((1, 1, WEATHER)), 1.0)
    >>> float(power[0, 0]), float(water[0, 0])
    (0.5, 0.0)
    """
    c, root = constants.T, load * np.sqrt(load)
    heat, chiller = _heat(load, constants, series)
    rejected = heat + chiller
    cooling = c[4] + c[5] * root + series[:, :, 2] * load + chiller + c[13] * rejected
    return load + c[6] + c[7] * load + c[8] * load * load + kappa * cooling, series[:, :, 3] * rejected
