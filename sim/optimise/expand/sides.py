"""Where what is built acts on a day: right-hand sides, bounds and the constant, all linear in the parameters."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy import sparse

from sim.ground.arrays import Array, IntArray
from sim.optimise.constraints import Equation
from sim.optimise.expand.levers import WAVE_TBPS
from sim.optimise.expand.place import Place

Entries = tuple[IntArray, IntArray, Array]
"""[entry] each: row or column, parameter, what a unit of the parameter adds."""


def right_hand_sides(here: Place) -> Iterator[Entries]:
    """Return what parameters add to the rows of every hour.

    Demand and backlog: A_rw · factor_w. Capacity: avail Δ · K_cp. Power: the idle power avail · idle_p m_cp · K_cp,
    on which the halls' load starts. Energy: φ_h(0) C_ch of every hall. Links: 0.4 Tbit/s a wave, both ways.
    """
    rows, hour = here.program.rows, np.arange(here.hours)[:, None]
    for equation, at in here.program.placed():
        for row, parameter, value in _SIDES.get(equation.name, _none)(here, equation):
            full = np.broadcast_to(value, (here.hours, len(row)))
            place = (row + at + hour * rows).ravel()
            yield place, np.tile(parameter, here.hours), full.ravel()


def bounds(here: Place) -> tuple[Array, sparse.csr_matrix]:
    """Return the upper bounds of the columns, [column] and [column, parameter].

    b_rw ≤ Σ of the last D hours' arrivals, around the ring · factor_w; q_chk ≤ width_k C_ch; y_c ≤ wind and solar;
    e_c ≤ E_c, h_c and d_c ≤ E_c / hours_c.
    """
    columns, facts, span = here.program.columns, here.facts, here.hours
    count = columns.serve
    fixed = np.full((span, count), np.inf)
    rings = np.concatenate([facts.demand] * 2)
    parts: list[Entries] = []

    def put(first: int, parameter: IntArray, value: Array) -> None:
        """Bound one column after the other by a parameter each; value [hour, column]."""
        fixed[:, first : first + len(parameter)] = 0.0
        place = first + np.arange(len(parameter)) + np.arange(span)[:, None] * count
        parts.append((place.ravel(), np.tile(parameter, span), np.broadcast_to(value, place.shape).ravel()))

    regions, many = facts.demand.shape[1], len(columns.deferrable)
    recent = np.empty((span, regions, many))
    for at, workload in enumerate(columns.deferrable):
        whole, rest = divmod(int(facts.slack[workload]), span)
        turn = np.cumsum(np.concatenate([np.zeros((1, regions)), rings[:, :, workload]]), axis=0)
        ends = span + np.arange(1, span + 1)
        recent[:, :, at] = whole * facts.demand[:, :, workload].sum(axis=0) + turn[ends] - turn[ends - rest]
    put(columns.backlog, here.growth(np.tile(columns.deferrable, regions)), recent.reshape(span, -1))
    stocks, centres = here.levers.stocks, facts.price.shape[1]
    first = columns.piece
    for kind in ("present", "new"):
        for width in here.width:
            put(first, stocks.at(kind), np.full((span, centres), width))
            first += centres
    for kind, yielded in (("wind", here.wind), ("solar", here.solar)):
        put(columns.green, stocks.at(kind), yielded)
    stored = facts.stored
    battery = stocks.at("battery")[stored]
    put(columns.content, battery, np.ones((span, len(stored))))
    for first in (columns.charge, columns.discharge):
        put(first, battery, np.tile(1.0 / here.battery_hours[stored], (span, 1)))
    row, parameter, value = (np.concatenate([part[k] for part in parts]) for k in range(3))
    shape = (span * count, here.parameters)
    return fixed.ravel(), sparse.coo_matrix((value, (row, parameter)), shape=shape).tocsr()


def constant(here: Place) -> tuple[float, Array]:
    """Return what a day costs beside its columns: kCNY, and [parameter] per unit.

    Contracts are take or pay: Σ Δ · contract · delivered. A weight on all energy counts the idle halls too.
    """
    facts, stocks = here.facts, here.levers.stocks
    by = np.zeros(here.parameters)
    for kind, yielded in (("wind", here.wind), ("solar", here.solar)):
        by[stocks.at(kind)] = facts.hours * here.contract * yielded.sum(axis=0)
    for hall, kind in enumerate(("present", "new")):
        by[stocks.at(kind)] = facts.hours * (facts.load * here.start[hall]).sum(axis=0)
    return float(facts.hours * here.base_contract.sum()), by


def _none(here: Place, equation: Equation) -> list[Entries]:
    return []


def _demand(here: Place, equation: Equation) -> list[Entries]:
    now = np.flatnonzero(here.facts.slack == 0)
    workload = np.tile(now, here.facts.demand.shape[1])
    return [(np.arange(equation.rows), here.growth(workload), equation.upper)]


def _backlog(here: Place, equation: Equation) -> list[Entries]:
    workload = np.tile(here.program.columns.deferrable, here.facts.demand.shape[1])
    return [(np.arange(equation.rows), here.growth(workload), equation.upper)]


def _residency(here: Place, equation: Equation) -> list[Entries]:
    return [(np.arange(equation.rows), here.growth(here.program.columns.bound[1]), equation.upper)]


def _capacity(here: Place, equation: Equation) -> list[Entries]:
    stocks = here.levers.stocks
    parameter = np.stack([stocks.at("general"), stocks.at("smart")], axis=1).ravel()
    return [(np.arange(equation.rows), parameter, here.available.reshape(here.hours, -1) * here.facts.hours)]


def _power(here: Place, equation: Equation) -> list[Entries]:
    each = np.arange(equation.rows)
    return [(each, here.levers.stocks.at(kind), here.idle[:, :, p]) for p, kind in enumerate(("general", "smart"))]


def _energy(here: Place, equation: Equation) -> list[Entries]:
    each = np.arange(equation.rows)
    return [(each, here.levers.stocks.at(kind), here.start[hall]) for hall, kind in enumerate(("present", "new"))]


def _links(here: Place, equation: Equation) -> list[Entries]:
    waves, forth = here.levers.stocks.at("waves"), here.pairs
    back = here.facts.opposite[forth]
    two = back >= 0
    each = WAVE_TBPS * here.facts.hours * here.up
    return [(forth, waves, each[:, forth]), (back[two], waves[two], each[:, back[two]])]


_SIDES = {
    "demand": _demand, "backlog": _backlog, "residency": _residency, "capacity": _capacity, "power": _power,
    "energy": _energy, "links": _links,
}  # fmt: skip
