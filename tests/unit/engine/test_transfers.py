"""Transfers by hand: who gets what on a few links, what a cut does, and that no bit gets lost unseen."""

from __future__ import annotations

import numpy as np
import pytest

from sim.engine.state import NEVER
from sim.engine.transfers import Transfers
from sim.ground.errors import InvariantError
from sim.workloads.jobs import TICK


def line(capacity: list[float], paths: list[list[list[int]]], cap: float = 1e3, **how: int) -> Transfers:
    """Return routes without delay over some links."""
    most, hops = max(map(len, paths)), max(len(path) for options in paths for path in options) or 1
    hop, delay = np.full((len(paths), most, hops), -1), np.full((len(paths), most), np.inf)
    for k, options in enumerate(paths):
        for p, path in enumerate(options):
            hop[k, p, : len(path)], delay[k, p] = path, 0.01 * p
    return Transfers(hop, delay, np.array(capacity), cap, **how)


def seconds(transfers: Transfers) -> dict[int, float]:
    """Return when each flow's last bit arrived, s."""
    return {int(end["whose"]): end["arrives"] / TICK for end in transfers.ends()}


def test_who_crosses_two_links_has_the_share_of_the_shorter_and_the_others_take_the_rest() -> None:
    transfers = line([10.0, 4.0], [[[0]], [[0, 1]], [[1]]])
    for route in range(3):
        transfers.open(route, 80.0, route)
    assert transfers.rates().tolist() == [8.0, 2.0, 2.0]
    assert transfers.next_end() == 10 * TICK
    # Nothing of route 0 is left after 10 s; its room helps nobody, link 1 stays the short one until 40 s.
    transfers.advance(100 * TICK)
    assert seconds(transfers) == {0: 10.0, 1: 40.0, 2: 40.0}


def test_a_cap_leaves_the_rest_of_a_link_to_those_who_can_use_it() -> None:
    transfers = Transfers(np.array([[[0]], [[0]]]), np.zeros((2, 1)), np.array([10.0]), np.array([2.0, 9.0]))
    transfers.open(0, 1.0)
    transfers.open(1, 1.0)
    assert transfers.rates().tolist() == [2.0, 8.0]


def test_a_shorter_flow_overtakes_on_its_own_route() -> None:
    transfers = line([10.0], [[[0]]])
    transfers.open(0, 100.0, 1)
    transfers.advance(2 * TICK)
    transfers.open(0, 5.0, 2)
    transfers.advance(100 * TICK)
    assert seconds(transfers) == {2: 3.0, 1: 10.5}


def test_a_cut_link_sends_its_flows_around_and_back_with_what_they_have_left() -> None:
    transfers = line([10.0, 5.0], [[[0], [1]]])
    transfers.open(0, 100.0)
    transfers.advance(4 * TICK)
    transfers.set_link(0, 0.0)
    transfers.advance(6 * TICK)
    transfers.set_link(0, 10.0)
    transfers.advance(100 * TICK)
    assert seconds(transfers) == {0: 11.0}  # 40 + 10 + 50 bits
    assert transfers.close_epoch().tolist() == pytest.approx([90.0, 10.0])


def test_a_flow_without_a_path_waits_for_one() -> None:
    transfers = line([10.0, 0.0], [[[0], [1]]])
    transfers.set_link(0, 0.0)
    transfers.open(0, 100.0)
    transfers.advance(50 * TICK)
    assert transfers.next_end() == NEVER
    assert transfers.rates().tolist() == [0.0]
    transfers.set_link(1, 20.0)
    transfers.advance(100 * TICK)
    assert seconds(transfers) == {0: 55.01}  # the second path takes 10 ms


def test_the_background_of_another_hour_changes_rates_and_not_paths() -> None:
    transfers = line([10.0, 10.0], [[[0], [1]]])
    transfers.open(0, 100.0)
    transfers.advance(5 * TICK)
    transfers.set_links(np.array([2.0, 10.0]))
    transfers.advance(100 * TICK)
    assert seconds(transfers) == {0: 30.0}


def test_who_is_dropped_takes_nothing_more() -> None:
    transfers = line([10.0], [[[0]]])
    flows = [transfers.open(0, 100.0, whose) for whose in range(2)]
    transfers.advance(10 * TICK)
    transfers.drop(flows[0])
    transfers.advance(100 * TICK)
    assert seconds(transfers) == {1: 15.0}
    assert transfers.close_epoch().tolist() == pytest.approx([150.0])


def test_a_place_at_its_own_node_is_bound_by_the_cap_alone() -> None:
    transfers = line([1.0], [[[]]], cap=4.0)
    transfers.open(0, 8.0)
    transfers.advance(10 * TICK)
    assert seconds(transfers) == {0: 2.0}


