"""The event engine on the national year: seconds of its parts, and how near it comes to the fluid engine."""

from __future__ import annotations

import time

from benchmarks.registry import Spec, Table
from sim.engine import events, fluid, tally
from sim.ground.places import scenarios
from sim.network.build import build
from sim.network.network import Network
from sim.once import policy_of, prepare
from sim.results.schema import Results

JOBS = 1_000_000
_STILL = [f"failures.{name}=null" for name in ("building", "cooling", "row", "supply", "fibre")]
_AGREE = ("served_share", "it_energy_twh", "facility_energy_twh", "pue", "emissions_mt.location")


def measure() -> Table:
    """Return seconds of a year with and without transfers, and its distance from the fluid engine."""
    rows = [_timed(f"nearest, failures, {JOBS:,} jobs", _network("policy.name=nearest", "run.jobs.transfers=false"))]
    rows.append(_timed("the same with transfers", _network("policy.name=nearest")))
    worst = 0.0
    for policy in ("base", "nearest"):
        network = _network(f"policy.name={policy}", "run.jobs.transfers=false", *_STILL)
        found = [engine.simulate(network, policy_of(network.scenario)) for engine in (events, fluid)]
        gaps = [_value(found[0], key) / _value(found[1], key) - 1.0 for key in _AGREE]
        worst = max(worst, *map(abs, gaps))
        told = ", ".join(f"{key} {gap:+.2%}" for key, gap in zip(_AGREE, gaps, strict=True))
        rows.append((f"{policy}, no failures, against the fluid engine", "-", "-", told))
    note = "Median of three for seconds: the clock with its decisions and books; entering what became of the jobs."
    return Table(("", "clock, s", "entering, s", "distance"), tuple(rows), note, worst < 0.005)


def _network(*sets: str) -> Network:
    given = ["run.engine=events", f"run.jobs.count={JOBS}", *sets]
    return build(prepare(scenarios() / "baseline-2024.yaml", given))


def _timed(name: str, network: Network) -> tuple[str, ...]:
    seconds = []
    for _ in range(3):
        run = events.Nation(network, policy_of(network.scenario))
        begun = time.perf_counter()
        run.clock.run(run.ticks * network.calendar.epochs)
        run.close(network.calendar.epochs - 1)
        ran = time.perf_counter()
        tally.enter_jobs(run.ledger, run.jobs, run.loop, run.stock, run.ticks)
        seconds.append((ran - begun, time.perf_counter() - ran))
    clock, entering = sorted(seconds)[1]
    return name, f"{clock:.2f}", f"{entering:.2f}", "-"


def _value(results: Results, key: str) -> float:
    found = results.kpi
    for part in key.split("."):
        found = found[part]
    return float(found)  # type: ignore[arg-type]


SPEC = Spec("engine_nation", "the event engine on the national year, and its distance from the fluid engine", measure)
