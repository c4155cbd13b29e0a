"""From the columns of a program to a plan that an engine can execute."""

from __future__ import annotations

import numpy as np

from sim.ground.arrays import Array
from sim.network.network import Network
from sim.network.plan import Plan
from sim.optimise.layout import EFLOP_H, TBIT_H
from sim.optimise.program import Program


def read_out(network: Network, program: Program, values: Array) -> Plan:
    """Return the plan that the values of a program's columns are.

    Parameters
    ----------
    network
        Of the program.
    program
        With its routes.
    values
        [epoch, column], in the LP's units.

    Returns
    -------
    Plan
        Work over routes and battery schedules, in SI; without facts and prices.
    """
    routes, columns = program.routes, program.columns
    unit = np.where(program.facts.pool[routes.workload] >= 0, EFLOP_H, TBIT_H)
    regions, workloads = program.facts.demand.shape[1:]
    first, middle, behind = columns.charge, columns.discharge, columns.serve
    charge = np.zeros_like(program.facts.price)
    charge[:, program.facts.stored] = (values[:, first:middle] - values[:, middle:behind]) * 1e6
    return Plan(
        region=routes.region,
        workload=routes.workload,
        centre=routes.centre,
        path=routes.path,
        served=np.maximum(values[:, columns.serve :], 0.0) * unit,
        charge=charge,
        sizes=(regions, workloads, *network["route_delay"].shape[1:]),
    )
