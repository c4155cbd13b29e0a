"""How far the chosen days err: what the planned year costs on other days of the run, spread evenly over it."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.optimise.expand.benders import Found
from sim.optimise.expand.days import day_of
from sim.optimise.expand.master import FREE, Master
from sim.optimise.expand.oracle import Oracle
from sim.optimise.expand.place import Setting, place


def period_error(setting: Setting, master: Master, oracles: list[Oracle], found: Found, days: int) -> dict[str, Any]:
    """Return the operation of the last year on the chosen days beside that on days spread evenly over the run.

    No target of operation holds in either, so that both are the least cost of serving the same work.

    Parameters
    ----------
    setting, master, oracles, found
        The plan.
    days
        How many to look at; all where the run has no more.

    Returns
    -------
    dict
        ``days``; ``chosen_bn_cny`` and ``sampled_bn_cny`` a year; ``error`` (share of the sampled); ``standard_error``
        (share, of the sample's mean; 0 where it holds every day).
    """
    calendar = setting.network.calendar
    per_day = calendar.epochs_per_day
    count = calendar.epochs // per_day
    looked = np.unique(np.floor((np.arange(min(days, count)) + 0.5) * count / min(days, count)).astype(np.int64))
    node = len(master.nodes) - 1
    parameters = master.parameters(found.values, node, 0)
    parameters[len(parameters) - len(master.measures) :] = FREE
    chosen = sum(
        weight * oracle.cut(parameters).value for weight, oracle in zip(master.weights, oracles, strict=True)
    ) / float(master.weights.sum())
    costs = []
    for at in looked:
        epochs = np.arange(at * per_day, (at + 1) * per_day)
        costs.append(Oracle(day_of(place(setting, epochs), master.measures)).cut(parameters).value)
    mean, year = float(np.mean(costs)), float(master.weights.sum()) / 1e6
    spread = float(np.std(costs, ddof=1)) / len(costs) ** 0.5 if 1 < len(looked) < count else 0.0
    return {
        "days": len(looked), "chosen_bn_cny": chosen * year, "sampled_bn_cny": mean * year,
        "error": (chosen - mean) / mean if mean else 0.0, "standard_error": spread / mean if mean else 0.0,
    }  # fmt: skip
