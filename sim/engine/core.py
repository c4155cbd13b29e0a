"""What Python sees of the core: scenarios that share a dispatch, their sums, and the series of one of them."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.engine import fused
from sim.engine.fused import LANES, Shared
from sim.engine.stocks import stock
from sim.ground.arrays import Array
from sim.ground.errors import InvariantError
from sim.network.network import Network
from sim.network.power import Named, by_pool, utilisation_slope
from sim.results.totals import Totals, months

_PLANT = (
    "rated_power", "inverse", "kappa", "contracted_wind", "contracted_solar", "battery_energy", "battery_power",
    "charge_efficiency", "discharge_efficiency",
)  # fmt: skip
_NONE = np.zeros((0, 0, 0))


@dataclass(frozen=True)
class Core:
    """The core, ready for scenarios that differ in their plant and prices and in nothing else.

    Attributes
    ----------
    given
        What they have in common.
    capacity
        [centre, pool], FLOPS.
    """

    given: Shared
    capacity: Array

    def sums(self, plants: Sequence[Named], threads: int = 1) -> Array:
        """Return the sums of scenarios; [sum, centre, scenario], as `sim.engine.fused` tells them.

        The bits do not depend on the number of threads, nor on which scenarios go together.

        Parameters
        ----------
        plants
            Of each scenario, what `sim.network.plant.plant` says, by name.
        threads
            Threads.

        Raises
        ------
        InvariantError
            Where a sum is no number.
        """
        found, _ = self._run(np.stack([self.rows(plant) for plant in plants], axis=2), threads, _NONE)
        if np.isnan(found).any():
            centre = int(np.flatnonzero(np.isnan(found).any(axis=(0, 2)))[0])
            raise InvariantError(
                f"the core made a sum of centre {centre} that is no number; this is a bug of suanwang, please report it"
            )
        return found

    def series(self, plant: Named) -> dict[str, Array]:
        """Return the series of one scenario; [epoch, centre] each.

        Parameters
        ----------
        plant
            What `sim.network.plant.plant` says of it, by name.

        Returns
        -------
        dict
            ``it_power``, ``facility_power``, ``grid_import``, ``charge``, ``discharge``, ``charge_green``,
            ``discharge_green`` (W), ``water`` (kg/s), ``battery_content`` and ``battery_green`` (J).
        """
        centres, epochs = self.given.up.shape[:2]
        _, kept = self._run(self.rows(plant)[:, :, None], 1, np.empty((len(fused.SERIES), epochs, centres)))
        names = (
            "it_power", "facility_power", "water", "grid_import", "charge", "discharge", "battery_content",
            "charge_green", "discharge_green", "battery_green",
        )  # fmt: skip
        return dict(zip(names, kept, strict=True))

    def totals(self, sums: Array, number: int, plant: Named) -> Totals:
        """Return the sums of one scenario as measures take them.

        Parameters
        ----------
        sums
            What `sums` returned.
        number
            Of the scenario.
        plant
            Its plant, by name.
        """
        mine, seconds = np.ascontiguousarray(sums[:, :, number]), self.given.seconds
        it, facility, water, supply, met, clean, carbon, grid, drawn = mine[: fused.TOLD - 1] * seconds
        slope = utilisation_slope(_With(plant, self.capacity))
        used = (slope * np.ascontiguousarray(mine[fused.TOLD :].T)).sum(axis=1)
        idle = np.maximum(facility - used, 0.0)
        return Totals(
            it, facility, water, supply, met, clean, carbon, grid, drawn, mine[fused.TOLD - 1], idle, 0.0 * idle
        )

    def rows(self, plant: Named) -> Array:
        """Return a plant as the rows that the core takes; [row, centre]."""
        rated = plant["rated_power"]
        known: dict[str, Array] = {
            "inverse": np.divide(1.0, rated, out=np.zeros_like(rated), where=rated > 0.0),
            **{name: plant[name] for name in _PLANT if name != "inverse"},
        }
        filled = (rated * plant["occupancy"])[:, None] * plant["power_share"]
        idle = plant["idle_share"]
        pools = np.concatenate([filled * idle, filled * (1.0 - idle)], axis=1).T
        return np.concatenate([[known[name] for name in _PLANT], pools, plant["mix"].T])

    def memory(self, scenarios: int, threads: int) -> float:
        """Return the bytes that a pass over scenarios takes, what they have in common included."""
        centres, _, pools = self.given.up.shape
        rows = len(_PLANT) + 2 * pools + int(self.given.number.max(initial=-1) + 1) + fused.TOLD + pools
        common = sum(array.nbytes for array in self.given if isinstance(array, np.ndarray))
        found: float = common + 8.0 * (2 * rows * centres * scenarios + threads * (fused.FIXED + rows) * LANES)
        return found

    def _run(self, plant: Array, threads: int, series: Array) -> tuple[Array, Array]:
        """Return sums and series; a centre is done by one thread, hours in their order."""
        rows, centres, scenarios = plant.shape
        pools = self.given.up.shape[2]
        sums = np.empty((fused.TOLD + pools, centres, scenarios))
        stored = ((plant[fused.ENERGY] > 0.0) & (plant[fused.POWER] > 0.0)).any(axis=1)
        plant = np.ascontiguousarray(plant)

        def some(which: range) -> None:
            scratch, more = np.zeros(fused.FIXED * LANES), np.zeros((rows + pools, LANES))
            for c in which:
                fused.sweep_centre(c, plant, bool(stored[c]), self.given, sums, series, scratch, more)

        if threads <= 1:
            some(range(centres))
        else:
            # In small turns: some centres have more archetypes than others.
            with ThreadPoolExecutor(threads) as pool:
                list(pool.map(some, [range(c, c + 1) for c in range(centres)]))
        return sums, series


class _With:
    """A plant beside the capacity."""

    def __init__(self, plant: Named, capacity: Array) -> None:
        self._plant, self._capacity = plant, capacity

    def __getitem__(self, name: str, /) -> Array:
        return self._capacity if name == "capacity" else self._plant[name]


def core(
    network: Network,
    load: Array,
    served: Array,
    schedule: Array,
    names: Sequence[str] | None = None,
    used: Array | None = None,
    yields: tuple[Array, Array] | None = None,
) -> Core | None:
    """Return the core of a dispatch; None where a cooling archetype has another form than the core's.

    Parameters
    ----------
    network
        The network that was dispatched.
    load
        [epoch, centre, pool], 0–1.
    served
        [epoch, centre, workload], FLOP.
    schedule
        [epoch, centre], W asked of batteries, NaN where nothing is.
    names
        Cooling archetypes of the scenarios; by default the network's.
    used
        [centre, archetype], above 0 where a scenario uses it; by default the network's mix.
    yields
        [epoch, centre] each, what a unit of contracted wind and solar delivers; by default the whole supply is taken
        for wind of 1 W.
    """
    form = stock(network, names or network.ids("archetype"), network["mix"] if used is None else used)
    if form is None:
        return None
    wind, solar = (network["green_supply"], np.zeros_like(network["green_supply"])) if yields is None else yields
    outside = [network["price"], network["emission_factor"], network["grid_carbon_free"], wind, solar]
    begins = np.zeros(network.calendar.epochs, dtype=np.bool_)
    begins[months(network.data["epoch"].values)] = True
    given = Shared(
        up=_by_centre(network["availability"]),
        use=_by_centre(load),
        work=_by_centre(by_pool(network, served)),
        outside=_by_centre(np.stack(outside, axis=2)),
        asked=_by_centre(schedule),
        begins=begins,
        first=form.first,
        number=form.number,
        constants=form.constants,
        weather=form.weather,
        seconds=float(network.calendar.seconds),
    )
    return Core(given, network["capacity"])


def _by_centre(values: Array) -> Array:
    """Return [epoch, centre, …] as [centre, epoch, …]; a copy, for what is sealed is another type to the compiler."""
    return np.array(np.swapaxes(values, 0, 1), dtype=np.float64, order="C")


class Alone:
    """The plant of a network whose supply is its own."""

    def __init__(self, network: Network) -> None:
        self._network, self._unit = network, np.ones(len(network["racks"]))

    def __getitem__(self, name: str, /) -> Array:
        """Return an array of the plant."""
        if name in ("contracted_wind", "contracted_solar"):
            return self._unit if name == "contracted_wind" else np.zeros_like(self._unit)
        return self._network[name]


def power(network: Network, load: Array, served: Array, schedule: Array) -> dict[str, Any] | None:
    """Return how a dispatch is powered, series by name as `Core.series` says; None where the core has no such form.

    Parameters
    ----------
    network, load, served, schedule
        As in `core`.
    """
    made = core(network, load, served, schedule)
    if made is None:
        return None
    found: dict[str, Any] = made.series(Alone(network))
    supply = network["green_supply"]
    found["green_used"] = np.minimum(supply, found["facility_power"]) + found["charge_green"]
    return found
