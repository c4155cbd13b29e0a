"""The event engine on a nation: jobs beside a fluid, what fails and what is planned, and nothing lost on the way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.engine import events, fluid
from sim.engine.processes.base import REGISTRY, Happening, Loss, Site
from sim.ground.errors import InvariantError, ScenarioError
from sim.ground.places import scenarios
from sim.network.build import build
from sim.network.network import Network
from sim.once import execute, identify, policy_of, prepare
from sim.results.schema import FATES, Results
from tests.oracles.worlds import world

WEEK = ("run.engine=events", "run.horizon_h=168", "run.jobs.count=4000")
BREAKS = "failures.part={what: centre, between_h: 20, repair_h: 5, lost_share: 0.4}"

PLUGIN = """
import numpy as np
from sim.engine.processes.base import Loss, register

@register("blackout")
def blackout(site):
    def at_noon():
        loss = Loss(site.network["capacity"] > 0.0, np.zeros(len(site.network["link_capacity"]), dtype=bool), 1.0)
        yield site.until(12 * 3600.0)
        site.world.lose(loss)
        yield site.wait(3600.0)
        site.world.restore(loss)

    yield at_noon()
"""


def toy(*sets: str) -> Network:
    return build(prepare(scenarios() / "toy.yaml", [*WEEK, *sets]))


def run(network: Network, engine: Any = events) -> Results:
    return engine.simulate(network, policy_of(network.scenario))  # type: ignore[no-any-return]


def nation(network: Network) -> events.Nation:
    made = events.Nation(network, policy_of(network.scenario))
    made.clock.run(made.ticks * network.calendar.epochs)
    made.close(network.calendar.epochs - 1)
    return made


def drawn(results: Results) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Return which workloads have jobs."""
    return np.asarray(results["jobs"].any(axis=1))


@pytest.mark.parametrize("sets", [(), (BREAKS,), ("policy.name=nearest", BREAKS), ("run.jobs.transfers=false",)])
def test_all_work_is_served_missed_or_under_way(sets: tuple[str, ...]) -> None:
    results = run(toy(*sets))
    mine, seconds = drawn(results), results.seconds
    came = results["asked"].sum(axis=0)
    done = results["served"].sum(axis=(0, 1)) * seconds - results["lost"].sum(axis=0)
    left = results["backlog"][-1]
    np.testing.assert_allclose(came, done + results["missed"].sum(axis=0) + left, rtol=1e-9, atol=1e6)
    np.testing.assert_allclose(results["moved"].sum(axis=(0, 1))[mine], done[mine], rtol=1e-9)
    np.testing.assert_allclose(results["waited"].sum(axis=1)[mine], done[mine], rtol=1e-9)


def test_every_job_ends_as_exactly_one_thing() -> None:
    network = toy(BREAKS)
    whole = nation(network)
    results = run(network)
    fates = dict(zip(FATES, results["jobs"].sum(axis=0), strict=True))
    killed = fates.pop("killed")
    assert sum(fates.values()) == len(whole.jobs)
    assert killed > 0
    assert fates["finished"] > 0.9 * len(whole.jobs)


def test_the_drawn_work_is_the_demand() -> None:
    network = toy()
    results = run(network)
    np.testing.assert_allclose(results["demand"].sum(axis=0), network["demand"].sum(axis=(0, 1)), rtol=1e-6)


def test_the_same_seed_gives_the_same_bytes_and_another_replication_others() -> None:
    one, same, other = run(toy(BREAKS)), run(toy(BREAKS)), run(toy(BREAKS, "run.replication=1"))
    for name in one.series.data_vars:
        assert one[str(name)].tobytes() == same[str(name)].tobytes(), name
    assert one["served"].tobytes() != other["served"].tobytes()


def test_another_policy_meets_the_same_jobs_and_the_same_failures() -> None:
    one, other = nation(toy(BREAKS)), nation(toy(BREAKS, "policy.name=nearest"))
    assert one.jobs.arrive.tobytes() == other.jobs.arrive.tobytes()
    assert one.jobs.run.tobytes() == other.jobs.run.tobytes()
    assert one.as_it_was()["availability"].tobytes() == other.as_it_was()["availability"].tobytes()
    assert one.ledger.served.tobytes() != other.ledger.served.tobytes()


def test_interactive_work_goes_first_and_is_that_of_the_fluid_engine() -> None:
    network = toy()
    one, other = run(network), run(network, fluid)
    now = network.slack == 0
    np.testing.assert_allclose(one["served"][:, :, now], other["served"][:, :, now], rtol=1e-12)


def test_fluid_and_events_agree_as_jobs_multiply() -> None:
    gaps = []
    for count in (300, 30_000):
        network = toy(f"run.jobs.count={count}", "run.jobs.widest_share=0.01", "run.jobs.transfers=false")
        one, other = run(network), run(network, fluid)
        gaps.append(abs(one.kpi["it_energy_twh"] / other.kpi["it_energy_twh"] - 1.0))
        assert one.kpi["demand_eflops"] == pytest.approx(other.kpi["demand_eflops"], rel=1e-6)
    assert gaps[1] < 0.01
    assert gaps[1] <= gaps[0]


