"""The second noun: the network, a frozen dataset in SI with a unit on every array."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import xarray as xr

from sim.ground.arrays import Array, IntArray
from sim.ground.calendar import Calendar
from sim.ground.errors import InvariantError
from sim.ground.units import si
from sim.scenario.scenario import Scenario
from sim.workloads.jobs import Jobs

Arrays = dict[str, tuple[tuple[str, ...], Any, str, str]]
"""Arrays by name: dimensions, values, unit, description."""
DIMENSIONS = (
    "epoch",
    "region",
    "hub",
    "centre",
    "pool",
    "workload",
    "link",
    "path",
    "hop",
    "archetype",
    "other",
)


@dataclass(frozen=True)
class Network:
    """Resources, demand and surroundings of a scenario, ready to be simulated or optimised.

    Attributes
    ----------
    data
        Arrays by name, each with `units` and `long_name`; read only.
    calendar
        The run's epochs.
    scenario
        What it was built from.
    synthetic
        Series that are synthetic, by name.
    jobs
        Jobs of the workloads that a trace feeds, by workload: the work of their demand.
    """

    data: xr.Dataset
    calendar: Calendar
    scenario: Scenario
    synthetic: tuple[str, ...]
    jobs: Mapping[str, Jobs] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Array:
        """Return the values of an array; see `data[name].attrs` for dimensions and unit."""
        values: Array = self.data.variables[name].values
        return values

    @property
    def slack(self) -> IntArray:
        """Return the whole epochs that work may wait; [workload], 0 = interactive. What is left over is cut."""
        return np.floor(self["deadline"] / self.calendar.seconds + 1e-9).astype(np.int64)

    def ids(self, dimension: str) -> tuple[str, ...]:
        """Return the ids along a dimension."""
        return tuple(str(item) for item in self.data[dimension].values)


def frozen(arrays: Arrays, coords: dict[str, Any]) -> xr.Dataset:
    """Return a dataset whose arrays cannot be written to.

    Parameters
    ----------
    arrays
        By name: dimensions, values, unit (SI, ``1`` for a ratio), description.
    coords
        Ids along each dimension.

    Returns
    -------
    xarray.Dataset
        Every variable with `units` and `long_name`.

    Raises
    ------
    InvariantError
        Where an array has no unit, an unknown dimension, or a value that is not a number.
    """
    variables = {}
    for name, (dims, values, units, text) in arrays.items():
        array = np.asarray(values)
        if not units or not set(dims) <= set(DIMENSIONS):
            raise InvariantError(f"network array '{name}' has no unit or an unknown dimension")
        if array.dtype.kind == "f" and np.isnan(array).any():
            raise InvariantError(f"network array '{name}' holds values that are no numbers")
        array = array.copy() if array.flags.writeable and array.base is not None else array
        array.setflags(write=False)
        variables[name] = xr.Variable(dims, array, {"units": units, "long_name": text})
    return xr.Dataset(variables, coords=coords)


def column(values: Iterable[Any], key: str) -> Array:
    """Return one field of many entities in SI; [entity].

    Parameters
    ----------
    values
        The entities.
    key
        Name of the field; its unit stands in it.
    """
    return np.array([getattr(value, key) for value in values], dtype=np.float64) * si(key)
