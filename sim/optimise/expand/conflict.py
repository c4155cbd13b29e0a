"""Why no plan keeps every target and limit: those that contradict each other, in the planner's words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn

import numpy as np

from sim.ground.arrays import IntArray
from sim.ground.errors import Problem, SolveError
from sim.optimise.expand.levers import UNITS, asked
from sim.optimise.expand.master import Master
from sim.optimise.expand.solver import Infeasible, solved

_NONE = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class Demand:
    """Something that the scenario asks for and that could be given up.

    Attributes
    ----------
    key
        Of the scenario.
    text
        What it says.
    rows, builds
        Numbers of the master's rows and columns that it holds.
    """

    key: tuple[str, ...]
    text: str
    rows: IntArray = field(default_factory=lambda: _NONE)
    builds: IntArray = field(default_factory=lambda: _NONE)


def refuse(master: Master) -> NoReturn:
    """Raise with the targets and limits that contradict each other.

    Each is given up in turn; where the rest still contradict each other it stays given up, else it belongs to the
    contradiction (a deletion filter). What remains is a smallest set: without any one of it there is a plan.

    Parameters
    ----------
    master
        Without a plan.

    Raises
    ------
    SolveError
        One line for each; structured in `infeasible`.

    References
    ----------
    J. W. Chinneck, E. W. Dravnieks (1991), "Locating Minimal Infeasible Constraint Sets in Linear Programs",
    ORSA Journal on Computing 3(2), doi 10.1287/ijoc.3.2.157.
    """
    kept = list(_demands(master))
    if _possible(master, []):
        raise SolveError("no plan was found, though its targets and limits can be kept; this is a bug of suanwang")
    if not _possible(master, kept):
        raise SolveError("the stocks of the nation's year alone break the limits of the plan; raise plan.ceiling")
    given_up: list[Demand] = []
    for demand in kept:
        if not _possible(master, [*given_up, demand]):
            given_up.append(demand)
    kept = [demand for demand in kept if all(demand is not other for other in given_up)]
    scenario = master.network.scenario
    lines = [str(Problem(scenario.origin("plan"), "no plan keeps all of these; give up or relax one of them:"))]
    lines += [f"  {demand.text}  ({scenario.origin(*demand.key)})" for demand in kept]
    found: list[dict[str, Any]] = [{"key": ".".join(demand.key), "text": demand.text} for demand in kept]
    raise SolveError("\n".join(lines), found)


def _demands(master: Master) -> Iterator[Demand]:
    """Return what could be given up, the limits first, so that targets stand at the end of the filter's patience."""
    names, plan, levers = master.rows.names, asked(master.network), master.levers
    first = master.nodes[0].year
    for kind, build in plan.build.items():
        at = levers.of(kind)
        columns = np.concatenate([master.build(number)[at] for number in range(len(master.nodes))])
        if build.most_at_centre is not None:
            text = f"{kind}: at most {build.most_at_centre:g} {UNITS[kind]} a year at one place"
            yield Demand(("plan", "build", kind, "most_at_centre"), text, builds=columns)
        if build.lead_years:
            early = [n for n, node in enumerate(master.nodes) if node.year - build.lead_years < first]
            text = f"{kind}: {build.lead_years} years from decision to service"
            columns = np.concatenate([master.build(number)[at] for number in early])
            yield Demand(("plan", "build", kind, "lead_years"), text, builds=columns)
        if build.most is not None:
            rows = [n for n, name in enumerate(names) if name[:2] == ("rate", kind)]
            text = f"{kind}: at most {build.most:g} {UNITS[kind]} a year in the nation"
            yield Demand(("plan", "build", kind, "most"), text, np.array(rows))
    yield Demand(("plan", "ceiling"), f"rated power of a centre: at most {plan.ceiling:g} times that of the base year",
                 np.array([n for n, name in enumerate(names) if name[0] == "ceiling"]))  # fmt: skip
    if plan.budget_bn_cny is not None:
        rows = [n for n, name in enumerate(names) if name[0] == "budget"]
        yield Demand(("plan", "budget_bn_cny"), f"budget: at most {plan.budget_bn_cny:g} bn CNY a year", np.array(rows))
    for number, name in enumerate(names):
        if name[0] == "target" and not any(measure.name == name[1] for measure in master.measures):
            target = plan.targets[name[1].split(".")[0]]
            value = target.required(int(name[-1]), plan.last)
            sense = "at most" if target.at_least is None else "at least"
            text = f"target {name[1]}: {target.measure} {sense} {value:g} in {' '.join(name[2:]).strip()}"
            yield Demand(("plan", "targets", name[1].split(".")[0]), text, np.array([number]))


def _possible(master: Master, given_up: list[Demand]) -> bool:
    """Return whether anything keeps the rows of the master without those of some demands."""
    lower, upper, high = np.array(master.rows.lower), np.array(master.rows.upper), master.high.copy()
    for demand in given_up:
        lower[demand.rows], upper[demand.rows] = -np.inf, np.inf
        high[demand.builds] = np.inf
    matrix = master.rows.matrix(len(master.cost))
    try:
        solved(np.zeros(len(high)), master.low, high, matrix, lower, upper)
    except Infeasible:
        return False
    return True