def test_an_outage_acts_at_its_instant_and_the_mean_of_the_epoch_is_what_the_fluid_engine_knows() -> None:
    centre = next(iter(prepare(scenarios() / "toy.yaml").config.centres))
    outage = f"events=[{{at: '2024-01-03 10:20', for: 2.5 h, what: outage, centre: {centre}}}]"
    network = toy(outage)
    whole = nation(network)
    np.testing.assert_allclose(whole.as_it_was()["availability"], network["availability"], atol=1e-9)
    down = whole.as_it_was()["availability"][58:61, 0, 0] / network["standing"][0, 0]
    np.testing.assert_allclose(down, [1 / 3, 0.0, 1 / 6], atol=1e-9)
    assert whole.loop.state.counts["killed"].sum() > 0


def test_a_log_of_failures_is_met_by_both_engines(tmp_path: Path) -> None:
    log = "at,id,for_h\n2024-01-02 10:30,west_centre,1.5\n2024-01-02 11:00,east_centre,0.5\n2031-01-01,east_centre,9\n"
    (tmp_path / "log.csv").write_text(log)
    given = [
        "failure_logs.seen={file: log.csv, lost_share: 0.5, pool: general}",
        "run.jobs.count=200",
        "failures.part=null",
    ]
    network = world(tmp_path, ["run.start=2024-01-01", *given], horizon="48 h")
    up = network["availability"][33:37, :, 0] / network["standing"][:, 0]
    np.testing.assert_allclose(up[:, 2], [1.0, 0.75, 0.5, 1.0], atol=1e-12)
    np.testing.assert_allclose(up[:, 0], [1.0, 1.0, 0.75, 1.0], atol=1e-12)
    np.testing.assert_allclose(network["availability"][:, :, 1], network["standing"][0, 1], atol=1e-12)
    np.testing.assert_allclose(nation(network).as_it_was()["availability"], network["availability"], atol=1e-9)


def test_another_log_is_another_run(tmp_path: Path) -> None:
    names = []
    for hours in (1, 2, 1):
        (tmp_path / "log.csv").write_text(f"at,id,for_h\n2024-03-04,west_centre,{hours}\n")
        names.append(identify(world(tmp_path, ["failure_logs.seen={file: log.csv}"], horizon="24 h").scenario))
    assert names[0] == names[2] != names[1]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("2024-01-02,west_center,1", "log.csv:2: there is no centre 'west_center'; did you mean 'west_centre'"),
        ("2024-01-02,west_centre,0", "log.csv:2: for_h: an outage has a length above 0"),
        ("2024-01-02,west_centre,", "log.csv:2: for_h"),
        ("noon,west_centre,1", "log.csv:2: at: 'noon' is no instant"),
        ("2024-01-02T00:00+08:00,west_centre,1", "log.csv:2: at carries a time zone"),
        ("2024-01-02,west_centre,1,2", "log.csv:2"),
    ],
)
def test_a_wrong_log_is_told_with_its_line(tmp_path: Path, rows: str, said: str) -> None:
    (tmp_path / "log.csv").write_text(f"at,id,for_h\n{rows}\n")
    with pytest.raises(ScenarioError) as wrong:
        world(tmp_path, ["failure_logs.seen={file: log.csv}"])
    assert said in str(wrong.value)
    with pytest.raises(ScenarioError, match=r"there is no trace 'none\.csv'"):
        world(tmp_path, ["failure_logs.seen={file: none.csv}"])


def test_a_process_of_ones_own_is_loaded_as_a_plugin(tmp_path: Path) -> None:
    file = tmp_path / "blackout.py"
    file.write_text(PLUGIN)
    try:
        sets = ["run.horizon=24 h", "run.engine=events", "run.jobs.count=50"]
        with_it = execute(prepare(scenarios() / "toy.yaml", sets, [file]), [file])
        assert with_it.series["load"].to_numpy()[12].max() == 0.0
        assert with_it.series["load"].to_numpy()[11].max() > 0.0
    finally:
        REGISTRY._found.pop("blackout", None)


def test_maintenance_is_announced_so_that_fewer_are_killed() -> None:
    rule = "maintenance.all={{at: '2024-01-02', every_h: 24, for_h: 3, lost_share: 0.6, notice_h: {}}}"
    sudden, announced = (nation(toy(rule.format(hours))).loop.state.counts["killed"].sum() for hours in (0, 12))
    assert 0 <= announced < sudden


