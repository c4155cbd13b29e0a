"""Pools that a plan may build where there are none: next to nothing of them, so that they have a place in a program."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from sim.scenario.entities import Pool
from sim.scenario.scenario import Scenario

SEED_EFLOPS = 1e-9
"""What a new pool begins with, EFLOPS: a thousandth of what counts as built."""
_POOLS: tuple[Literal["general", "smart"], ...] = ("general", "smart")


def seeded(scenario: Scenario) -> Scenario:
    """Return a scenario whose centres have every pool that its plan may build there.

    A pool that was not there draws per compute what all others of its kind do in the mean, by their compute.

    Parameters
    ----------
    scenario
        A checked scenario.

    Returns
    -------
    Scenario
        The same where it asks for no plan, or nothing is missing.
    """
    plan = scenario.config.plan
    if plan is None:
        return scenario
    centres = dict(scenario.config.centres)
    for kind in _POOLS:
        build, there = plan.build.get(kind), [c.pools[kind] for c in centres.values() if kind in c.pools]
        total = sum(pool.capacity_eflops for pool in there)
        if build is None or not build.allowed or total <= 0.0:
            continue
        draw = sum(pool.capacity_eflops * pool.power_mw_per_eflops for pool in there) / total
        pool = Pool(capacity_eflops=SEED_EFLOPS, precision="fp32", power_mw_per_eflops=draw)
        for name, centre in centres.items():
            none = kind not in centre.pools or centre.pools[kind].capacity_eflops == 0.0
            if none and (not build.hubs or centre.hub in build.hubs):
                centres[name] = centre.model_copy(update={"pools": {**centre.pools, kind: pool}})
    return replace(scenario, config=scenario.config.model_copy(update={"centres": centres}))
