"""The table of a plan's targets: met or missed, by how much, and what the last unit of each costs."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.ground.arrays import BoolArray
from sim.optimise.expand.account import ratios
from sim.optimise.expand.levers import asked
from sim.optimise.expand.measures import OPERATED, ROW_UNITS, scopes
from sim.optimise.expand.plan import Outcome, delays_ms
from sim.scenario.planning import Target

ENOUGH = 1e-6
"""Share of a target by which a value may fall short of it and meet it: what rounding leaves."""


def compliance(outcome: Outcome) -> list[dict[str, Any]]:
    """Return a row for every target, place and year in which it holds.

    Keys: ``id``, ``measure``, ``hub``, ``year``, ``future``, ``how``, ``required``, ``sense`` (``>=`` or ``<=``),
    ``reached``, ``met``, ``missed_by``, ``price_m_cny`` and ``price_unit``: present value of what the last unit of
    the row costs; ``source``.
    """
    network, master = outcome.study.network, outcome.study.master
    priced = {name: number for number, name in enumerate(master.rows.names) if name[0] == "target"}
    found = []
    for name, target in asked(network).targets.items():
        for label, centres in scopes(network, target, name):
            for number, node in enumerate(master.nodes):
                if not master.held(target, number):
                    continue
                row = priced.get(("target", label, node.future, str(node.year)))
                price = float(outcome.found.prices[row]) if row is not None and len(outcome.found.prices) else 0.0
                found.append(_row(outcome, target, label, centres, number) | {"price_m_cny": abs(price)})
    return found


def _row(outcome: Outcome, target: Target, label: str, centres: BoolArray, number: int) -> dict[str, Any]:
    node = outcome.study.master.nodes[number]
    least = target.at_least is not None
    required = target.required(node.year, asked(outcome.study.network).last)
    reached = value(outcome, target, centres, number)
    short = (required - reached) if least else (reached - required)
    missed = max(short, 0.0) if short > ENOUGH * max(abs(required), 1e-9) else 0.0
    return {
        "id": label, "measure": target.measure, "hub": target.hub, "scope": target.scope, "year": node.year,
        "future": node.future, "how": target.how, "required": required, "sense": ">=" if least else "<=",
        "reached": reached, "met": missed == 0.0, "missed_by": missed,
        "price_unit": ROW_UNITS.get(target.measure, "MW" if target.measure == "rack_utilisation" else "EFLOPS"),
        "source": target.source,
    }  # fmt: skip


def value(outcome: Outcome, target: Target, centres: BoolArray, number: int) -> float:
    """Return what a plan reaches of a target's measure in a node."""
    sums, master = outcome.sums[number], outcome.study.master
    if target.measure == "latency_share":
        known = delays_ms(outcome.study.network)
        step = int(np.searchsorted(known, target.within_ms or 0.0))
        total = float(sums["prompt"].sum())
        return float(sums["prompt"][: step + 1].sum()) / total if total > 0.0 else 1.0
    if target.measure in OPERATED:
        return ratios(sums, centres)[target.measure]
    at = np.flatnonzero(centres)
    if target.measure == "capacity_eflops":
        column, factor, _ = master.terms(target, at, number)
        return float(factor @ outcome.found.values[column])
    # The value v is where the terms, linear in v, come to nothing: (above) − v (below) = 0.
    zero, one = (
        master.terms(target.model_copy(update={"at_least": v, "at_first": None}), at, number) for v in (0.0, 1.0)
    )
    above = float(zero[1] @ outcome.found.values[zero[0]])
    below = above - float(one[1] @ outcome.found.values[one[0]])
    return above / below if below > 1e-12 else 1.0
