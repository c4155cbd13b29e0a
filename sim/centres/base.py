"""The contract of a cooling archetype: IT load and weather in, power of every part out."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from sim.ground.arrays import Array
from sim.ground.registry import Registry
from sim.ground.sheets import Sheet as Sheet
from sim.ground.sheets import read
from sim.physics.cooling_plant import AirLoop


class Weather(NamedTuple):
    """Outdoor air, each field broadcastable with the load."""

    temperature: Array  # dry bulb, degC
    wet_bulb: Array  # degC
    pressure: Array  # Pa


class Breakdown(NamedTuple):
    """What a centre draws beside its IT load, W per W of rated IT capacity; all fields of one shape."""

    electrical: Array  # losses of UPS and distribution
    misc: Array  # lighting, offices, security
    fan: Array
    pump: Array
    chiller: Array
    rejection: Array  # fans of towers and dry coolers
    liquid: Array  # the whole loop of liquid cooling
    water: Array  # kg/s per W of rated IT capacity; WUE in L/kWh is 3.6e6 · water / load
    economiser_share: Array  # share of the air loop's heat that needs no compressor
    cop: Array  # of the air loop's chiller at full load; not a number where there is none

    @property
    def cooling(self) -> Array:
        """Power of all cooling, W/W: what the calibration factor κ multiplies."""
        return self.fan + self.pump + self.chiller + self.rejection + self.liquid


Model = Callable[[Array, Weather, Sheet], Breakdown]
"""A plug-in: the breakdown at a load of 0 to 1 (W per W of rated IT capacity), all arguments unchanged."""

REGISTRY: Registry[Model] = Registry("cooling archetype", "sim.centres")
register = REGISTRY.register


def facility_power(load: Array, parts: Breakdown, kappa: Array | float = 1.0) -> Array:
    """Return what the whole centre draws: ``x + electrical + misc + κ cooling``.

    Parameters
    ----------
    load
        IT load x, any shape, W per W of rated IT capacity.
    parts
        The breakdown at that load.
    kappa
        Calibration factor κ of the centre, broadcastable with `load`, dimensionless.

    Returns
    -------
    Array
        Facility power, broadcast shape, W per W of rated IT capacity.
    """
    return load + parts.electrical + parts.misc + kappa * parts.cooling


def from_air(loop: AirLoop, water: Array | float = 0.0, liquid: Array | float = 0.0) -> Breakdown:
    """Return the breakdown of an air loop, with its water (kg/s per W) and a liquid loop (W/W) beside it."""
    kept = [field for field in AirLoop._fields if field in Breakdown._fields]
    parts = np.broadcast_arrays(water, liquid, *(getattr(loop, field) for field in kept))
    return Breakdown(**dict(zip(("water", "liquid", *kept), parts, strict=True)))


def read_sheet(name: str) -> Sheet:
    """Return the parameters of an archetype from ``models/cooling/<name>.csv``, cached.

    Raises
    ------
    ScenarioError
        Where there is no such sheet or a row of it is wrong.
    """
    return read("cooling", name)
