"""The job loop against the closed forms of queueing, each inside its 99 % confidence band.

A band is Student's over independent replications after a warm-up; it is narrow enough to tell a wrong law from the
right one, which each test checks too.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from sim.engine.loop import FCFS, Loop
from sim.engine.outcome import Outcome
from sim.engine.state import FINISHED
from sim.ground.arrays import Array, IntArray
from sim.ground.seeds import generator
from sim.physics.queueing import (
    erlang_b,
    erlang_c,
    jackson_arrivals,
    jackson_waits,
    mg1_wait,
    mmc_wait,
    mmck,
    priority_waits,
)
from sim.workloads.jobs import TICK, Jobs

REPLICATIONS = 10
WARM = 0.1
END = 2**61
Law = Callable[[np.random.Generator, int], Array]


def exponential(rng: np.random.Generator, number: int) -> Array:
    return rng.exponential(1.0, number)


def constant(_: np.random.Generator, number: int) -> Array:
    return np.ones(number)


def lognormal(rng: np.random.Generator, number: int) -> Array:
    """Return times of mean 1 and squared coefficient of variation 4."""
    return rng.lognormal(-np.log(5.0) / 2.0, np.sqrt(np.log(5.0)), number)


def hyperexponential(rng: np.random.Generator, number: int) -> Array:
    """Return times of mean 1 and squared coefficient of variation 4: many short ones, few long."""
    share = 0.5 * (1.0 - np.sqrt(3.0 / 5.0))
    mean = np.where(rng.random(number) < share, 0.5 / share, 0.5 / (1.0 - share))
    return rng.exponential(mean)


def ticks(seconds: Array) -> IntArray:
    return np.maximum(np.rint(seconds * TICK), 1).astype(np.int64)


def poisson(rng: np.random.Generator, rate: float, number: int) -> IntArray:
    return ticks(np.cumsum(rng.exponential(1.0 / rate, number)))


def serve(jobs: Jobs, servers: int, most: int = 2**62) -> Outcome:
    """Return what became of jobs of one unit at a pool of `servers` units, first come first served."""
    loop = Loop(jobs, [servers], FCFS, most=most)
    loop.advance(END)
    return loop.outcome()


def waits(jobs: Jobs, found: Outcome) -> Array:
    """Return the waits of the jobs that were served, [job], s."""
    served = found.state == FINISHED
    return np.asarray((found.first - jobs.arrive)[served] / TICK)


def warm(values: Array) -> Array:
    return values[int(len(values) * WARM) :]


def band(values: list[float]) -> tuple[float, float]:
    """Return the mean and the half width of its 99 % confidence band."""
    error = float(np.std(values, ddof=1)) / np.sqrt(len(values))
    return float(np.mean(values)), float(stats.t.ppf(0.995, len(values) - 1)) * error


def assert_inside(values: list[float], exact: float, width: float) -> None:
    """Check that a closed form lies in the band, and that the band is narrower than `width` of it."""
    mean, half = band(values)
    assert half <= width * exact, f"the band {mean:.5g} ± {half:.2g} is too wide to say anything of {exact:.5g}"
    assert abs(mean - exact) <= half, f"{exact:.6g} lies outside {mean:.6g} ± {half:.2g}"


def rng(name: str, replication: int) -> np.random.Generator:
    return generator(20240, replication, "queueing", name)


@pytest.mark.parametrize(
    ("servers", "load", "number", "width"),
    [(1, 0.8, 300_000, 0.03), (2, 0.8, 300_000, 0.03), (4, 0.9, 400_000, 0.05), (10, 0.9, 400_000, 0.05),
     (100, 0.95, 600_000, 0.10)],
)  # fmt: skip
def test_waits_of_many_servers_are_those_of_erlang(servers: int, load: float, number: int, width: float) -> None:
    mean_waits, shares = [], []
    for replication in range(REPLICATIONS):
        chance = rng(f"mmc {servers}", replication)
        jobs = Jobs.of(poisson(chance, servers * load, number), ticks(exponential(chance, number)), np.ones(1))
        found = warm(waits(jobs, serve(jobs, servers)))
        mean_waits.append(float(found.mean()))
        shares.append(float((found > 0.0).mean()))
    assert_inside(mean_waits, mmc_wait(servers, servers * load, 1.0), width)
    assert_inside(shares, erlang_c(servers, servers * load), width)


@pytest.mark.parametrize(("servers", "places", "arrival"), [(1, 5, 0.8), (4, 10, 3.6), (3, 8, 4.5)])
def test_a_bounded_queue_turns_away_as_many_as_it_should(servers: int, places: int, arrival: float) -> None:
    exact = mmck(servers, places, arrival, 1.0)
    losses, mean_waits = [], []
    for replication in range(REPLICATIONS):
        chance = rng(f"mmck {servers}", replication)
        jobs = Jobs.of(poisson(chance, arrival, 200_000), ticks(exponential(chance, 200_000)), np.ones(1))
        found = serve(jobs, servers, most=places - servers)
        losses.append(float((warm(found.state) != FINISHED).mean()))
        mean_waits.append(float(warm(waits(jobs, found)).mean()))
    assert_inside(losses, exact.loss, 0.03)
    assert_inside(mean_waits, exact.wait, 0.03)


@pytest.mark.parametrize(
    ("law", "variation", "number", "width"),
    [(constant, 0.0, 400_000, 0.05), (exponential, 1.0, 400_000, 0.05), (hyperexponential, 4.0, 600_000, 0.08)],
)
def test_waits_of_one_server_are_those_of_pollaczek(law: Law, variation: float, number: int, width: float) -> None:
    found = []
    for replication in range(REPLICATIONS):
        chance = rng(f"mg1 {variation}", replication)
        jobs = Jobs.of(poisson(chance, 0.9, number), ticks(law(chance, number)), np.ones(1))
        found.append(float(warm(waits(jobs, serve(jobs, 1))).mean()))
    assert_inside(found, mg1_wait(0.9, 1.0, variation), width)


@pytest.mark.parametrize("law", [constant, exponential, lognormal, hyperexponential])
def test_loss_does_not_depend_on_the_law_of_service(law: Law) -> None:
    found = []
    for replication in range(REPLICATIONS):
        chance = rng(f"loss {law.__name__}", replication)
        jobs = Jobs.of(poisson(chance, 10.0, 400_000), ticks(law(chance, 400_000)), np.ones(1))
        found.append(float((warm(serve(jobs, 10, most=0).state) != FINISHED).mean()))
    assert_inside(found, erlang_b(10, 10.0), 0.01)


def test_classes_of_priority_wait_as_cobham_says() -> None:
    arrival, mean = np.array([0.2, 0.25, 0.15]), np.array([0.5, 2.0, 1.5])
    second = np.array([2.0 * 0.5**2, 2.0**2, 1.5**2 * 5.0])  # exponential, constant, hyperexponential
    laws: list[Law] = [exponential, constant, hyperexponential]
    number = 500_000
    found: list[list[float]] = [[], [], []]
    for replication in range(REPLICATIONS):
        chance = rng("priority", replication)
        kind = chance.choice(3, number, p=arrival / arrival.sum())
        run = np.choose(kind, [law(chance, number) * size for law, size in zip(laws, mean, strict=True)])
        jobs = Jobs.of(poisson(chance, float(arrival.sum()), number), ticks(run), np.ones(1), level=kind)
        found_waits = waits(jobs, serve(jobs, 1))
        for k in range(3):
            found[k].append(float(warm(found_waits)[warm(kind) == k].mean()))
    for k, exact in enumerate(priority_waits(arrival, mean, second)):
        assert_inside(found[k], float(exact), 0.06)


def test_a_network_of_lines_is_that_of_jackson() -> None:
    """Lines fed from outside and by one another, none by itself: the departures of one arrive at the next.

    The loop ends a job at one pool, so a job that is served twice is two jobs, and a job that came back to a line
    could not arrive in order: feedback is outside of what this shows.
    """
    servers, service = np.array([3, 2, 4]), np.array([1.0, 1.5, 0.8])
    outside = np.array([2.4, 0.5, 0.4])
    passes = np.array([[0.0, 0.6, 0.3], [0.0, 0.0, 0.8], [0.0, 0.0, 0.0]])
    exact = jackson_waits(servers, outside, passes, service)
    found: list[list[float]] = [[], [], []]
    span = 150_000.0
    for replication in range(REPLICATIONS):
        chance = rng("jackson", replication)
        inflow: list[list[IntArray]] = [[], [], []]
        for node in range(3):
            number = int(chance.poisson(outside[node] * span))
            inflow[node].append(ticks(np.sort(chance.random(number)) * span))
            arrive = np.sort(np.concatenate(inflow[node]))
            run = ticks(chance.exponential(1.0 / service[node], len(arrive)))
            jobs = Jobs.of(arrive, run, np.ones(1))
            served = serve(jobs, int(servers[node]))
            found[node].append(float(warm(waits(jobs, served)).mean()))
            goes = chance.random(len(arrive))
            shares = np.concatenate([[0.0], np.cumsum(passes[node])])
            for other in range(3):
                inflow[other].append(served.end[(goes >= shares[other]) & (goes < shares[other + 1])])
    assert jackson_arrivals(outside, passes) == pytest.approx([2.4, 1.94, 2.672])
    for node in range(3):
        assert_inside(found[node], float(exact[node]), 0.06)


def test_what_is_in_the_system_is_rate_times_sojourn() -> None:
    """Little's law twice: in the ledger, units in use are λ·E[S]; at arrivals, those who wait are λ·Wq."""
    servers, load, number = 6, 0.85, 200_000
    busy, seen, expected = [], [], []
    for replication in range(REPLICATIONS):
        chance = rng("little", replication)
        arrive = poisson(chance, servers * load, number)
        jobs = Jobs.of(arrive, ticks(hyperexponential(chance, number)), np.ones(1))
        loop = Loop(jobs, [servers], FCFS)
        loop.advance(int(arrive[number // 10]))
        loop.close_epoch()
        begin = loop.now
        loop.advance(int(arrive[-1]))
        busy.append(float(loop.close_epoch().work.sum()) / (loop.now - begin))
        loop.advance(END)
        first = np.sort(loop.outcome().first)
        # Who has arrived before an arrival and has not started by then waits: first come, first served.
        before = np.arange(number) - np.searchsorted(first, arrive, side="right")
        seen.append(float(warm(np.maximum(before, 0)).mean()))
        expected.append(servers * load * float(warm(waits(jobs, loop.outcome())).mean()))
    assert_inside(busy, servers * load, 0.01)
    gap = [a / b for a, b in zip(seen, expected, strict=True)]
    assert_inside(gap, 1.0, 0.01)
