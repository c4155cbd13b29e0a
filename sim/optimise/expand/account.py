"""What the operation of a plan comes to: energy, carbon, work and money of every year, from its representative days."""

from __future__ import annotations

import numpy as np

from sim.ground.arrays import Array, BoolArray, IntArray
from sim.optimise.expand.days import Day
from sim.optimise.expand.master import Master
from sim.optimise.expand.oracle import Oracle
from sim.optimise.expand.place import Place

Sums = dict[str, Array]
"""Sums of a year by centre or by pair: see `of_day`."""


def of_day(here: Place, day: Day, front: Array, served: Array, parameters: Array, delays: Array) -> Sums:
    """Return what a day's plan comes to.

    Parameters
    ----------
    here
        The day as its equations see it.
    day
        Its program.
    front, served
        [hour, column in front of the routes], [hour, route].
    parameters
        [parameter], at which it was solved.
    delays
        Ascending, ms, by which interactive compute is counted.

    Returns
    -------
    dict
        By centre, MWh: ``it``, ``facility``, ``grid``, ``green`` (delivered), ``emissions`` (t), ``energy``
        (kCNY of grid energy and contracts), ``work`` (EFLOPS·h); by workload: ``served``, ``asked``, ``left``
        (EFLOPS·h, Tbit/s·h); ``wan`` and ``unserved`` (kCNY); ``prompt``:
        interactive compute by the delay within which it is served, the last beyond all or left, EFLOPS·h.
    """
    facts, columns, stocks, program = here.facts, here.program.columns, here.levers.stocks, here.program
    hours, centres = facts.hours, facts.price.shape[1]
    pieces = front[:, columns.piece : columns.green].reshape(here.hours, -1, centres).transpose(1, 0, 2)
    halls = [parameters[stocks.at(kind)] for kind in ("present", "new")]
    facility = (facts.power.slope * pieces).sum(axis=0) + sum(
        start * hall for start, hall in zip(here.start, halls, strict=True)
    )
    grid = front[:, columns.grid : columns.charge]
    supply = parameters[stocks.at("wind")] * here.wind + parameters[stocks.at("solar")] * here.solar
    left = front[:, columns.unserved : columns.backlog].reshape(here.hours, -1, len(facts.pool)).sum(axis=(0, 1))
    routes, compute = program.routes, facts.pool[program.routes.workload] >= 0
    amount = served.sum(axis=0)
    by_workload = np.bincount(routes.workload, amount, minlength=len(facts.pool))
    work = np.bincount(routes.centre[compute], amount[compute], minlength=centres)
    paid = (facts.price * grid).sum(axis=0) * hours + here.contract * supply.sum(axis=0) * hours
    now = (facts.slack == 0) & (facts.pool >= 0)
    last = np.append(np.zeros(len(delays)), 1.0)
    return {
        "it": pieces.sum(axis=(0, 1)) * hours, "facility": facility.sum(axis=0) * hours,
        "grid": grid.sum(axis=0) * hours, "green": supply.sum(axis=0) * hours,
        "emissions": (here.emission * grid).sum(axis=0) * hours, "energy": paid, "work": work,
        "served": by_workload, "left": left, "asked": by_workload + left,
        "wan": np.array([amount @ day.route_cost]), "unserved": np.array([left @ facts.unserved]),
        "base_contract": np.array([hours * here.base_contract.sum()]),
        "prompt": np.bincount(_step(here, delays), amount * now[routes.workload], len(last)) + last * left[now].sum(),
    }  # fmt: skip


def _step(here: Place, delays: Array) -> IntArray:
    """Return within which delay a route stays, their number where within none; [route]."""
    found = here.program.routes
    delay = here.delay[found.region, found.centre, found.path] * 1e3
    return np.searchsorted(delays * (1.0 + 1e-12), delay)


def year(master: Master, oracles: list[Oracle], places: list[Place], values: Array, node: int, delays: Array) -> Sums:
    """Return what a year of a plan comes to; see `of_day`. Every day is solved once more at the plan.

    Parameters
    ----------
    master
        What is built.
    oracles, places
        [day].
    values
        [column of the master], the plan.
    node
        The year.
    delays
        Ascending, ms.
    """
    total: Sums = {}
    for number, (oracle, here) in enumerate(zip(oracles, places, strict=True)):
        parameters = master.parameters(values, node, number)
        oracle.cut(parameters, node)
        front, served = oracle.values()
        for key, value in of_day(here, oracle.day, front, served, parameters, delays).items():
            total[key] = total.get(key, np.zeros_like(value)) + master.weights[number] * value
    return total


def ratios(sums: Sums, centres: BoolArray | None = None) -> dict[str, float]:
    """Return the ratios of a year, of some centres or of all.

    Parameters
    ----------
    sums
        Of the year.
    centres
        [centre]; None for all.
    """
    at: BoolArray | slice = slice(None) if centres is None else centres
    facility, it = sums["facility"][at].sum(), sums["it"][at].sum()
    grid, green = sums["grid"][at].sum(), sums["green"][at].sum()
    found = {
        "it_energy_twh": it / 1e6, "facility_energy_twh": facility / 1e6, "grid_energy_twh": grid / 1e6,
        "pue": _ratio(facility, it), "green_annual": min(1.0, _ratio(green, facility)),
        # What batteries lose of grid power counts against the hours: at most the share that a run finds, never below 0.
        "green_hourly": max(0.0, 1.0 - _ratio(grid, facility)), "emissions_mt": sums["emissions"][at].sum() / 1e6,
        "served_eflops_h": sums["work"][at].sum(),
    }  # fmt: skip
    return {key: float(value) for key, value in found.items()}


def _ratio(above: float, below: float) -> float:
    return float(above / below) if below > 0.0 else 0.0
