"""The compiled dispatch against its plain twin, and against the laws that no dispatch may break."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import networkx as nx
import numpy as np
import pytest

from sim.engine import dispatch
from sim.engine.backlog import release
from sim.engine.dispatch import Counters, Room
from sim.ground.arrays import Array
from tests.oracles import dispatch_twin as twin
from tests.oracles.systems import System, random_system

SYSTEMS = 1500
SOURCE = -1  # a node before all regions
NO_PATHS = np.zeros((0, 0, 0, 0))


def systems(seed: int, number: int = SYSTEMS) -> list[System]:
    rng = np.random.default_rng(seed)
    return [random_system(rng) for _ in range(number)]


def placed(system: System) -> tuple[Room, Counters]:
    room, done = system.room(), system.counters()
    dispatch.by_place(system.place, NO_PATHS, system.waiting, system.facts, room, done)
    return room, done


def steered(system: System) -> tuple[Room, Counters]:
    room, done = system.room(), system.counters()
    dispatch.by_place(system.place, system.path, system.waiting, system.facts, room, done)
    return room, done


def scored(system: System) -> tuple[Room, Counters]:
    room, done = system.room(), system.counters()
    slack = system.facts.slack
    ranking = dispatch.ranking(system.score, slack, np.ones(len(slack), dtype=bool))
    dispatch.by_score(ranking, system.waiting, system.facts, room, done)
    return room, done


def assert_same(system: System, room: Room, done: Counters, other: twin.Epoch) -> None:
    """Compare everything that an epoch changes, to 1e-9 of numbers of the order of 1."""
    expected = System.counters(system)
    for key, amount in other.served.items():
        expected.served[key] = amount
    for link, amount in other.traffic.items():
        expected.traffic[link] = amount
    for way, amount in other.by_path.items():
        expected.path_work[way] = amount
    for mine, theirs in zip(done, expected, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=0.0, atol=1e-9)
    np.testing.assert_allclose(room.link, other.link, rtol=0.0, atol=1e-9)
    for place, amount in other.compute.items():
        assert room.compute[place] == pytest.approx(amount, abs=1e-9)


def test_by_place_does_what_its_description_says() -> None:
    moved = 0
    for system in systems(1):
        room, done = placed(system)
        other = twin.begin(system.facts, system.compute, system.link, system.allowance)
        twin.by_place(other, system.place, system.waiting)
        assert_same(system, room, done, other)
        moved += len(other.served)
    assert moved > SYSTEMS, "the systems are too empty to say anything"


def test_paths_asked_for_are_taken_first() -> None:
    moved = differs = 0
    for system in systems(8):
        room, done = steered(system)
        other = twin.begin(system.facts, system.compute, system.link, system.allowance)
        twin.by_place(other, system.place, system.waiting, system.path)
        assert_same(system, room, done, other)
        moved += len(other.served)
        differs += not np.allclose(done.path_work, placed(system)[1].path_work, rtol=0.0, atol=1e-9)
    assert moved > SYSTEMS, "the systems are too empty to say anything"
    assert differs > SYSTEMS / 3, "hardly any system has paths to choose from"


def test_paths_that_the_links_have_room_for_are_taken_as_asked() -> None:
    seen = 0
    for system in systems(9, 600):
        ample = replace(system, compute=system.compute + 100.0, link=system.link + 100.0)
        ample = replace(ample, allowance=np.full_like(ample.allowance, np.inf))
        _, done = steered(ample)
        facts = system.facts
        usable = facts.route_delay[:, None] <= np.minimum(facts.bound, 1e9)[None, :, None, None]
        usable &= facts.feasible[..., None]
        asked = (system.place[:, :, :-2] * system.waiting[..., None])[..., None] * system.path * usable
        got = done.path_work.transpose(1, 0, 2, 3)
        assert (got >= asked - 1e-9).all()
        seen += int((asked > 0.0).sum())
    assert seen > 1000


def test_by_score_does_what_its_description_says() -> None:
    moved = 0
    for system in systems(2):
        room, done = scored(system)
        other = twin.begin(system.facts, system.compute, system.link, system.allowance)
        twin.by_score(other, system.score, system.waiting)
        assert_same(system, room, done, other)
        moved += len(other.served)
    assert moved > SYSTEMS, "the systems are too empty to say anything"


def test_work_waits_in_order_of_age_as_in_a_queue() -> None:
    rng = np.random.default_rng(3)
    for _ in range(300):
        regions, workloads, epochs = (int(n) for n in rng.integers([1, 1, 2], [3, 4, 12]))
        slack = rng.integers(0, 5, workloads)
        ages = int(slack.max()) + 1
        backlog, wait = np.zeros((regions, workloads, ages)), np.zeros((workloads, ages))
        queues = {(r, w): twin.Queue() for r in range(regions) for w in range(workloads)}
        waited = np.zeros_like(wait)
        for epoch in range(epochs):
            arrived = rng.uniform(0.0, 2.0, (regions, workloads))
            backlog[:, :, 0] += arrived
            waiting = backlog.sum(axis=2)
            served = waiting * rng.choice([0.0, 0.3, 0.8, 1.0], waiting.shape)
            rejected = (waiting - served) * rng.choice([0.0, 0.5], waiting.shape)
            unserved, after, last = np.zeros_like(waiting), np.zeros_like(waiting), epoch == epochs - 1
            by_centre = np.stack([served / 4, served * 0.75], axis=2)
            release(backlog, by_centre, rejected, slack, last, wait, unserved, after)
            np.testing.assert_allclose(after, backlog.sum(axis=2), rtol=1e-12)
            for (r, w), queue in queues.items():
                queue.arrive(epoch, float(arrived[r, w]))
                queue.refuse(float(rejected[r, w]))
                for age, amount in queue.serve(epoch, float(served[r, w])).items():
                    waited[w, age] += amount
                late = queue.expire(epoch, int(slack[w]), last)
                assert unserved[r, w] == pytest.approx(rejected[r, w] + late, abs=1e-9)
                if not last:
                    np.testing.assert_allclose(backlog[r, w], queue.by_age(epoch + 1, ages), atol=1e-9)
        np.testing.assert_allclose(wait, waited, rtol=0.0, atol=1e-9)
        assert not backlog.any()


@pytest.mark.parametrize("execute", [placed, steered, scored])
def test_no_room_no_link_and_no_residency_is_overdrawn(
    execute: Callable[[System], tuple[Room, Counters]],
) -> None:
    for system in systems(4):
        facts = system.facts
        room, done = execute(system)
        served = done.served
        assert served.min() >= 0.0
        assert served[~facts.feasible].sum() == 0.0
        assert (served.sum(axis=2) <= system.waiting * (1 + 1e-12)).all()
        for pool in range(system.compute.shape[1]):
            used = served[:, facts.pool == pool].sum(axis=(0, 1))
            np.testing.assert_allclose(system.compute[:, pool] - used, room.compute[:, pool], atol=1e-9)
        assert room.compute.min() >= 0.0
        assert (done.traffic <= system.link * (1 + 1e-9) + 1e-12).all()
        away = (served * ~facts.home[:, None, :]).sum(axis=2)
        assert (away <= system.allowance + 1e-9).all()
        np.testing.assert_allclose(system.allowance - away, room.allowance, atol=1e-9)


@pytest.mark.parametrize("execute", [placed, steered, scored])
def test_bits_are_conserved_along_the_routes(
    execute: Callable[[System], tuple[Room, Counters]],
) -> None:
    """At every node, what links bring in less what they take out is what ends less what begins there."""
    for system in systems(5, 400):
        facts = system.facts
        _, done = execute(system)
        surplus = np.zeros(system.graph.number_of_nodes())
        for a, b, edge in system.graph.edges(data=True):
            surplus[a] -= done.traffic[edge["number"]]
            surplus[b] += done.traffic[edge["number"]]
        ends = np.zeros_like(surplus)
        for (r, w, c), amount in np.ndenumerate(done.served):
            net = amount * (facts.bits_in[w] - facts.bits_out[w])
            ends[system.nodes_of_region[r]] -= net
            ends[system.nodes_of_centre[c]] += net
        np.testing.assert_allclose(surplus, ends, atol=1e-9)
        np.testing.assert_allclose(done.path_work.sum(axis=3).transpose(1, 0, 2), done.served, atol=1e-9)


def one_stream(system: System, amount: float) -> System:
    """Return the system with one deferrable workload that sends one bit per FLOP and is free to move."""
    facts = system.facts
    regions, workloads, centres = facts.feasible.shape
    free = facts._replace(
        pool=np.full(workloads, -1),
        slack=np.ones(workloads, dtype=np.int64),
        bits_in=_sealed(np.ones(workloads)),
        bits_out=_sealed(np.zeros(workloads)),
        bound=np.full(workloads, np.inf),
        feasible=np.ones((regions, workloads, centres), dtype=bool),
    )
    waiting = np.zeros((regions, workloads))
    waiting[:, 0] = amount
    place = np.zeros((regions, workloads, centres + 2))
    place[:, :, 0] = 1.0
    return replace(system, facts=free, waiting=waiting, place=place, allowance=np.full_like(waiting, np.inf))


def _sealed(values: Array) -> Array:
    values.setflags(write=False)
    return values


def test_several_paths_never_carry_more_than_the_minimal_cut() -> None:
    full = 0
    for system in systems(6, 600):
        stream = one_stream(system, 100.0)
        _, done = placed(stream)
        target = stream.nodes_of_centre[0]
        graph = stream.graph.copy()
        inside = 0.0
        for region, node in enumerate(stream.nodes_of_region):
            if node == target:
                inside += done.served[region, 0, 0]
                assert done.served[region, 0, 0] == pytest.approx(100.0)
            else:
                graph.add_edge(SOURCE, node)  # no capacity: infinite
        carried = done.served[:, 0, 0].sum() - inside
        if SOURCE not in graph:
            continue
        cut, _ = nx.minimum_cut(graph, SOURCE, target)
        assert carried <= cut + 1e-9
        full += carried >= cut - 1e-9 and cut > 0.0
    assert full > 100, "the cut is hardly ever reached: the check would not notice a leak"


def test_one_path_carries_its_bottleneck() -> None:
    for system in systems(7, 400):
        stream = one_stream(system, 100.0)
        facts = stream.facts._replace(
            route_link=stream.facts.route_link[:, :, :1].copy(),
            route_delay=_sealed(stream.facts.route_delay[:, :, :1].copy()),
        )
        waiting = stream.waiting.copy()
        waiting[1:] = 0.0
        room = stream.room()
        done = stream.counters()
        dispatch.by_place(stream.place, NO_PATHS, waiting, facts, room, done)
        hops = facts.route_link[0, 0, 0]
        hops = hops[hops >= 0]
        assert done.served[0, 0, 0] == pytest.approx(min([100.0, *stream.link[hops]]), abs=1e-9)
