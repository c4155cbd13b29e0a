"""What every dispatch policy keeps, on both nations: its contract, its View untouched, all work accounted for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from sim.engine.events import simulate as simulate_events
from sim.network.decision import Decision
from sim.network.network import Network
from sim.network.view import View
from sim.optimise.planner import Planner
from sim.policies.base import REGISTRY, Policy
from sim.results.store import as_json, document
from sim.workloads.jobs import Jobs
from tests.oracles.worlds import Row, events, nation, run, world

DAY = "2024-03-04"
NATIONS = ("toy-3", "china-2024")
TROUBLE = {
    "toy-3": events(f"at: {DAY} 08:00, what: outage, hub: inland, for: 5 h"),
    "china-2024": events(
        f"at: {DAY} 08:00, what: outage, hub: guizhou, for: 5 h",
        f"at: {DAY} 20:00, what: surge, factor: 2.5, for: 4 h",
        f"at: {DAY} 03:30, what: outage, link: jinan-nanjing, for: 9 h",
    ),
}
SETS = {"toy-3": ["workloads.*.growth=1.5"], "china-2024": ["regions.beijing.residency.move_share=0.2"]}


@dataclass
class Watched:
    """A policy whose every view and decision is looked at on the way."""

    policy: Policy
    decisions: list[Decision] = field(default_factory=list)

    def dispatch(self, view: View) -> Decision:
        before = {key: value.copy() for key, value in arrays(view)}
        decision = self.policy.dispatch(view)
        for key, value in arrays(view):
            np.testing.assert_array_equal(value, before[key], err_msg=f"it wrote into view.{key}")
        check(decision, view)
        self.decisions.append(decision)
        return decision


@dataclass
class Patient(Watched):
    """The same, asked for the hours of jobs too; a policy that has nothing to say of them lets them all run."""

    asked: int = 0

    def hours(self, jobs: Jobs, view: View) -> np.ndarray:
        self.asked += 1
        if not hasattr(self.policy, "hours"):
            return np.ones((len(jobs), 64), dtype=bool)
        found = np.asarray(self.policy.hours(jobs, view))
        assert found.dtype == bool
        assert found.ndim == 2
        assert len(found) == len(jobs)
        assert found.shape[1] <= 64
        assert found.any(axis=1).all(), "a job has no hour at all"
        return found


def arrays(view: View) -> Iterator[tuple[str, np.ndarray]]:
    for key, value in vars(view).items():
        if isinstance(value, np.ndarray):
            yield key, value
    yield "backlog", view.backlog


def check(decision: Decision, view: View) -> None:
    """Check the contract, a little more strictly than the engine does."""
    regions, workloads, centres = view.feasible.shape
    assert (decision.place is None) != (decision.score is None)
    if decision.place is not None:
        place = np.asarray(decision.place)
        assert place.shape == (regions, workloads, centres + 2)
        assert np.isfinite(place).all()
        assert place.min() >= 0.0
        np.testing.assert_allclose(place.sum(axis=2), 1.0, rtol=0.0, atol=1e-9)
        assert not place[:, view.slack == 0, -2].any(), "interactive work cannot wait"
        assert not place[:, :, :-2][~view.feasible].any(), "shares where work may not run are lost room"
    else:
        score = np.asarray(decision.score)
        assert score.shape == (regions, workloads, centres)
        assert (score > -np.inf).all()
        assert np.isinf(score[~view.feasible]).all(), "what may not run is forbidden"
        assert np.isfinite(score).any()
    if decision.when is not None:
        when = np.asarray(decision.when)
        assert when.shape == (regions, workloads, int(view.slack.max()) + 1)
        assert when.min() >= 0.0
        np.testing.assert_allclose(when.sum(axis=2), 1.0, rtol=0.0, atol=1e-9)
        lag = np.arange(when.shape[2])
        assert not when[:, lag[None, :] > view.slack[:, None]].any(), "work is put off beyond its deadline"
        assert not when[:, :, view.left :].any(), "or beyond the end of the run"
    if decision.path is not None:
        path = np.asarray(decision.path)
        assert path.shape[:-1] == view.feasible.shape
        assert np.isfinite(path).all()
        assert path.min() >= 0.0
        assert path.sum(axis=3).max() <= 1.0 + 1e-9
        assert decision.place is not None, "a score looks for its own way"
    if decision.charge is not None:
        assert np.shape(decision.charge) == (centres,)
        assert np.isfinite(decision.charge).all()


@pytest.fixture(scope="module", params=NATIONS)
def network(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Network:
    """Return two days of each nation in trouble: work above capacity, a hub and a cable out."""
    name = str(request.param)
    folder = tmp_path_factory.mktemp(name)
    return world(folder, SETS[name], TROUBLE[name], nation=name, horizon="48 h")


@pytest.fixture(scope="module", params=NATIONS)
def day(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Network:
    """Return the first of the two days in trouble, for what is run again and again."""
    name = str(request.param)
    return world(tmp_path_factory.mktemp(name), SETS[name], TROUBLE[name], nation=name, horizon="24 h")


@pytest.fixture(scope="module", params=NATIONS)
def calm(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Network:
    """Return two ordinary days of each nation."""
    name = str(request.param)
    return world(tmp_path_factory.mktemp(name), nation=name, horizon="48 h")


@pytest.mark.parametrize("name", REGISTRY.names())
def test_a_policy_keeps_its_contract(network: Network, name: str) -> None:
    watched = Watched(REGISTRY.get(name)())
    results = run(network, watched)
    assert len(watched.decisions) == 48
    done = results["moved"].sum(axis=1) + results["missed"]
    np.testing.assert_allclose(done, results["asked"], rtol=1e-9, atol=1.0)
    data = results["moved_data"].sum(axis=1) + results["missed_data"]
    np.testing.assert_allclose(data, results["asked_data"], rtol=1e-9, atol=1.0)
    assert 0.5 < results.kpi["served_share"] < 1.0, "the case has trouble, but not only trouble"
    link = results["link_traffic"] + results["background"]
    assert (link <= results["link_capacity"] * (1.0 + 1e-9)).all()
    feasible = network["feasible"].transpose(0, 2, 1) > 0.0
    assert not results["moved"][~feasible].any()


def one_centre(table: str, rows: list[Row]) -> list[Row]:
    return [row for row in rows if row.get("centre", "east_centre") == "east_centre"]


LINKS = ("east_city-middle_city", "middle_city-west_city", "east_city-west_city")
ODD: dict[str, tuple[list[str], str]] = {
    "one centre": (["centres.east_centre.pools.general.capacity=9 EFLOPS"], ""),
    "all links cut": ([], events(*(f"at: {DAY} 05:00, what: outage, link: {link}, for: 30 h" for link in LINKS))),
    "nothing is asked": (["workloads.*.growth=0"], ""),
    "residency": (["regions.*.residency.move_share=0.1"], ""),
    "contracts above the load": (["centres.*.green.wind=900 MW"], ""),
}


@pytest.mark.parametrize("name", REGISTRY.names())
@pytest.mark.parametrize("case", ODD)
def test_a_policy_keeps_its_contract_in_odd_worlds(tmp_path: Path, case: str, name: str) -> None:
    sets, text = ODD[case]
    place = nation(tmp_path, one_centre) if case == "one centre" else tmp_path
    network = world(place, sets, text, horizon="36 h")
    watched = Watched(REGISTRY.get(name)())
    results = run(network, watched)
    assert len(watched.decisions) == 36
    assert as_json(document(results)), "holds no NaN"
    for kind in ("", "_data"):
        done = results[f"moved{kind}"].sum(axis=1) + results[f"missed{kind}"]
        np.testing.assert_allclose(done, results[f"asked{kind}"], rtol=1e-9, atol=1.0)
    if case not in ("nothing is asked", "one centre"):
        # A rule that spreads work and does not see links keeps some of it for a way that is cut.
        assert results.kpi["served_share"] > (0.9 if case == "all links cut" else 0.99)


@pytest.mark.parametrize("name", REGISTRY.names())
def test_a_policy_keeps_its_contract_in_the_event_engine(tmp_path: Path, name: str) -> None:
    sets = ["run.jobs.count=1500", "failures.part={what: centre, between_h: 20, repair_h: 5, lost_share: 0.4}"]
    network = world(tmp_path, sets, horizon="36 h")
    watched = Patient(REGISTRY.get(name)())
    results = simulate_events(network, watched, None, Planner(network))
    assert len(watched.decisions) == 36
    assert as_json(document(results)), "holds no NaN"
    assert watched.asked > 0


@pytest.mark.parametrize("name", REGISTRY.names())
def test_a_policy_decides_alike_twice(day: Network, name: str) -> None:
    policy = REGISTRY.get(name)
    first, same = run(day, policy()), policy()
    for other in (run(day, same), run(day, same)):
        assert other.kpi == first.kpi
        assert other.by == first.by


@pytest.mark.parametrize("name", REGISTRY.names())
def test_a_policy_serves_what_an_ordinary_day_asks(calm: Network, name: str) -> None:
    share = run(calm, name).kpi["served_share"]
    assert share >= (0.999 if name == "base" else 0.99)


@pytest.mark.parametrize("name", REGISTRY.names())
def test_a_policy_has_a_word_to_say_and_parameters_with_defaults(name: str) -> None:
    policy = REGISTRY.get(name)
    assert (policy.__doc__ or "").strip()
    assert callable(policy().dispatch)
