"""Targets that a year's operation must keep: one row a day each, whose allowances the plan shares out over the year."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from sim.ground.arrays import Array, BoolArray
from sim.network.network import Network
from sim.optimise.expand.levers import asked
from sim.optimise.expand.place import Place
from sim.scenario.planning import Target

OPERATED = ("pue", "green_annual", "green_hourly", "latency_share", "emissions_mt")
"""Measures that operation decides; the others follow from what is built alone."""
HARD = 1e4
"""What a unit by which a day misses a hard target counts, kCNY: 10 CNY per kWh, 10 000 CNY per t."""
ROW_UNITS = {"pue": "GWh", "green_annual": "GWh", "green_hourly": "GWh", "latency_share": "EFLOPS h",
             "emissions_mt": "kt"}  # fmt: skip
_PER_ROW = {"GWh": 1e3, "EFLOPS h": 1.0, "kt": 1e3}
"""Units of the scenario's price (MWh, EFLOPS h, t) in a unit of the row."""


@dataclass(frozen=True)
class Measure:
    """A target of operation, as a row of every day.

    Attributes
    ----------
    name
        Id of the target, with the hub's where it holds for each.
    target
        As the scenario writes it.
    centres
        [centre], of which it speaks.
    value
        At most or at least.
    penalty
        kCNY per unit by which a day exceeds its allowance.
    """

    name: str
    target: Target
    centres: BoolArray
    value: float
    penalty: float

    def year_most(self, year: int, last: int) -> float:
        """Return what a year is allowed, in the row's unit; `last` is that of the plan."""
        return self.target.required(year, last) * 1e3 if self.target.measure == "emissions_mt" else 0.0


def scopes(network: Network, target: Target, name: str) -> list[tuple[str, BoolArray]]:
    """Return the names of what a target speaks of and its centres: the nation, all hubs, each hub, one hub."""
    member: BoolArray = np.asarray(network["member"] > 0.0)
    hubs = network.ids("hub")
    if target.hub is not None:
        return [(name, member[:, hubs.index(target.hub)])]
    if target.scope == "each_hub":
        return [(f"{name}.{hub}", member[:, number]) for number, hub in enumerate(hubs) if member[:, number].any()]
    return [(name, np.asarray(member.any(axis=1) if target.scope == "hubs" else np.ones(len(member), dtype=bool)))]


def measures(network: Network, elastic: frozenset[str] = frozenset()) -> list[Measure]:
    """Return the targets of operation that a plan keeps or pays for.

    Parameters
    ----------
    network
        Its scenario asks for a plan.
    elastic
        Names that are let go: hard targets that may be missed at the price `HARD` anyway keep it.
    """
    found, last = [], asked(network).last
    for name, target in asked(network).targets.items():
        if target.measure not in OPERATED or target.how == "report":
            continue
        unit = _PER_ROW[ROW_UNITS[target.measure]]
        penalty = HARD if target.how == "hard" else target.price_cny * unit / 1e3
        for label, centres in scopes(network, target, name):
            if label not in elastic:
                found.append(Measure(label, target, centres, target.required(last, last), penalty))
    return found


def entries(here: Place, measures: list[Measure]) -> tuple[sparse.csc_matrix, sparse.csc_matrix, sparse.csr_matrix]:
    """Return the measures' rows: on the columns of a day, on its routes, on the parameters.

    Each row reads Σ column + Σ route − missed ≤ Σ parameters, the last of which is its own allowance ρ:

    - pue π: Σ Δ (F − π P_IT) ≤ ρ; F = Σ φ_h(0) C_h + Σ slope q, P_IT = Σ q.
    - green_hourly γ: Σ Δ (g − (1 − γ) F) ≤ ρ, g drawn from the grid.
    - green_annual γ: Σ Δ (γ F − G) ≤ ρ, G delivered, taken or not.
    - latency_share γ: Σ of interactive compute served beyond the delay, or left, ≤ (1 − γ) Σ A + ρ.
    - emissions: Σ Δ · factor · g ≤ ρ.
    """
    columns, span = here.program.columns, here.hours
    shape = (len(measures), span, columns.serve)
    on_columns, on_routes = np.zeros(shape), np.zeros((len(measures), len(here.program.routes)))
    by = np.zeros((len(measures), here.parameters + len(measures)))
    for number, measure in enumerate(measures):
        kind = measure.target.measure
        by[number, here.parameters + number] = 1.0
        if kind == "latency_share":
            _latency(here, measure, on_columns[number], on_routes[number], by[number])
            continue
        facility, drawn, it = _weights(measure)
        _energy(here, measure, facility, drawn, it, on_columns[number], by[number])
    flat = on_columns.reshape(len(measures), span * columns.serve)
    return sparse.csc_matrix(flat), sparse.csc_matrix(on_routes), sparse.csr_matrix(by)


def _weights(measure: Measure) -> tuple[float, float | None, float]:
    """Return what facility, grid and IT energy count; None for the grid where its emissions do."""
    kind, value = measure.target.measure, measure.value
    if kind == "pue":
        return 1.0, 0.0, -value
    if kind == "green_hourly":
        return value - 1.0, 1.0, 0.0
    return (value, 0.0, 0.0) if kind == "green_annual" else (0.0, None, 0.0)


def _energy(
    here: Place, measure: Measure, facility: float, drawn: float | None, it: float, row: Array, by: Array
) -> None:
    """Set what energy counts in a measure; row [hour, column], by [parameter]."""
    columns, facts, stocks = here.program.columns, here.facts, here.levers.stocks
    hours, centres = facts.hours / 1e3, facts.price.shape[1]
    counted = measure.centres.astype(float) * hours
    pieces = (facility * facts.power.slope + it) * counted
    row[:, columns.piece : columns.green] = pieces.transpose(1, 0, 2).reshape(here.hours, -1)
    grid = here.emission if drawn is None else np.full((here.hours, centres), drawn)
    row[:, columns.grid : columns.charge] = grid * counted
    for hall, kind in enumerate(("present", "new")):
        by[stocks.at(kind)] -= facility * counted * here.start[hall].sum(axis=0)
    if measure.target.measure == "green_annual":
        for kind, yielded in (("wind", here.wind), ("solar", here.solar)):
            by[stocks.at(kind)] += counted * yielded.sum(axis=0)


def _latency(here: Place, measure: Measure, row: Array, routes: Array, by: Array) -> None:
    """Set what counts as served too far away; row [hour, column], routes [route], by [parameter]."""
    facts, columns, all_routes = here.facts, here.program.columns, here.program.routes
    now = (facts.slack == 0) & (facts.pool >= 0)
    bound = (measure.target.within_ms or 0.0) * 1e-3 * (1.0 + 1e-12)
    delay = here.delay[all_routes.region, all_routes.centre, all_routes.path]
    routes[:] = now[all_routes.workload] & (delay > bound)
    row[:, columns.unserved : columns.backlog] = np.tile(now, facts.demand.shape[1])
    for workload in np.flatnonzero(now):
        by[here.growth(np.array([workload]))] = (1.0 - measure.value) * facts.demand[:, :, workload].sum()
