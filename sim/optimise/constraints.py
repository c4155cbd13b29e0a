"""The equations of optimal dispatch: one function each, its mathematics in its docstring.

Symbols: t epoch (Δ hours) · r region · c centre · p pool · w workload · i route (w, r, c, path) · l link.
Columns of an hour: s_i served, z_rw unserved, b_rw backlog, q_ck pieces of IT power, y_c green taken,
g_c grid, h_c charge, d_c discharge, e_c content.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from sim.ground.arrays import Array, IntArray
from sim.optimise.layout import Facts, Routes

_NONE = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class Columns:
    """Where each kind of column stands in an hour.

    Attributes
    ----------
    serve, unserved, backlog, allowance, content, piece, green, grid, charge, discharge
        First number of each kind; backlog, allowance and content are carried from hour to hour.
    count
        Columns of an hour.
    deferrable
        [row of the backlog], numbers of the workloads that may wait.
    bound
        [row of the residency], numbers of region and workload of the compute that residency binds.
    """

    facts: Facts
    routes: Routes
    deferrable: IntArray
    bound: tuple[IntArray, IntArray]
    serve: int
    unserved: int
    backlog: int
    allowance: int
    content: int
    piece: int
    green: int
    grid: int
    charge: int
    discharge: int
    count: int

    @classmethod
    def of(cls, facts: Facts, routes: Routes) -> Columns:
        """Return the columns of a program with these routes; the routes stand last, so that more may follow."""
        regions, workloads = facts.demand.shape[1:]
        deferrable = np.flatnonzero(facts.slack > 0)
        bound = residents(facts)
        sizes = [
            regions * workloads, regions * len(deferrable), len(bound[0]), len(facts.stored),
            facts.power.slope.shape[0] * facts.draw.shape[0], len(facts.metered), len(facts.metered),
            len(facts.stored), len(facts.stored),
        ]  # fmt: skip
        first = np.concatenate([[0], np.cumsum(sizes)])
        unserved, backlog, allowance, content, piece, green, grid, charge, discharge, serve = (int(f) for f in first)
        return cls(
            facts, routes, deferrable, bound, serve, unserved, backlog, allowance, content, piece, green, grid, charge,
            discharge, serve + len(routes),
        )  # fmt: skip


def residents(facts: Facts) -> tuple[IntArray, IntArray]:
    """Return region and workload of the deferrable compute that may not all leave home; [residency row] each."""
    waits = np.flatnonzero((facts.slack > 0) & (facts.pool >= 0))
    regions = np.flatnonzero(facts.move_share < 1.0)
    r, w = np.meshgrid(regions, waits, indexing="ij")
    return r.ravel(), w.ravel()


@dataclass(frozen=True)
class Equation:
    """Rows of one kind, for every epoch of the horizon.

    Attributes
    ----------
    name
        Of the kind.
    rows
        How many an hour.
    row, column, value
        [entry] of the same hour; `value` is [entry], or [epoch, entry] where it changes.
    before_row, before_column, before_value
        [entry] of the hour before.
    lower, upper
        [epoch, row].
    """

    name: str
    rows: int
    row: IntArray
    column: IntArray
    value: Array
    lower: Array
    upper: Array
    before_row: IntArray = field(default_factory=lambda: _NONE)
    before_column: IntArray = field(default_factory=lambda: _NONE)
    before_value: Array = field(default_factory=lambda: np.zeros(0))


def demand(columns: Columns) -> Equation:
    """Return: interactive work is served in its epoch or counts as unserved.

    Σ_i∈(r,w) s_i + z_rw = A_rw   for every r and every w with slack 0.
    """
    facts, routes = columns.facts, columns.routes
    regions, workloads = facts.demand.shape[1:]
    now = np.flatnonzero(facts.slack == 0)
    number = np.full((regions, workloads), -1)
    number[:, now] = np.arange(regions * len(now)).reshape(regions, len(now))
    row = number[routes.region, routes.workload]
    here = np.flatnonzero(row >= 0)
    grid_r, grid_w = np.meshgrid(np.arange(regions), now, indexing="ij")
    arrivals = facts.demand[:, grid_r.ravel(), grid_w.ravel()]
    return Equation(
        "demand",
        arrivals.shape[1],
        np.concatenate([row[here], number[grid_r, grid_w].ravel()]),
        np.concatenate([columns.serve + here, columns.unserved + (grid_r * workloads + grid_w).ravel()]),
        np.ones(len(here) + grid_r.size),
        arrivals,
        arrivals,
    )


def backlog(columns: Columns) -> Equation:
    """Return: deferrable work waits, is served, or counts as unserved.

    b_rw,t − b_rw,t−1 + Σ_i∈(r,w) s_i + z_rw = A_rw   for every r and every w with slack D > 0.
    The deadline is the bound b_rw,t ≤ Σ_{t−D<τ≤t} A_rw,τ, exact where the oldest work goes first.
    """
    facts, routes = columns.facts, columns.routes
    regions, workloads = facts.demand.shape[1:]
    many = len(columns.deferrable)
    number = np.full((regions, workloads), -1)
    number[:, columns.deferrable] = np.arange(regions * many).reshape(regions, many)
    row = number[routes.region, routes.workload]
    here = np.flatnonzero(row >= 0)
    grid_r, grid_w = np.meshgrid(np.arange(regions), columns.deferrable, indexing="ij")
    each = np.arange(regions * many)
    arrivals = facts.demand[:, grid_r.ravel(), grid_w.ravel()]
    return Equation(
        "backlog",
        regions * many,
        np.concatenate([row[here], each, each]),
        np.concatenate(
            [columns.serve + here, columns.unserved + (grid_r * workloads + grid_w).ravel(), columns.backlog + each]
        ),
        np.ones(len(here) + 2 * len(each)),
        arrivals,
        arrivals,
        each,
        columns.backlog + each,
        -np.ones(len(each)),
    )


def capacity(columns: Columns) -> Equation:
    """Return: a pool serves no more than what is up.

    Σ_i∈(c,p) s_i ≤ K_cp · avail_cp · Δ   for every c and p.
    """
    facts, routes = columns.facts, columns.routes
    pools = facts.draw.shape[1]
    pool = facts.pool[routes.workload]
    here = np.flatnonzero(pool >= 0)
    room = facts.capacity.reshape(len(facts.capacity), -1)
    row = routes.centre[here] * pools + pool[here]
    return Equation(
        "capacity", room.shape[1], row, columns.serve + here, np.ones(len(here)), np.full_like(room, -np.inf), room
    )


def power(columns: Columns) -> Equation:
    """Return: work draws IT power above idle, piece by piece.

    Σ_k q_ck − Σ_i∈c m_cp s_i / Δ = 0   for every c; m_cp in MW per EFLOPS, 0 ≤ q_ck ≤ width.
    """
    facts, routes = columns.facts, columns.routes
    centres, count = facts.draw.shape[0], facts.power.slope.shape[0]
    pool = facts.pool[routes.workload]
    here = np.flatnonzero(pool >= 0)
    draw = facts.draw[routes.centre[here], pool[here]] / facts.hours
    each = np.arange(centres * count)
    zero = np.zeros((len(facts.demand), centres))
    return Equation(
        "power",
        centres,
        np.concatenate([routes.centre[here], each % centres]),
        np.concatenate([columns.serve + here, columns.piece + each]),
        np.concatenate([-draw, np.ones(len(each))]),
        zero,
        zero,
    )


def energy(columns: Columns) -> Equation:
    """Return: facility power of a centre with a contract or a battery is met.

    g_c + y_c + d_c − h_c − Σ_k slope_ck q_ck = start_c   for every such c; 0 ≤ y_c ≤ G_c.
    Elsewhere all facility power is grid power and stands in the objective at once.
    """
    facts, at, stored = columns.facts, columns.facts.metered, columns.facts.stored
    centres, count = facts.draw.shape[0], facts.power.slope.shape[0]
    epochs, many = len(facts.demand), len(at)
    each = np.arange(many)
    holder = np.searchsorted(at, stored)
    s = np.arange(len(stored))
    pieces = (np.arange(count)[:, None] * centres + at[None, :]).ravel()
    slope = -facts.power.slope[:, :, at].transpose(1, 0, 2).reshape(epochs, -1)
    steady = np.tile(np.concatenate([np.ones(2 * many), np.ones(len(s)), -np.ones(len(s))]), (epochs, 1))
    start = facts.power.start[:, at]
    return Equation(
        "energy",
        many,
        np.concatenate([each, each, holder, holder, np.tile(each, count)]),
        np.concatenate(
            [
                columns.grid + each,
                columns.green + each,
                columns.discharge + s,
                columns.charge + s,
                columns.piece + pieces,
            ]
        ),
        np.concatenate([steady, slope], axis=1),
        start,
        start,
    )


def content(columns: Columns) -> Equation:
    """Return: a battery keeps what it is given, less its losses.

    e_c,t − e_c,t−1 − η_c Δ h_c + Δ/η_d d_c = 0   for every battery; it begins and may end empty.
    """
    facts, stored = columns.facts, columns.facts.stored
    each = np.arange(len(stored))
    zero = np.zeros((len(facts.demand), len(stored)))
    return Equation(
        "content",
        len(stored),
        np.tile(each, 3),
        np.concatenate([columns.content + each, columns.charge + each, columns.discharge + each]),
        np.concatenate(
            [
                np.ones(len(each)),
                -facts.charge_efficiency[stored] * facts.hours,
                facts.hours / facts.discharge_efficiency[stored],
            ]
        ),
        zero,
        zero,
        each,
        columns.content + each,
        -np.ones(len(each)),
    )


def residency(columns: Columns) -> Equation:
    """Return: of all the deferrable compute that has come, no more than a share leaves home.

    a_rw,t − a_rw,t−1 + Σ_i away s_i = μ_r A_rw   with the allowance a ≥ 0, for every bound region and workload.
    """
    facts, routes = columns.facts, columns.routes
    r, w = columns.bound
    number = np.full(facts.demand.shape[1:], -1)
    number[r, w] = np.arange(len(r))
    row = number[routes.region, routes.workload]
    here = np.flatnonzero((row >= 0) & facts.away[routes.region, routes.centre])
    earned = facts.move_share[r] * facts.demand[:, r, w]
    each = np.arange(len(r))
    return Equation(
        "residency",
        len(r),
        np.concatenate([row[here], each]),
        np.concatenate([columns.serve + here, columns.allowance + each]),
        np.ones(len(here) + len(each)),
        earned,
        earned,
        each,
        columns.allowance + each,
        -np.ones(len(each)),
    )


def links(columns: Columns, active: IntArray) -> Equation:
    """Return: traffic fits a link beside the background, for the links that are looked at.

    Σ_i∋l β_in s_i + Σ_i∋l′ β_out s_i ≤ room_l   with l′ the other direction of l.
    """
    facts, routes = columns.facts, columns.routes
    hops = facts.route_link[routes.region, routes.centre, routes.path]
    number = np.full(len(facts.opposite) + 1, -1)
    number[active] = np.arange(len(active))
    row, column, value = [], [], []
    for link, bits in ((hops, facts.bits_in), (facts.back(hops), facts.bits_out)):
        at, hop = np.nonzero((number[link] >= 0) & (link >= 0))
        row.append(number[link[at, hop]])
        column.append(columns.serve + at)
        value.append(bits[routes.workload[at]])
    upper = facts.link_room[:, active]
    return Equation(
        "links",
        len(active),
        np.concatenate(row),
        np.concatenate(column),
        np.concatenate(value),
        np.full_like(upper, -np.inf),
        upper,
    )
