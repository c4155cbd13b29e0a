"""What measures are made of: sums over a run, centre by centre; a pass that keeps no series fills them as well."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.ground.arrays import Array, IntArray
from sim.results.schema import Results


@dataclass(frozen=True)
class Totals:
    """Sums over the epochs of a run; each [centre].

    Sums run from the first epoch to the last and not pairwise, so that whoever adds up hour by hour gets the same bits.

    Attributes
    ----------
    it, facility
        J.
    water
        kg.
    supply, met, clean
        J: contracted energy delivered; of it used in its own epoch; this and the carbon-free part of the rest.
    carbon
        kg, location-based.
    grid, drawn
        CNY and J, what grid energy costs, and how much it is.
    peaks
        W, sum over the months of the greatest grid power.
    idle, lost
        J, facility energy that served no work, and work undone by kills.
    """

    it: Array
    facility: Array
    water: Array
    supply: Array
    met: Array
    clean: Array
    carbon: Array
    grid: Array
    drawn: Array
    peaks: Array
    idle: Array
    lost: Array

    @classmethod
    def of(cls, results: Results) -> Totals:
        """Return the sums of the series of a run."""
        load, grid, seconds = results["facility_power"], results["grid_import"], results.seconds
        # M = min(L, G − charge + discharge) by epoch, of green energy only.
        met = np.minimum(load, results["green_supply"] - results["charge_green"] + results["discharge_green"])
        first = months(results.series["epoch"].values)
        return cls(
            it=total(results["it_power"]) * seconds,
            facility=total(load) * seconds,
            water=total(results["water"]) * seconds,
            supply=total(results["green_supply"]) * seconds,
            met=total(met) * seconds,
            clean=total(met + (load - met) * results["grid_carbon_free"]) * seconds,
            carbon=total(grid * results["emission_factor"]) * seconds,
            grid=total(grid * results["price"]) * seconds,
            drawn=total(grid) * seconds,
            peaks=total(np.maximum.reduceat(grid, first, axis=0)),
            idle=results["energy_account"][:, -2],
            lost=results["energy_account"][:, -1],
        )

    def shares(self, certificates: Array) -> dict[str, Array]:
        """Return the energies behind the green shares; each [centre], J.

        Contracts and certificates of a centre count up to its own use and are not lent to another's.

        Parameters
        ----------
        certificates
            [centre], J, unbundled.
        """
        return {
            "annual": np.minimum(self.facility, self.supply + certificates),
            "bundled": np.minimum(self.facility, self.supply),
            "hourly": self.met,
            "cfe": self.clean,
        }


@dataclass(frozen=True)
class Estate:
    """What the centres are, beside what they did.

    Attributes
    ----------
    capacity, available
        [centre, pool]: FLOPS; share of the capacity-hours that was up.
    served
        [centre], FLOPS, mean.
    racks, rack_utilisation, rated_power, certificates, contract_price
        [centre]: 1, 1, W, J, CNY/J.
    price, factor
        [centre]: CNY/J and kg/J, means of the grid's over the epochs.
    """

    capacity: Array
    available: Array
    served: Array
    racks: Array
    rack_utilisation: Array
    rated_power: Array
    certificates: Array
    contract_price: Array
    price: Array
    factor: Array

    @classmethod
    def of(cls, results: Results) -> Estate:
        """Return what the centres of a run are."""
        served = total(results["served"].sum(axis=2)) / len(results["served"])
        kept = ("capacity", "available", "racks", "rack_utilisation", "rated_power", "certificates", "contract_price")
        price, factor = results["price"].mean(axis=0), results["emission_factor"].mean(axis=0)
        return cls(served=served, price=price, factor=factor, **{name: results[name] for name in kept})


@dataclass(frozen=True)
class Work:
    """What became of the work of a run, which power and prices do not change.

    Attributes
    ----------
    values
        The nation's measures of it, by name.
    distance
        bit·m over the backbone.
    missed, missed_data
        FLOP and bit past their deadline or rejected.
    years
        Length of the run over that of its calendar year.
    """

    values: dict[str, Any]
    distance: float
    missed: float
    missed_data: float
    years: float


def total(series: Array) -> Array:
    """Return the sums over the epochs, from the first to the last.

    Parameters
    ----------
    series
        [epoch, ...].

    Returns
    -------
    Array
        [...].
    """
    return np.asarray(np.cumsum(series, axis=0)[-1])


def months(times: Any) -> IntArray:
    """Return the numbers of the epochs with which a month begins, the first among them.

    Parameters
    ----------
    times
        [epoch], dates.
    """
    number = times.astype("datetime64[M]").astype(np.int64)
    return np.flatnonzero(np.diff(number, prepend=number[0] - 1))


def ratio(part: Any, whole: Any) -> float:
    """Return a part over the whole, not a number where there is no whole."""
    return float(part / whole) if whole > 0.0 else float("nan")
