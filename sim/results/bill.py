"""The grid's bill and carbon taken apart: how much is drawn, at what the place costs, at which of its hours."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.ground.arrays import Array, BoolArray
from sim.results.schema import Results
from sim.results.totals import Estate, Totals

_TWH, _BN, _MT, _KWH = 3.6e15, 1e9, 1e9, 3.6e6
_TB_1000KM = 8e12 * 1e6
Values = dict[str, Any]


def bill(totals: Totals, estate: Estate, at: BoolArray) -> Values:
    """Return what a set of centres draws from the grid, what that costs, and at which prices and factors.

    ``drawn`` is the mean over the energy as it was drawn, Σ G p / Σ G. ``even`` is what it had been if every centre had
    drawn its energy evenly over the run, Σ_c G_c p̄_c / Σ_c G_c: where is in both, when is only in the first.

    Parameters
    ----------
    totals, estate
        What the centres drew, and what the grid offered them.
    at
        [centre], which.

    Returns
    -------
    dict
        ``grid_energy_twh``, ``grid_bill_bn_cny``; ``grid_price_cny_per_kwh`` and ``grid_factor_kg_per_kwh``, each
        {drawn, even}, no numbers where nothing is drawn.
    """
    drawn, paid, emitted = totals.drawn[at], totals.grid[at], totals.carbon[at]
    return {
        "grid_energy_twh": drawn.sum() / _TWH,
        "grid_bill_bn_cny": paid.sum() / _BN,
        "grid_price_cny_per_kwh": _means(drawn, paid, estate.price[at]),
        "grid_factor_kg_per_kwh": _means(drawn, emitted, estate.factor[at]),
    }


def _means(drawn: Array, weighted: Array, mean: Array) -> Values:
    total = drawn.sum()
    if total <= 0.0:
        return {"drawn": None, "even": None}
    return {"drawn": weighted.sum() / total * _KWH, "even": (drawn * mean).sum() / total * _KWH}


def by_hour(results: Results, carbon_price: float, wan_price: float) -> dict[str, Values]:
    """Return costs and emissions by the hour of the day, ``00`` to ``23``, in which they arise.

    Parameters
    ----------
    results
        The series of a run.
    carbon_price
        CNY per t.
    wan_price
        CNY per TB and 1,000 km.

    Returns
    -------
    dict
        For every hour of the day that the run has: ``cost_bn_cny`` {energy, carbon, wan}, ``emissions_mt`` {location}.
        Unserved work has no hour: it was missed over several.
    """
    hour = results.series["epoch"].dt.hour.values
    grid = results["grid_import"]
    energy = (grid * results["price"]).sum(axis=1) + results["green_supply"] @ results["contract_price"]
    carbon = (grid * results["emission_factor"]).sum(axis=1)
    way = results["link_traffic"] @ results["link_length"] / _TB_1000KM * wan_price
    found = {}
    for one in np.unique(hour):
        paid, emitted, carried = (float(part[hour == one].sum()) * results.seconds for part in (energy, carbon, way))
        cost = {"energy": paid / _BN, "carbon": emitted * carbon_price / 1e3 / _BN, "wan": carried / _BN}
        found[f"{one:02d}"] = {"cost_bn_cny": cost, "emissions_mt": {"location": emitted / _MT}}
    return found
