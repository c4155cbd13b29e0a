"""The core: one pass over hour, centre and scenario from load to power, water, battery, grid, green, carbon and cost.

Scenarios are the inner axis, so that one reading of weather and prices serves a block of them, and every sum stays in
the nearest cache. The arithmetic of a scenario is the same whichever others lie beside it: only +, −, ×, ÷, √ and
comparisons, each rounded once, no sum over scenarios, and hours in their order.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.engine.compiled import lane, shared
from sim.ground.arrays import Array, BoolArray, IntArray

LANES = 64
"""Scenarios of a block. A constant, so that the compiler sees that rows of the scratch never overlap."""
# Rows of the scratch, LANES numbers each: what a scenario is, what it does in an hour, what it has done so far.
RATED, INVERSE, KAPPA, WIND, SOLAR, ENERGY, POWER, STORE, GIVE = range(9)
IT, LOAD, ROOT, COOLED, WET, TOTAL, SUPPLY, SURPLUS, DEFICIT = range(9, 18)
CHARGE, GIVEN, GREEN_CHARGE, GREEN_GIVEN, HELD, HELD_GREEN, GRID, MET, RATIO = range(18, 27)
SUMS = 27
E_IT, E_TOTAL, WATER, E_SUPPLY, E_MET, CLEAN, CARBON, COST, DRAWN, PEAKS, PEAK = range(SUMS, SUMS + 11)
TOLD = 10
"""Of the sums, those that are told; the last is the peak of the month under way."""
FIXED = SUMS + 11
"""Rows of the scratch. Those whose number depends on the nation lie apart, for the compiler cannot tell them from
these: idle power and dynamic power of each pool, the sums of its work, shares of the archetypes."""
SERIES = (IT, TOTAL, WET, GRID, CHARGE, GIVEN, HELD, GREEN_CHARGE, GREEN_GIVEN, HELD_GREEN)
"""Rows that are kept as series where they are asked for; in this order."""


class Shared(NamedTuple):
    """What all scenarios have in common.

    Attributes
    ----------
    up, use, work
        [centre, epoch, pool]: share that is up; load per capacity that is up; work done, FLOP.
    outside
        [centre, epoch, series]: price CNY/J, emission factor kg/J, carbon-free share, yield of wind and of solar.
    asked
        [centre, epoch], W asked of the battery, NaN where nothing is.
    begins
        [epoch], whether a month begins.
    first, number, constants, weather
        As `sim.engine.stocks.Stock`.
    seconds
        Length of an epoch.
    """

    up: Array
    use: Array
    work: Array
    outside: Array
    asked: Array
    begins: BoolArray
    first: IntArray
    number: IntArray
    constants: Array
    weather: Array
    seconds: float


@shared
def sweep_centre(
    c: int, plant: Array, stored: bool, given: Shared, sums: Array, series: Array, scratch: Array, more: Array
) -> None:
    """Run all hours of a centre for all scenarios, block by block, and set its sums.

    Parameters
    ----------
    c
        The centre.
    plant
        [row, centre, scenario]: rows `RATED` … `GIVE`, then idle and dynamic power of each pool, then shares of the
        archetypes.
    stored
        Whether a scenario has a battery here.
    given
        What all have in common.
    sums
        [sum, centre, scenario]; set: `E_IT` … `PEAKS`, powers and rates summed over the epochs, then of each pool the
        work times facility power over IT power.
    series
        [row, epoch, centre] of scenario 0, set; [0, 0, 0] asks for none.
    scratch, more
        [row · LANES] and [row, LANES], of the thread.
    """
    scenarios, pools, epochs = plant.shape[2], given.up.shape[2], given.up.shape[1]
    done, share = 2 * pools, 3 * pools
    for begin in range(0, scenarios, LANES):
        lanes = min(LANES, scenarios - begin)
        _load(c, begin, lanes, pools, plant, scratch, more)
        for t in range(epochs):
            _draw(c, t, lanes, pools, given, scratch, more)
            for entry in range(given.first[c], given.first[c + 1]):
                _cool(entry, t, lanes, share + given.number[entry], given, scratch, more)
            _meet(c, t, lanes, given, scratch)
            if stored:
                _store(c, t, lanes, given, scratch)
            _book(c, t, lanes, pools, done, given, scratch, more)
            if len(series) > 0:
                for k in range(len(SERIES)):
                    series[k, t, c] = scratch[SERIES[k] * LANES]
        _close(c, begin, lanes, pools, done, sums, scratch, more)


@lane
def _load(c: int, begin: int, lanes: int, pools: int, plant: Array, scratch: Array, more: Array) -> None:
    """Fill the scratch with what the scenarios are; nothing has happened yet."""
    scratch[:] = 0.0
    more[:] = 0.0
    for k in range(IT):
        for s in range(lanes):
            scratch[k * LANES + s] = plant[k, c, begin + s]
    for k in range(plant.shape[0] - IT):
        # The sums of the pools' work lie between the pools' power and the shares.
        row = k if k < 2 * pools else k + pools
        for s in range(lanes):
            more[row, s] = plant[IT + k, c, begin + s]


@lane
def _draw(c: int, t: int, lanes: int, pools: int, given: Shared, scratch: Array, more: Array) -> None:
    """Set IT power and load: P = Σ_p avail (idle_p + dynamic_p u)."""
    for s in range(lanes):
        scratch[IT * LANES + s] = 0.0
        scratch[COOLED * LANES + s] = 0.0
        scratch[WET * LANES + s] = 0.0
    for p in range(pools):
        up, use = given.up[c, t, p], given.use[c, t, p]
        for s in range(lanes):
            scratch[IT * LANES + s] += up * (more[p, s] + more[pools + p, s] * use)
    for s in range(lanes):
        x = scratch[IT * LANES + s] * scratch[INVERSE * LANES + s]
        scratch[LOAD * LANES + s] = x
        scratch[ROOT * LANES + s] = x * np.sqrt(x)


@lane
def _cool(entry: int, t: int, lanes: int, share: int, given: Shared, scratch: Array, more: Array) -> None:
    """Add an archetype's losses, cooling and water; the form of `sim.engine.stocks.Stock`."""
    k = given.constants
    h0, h1, h2, h3 = k[entry, 0], k[entry, 1], k[entry, 2], k[entry, 3]
    b0, b3, l0, l1, l2 = k[entry, 4], k[entry, 5], k[entry, 6], k[entry, 7], k[entry, 8]
    e0, slope, e1, e2, fans = k[entry, 9], k[entry, 10], k[entry, 11], k[entry, 12], k[entry, 13]
    w = given.weather
    warm, lift, liquid, vapour = w[entry, t, 0], w[entry, t, 1], w[entry, t, 2], w[entry, t, 3]
    for s in range(lanes):
        x, root = scratch[LOAD * LANES + s], scratch[ROOT * LANES + s]
        heat = h0 + h1 * x + h2 * x * x + h3 * root
        part = heat * warm
        chiller = lift * (min(e0, part * slope) + part * (e1 + e2 * part))
        rejected = heat + chiller
        cooling = b0 + b3 * root + liquid * x + chiller + fans * rejected
        mine = more[share, s]
        scratch[COOLED * LANES + s] += mine * (l0 + l1 * x + l2 * x * x + scratch[KAPPA * LANES + s] * cooling)
        scratch[WET * LANES + s] += mine * (vapour * rejected)


