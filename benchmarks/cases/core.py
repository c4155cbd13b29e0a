"""Site-hours a second: the fluid engine, the plain laws, and the core that does the same for many scenarios at once."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Callable

import numpy as np

from benchmarks.registry import Spec, Table
from sim.engine import energy
from sim.engine.core import Alone, core
from sim.engine.fluid import dispatched, simulate
from sim.ground.arrays import Array
from sim.ground.places import scenarios
from sim.network.build import build
from sim.network.power import facility, it_power, utilisation
from sim.once import policy_of, prepare
from sim.results.totals import total

SCENARIOS = 1000
LEAST_RATIO, LEAST_RATE = 30.0, 300e6


def measure() -> Table:
    """Return seconds and site-hours a second; the core against the plain laws in the same run."""
    scenario = prepare(scenarios() / "baseline-2024.yaml")
    network, policy = build(scenario), policy_of(scenario)
    run = dispatched(network, policy)
    served = run.ledger.served
    load = utilisation(network, served)
    made = core(network, load, served, run.charge)
    assert made is not None
    plants = [Alone(network)] * SCENARIOS
    threads = os.cpu_count() or 1

    def plain() -> list[Array]:
        """Return the sums that the core makes, the plain way: array by array."""
        power = it_power(network, load)
        whole, water = facility(network, power)
        met = energy.balance(network, whole, run.charge)
        grid, supply = met["grid_import"], network["green_supply"]
        used = np.minimum(whole, supply - met["charge_green"] + met["discharge_green"])
        clean = used + (whole - used) * network["grid_carbon_free"]
        priced = (grid * network["emission_factor"], grid * network["price"])
        return [total(values) for values in (power, whole, water, supply, used, clean, *priced)]

    copied = np.ones(40_000_000)
    target = np.empty_like(copied)
    sites = float(load.shape[0] * load.shape[1])
    timed: list[tuple[str, float, float]] = [
        ("whole engine: dispatch, physics, ledger, measures", _best(lambda: simulate(network, policy), 2), sites),
        ("load to cost by plain laws, one scenario", _best(plain), sites),
        (f"load to cost by the core, {SCENARIOS:,} scenarios, one thread",
         _best(lambda: made.sums(plants, 1), 2), sites * SCENARIOS),
        (f"the same on {threads} threads", _best(lambda: made.sums(plants, threads), 3), sites * SCENARIOS),
    ]  # fmt: skip
    bandwidth = 2.0 * copied.nbytes / _best(lambda: np.copyto(target, copied))
    rates = [work / seconds for _, seconds, work in timed]
    ratio = rates[3] / rates[1]
    rows = tuple(
        (name, f"{seconds:.3g}", f"{rate:.3g}", f"{rate / rates[1]:.3g}")
        for (name, seconds, _), rate in zip(timed, rates, strict=True)
    )
    read = made.memory(SCENARIOS, threads) / timed[3][1]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    bound = bandwidth / 16.0
    told = (
        f"{load.shape[0]:,} hours × {load.shape[1]} centres, full cooling physics.",
        f"The core does {ratio:.0f} times what the plain laws do ({LEAST_RATIO:.0f} asked),",
        f"{rates[3] / 1e6:.0f} million site-hours a second ({LEAST_RATE / 1e6:.0f} asked).",
        f"A copy of memory moves {bandwidth / 1e9:.1f} GB/s: the core, whose inputs are read once for many scenarios,",
        f"needs {100.0 * read / bandwidth:.2g} % of that; a pass that wrote and read one number a site-hour could not",
        f"exceed {bound / 1e6:.0f} million a second, of which the core does {100.0 * rates[3] / bound:.0f} %.",
        f"Peak memory of the process {peak:.2f} GB.",
    )
    good = ratio >= LEAST_RATIO and rates[3] >= LEAST_RATE
    return Table(("part", "seconds", "site-hours a second", "times the plain laws"), rows, " ".join(told), good)


def _best(work: Callable[[], object], turns: int = 5) -> float:
    """Return the least of a few times: what the work takes when nobody else disturbs it."""
    seconds = []
    for _ in range(turns):
        begun = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - begun)
    return min(seconds)


SPEC = Spec("core", "the core against the plain laws, and the engine around it", measure)
