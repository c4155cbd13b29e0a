"""Charges upon a plan: what a unit of energy, of work served or left unserved adds, beside what it costs."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sim.ground.arrays import Array
from sim.optimise.layout import Facts
from sim.optimise.program import Program


@dataclass(frozen=True)
class Charge:
    """A linear measure of a plan, in the terms in which `Facts` has prices.

    Attributes
    ----------
    price
        [epoch, centre], per MWh of grid energy.
    load
        [epoch, centre], per MWh of facility energy.
    serve
        [workload, centre], per unit of work served.
    unserved
        [workload], per unit of work left unserved.
    """

    price: Array
    load: Array
    serve: Array
    unserved: Array

    @classmethod
    def none(cls, facts: Facts) -> Charge:
        """Return the charge that is 0 on everything."""
        shape = facts.price.shape
        workloads = len(facts.slack)
        return cls(np.zeros(shape), np.zeros(shape), np.zeros((workloads, shape[1])), np.zeros(workloads))


def charged(facts: Facts, charge: Charge, times: float) -> Facts:
    """Return the facts with so many times a charge upon their prices.

    Parameters
    ----------
    facts
        The network in the LP's units.
    charge
        Per unit of what it measures.
    times
        kCNY per unit.
    """
    return replace(
        facts,
        price=facts.price + times * charge.price,
        load=facts.load + times * charge.load,
        transport=facts.transport + times * charge.serve[:, None, :, None],
        toll=facts.toll + times * charge.serve,
        unserved=facts.unserved + times * charge.unserved,
    )


def free(facts: Facts) -> Facts:
    """Return the facts of the same network where nothing costs anything."""
    return replace(
        facts,
        price=np.zeros_like(facts.price),
        load=np.zeros_like(facts.load),
        contract=np.zeros_like(facts.contract),
        transport=np.where(np.isfinite(facts.transport), 0.0, np.inf),
        toll=np.zeros_like(facts.toll),
        unserved=np.zeros_like(facts.unserved),
    )


def account(facts: Facts, program: Program, values: Array) -> Array:
    """Return what a plan costs at prices that need not be those it was made at.

    Of the grid is drawn what contract and battery leave: where the plan's own prices put none on grid energy, it
    does not care which of the two it takes.

    Parameters
    ----------
    facts
        The same network at the prices to count with.
    program
        Whose columns the values are.
    values
        [epoch, column].

    Returns
    -------
    Array
        [epoch], kCNY.
    """
    columns, routes = program.columns, program.routes
    epochs, centres = facts.price.shape
    piece = values[:, columns.piece : columns.green].reshape(epochs, -1, centres).transpose(1, 0, 2)
    power = facts.power.start + (facts.power.slope * piece).sum(axis=0)
    grid = power - facts.green
    grid[:, facts.stored] += (
        values[:, columns.charge : columns.discharge] - values[:, columns.discharge : columns.serve]
    )
    np.maximum(grid, 0.0, out=grid)
    unserved = values[:, columns.unserved : columns.backlog].reshape(epochs, -1, len(facts.unserved))
    carried = facts.transport[routes.workload, routes.region, routes.centre, routes.path]
    energy = facts.price * grid + facts.load * power + facts.contract * facts.green
    work = values[:, columns.serve :] @ carried + unserved.sum(axis=1) @ facts.unserved
    return np.asarray(energy.sum(axis=1) * facts.hours + work)