def test_a_ramp_of_commissioning_is_met_by_both_engines() -> None:
    centre = next(iter(prepare(scenarios() / "toy.yaml").config.centres))
    network = toy(f"commissioning.new={{centre: {centre}, at: '2024-01-02', for_h: 48, begin_share: 0.25}}")
    share = network["availability"][:, 0, 0] / network["standing"][0, 0]
    np.testing.assert_allclose(share[[0, 23, 71, 72, 100]], [0.25, 0.25, 0.25 + 0.75 * 47.5 / 48, 1.0, 1.0], atol=1e-9)
    np.testing.assert_allclose(nation(network).as_it_was()["availability"], network["availability"], atol=1e-9)


def test_failures_leave_the_mean_availability_that_the_network_names() -> None:
    network = toy("run.horizon_h=8784", "run.jobs.count=200", "standard.availability=0.8", BREAKS)
    found = nation(network).as_it_was()["availability"][:, network["capacity"] > 0.0]
    # Some 350 cycles a pool: 0.08 ± three standard errors of about 0.006.
    np.testing.assert_allclose(found.mean(axis=0), 0.8, atol=0.02)
    assert found.min() < 0.6


def test_a_process_in_one_file_acts_on_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    REGISTRY.names()

    def strike(site: Site) -> Iterator[Happening]:
        def at_noon() -> Happening:
            yield site.until(12 * 3600.0)
            everything = np.ones(site.network["capacity"].shape, dtype=bool)
            loss = Loss(everything, np.zeros(len(site.network["link_capacity"]), dtype=bool), 1.0)
            site.world.lose(loss)
            yield site.wait(3600.0)
            site.world.restore(loss)

        yield at_noon()

    monkeypatch.setitem(REGISTRY._found, "strike", strike)
    results = run(toy())
    assert results["served"][12].sum() == 0.0
    assert results["served"][13].sum() > 0.0
    assert results["unserved"][12].sum() > 0.0


def test_interactive_work_sent_to_a_centre_that_fails_is_lost_until_the_next_decision() -> None:
    centre = next(iter(prepare(scenarios() / "toy.yaml").config.centres))
    network = toy(f"events=[{{at: '2024-01-03 10:30', for: 3 h, what: outage, centre: {centre}}}]")
    results = run(network)
    now = network.slack == 0
    before, during, after = (results["unserved"][epoch, now].sum() for epoch in (57, 58, 59))
    assert before == after == 0.0
    assert during > 0.0


def test_energy_is_booked_to_work_to_idle_equipment_and_to_what_was_lost() -> None:
    results = run(toy(BREAKS))
    energy = results["facility_power"].sum(axis=0) * results.seconds
    np.testing.assert_allclose(results["energy_account"].sum(axis=1), energy, rtol=1e-9)
    carbon = (results["grid_import"] * results["emission_factor"]).sum(axis=0) * results.seconds
    np.testing.assert_allclose(results["emissions_account"].sum(axis=1), carbon, rtol=1e-9)
    assert results.kpi["lost_energy_twh"] > 0.0
    assert run(toy(), fluid).kpi["lost_energy_twh"] == 0.0


def test_work_that_vanishes_from_the_books_of_the_nation_is_noticed() -> None:
    whole = nation(toy())
    whole.ledger.served[:, :, :] *= 1.0 + 1e-6
    with pytest.raises(InvariantError, match="its jobs did"):
        events.tally.enter_jobs(whole.ledger, whole.jobs, whole.loop, whole.stock, whole.ticks)


def test_links_carry_what_jobs_move() -> None:
    whole = nation(toy())
    jobs, outcome = whole.jobs, whole.loop.outcome()
    assert (outcome.came[outcome.first >= 0] <= outcome.first[outcome.first >= 0]).all()
    still = nation(toy("run.jobs.transfers=false"))
    assert whole.ledger.traffic.sum() > still.ledger.traffic.sum()
    assert len(jobs) == len(still.jobs)


@pytest.mark.parametrize("discipline", ["fcfs", "easy", "conservative"])
@pytest.mark.parametrize("shares", ["draw", "quota"])
def test_every_discipline_and_every_way_of_sharing_out_runs(discipline: str, shares: str) -> None:
    results = run(toy(f"run.jobs.discipline={discipline}", f"run.jobs.shares={shares}"))
    assert results.kpi["served_share"] > 0.9


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("failures.x={what: centre, between_h: 1, repair_h: 1, among: [nowhere]}", "no centre or hub 'nowhere'"),
        ("failures.x={what: link, between_h: 1, repair_h: 1, pool: smart}", "a link has no pool"),
        ("failures.x={what: centre, between_h: 1, repair_h: 1, per_1000_km: true}", "only links have a length"),
        ("commissioning.x={centre: nowhere, at: '2024-01-02'}", "there is no 'nowhere'"),
        ("maintenance.x={at: '2024-01-02', every_h: 2, for_h: 3, lost_share: 1}", "longer than the time"),
        ("maintenance.x={at: '2024-01-02', every_h: 0.001, for_h: 0.001, lost_share: 1}", "windows in the run"),
    ],
)
def test_what_cannot_be_meant_is_told(given: str, said: str) -> None:
    with pytest.raises(ScenarioError, match=said):
        toy(given)
