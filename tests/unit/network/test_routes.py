"""Routes: the k shortest paths, their two directions, what is kept on disk, and the way around a cut."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from sim.ground.errors import ScenarioError
from sim.network import cache, routes
from sim.network.build import build
from sim.network.network import Network
from sim.network.routes import Links, Routes
from tests.oracles.worlds import events, shipped, world


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUANWANG_CACHE", str(tmp_path / "cache"))


def graph_of(links: Links) -> nx.Graph[int]:
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(len(links.nodes)))
    for number in range(len(links.ids) // 2):
        a, b = int(links.start[number]), int(links.end[number])
        graph.add_edge(a, b, delay=float(links.delay[number]))
    return graph


def random_links(rng: np.random.Generator, nodes: int = 7, most: int = 11) -> Links:
    """Return a backbone of some of all pairs of nodes, not always connected, without equal paths."""
    pairs = [(a, b) for a in range(nodes) for b in range(a + 1, nodes)]
    chosen = [pairs[n] for n in sorted(rng.choice(len(pairs), int(rng.integers(4, most)), replace=False))]
    ends = np.array([pair if rng.random() < 0.5 else pair[::-1] for pair in chosen])
    delay, half = rng.uniform(1e-3, 9e-3, len(ends)), len(ends)
    ids = tuple(f"{a}-{b}" for a, b in ends) + tuple(f"{b}-{a}" for a, b in ends)
    both = np.concatenate([ends, ends[:, ::-1]])
    names = tuple(str(n) for n in range(nodes))
    one = np.ones(2 * half)
    return Links(ids, both[:, 0], both[:, 1], np.tile(delay, 2), one, one, names)


def nodes_along(links: Links, first: int, hops: list[int]) -> list[int]:
    walk = [first]
    for hop in hops:
        assert links.start[hop] == walk[-1], "a link does not begin where the last one ended"
        walk.append(int(links.end[hop]))
    return walk


@pytest.mark.parametrize("seed", range(25))
def test_the_k_shortest_paths_are_those_that_trying_all_paths_finds(seed: int) -> None:
    links, paths = random_links(np.random.default_rng(seed)), 4
    graph = graph_of(links)
    pairs = [(a, b) for a in range(len(links.nodes)) for b in range(len(links.nodes))]
    found = routes.shortest(links, pairs, paths)
    for position, (a, b) in enumerate(pairs):
        walks = [[a]] if a == b else list(nx.all_simple_paths(graph, a, b))
        expected = sorted(sum(graph.edges[step]["delay"] for step in pairwise(walk)) for walk in walks)[:paths]
        delay = found.delay[position]
        np.testing.assert_allclose(delay[: len(expected)], expected, rtol=1e-12)
        assert np.isinf(delay[len(expected) :]).all()
        seen = set()
        for number in range(len(expected)):
            hops = [int(hop) for hop in found.link[position, number] if hop >= 0]
            walk = nodes_along(links, a, hops)
            assert walk[-1] == b
            assert len(set(walk)) == len(walk), "a path meets a node twice"
            assert sum(links.delay[hops]) == pytest.approx(expected[number], rel=1e-12)
            seen.add(tuple(walk))
        assert len(seen) == len(expected)
        assert (found.link[position, len(expected) :] == -1).all()


def test_the_way_back_takes_the_opposite_links() -> None:
    links = random_links(np.random.default_rng(7), most=16)
    other = routes.opposite(links)
    there, back = routes.shortest(links, [(0, 5)], 3), routes.shortest(links, [(5, 0)], 3)
    assert np.isfinite(there.delay[0]).any()
    np.testing.assert_array_equal(there.delay, back.delay)
    for go, come in zip(there.link[0], back.link[0], strict=True):
        assert [int(other[hop]) for hop in go[go >= 0]] == [int(hop) for hop in come[come >= 0]][::-1]
    assert (links.start[other] == links.end).all()
    assert (other[other] == np.arange(len(other))).all()


def test_routes_of_the_nation_are_loop_free_and_ascend() -> None:
    network = build(shipped("baseline-2024", ["run.horizon=24 h"]))
    config = network.scenario.config
    links = routes.directed(config)
    number = {node: position for position, node in enumerate(links.nodes)}
    delay = network["route_delay"]
    assert (delay[:, :, 1:] >= delay[:, :, :-1]).all()
    for r, region in enumerate(config.regions.values()):
        for c, centre in enumerate(config.centres.values()):
            for path in np.flatnonzero(np.isfinite(delay[r, c])):
                hops = [int(hop) for hop in network["route_link"][r, c, path] if hop >= 0]
                walk = nodes_along(links, number[region.node], hops)
                assert walk[-1] == number[centre.node]
                assert len(set(walk)) == len(walk)
                total = sum(links.delay[hops]) + config.network.metro_ms * 1e-3
                assert delay[r, c, path] == pytest.approx(total, rel=1e-12)


def same(one: Routes, other: Routes) -> bool:
    return np.array_equal(one.link, other.link) and np.array_equal(one.delay, other.delay)


def test_what_comes_from_the_cache_is_what_was_computed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    links, pairs = random_links(np.random.default_rng(3)), [(0, 4), (4, 1), (2, 2)]
    fresh = routes.shortest(links, pairs, 4)
    (kept,) = (tmp_path / "cache").glob("routes-*.npz")
    monkeypatch.setattr(routes, "_search", lambda *_: pytest.fail("computed again"))
    assert same(routes.shortest(links, pairs, 4), fresh)
    monkeypatch.undo()
    monkeypatch.setenv("SUANWANG_CACHE", str(tmp_path / "other"))
    assert same(routes.shortest(links, pairs, 4), fresh)
    assert kept.is_file()


@pytest.mark.parametrize("damage", ["empty", "cut", "noise", "text", "flipped"])
def test_a_damaged_file_of_the_cache_is_computed_anew(damage: str, tmp_path: Path) -> None:
    links, pairs = random_links(np.random.default_rng(3)), [(0, 4), (4, 1)]
    fresh = routes.shortest(links, pairs, 4)
    (kept,) = (tmp_path / "cache").glob("routes-*.npz")
    whole = kept.read_bytes()
    middle = len(whole) // 3
    flipped = whole[:middle] + bytes([whole[middle] ^ 0xFF]) + whole[middle + 1 :]
    noise = np.random.default_rng(0).bytes(500)
    made = {"empty": b"", "cut": whole[:-30], "noise": noise, "text": b"not an archive", "flipped": flipped}
    kept.write_bytes(made[damage])
    assert same(routes.shortest(links, pairs, 4), fresh)
    assert kept.read_bytes() == whole
    assert [path.name for path in kept.parent.iterdir()] == [kept.name], "a draft was left behind"


@pytest.mark.parametrize("bit", range(8))
def test_no_damage_of_a_header_gets_through(bit: int, tmp_path: Path) -> None:
    """Every byte of the archive's local headers, one bit at a time: an encrypted flag, a strange method."""

    def make() -> dict[str, np.ndarray]:
        return {"numbers": np.arange(3.0)}

    cache.cached("small", [1], make)
    (kept,) = (tmp_path / "cache").glob("small-*.npz")
    whole = kept.read_bytes()
    for place in range(len(whole) - 22):  # the last 22 bytes count the files and hold the comment
        kept.write_bytes(whole[:place] + bytes([whole[place] ^ (1 << bit)]) + whole[place + 1 :])
        np.testing.assert_array_equal(cache.cached("small", [1], make)["numbers"], np.arange(3.0))