@lane
def _meet(c: int, t: int, lanes: int, given: Shared, scratch: Array) -> None:
    """Set facility power, water, and what contracts and the grid give to it without a battery."""
    wind, solar = given.outside[c, t, 3], given.outside[c, t, 4]
    for s in range(lanes):
        rated = scratch[RATED * LANES + s]
        total = rated * (scratch[LOAD * LANES + s] + scratch[COOLED * LANES + s])
        supply = scratch[WIND * LANES + s] * wind + scratch[SOLAR * LANES + s] * solar
        scratch[TOTAL * LANES + s] = total
        scratch[WET * LANES + s] *= rated
        scratch[SUPPLY * LANES + s] = supply
        deficit = max(total - supply, 0.0)
        scratch[DEFICIT * LANES + s] = deficit
        scratch[GRID * LANES + s] = deficit
        scratch[MET * LANES + s] = min(total, supply)


@lane
def _store(c: int, t: int, lanes: int, given: Shared, scratch: Array) -> None:
    """Let the batteries do what is asked of them or what they can; `sim.physics.battery`, step and green part."""
    asked, seconds = given.asked[c, t], given.seconds
    free = np.isnan(asked)
    for s in range(lanes):
        total, supply = scratch[TOTAL * LANES + s], scratch[SUPPLY * LANES + s]
        deficit = scratch[DEFICIT * LANES + s]
        flow = supply - total if free else asked
        offered, wanted = max(flow, 0.0), min(max(-flow, 0.0), deficit)
        held, green = scratch[HELD * LANES + s], scratch[HELD_GREEN * LANES + s]
        energy, power = scratch[ENERGY * LANES + s], scratch[POWER * LANES + s]
        store, give = scratch[STORE * LANES + s], scratch[GIVE * LANES + s]
        room = max(energy - held, 0.0) / (store * seconds)
        charge = min(min(offered, power), room)
        discharge = min(min(wanted, power), held * give / seconds)
        after = held + (store * charge - discharge / give) * seconds
        after = min(max(after, 0.0), energy)
        clean = min(charge, max(supply - total, 0.0))
        part = discharge * (green / held if held > 0.0 else 0.0)
        left = green + (store * clean - part / give) * seconds
        scratch[HELD_GREEN * LANES + s] = min(max(left, 0.0), after)
        scratch[HELD * LANES + s] = after
        scratch[CHARGE * LANES + s] = charge
        scratch[GIVEN * LANES + s] = discharge
        scratch[GREEN_CHARGE * LANES + s] = clean
        scratch[GREEN_GIVEN * LANES + s] = part
        scratch[GRID * LANES + s] = max(deficit + (charge - clean) - discharge, 0.0)
        scratch[MET * LANES + s] = min(total, supply - clean + part)