def test_flows_come_by_themselves_in_the_order_of_their_instants() -> None:
    transfers = line([10.0], [[[0]]], room=1)
    when = np.array([3, 1, 2]) * 20 * TICK
    transfers.expect(when, np.zeros(3, dtype=int), np.array([10.0, 20.0, 30.0]), np.arange(3))
    transfers.advance(50 * TICK)
    assert seconds(transfers) == {1: 22.0, 2: 43.0}
    transfers.expect(np.array([55]) * TICK, np.zeros(1, dtype=int), np.array([1.0]), np.array([9]))
    transfers.advance(100 * TICK)
    assert seconds(transfers) == {9: pytest.approx(55.1), 0: 61.0}


def test_a_year_without_a_pause_coarsens_no_time() -> None:
    # The link is never idle, and in the end so slow that a tick is half a bit.
    transfers = line([1e12], [[[0]]], cap=1e12)
    day = 86_400 * TICK
    transfers.open(0, 1e12 * 86_405)
    for number in range(1, 366):
        transfers.advance(number * day)
        transfers.open(0, 1e12 * 86_400, number)
    transfers.advance(366 * day)
    transfers.set_link(0, 1e6)
    transfers.open(0, 7e6, 999)
    transfers.advance(366 * day + 20 * TICK)
    assert seconds(transfers)[999] == 366 * 86_400.0 + 14.0


@pytest.mark.parametrize(
    ("table", "field", "lost", "what"),
    [
        ("route", "served", 1e16, "route 0 has lost or made bits"),
        ("route", "carried", 1e16, "route 0 has lost or made bits"),
        ("route", "targets", 1e16, "route 0 has lost or made bits"),
        ("route", "rate", 1e9, "route 0 has lost or made bits"),
        ("flow", "target", 1e16, "route 0 has lost or made bits"),
        ("link", "asked", 10**9, "link 0 has lost count"),
        ("link", "capacity", 10**9, "link 0 carries more than it can"),
    ],
)
def test_a_planted_leak_is_caught(table: str, field: str, lost: float, what: str) -> None:
    transfers = line([1e11], [[[0]], [[0]]], cap=1e11)
    for route in (0, 1):
        transfers.open(route, 1e13)
    transfers.advance(10 * TICK)
    transfers.close_epoch()
    transfers.advance(20 * TICK)
    getattr(transfers.state, table)[field][0] -= lost
    if field in ("rate", "target"):
        # The sums follow; it shows when the flow ends too soon, or too late.
        transfers.advance(400 * TICK)
    with pytest.raises(InvariantError, match=what):
        transfers.close_epoch()


def test_a_quantum_lets_rates_stand_until_its_end_the_books_or_a_change_of_the_links() -> None:
    transfers = line([10.0], [[[0]], [[0]], [[0]]], quantum=60 * TICK)
    transfers.advance(TICK)
    for route, rates in enumerate(([10.0, 0.0, 0.0], [10.0, 5.0, 0.0])):
        transfers.open(route, 1e5)
        transfers.advance((route + 2) * TICK)
        assert transfers.rates().tolist() == rates
    transfers.advance(60 * TICK)
    assert transfers.rates().tolist() == [5.0, 5.0, 0.0]
    transfers.advance(61 * TICK)
    transfers.open(2, 1e5)
    transfers.advance(62 * TICK)
    assert transfers.rates().tolist() == [5.0, 5.0, 5.0]
    assert transfers.close_epoch().tolist() == pytest.approx([10.0 * 61 + 5.0 * 58 + 5.0])
    assert transfers.rates().tolist() == pytest.approx([10.0 / 3.0] * 3)
    transfers.set_link(0, 30.0)
    assert transfers.rates().tolist() == [10.0] * 3


def test_what_cannot_be_is_refused() -> None:
    for paths in ([[[0, 0]]], [[[1]]], [[[-1, 0]]]):
        with pytest.raises(ValueError, match=r"`hop`|a path"):
            line([1.0], paths)
    with pytest.raises(ValueError, match="cap"):
        line([1.0], [[[0]]], cap=0.0)
    transfers = line([1.0], [[[0]]])
    for capacity in (-1.0, np.inf, np.nan):
        with pytest.raises(ValueError, match="capacity"):
            transfers.set_link(0, capacity)
    for route, bits in ((0, 0.0), (0, np.nan), (1, 1.0), (-1, 1.0)):
        with pytest.raises(ValueError, match="flow"):
            transfers.open(route, bits)
    gone = transfers.open(0, 2.0)
    transfers.advance(5 * TICK)
    for flow in (gone, gone + 1, -1, 10**6):
        with pytest.raises(ValueError, match="no flow"):
            transfers.drop(flow)
    with pytest.raises(ValueError, match="now or later"):
        transfers.expect(np.array([4]), np.array([0]), np.array([1.0]), np.array([0]))
