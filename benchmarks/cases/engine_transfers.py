"""Microseconds a flow on the national backbone, exact and with a quantum of a minute, and what the quantum costs."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from benchmarks.registry import Spec, Table
from sim.engine.transfers import Transfers
from sim.ground.arrays import Array, IntArray
from sim.ground.places import scenarios
from sim.ground.seeds import generator
from sim.network.build import build
from sim.network.network import Network
from sim.scenario.read import read
from sim.workloads.jobs import TICK

LOADS = (0.10, 0.30, 0.50, 0.70, 0.85)
NUMBER, YEAR = 100_000, 1_000_000
PACE = YEAR / (8784 * 3600)  # flows a second
QUANTUM = 60 * TICK
TERABYTE, CAP = 8e12, 100e9


@dataclass(frozen=True)
class Flows:
    """Flows on the routes from every region to every centre, and links that they load.

    Attributes
    ----------
    hop, delay
        [route, path, hop] and [route, path], s.
    capacity
        [link], bit/s.
    when, route, bits
        [flow], ticks, number, bit.
    """

    hop: IntArray
    delay: Array
    capacity: Array
    when: IntArray
    route: IntArray
    bits: Array


def measure() -> Table:
    """Return microseconds a flow at several loads, the median of three, and the errors of the quantum."""
    network = build(read(scenarios() / "baseline-2024.yaml", ["run.horizon=24 h"]))
    rows, years = [], []
    _run(_draw(network, 100, TERABYTE, 0.5), CAP, 0)
    for cap in (CAP, 10.0 * CAP):
        for load in LOADS:
            rows.append(_row(_draw(network, NUMBER, 10.0 * TERABYTE, load), cap, load))
    for terabytes, most in ((10.0, 11.0), (1.0, 2.0)):
        flows = _draw(network, YEAR, terabytes * TERABYTE, 0.3)
        seconds = float(np.median([_run(flows, CAP, 0)[0] for _ in range(3)]))
        years.append(seconds <= most)
        what = f"a year, {YEAR:,} flows of {terabytes:g} TB"
        rows.append((what, "0.30", f"{1e6 * seconds / YEAR:.2f}", *["-"] * 6, f"{seconds:.2f} (at most {most:g})"))
    columns = (
        "flows", "load of the busiest link", "exact, µs a flow", "slower than alone", "60 s, µs a flow", "mean error",
        "mean size of the error", "99 % below", "total time", "seconds",
    )  # fmt: skip
    return Table(columns, tuple(rows), _note(), all(years))


def _note() -> str:
    return (
        "42 nodes, 176 directed links, 1,271 routes of 4 paths; sizes exponential, routes by demand of the region "
        f"times capacity of the centre, {PACE * 86_400:,.0f} flows a day; the baseline's capacities are scaled alike "
        "until the busiest link has the load named if nobody waits. Processor seconds. Errors: transfer time with the "
        "quantum / exact − 1, flow by flow; total time: the same of the sums. Slower than alone: mean of time × cap / "
        "size. The bounds in the last column leave 1 s of 12 and of 3 to the jobs."
    )


def _draw(network: Network, number: int, mean: float, load: float) -> Flows:
    """Return flows, and the capacities at which they load the busiest link so."""
    regions, centres, paths, hops = network["route_link"].shape
    routes = regions * centres
    hop: IntArray = network["route_link"].reshape(routes, paths, hops).astype(np.int64)
    delay = network["route_delay"].reshape(routes, paths)
    weight = np.outer(network["demand"].sum(axis=(0, 2)), network["capacity"].sum(axis=1)).ravel()
    weight = weight / weight.sum()
    rng = generator(1, 0, "transfers")
    when = np.cumsum(rng.exponential(TICK / PACE, number)).astype(np.int64)
    wanted = np.zeros(len(network["link_capacity"]))
    for k, share in enumerate(weight):
        wanted[hop[k, 0][hop[k, 0] >= 0]] += share * PACE * mean
    capacity = network["link_capacity"] * ((wanted / network["link_capacity"]).max() / load)
    route: IntArray = rng.choice(routes, number, p=weight)
    return Flows(hop, delay, capacity, when, route, rng.exponential(mean, number))


def _run(flows: Flows, cap: float, quantum: int) -> tuple[float, Array]:
    """Return processor seconds and the time of every flow, s."""
    transfers = Transfers(flows.hop, flows.delay, flows.capacity, cap, quantum=quantum)
    transfers.expect(flows.when, flows.route, flows.bits, np.arange(len(flows.when)))
    begun = time.process_time()
    transfers.advance(2**61)
    seconds = time.process_time() - begun
    ends = transfers.ends()
    took = np.empty(len(flows.when))
    took[ends["whose"]] = (ends["when"] - flows.when[ends["whose"]]) / TICK
    transfers.close_epoch()
    return seconds, took


def _row(flows: Flows, cap: float, load: float) -> tuple[str, ...]:
    """Return a line of the table."""
    exact = [_run(flows, cap, 0) for _ in range(3)]
    coarse = [_run(flows, cap, QUANTUM) for _ in range(3)]
    took, other, number = exact[0][1], coarse[0][1], len(flows.when)
    error = other / took - 1.0
    return (
        f"{number:,} of 10 TB, cap {cap / 1e9:,.0f} Gbit/s", f"{load:.2f}", _micros([s for s, _ in exact], number),
        f"{(took * cap / flows.bits).mean():.2f} ×", _micros([s for s, _ in coarse], number),
        f"{error.mean():+.4f}", f"{np.abs(error).mean():.4f}", f"{np.quantile(np.abs(error), 0.99):.2f}",
        f"{other.sum() / took.sum() - 1.0:+.4f}", "-",
    )  # fmt: skip


def _micros(seconds: list[float], number: int) -> str:
    return f"{1e6 * np.median(seconds) / number:.2f}"


SPEC = Spec("engine_transfers", "transfers on the national backbone: microseconds a flow, exact and quantised", measure)