@lane
def _book(c: int, t: int, lanes: int, pools: int, done: int, given: Shared, scratch: Array, more: Array) -> None:
    """Add the hour to the sums; as `sim.results.totals.Totals` adds series."""
    outside = given.outside
    price, factor, clean = outside[c, t, 0], outside[c, t, 1], outside[c, t, 2]
    for s in range(lanes):
        total, met, grid = scratch[TOTAL * LANES + s], scratch[MET * LANES + s], scratch[GRID * LANES + s]
        scratch[E_IT * LANES + s] += scratch[IT * LANES + s]
        scratch[E_TOTAL * LANES + s] += total
        scratch[WATER * LANES + s] += scratch[WET * LANES + s]
        scratch[E_SUPPLY * LANES + s] += scratch[SUPPLY * LANES + s]
        scratch[E_MET * LANES + s] += met
        scratch[CLEAN * LANES + s] += met + (total - met) * clean
        scratch[CARBON * LANES + s] += grid * factor
        scratch[COST * LANES + s] += grid * price
        scratch[DRAWN * LANES + s] += grid
        it = scratch[IT * LANES + s]
        scratch[RATIO * LANES + s] = total / it if it > 0.0 else 0.0
    if given.begins[t]:
        for s in range(lanes):
            scratch[PEAKS * LANES + s] += scratch[PEAK * LANES + s]
            scratch[PEAK * LANES + s] = 0.0
    for s in range(lanes):
        scratch[PEAK * LANES + s] = max(scratch[PEAK * LANES + s], scratch[GRID * LANES + s])
    for p in range(pools):
        work = given.work[c, t, p]
        if work > 0.0:
            for s in range(lanes):
                more[done + p, s] += scratch[RATIO * LANES + s] * work


@lane
def _close(c: int, begin: int, lanes: int, pools: int, done: int, sums: Array, scratch: Array, more: Array) -> None:
    """Set the sums of a block."""
    for s in range(lanes):
        scratch[PEAKS * LANES + s] += scratch[PEAK * LANES + s]
    for k in range(TOLD):
        for s in range(lanes):
            sums[k, c, begin + s] = scratch[(SUMS + k) * LANES + s]
    for k in range(pools):
        for s in range(lanes):
            sums[TOLD + k, c, begin + s] = more[done + k, s]
