"""Transfers against their twin, against queueing theory, and against what must never change their results."""

from __future__ import annotations

from collections import Counter
from math import sqrt

import numpy as np
import pytest
from scipy import stats

from sim.engine.transfers import Transfers
from sim.ground.arrays import Array, IntArray
from sim.workloads.jobs import TICK
from tests.oracles.transfer_systems import by_tables, by_twin, random_system

SYSTEMS = 1500
GBPS = 1e9


@pytest.mark.slow
def test_ends_arrivals_and_books_are_those_of_progressive_filling_in_fractions() -> None:
    seen: Counter[str] = Counter()
    for seed in range(SYSTEMS):
        system = random_system(np.random.default_rng(seed))
        twin = by_twin(system)
        _, ended, books = by_tables(system)
        assert sorted(ended) == sorted(twin.ended), seed
        for mine, theirs in zip(books, twin.books, strict=True):
            exact = np.array([float(bits) for bits in theirs])
            assert np.abs(mine - exact).max() <= 1e-12 * max(exact.max(), 1.0), seed
        seen.update(twin.seen)
    assert min(seen[what] for what in ("rerouted", "stranded", "shared", "at its cap", "dropped")) > SYSTEMS / 20, seen


def test_thousands_of_extra_stops_change_no_byte() -> None:
    for seed in range(40):
        rng = np.random.default_rng(seed)
        system = random_system(rng)
        plain, ended, books = by_tables(system)
        stops = np.sort(rng.integers(0, system.end, 3000))
        stopped, same, same_books = by_tables(system, stops, room=64)
        assert same == ended
        assert [book.tobytes() for book in same_books] == [book.tobytes() for book in books]
        for name in ("rate", "served", "carried", "ends", "since"):
            assert plain.state.route[name].tobytes() == stopped.state.route[name].tobytes()


def test_a_quantum_changes_times_and_loses_no_bit_and_one_of_a_tick_changes_nothing() -> None:
    different = 0
    for seed in range(200):
        system = random_system(np.random.default_rng(seed))
        _, ended, books = by_tables(system)
        _, same, same_books = by_tables(system, quantum=1)
        assert same == ended
        assert [book.tobytes() for book in same_books] == [book.tobytes() for book in books]
        _, other, _ = by_tables(system, quantum=3 * TICK)  # closing the books checks the bits of every route
        different += other != ended
    assert different > 50


def test_rates_on_a_mesh_are_max_min_fair() -> None:
    # By the definition: who is below the cap crosses a full link on which nobody has more.
    rng = np.random.default_rng(5)
    links, routes = 60, 400
    hop = np.array([[rng.permutation(links)[:5]] for _ in range(routes)])
    capacity = np.rint(rng.uniform(1.0, 30.0, links) * GBPS)
    cap = rng.choice([1.0, 2.5, 10.0], routes) * GBPS
    transfers = Transfers(hop, np.zeros((routes, 1)), capacity, cap)
    below = 0
    for round_ in range(60):
        for k in rng.integers(0, routes, 30):
            transfers.open(int(k), float(rng.exponential(40.0 * GBPS)))
        transfers.advance((round_ + 1) * 5 * TICK)
        rate, flows = transfers.rates(), transfers.state.route["flows"]
        moving = np.flatnonzero(flows)
        load, most = np.zeros(links), np.zeros(links)
        for k in moving:
            load[hop[k, 0]] += flows[k] * rate[k]
            most[hop[k, 0]] = np.maximum(most[hop[k, 0]], rate[k])
        assert (load <= capacity * (1.0 + 1e-12)).all()
        full = load >= capacity * (1.0 - 1e-12)
        for k in moving[rate[moving] < cap[moving]]:
            assert (full[hop[k, 0]] & (most[hop[k, 0]] <= rate[k] * (1.0 + 1e-12))).any()
            below += 1
    assert below > 5000


def one_link(capacity: float, cap: float, size: Array, load: float, rng: np.random.Generator) -> Array:
    """Return how long each flow takes on a link that Poisson arrivals load, s."""
    gap = rng.exponential(size.mean() / (load * capacity), len(size))
    when = (np.cumsum(gap) * TICK).astype(np.int64)
    transfers = Transfers(np.array([[[0]]]), np.zeros((1, 1)), np.array([capacity]), cap)
    transfers.expect(when, np.zeros(len(size), dtype=np.int64), size, np.arange(len(size)))
    transfers.advance(int(when[-1]) * 10)
    ends = transfers.ends()
    end: IntArray = np.empty(len(size), dtype=np.int64)
    end[ends["whose"]] = ends["when"]
    return (end - when) / TICK


def sizes(law: str, number: int, rng: np.random.Generator) -> Array:
    """Return sizes of mean 10 Gbit."""
    shape = {
        "equal": np.ones(number), "exponential": rng.exponential(1.0, number),
        "lognormal": rng.lognormal(-0.5 * 1.3**2, 1.3, number),
    }[law]  # fmt: skip
    return 10.0 * GBPS * shape


def band(values: list[float]) -> tuple[float, float]:
    """Return mean and half width of the 99.9 % confidence interval."""
    width = stats.t.ppf(0.9995, len(values) - 1) * np.std(values, ddof=1) / sqrt(len(values))
    return float(np.mean(values)), float(width)


@pytest.mark.parametrize("law", ["equal", "exponential", "lognormal"])
def test_a_flow_of_x_bits_on_a_shared_link_takes_x_over_1_minus_load(law: str) -> None:
    # M/G/1 processor sharing: E[T | x] = x / (C (1 − ρ)), whatever the law of the sizes
    # (Kleinrock, Queueing Systems vol. 2, 1976, section 4.4).
    load, capacity, ratios = 0.7, 10.0 * GBPS, []
    for replication in range(10):
        rng = np.random.default_rng([7, replication])
        size = sizes(law, 60_000, rng)
        took = one_link(capacity, capacity, size, load, rng)
        # Small flows, middling ones and large ones are held to it each by themselves.
        third = np.searchsorted(np.quantile(size, [1 / 3, 2 / 3]), size)
        warm = np.arange(len(size)) > 5000
        classes = [warm & (third == part) for part in np.unique(third)]
        ratios.append([took[c].mean() / (size[c].mean() / (capacity * (1.0 - load))) for c in classes])
    for part in zip(*ratios, strict=True):
        mean, width = band(list(part))
        assert abs(mean - 1.0) <= width < 0.06


@pytest.mark.parametrize("law", ["equal", "lognormal"])
def test_flows_with_a_cap_share_a_link_as_erlang_c_says(law: str) -> None:
    # A link of c caps is a processor-sharing queue of c servers; in number it is M/M/c whatever the law of the sizes
    # (Cohen, Acta Informatica 12, 1979): E[T | x] = x/cap · (1 + C(c, a) / (c (1 − ρ))).
    load, servers, cap = 0.8, 4, 2.5 * GBPS
    offered = load * servers
    last = offered**servers / (1.0 - load)
    terms, factorial = 0.0, 1.0
    for n in range(servers):
        terms += offered**n / factorial
        factorial *= n + 1
    waits = last / factorial / (terms + last / factorial)
    ratios = []
    for replication in range(10):
        rng = np.random.default_rng([11, replication])
        size = sizes(law, 60_000, rng)
        took = one_link(servers * cap, cap, size, load, rng)[5000:]
        ratios.append(took.mean() / (size[5000:].mean() / cap * (1.0 + waits / (servers * (1.0 - load)))))
    mean, width = band(ratios)
    assert abs(mean - 1.0) <= width < 0.04