def test_a_cache_that_cannot_be_written_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    links, pairs = random_links(np.random.default_rng(3)), [(0, 4), (4, 1)]
    fresh = routes.shortest(links, pairs, 4)
    (tmp_path / "file").write_text("no folder can be made below a file", encoding="utf-8")
    monkeypatch.setenv("SUANWANG_CACHE", str(tmp_path / "file" / "cache"))
    assert same(routes.shortest(links, pairs, 4), fresh)


def test_a_full_disk_leaves_no_draft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", full)
    links = random_links(np.random.default_rng(3))
    routes.shortest(links, [(0, 4)], 4)
    assert list((tmp_path / "cache").iterdir()) == []


def test_the_cache_keeps_no_more_files_than_it_may(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MOST_FILES", 3)
    for number in range(6):
        cache.cached("small", [number], lambda: {"numbers": np.zeros(1)})
    assert len(list((tmp_path / "cache").iterdir())) == 3


def test_a_cut_is_gone_around_wherever_the_backbone_allows(tmp_path: Path) -> None:
    """All four shortest paths of 80 pairs cross Jinan-Nanjing; the loss of the cable must not part them."""
    cut = events("at: 2024-03-04 03:00, what: outage, link: jinan-nanjing, for: 2 h")
    before = world(tmp_path, nation="china-2024", horizon="24 h")
    after = world(tmp_path, nation="china-2024", horizon="24 h", text=cut)
    number = before.ids("link").index("jinan-nanjing")

    def parted(network: Network) -> int:
        link, half = network["route_link"], len(network["link_capacity"]) // 2
        hit = ((link == number) | (link == number + half)).any(axis=3)
        return int((hit | np.isinf(network["route_delay"])).all(axis=2).sum())

    assert parted(before) == 80
    assert parted(after) == 0
    # What was there before is there still: the way around only comes beside it.
    assert after["route_delay"].shape[2] == before["route_delay"].shape[2] + 1
    np.testing.assert_array_equal(after["delay"], before["delay"])


def test_a_cut_outside_the_run_adds_no_path(tmp_path: Path) -> None:
    late = events("at: 2024-09-01, what: outage, link: east_city-west_city, for: 2 h")
    half = events("at: 2024-03-04, what: derate, link: east_city-west_city, share: 0.5, for: 2 h")
    for text in (late, half):
        assert world(tmp_path, text=text)["route_delay"].shape[2] == 4


def test_two_links_between_the_same_nodes_are_refused(tmp_path: Path) -> None:
    """Routes know one link between two nodes; a second one would stand idle, and both would be called b-a."""
    text = "set:\n  links.second: {from: west_city, to: east_city, fibre: 1500 km, capacity: 8 Tbps}\n"
    with pytest.raises(ScenarioError, match=r"links\.second joins the same two nodes"):
        world(tmp_path, text=text)


def test_background_traffic_is_gravity_on_the_shortest_paths(tmp_path: Path) -> None:
    """40, 25 and 15 million users: east-middle 1000, east-west 600, middle-west 375 parts of 1,975 each way."""
    network = world(tmp_path)
    parts = {"east_city-middle_city": 1000, "east_city-west_city": 600, "middle_city-west_city": 375}
    for link, share in parts.items():
        for end in (link, "-".join(link.split("-")[::-1])):
            at = network.ids("link").index(end)
            assert network["background"][at] == pytest.approx(1e12 * share / 3950, rel=1e-12)


def test_no_background_where_all_users_live_in_one_region(tmp_path: Path) -> None:
    sets = ["regions.middle.internet_users_million=0", "regions.west.internet_users_million=0"]
    assert not world(tmp_path, sets)["background"].any()
