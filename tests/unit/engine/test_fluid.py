"""Time in the fluid engine: work is conserved, kept to its deadline, booked ahead, and stays where it must."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.ground.arrays import Array
from sim.ground.errors import PluginError
from sim.network.decision import Decision
from sim.network.network import Network
from sim.network.view import View
from sim.policies.base import REGISTRY
from sim.results.schema import Results
from tests.oracles.worlds import events, run, world

DAY = "2024-03-04"
POLICIES = REGISTRY.names()
SPREAD = REGISTRY.get("proportional")()


@dataclass
class Rule:
    """A policy that is a function, and remembers what it saw."""

    rule: Callable[[View], Any]
    seen: list[Array] = field(default_factory=list)

    def dispatch(self, view: View) -> Any:
        self.seen.append(view.waiting.copy())
        return self.rule(view)


def served(results: Results) -> Array:
    """Return the work and data served; [epoch, workload], FLOP or bit."""
    return np.asarray((results["served"] + results["served_data"]).sum(axis=1) * results.seconds)


def came(network: Network) -> Array:
    """Return the work and data that arrive; [epoch, workload]."""
    total: Array = (network["demand"] + network["data_demand"]).sum(axis=1) * network.calendar.seconds
    return total


def slack(results: Results, name: str) -> int:
    return int(results["slack"][results.ids("workload").index(name)])


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("growth", [1.0, 2.5])
def test_work_is_conserved_by_region_and_workload(tmp_path: Path, policy: str, growth: float) -> None:
    network = world(tmp_path, [f"workloads.*.growth={growth}"])
    results = run(network, policy)
    asked = (network["demand"] + network["data_demand"]).sum(axis=0) * network.calendar.seconds
    for kind in ("", "_data"):
        moved, missed = results["moved" + kind].sum(axis=1), results["missed" + kind]
        np.testing.assert_allclose(moved + missed, results["asked" + kind], rtol=1e-9, atol=1.0)
        assert missed.min() >= 0.0
    np.testing.assert_allclose(results["asked"] + results["asked_data"], asked, rtol=1e-12)
    assert results["backlog"][-1].sum() == pytest.approx(0.0, abs=1e6), "nothing waits past the end"
    done = (results["served"] * results.seconds).sum(axis=0)
    np.testing.assert_allclose(done, results["moved"].sum(axis=0), rtol=1e-9)
    assert (results.kpi["served_share"] < 0.99) == (growth > 1.0)


@pytest.mark.parametrize("policy", POLICIES)
def test_capacity_is_never_exceeded(tmp_path: Path, policy: str) -> None:
    text = events(f"at: {DAY} 10:20, what: derate, hub: inland, share: 0.3, for: 10 h")
    network = world(tmp_path, ["workloads.*.growth=2.5"], text)
    results = run(network, policy)
    pool = network["workload_pool"]
    for p in range(2):
        used = results["served"][:, :, pool == p].sum(axis=2)
        room = network["capacity"][:, p] * network["availability"][:, :, p]
        assert (used <= room * (1.0 + 1e-12)).all()
        assert used.max() == pytest.approx(room.max(), rel=1e-9)


@pytest.mark.parametrize("policy", POLICIES)
def test_deferrable_work_keeps_between_its_arrival_and_its_deadline(tmp_path: Path, policy: str) -> None:
    """A(t − D) ≤ S(t) + unserved(t) ≤ A(t), all cumulative; at the end nothing is left."""
    sets = ["workloads.*.growth=1.9", "workloads.batch.deadline_h=6", "workloads.training.deadline_h=3"]
    network = world(tmp_path, sets, horizon="96 h")
    results = run(network, policy)
    arrived = came(network).cumsum(axis=0)
    left = np.zeros_like(arrived)
    for w in range(arrived.shape[1]):
        seconds = results.seconds
        left[:, w] = (served(results)[:, w] + results["unserved"][:, w] * seconds).cumsum()
    compute = network["workload_pool"] >= 0
    for w in np.flatnonzero(compute).tolist():
        name, delay = results.ids("workload")[w], int(results["slack"][w])
        rounding = 1e-9 * arrived[-1, w]
        assert (left[:, w] <= arrived[:, w] + rounding).all(), name
        assert (left[delay:, w] >= arrived[: len(arrived) - delay, w] - rounding).all(), name
        assert left[-1, w] == pytest.approx(arrived[-1, w], rel=1e-9)
    assert slack(results, "training") == 3
    assert results.kpi["deadline_missed_share"] > 0.0, "the case is too easy to say anything"


def pulse(tmp_path: Path, horizon: str = "48 h", deadline: int = 24) -> Network:
    """Return a world whose only batch work comes in its first hour."""
    text = events(f"at: {DAY} 01:00, what: surge, workload: batch, factor: 0, for: 60 d")
    return world(tmp_path, [f"workloads.batch.deadline_h={deadline}"], text, horizon=horizon)


def late(network: Network, begin: int) -> Callable[[View], Decision]:
    """Return a rule that defers batch work until an epoch and spreads all else."""
    batch = network.ids("workload").index("batch")

    def rule(view: View) -> Decision:
        place = np.array(SPREAD.dispatch(view).place)
        if view.epoch < begin:
            place[:, batch] = 0.0
            place[:, batch, -2] = 1.0
        return Decision(place=place)

    return rule


@pytest.mark.parametrize(("begin", "share"), [(0, 1.0), (23, 1.0), (24, 1.0), (25, 0.0)])
def test_work_exactly_at_its_deadline_is_served_and_an_epoch_later_missed(
    tmp_path: Path, begin: int, share: float
) -> None:
    network = pulse(tmp_path)
    results = run(network, Rule(late(network, begin)))
    batch = results.by["workload"]["batch"]
    assert batch["served_share"] == pytest.approx(share, abs=1e-12)
    assert batch["deadline_missed_share"] == pytest.approx(1.0 - share, abs=1e-12)
    w = results.ids("workload").index("batch")
    if share:
        assert batch["wait_h"] == pytest.approx({key: begin for key in ("mean", "p50", "p95", "p99")})
    else:
        assert np.flatnonzero(results["unserved"][:, w]).tolist() == [24], "it leaves when its time is up"
    backlog = results["backlog"][:, w]
    assert np.flatnonzero(backlog > 1e-9 * results["asked"].max()).tolist() == list(range(min(begin, 24)))


def test_a_deadline_that_is_no_whole_number_of_epochs_is_cut(tmp_path: Path) -> None:
    network = world(tmp_path, ["workloads.batch.deadline_h=3", "workloads.hpc.deadline_h=1"], epoch="2 h")
    results = run(network)
    assert slack(results, "batch") == 1
    assert slack(results, "hpc") == 0


def test_deadlines_are_cut_at_the_end_of_the_run(tmp_path: Path) -> None:
    network = pulse(tmp_path, horizon="12 h")
    w = network.ids("workload").index("batch")
    kept = run(network, Rule(late(network, 11)))
    assert kept.by["workload"]["batch"]["served_share"] == pytest.approx(1.0)
    lost = run(network, Rule(late(network, 12)))
    assert lost.by["workload"]["batch"]["served_share"] == pytest.approx(0.0)
    assert np.flatnonzero(lost["unserved"][:, w]).tolist() == [11]


def ahead(lag: int) -> Callable[[View], Decision]:
    """Return a rule that books all deferrable work some epochs ahead, and spreads what is due."""

    def rule(view: View) -> Decision:
        when = np.zeros((*view.arrivals.shape, int(view.slack.max()) + 1))
        when[:, view.slack == 0, 0] = 1.0
        when[:, view.slack > 0, lag] = 1.0
        return Decision(place=SPREAD.dispatch(view).place, when=when)

    return rule


def test_booked_work_is_invisible_until_it_is_due(tmp_path: Path) -> None:
    network = world(tmp_path)
    policy = Rule(ahead(2))
    results = run(network, policy)
    arrived = (network["demand"] + network["data_demand"]) * network.calendar.seconds
    waits = results["slack"] > 0
    for epoch in range(2, 48):
        expected = arrived[epoch] + np.where(waits, arrived[epoch - 2], 0.0)
        np.testing.assert_allclose(policy.seen[epoch], expected, rtol=1e-9)
    done = served(results)
    assert not done[:2, waits].any()
    # The last two hours cannot be booked past the end: their work is dispatched at once.
    total = arrived.sum(axis=1)[:, waits]
    np.testing.assert_allclose(done[2:46, waits], total[:44], rtol=1e-9)
    np.testing.assert_allclose(done[46:, waits], total[44:46] + total[46:], rtol=1e-9)
    np.testing.assert_allclose(results["backlog"][0] + results["backlog_data"][0], np.where(
        waits, arrived[0].sum(axis=0), 0.0), rtol=1e-9)  # fmt: skip
    batch = results.by["workload"]["batch"]["wait_h"]
    assert batch["p50"] == 2.0
    w = results.ids("workload").index("batch")
    work = came(network)[:, w]
    assert batch["mean"] == pytest.approx(2.0 * work[:46].sum() / work.sum(), rel=1e-9)
    assert results.kpi["served_share"] == pytest.approx(1.0, abs=1e-12)


def test_a_booking_to_the_last_epoch_of_the_deadline_is_served(tmp_path: Path) -> None:
    sets = ["workloads.*.deadline_h=4", "workloads.in*.deadline_h=0", "workloads.*.growth=0.5"]
    results = run(world(tmp_path, sets), Rule(ahead(4)))
    assert results.kpi["served_share"] == pytest.approx(1.0, abs=1e-12)
    assert results.by["workload"]["hpc"]["wait_h"]["p99"] == 4.0


def base_when(view: View) -> Array:
    when = np.zeros((*view.arrivals.shape, int(view.slack.max()) + 1))
    when[:, :, 0] = 1.0
    return when


def changed(part: str, at: tuple[Any, ...], value: float, other: tuple[Any, ...] | None = None) -> Any:
    """Return a rule whose `place` or `when` is wrong in one place (and mended elsewhere)."""

    def rule(view: View) -> Decision:
        place, when = np.array(SPREAD.dispatch(view).place), base_when(view)
        array = place if part == "place" else when
        array[at] += value
        if other is not None:
            array[other] -= value
        return Decision(place=place, when=when)

    return rule


def steered(at: tuple[int, ...], value: float) -> Callable[[View], Decision]:
    """Return a rule that asks for one path, with a wrong share."""

    def rule(view: View) -> Decision:
        path = np.zeros((*view.feasible.shape, 4))
        path[at] = value
        return Decision(place=SPREAD.dispatch(view).place, path=path)

    return rule


def charged(charge: Any) -> Callable[[View], Decision]:
    return lambda view: Decision(place=SPREAD.dispatch(view).place, charge=charge)


INTERACTIVE = 0
BREACHES: dict[str, tuple[Callable[[View], Any], str]] = {
    "nothing": (lambda view: None, "either"),
    "neither": (lambda view: Decision(), "either"),
    "both": (
        lambda view: Decision(place=SPREAD.dispatch(view).place, score=np.zeros(view.feasible.shape)),
        "either",
    ),
    "an array": (lambda view: SPREAD.dispatch(view).place, "either"),
    "place negative": (changed("place", (0, 2, 0), -0.9, (0, 2, -2)), "from 0"),
    "place sums to more": (changed("place", (0, 2, 0), 1e-6), "sum to 1"),
    "place sums to less": (changed("place", (0, 2, 0), -1e-6), "sum to 1"),
    "place not a number": (changed("place", (1, 1, 1), np.nan), "from 0"),
    "place infinite": (changed("place", (1, 1, 1), np.inf), "sum to 1"),
    "place defers interactive work": (
        changed("place", (0, INTERACTIVE, -2), 0.2, (0, INTERACTIVE, 0)), "interactive",
    ),
    "place without rejection": (
        lambda view: Decision(place=np.asarray(SPREAD.dispatch(view).place)[:, :, :-1]), "shape",
    ),
    "score not a number": (lambda view: Decision(score=np.full(view.feasible.shape, np.nan)), "NaN"),
    "score minus infinity": (lambda view: Decision(score=np.full(view.feasible.shape, -np.inf)), "-inf"),
    "score flat": (lambda view: Decision(score=np.zeros(view.feasible.shape[:2])), "shape"),
    "when negative": (changed("when", (0, 2, 1), -0.5, (0, 2, 0)), "from 0"),
    "when sums to less": (changed("when", (0, 2, 0), -0.5), "sum to 1"),
    "when not a number": (changed("when", (0, 2, 0), np.nan), "from 0"),
    "when not a number later": (changed("when", (0, 2, 3), np.nan), "from 0"),
    "when past the deadline": (changed("when", (0, 2, 25), 0.5, (0, 2, 0)), "past its deadline"),
    "when of interactive work": (
        changed("when", (0, INTERACTIVE, 1), 0.5, (0, INTERACTIVE, 0)), "past its deadline",
    ),
    "path negative": (steered((0, 2, 0, 0), -0.1), "from 0"),
    "path sums to more": (steered((0, 2, 0, 1), 1.0 + 1e-6), "at most 1"),
    "path not a number": (steered((1, 1, 1, 0), np.nan), "from 0"),
    "path infinite": (steered((1, 1, 1, 0), np.inf), "at most 1"),
    "path flat": (
        lambda view: Decision(place=SPREAD.dispatch(view).place, path=np.zeros(view.feasible.shape)), "shape",
    ),
    "path of a score": (
        lambda view: Decision(score=np.zeros(view.feasible.shape), path=np.zeros((*view.feasible.shape, 4))),
        "goes with `place`",
    ),
    "charge not a number": (charged([0.0, np.nan, 0.0]), "finite"),
    "charge infinite": (charged([0.0, np.inf, 0.0]), "finite"),
    "charge of too few": (charged([0.0, 0.0]), "shape"),
    "charge of all": (charged(0.0), "shape"),
    "when flat": (
        lambda view: Decision(place=SPREAD.dispatch(view).place, when=np.ones((3, 6))), "shape",
    ),
}  # fmt: skip


@pytest.mark.parametrize("breach", BREACHES)
def test_a_decision_that_breaks_its_contract_is_refused_with_the_reason(tmp_path: Path, breach: str) -> None:
    rule, reason = BREACHES[breach]
    with pytest.raises(PluginError, match=reason):
        run(world(tmp_path, horizon="3 h"), Rule(rule))


def test_a_breach_names_policy_epoch_and_entry(tmp_path: Path) -> None:
    network = world(tmp_path, horizon="3 h")
    entry = "region 'middle', workload 'batch'"
    for at, value, told in (
        ((1, 2, 0), np.nan, f"`place` is nan for {entry}, centre 'east_centre'"),
        ((1, 2, -2), -0.25, f"`place` is -0.25 for {entry}, deferred"),
        ((1, 2, -1), 1.5, f"`place` sums to 2.5 for {entry}"),
    ):
        wrong = changed("place", at, value)
        rule = Rule(lambda view, wrong=wrong: wrong(view) if view.epoch == 1 else SPREAD.dispatch(view))
        with pytest.raises(PluginError, match=r"the policy 'Rule' in epoch 1 .2024-03-04 01:00.: ") as caught:
            run(network, rule)
        assert told in str(caught.value)


def test_work_for_a_centre_that_is_out_is_refused(tmp_path: Path) -> None:
    network = world(tmp_path, text=events("at: 2024-03-04 01:00, what: outage, centre: west_centre, for: 1 h"))

    def everywhere(view: View) -> Decision:
        place = np.zeros((*view.feasible.shape[:2], view.feasible.shape[2] + 2))
        place[:, :, :-2] = view.feasible / view.feasible.sum(axis=2, keepdims=True)
        return Decision(place=place)

    with pytest.raises(PluginError, match=r"in epoch 1 .*out of service.*centre 'west_centre'"):
        run(network, Rule(everywhere))


def test_a_booking_past_the_deadline_is_refused_in_the_last_hours_too(tmp_path: Path) -> None:
    network = world(tmp_path, horizon="3 h")
    wrong = changed("when", (0, 2, 25), 0.5, (0, 2, 0))
    rule = Rule(lambda view: wrong(view) if view.epoch == 2 else SPREAD.dispatch(view))
    with pytest.raises(PluginError, match="past its deadline"):
        run(network, rule)


def test_shares_within_rounding_of_one_serve_no_more_than_all(tmp_path: Path) -> None:
    network = world(tmp_path)
    more = Rule(lambda view: Decision(place=np.asarray(SPREAD.dispatch(view).place) * (1.0 + 0.9e-9)))
    assert run(network, more).kpi["served_share"] == pytest.approx(1.0, abs=1e-14)


def test_paths_within_rounding_of_one_carry_no_more_than_all(tmp_path: Path) -> None:
    def rule(view: View) -> Decision:
        path = np.full((*view.feasible.shape, 4), 0.25 * (1.0 + 0.9e-9))
        path.setflags(write=False)
        return Decision(place=SPREAD.dispatch(view).place, path=path)

    results = run(world(tmp_path), Rule(rule))
    np.testing.assert_allclose(results["moved"].sum(axis=1) + results["missed"], results["asked"], rtol=1e-14)


def test_lists_are_as_good_as_arrays(tmp_path: Path) -> None:
    network = world(tmp_path)
    listed = Rule(lambda view: Decision(place=np.asarray(SPREAD.dispatch(view).place).tolist()))
    assert run(network, listed).kpi == run(network, "proportional").kpi


def test_rejected_work_is_gone_at_once(tmp_path: Path) -> None:
    def rule(view: View) -> Decision:
        place = np.array(SPREAD.dispatch(view).place) * 0.75
        place[:, :, -1] += 0.25
        return Decision(place=place)

    results = run(world(tmp_path), Rule(rule))
    assert results.kpi["served_share"] == pytest.approx(0.75, rel=1e-9)
    assert results["backlog"].max() == pytest.approx(0.0, abs=1e6)


def test_a_view_cannot_be_written_to(tmp_path: Path) -> None:
    seen: list[View] = []

    def rule(view: View) -> Decision:
        seen.append(view)
        return SPREAD.dispatch(view)

    run(world(tmp_path, horizon="2 h"), Rule(rule))
    arrays = {key: value for key, value in vars(seen[0]).items() if isinstance(value, np.ndarray)}
    assert len(arrays) >= 14
    for name, array in arrays.items():
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0
        assert not array.flags.writeable, name


AWAY_SETS = ["regions.*.residency.move_share={share}", "workloads.*.growth=1.3"]


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("share", [0.0, 0.2])
def test_residency_keeps_work_at_home(tmp_path: Path, policy: str, share: float) -> None:
    """Of all that has come, no more leaves the centres of the region and of its hub than may."""
    network = world(tmp_path, [text.format(share=share) for text in AWAY_SETS])
    results = run(network, policy)
    deferrable = (results["slack"] > 0) & (network["workload_pool"] >= 0)
    away = network["home"] == 0.0
    left = np.einsum("rcw,rc->rw", results["moved"], away)[:, deferrable]
    most = share * (results["asked"] + results["asked_data"])[:, deferrable]
    assert (left <= most * (1.0 + 1e-9)).all()
    if share == 0.0:
        assert not left.any()
    elif policy == "proportional":
        assert left.sum() == pytest.approx(most.sum(), rel=0.2), "what may leave does leave"
    data = results.by["workload"]["storage"]
    assert data["served_share"] == 1.0, "a copy of data goes elsewhere by its nature; residency is of compute"


def test_in_one_epoch_just_the_share_leaves(tmp_path: Path) -> None:
    network = world(tmp_path, ["regions.*.residency.move_share=0.2"], horizon="1 h")
    results = run(network, "proportional")
    batch = results.ids("workload").index("batch")
    away = np.einsum("rc,rc->r", results["moved"][:, :, batch], network["home"] == 0.0)
    # A third of the capacity stands at the coast: the east would send 2/3 away, the others 1/3.
    np.testing.assert_allclose(away / results["asked"][:, batch], 0.2, rtol=1e-9)


def test_destinations_are_respected(tmp_path: Path) -> None:
    network = world(tmp_path, ["regions.west.residency.destinations=[inland]", "workloads.*.growth=1.5"])
    deferrable = (network["deadline"] > 0.0) & (network["workload_pool"] >= 0)
    for policy in POLICIES:
        moved = run(network, policy)["moved"]
        assert not moved[2, 0][deferrable].any(), policy
        assert moved[2, 2][deferrable].all(), policy
    assert run(network, "proportional")["moved"][1, 0][deferrable].all()


def test_without_a_path_nothing_is_carried(tmp_path: Path) -> None:
    """Three nodes have two paths a pair, four are kept: the two that do not exist must carry nothing."""
    network = world(tmp_path, ["links.*.capacity=0.01 Tbps", "network.background=0 Tbps"])
    results = run(network, "proportional")
    crossing = results["moved"] * ~np.eye(3, dtype=bool)[:, :, None] * network["bits_in"]
    crossing = crossing.sum() + (results["moved_data"] * ~np.eye(3, dtype=bool)[:, :, None]).sum()
    assert crossing <= 6 * 0.01e12 * 3600 * 48 * (1.0 + 1e-9)
    assert results["path_work"][:, :, :, 2:].sum() == 0.0
    assert results.kpi["served_share"] < 0.99
    assert results.kpi["link_utilisation"]["max"] == pytest.approx(1.0, rel=1e-9)


def test_progress_is_told(tmp_path: Path) -> None:
    from sim.engine.fluid import simulate

    told: list[tuple[int, int]] = []
    network = world(tmp_path, horizon="600 h")
    simulate(network, REGISTRY.get("local")(), lambda done, all_: told.append((done, all_)))
    assert [done for done, _ in told][:2] == [256, 512]
    assert {total for _, total in told} == {600}
