"""Site-hours a second of the fluid engine: the whole year, and its parts."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable

import numpy as np

from benchmarks.registry import Spec, Table
from sim.engine.fluid import simulate
from sim.ground.places import scenarios
from sim.network.build import build
from sim.network.power import facility
from sim.once import policy_of, prepare


def measure() -> Table:
    """Return seconds and site-hours a second: the median of five runs after a warm-up."""
    scenario = prepare(scenarios() / "baseline-2024.yaml")
    network = build(scenario)
    policy = policy_of(scenario)
    results = simulate(network, policy)
    power = results["it_power"]
    sites = power.size
    parts: list[tuple[str, Callable[[], object]]] = [
        ("whole engine: dispatch, physics, ledger, measures", lambda: simulate(network, policy)),
        ("facility physics alone (cooling, PUE, water)", lambda: facility(network, power)),
        ("a copy of one array, for scale", lambda: power.copy()),
    ]
    timed = [(name, _median(work)) for name, work in parts]
    whole = timed[0][1]
    rows = tuple((name, f"{t:.3g}", f"{sites / t:.3g}", f"{t / whole:.3g}") for name, t in timed)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    note = (
        f"{power.shape[0]:,} hours × {power.shape[1]} centres, {len(network.ids('region'))} regions, "
        f"{len(network.ids('workload'))} workloads, {len(network.ids('link'))} directed links; "
        f"peak memory of the process {peak:.2f} GB."
    )
    return Table(("part", "seconds", "site-hours a second", "share of the whole"), rows, note)


def _median(work: Callable[[], object]) -> float:
    seconds = []
    for _ in range(5):
        begun = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - begun)
    return float(np.median(seconds))


SPEC = Spec("core", "speed of the fluid engine", measure)
