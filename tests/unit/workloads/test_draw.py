"""Drawn jobs: a Poisson process with the demand's profile, the demand's work exactly, the same bytes every time.

Bands are four standard errors of the law, at fixed seeds.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import fields, replace
from datetime import datetime
from itertools import pairwise
from math import sqrt
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from sim.ground.calendar import Calendar
from sim.workloads.base import REGISTRY, read_sheet
from sim.workloads.jobs import NEVER, TICK, Jobs
from sim.workloads.jobs.draw import Source, draw
from sim.workloads.jobs.law import job_law
from sim.workloads.jobs.sizes import sized

REGIONS = ("east", "middle", "west")
EIGHT_WEEKS = Calendar(2024, datetime(2024, 1, 1), 8 * 168)
UNIT = 1e12
SHARES = np.array([0.5, 0.3, 0.2])


def source(name: str, number: int, jobs: float, calendar: Calendar = EIGHT_WEEKS, widest: float = 1e17) -> Source:
    """Return a source of about so many jobs that ask for 5 EFLOPS with the profile of their class."""
    profile = REGISTRY.get(name).profile(calendar, read_sheet(name))
    work = 5e18 * calendar.seconds * profile[:, None] * SHARES[None, :]
    law = job_law(read_sheet(name))
    assert law is not None
    return Source(name, number, sized(law, work.sum() / jobs, widest, UNIT), work, 86400.0, 1e-8, 1e-9)


def drawn(*sources: Source, calendar: Calendar = EIGHT_WEEKS, seed: int = 42, replication: int = 0) -> Jobs:
    return Jobs.joined(draw(sources, REGIONS, calendar, seed, replication))


def same(a: Jobs, b: Jobs, *but: str) -> None:
    for field in fields(Jobs):
        if field.name not in but:
            np.testing.assert_array_equal(getattr(a, field.name), getattr(b, field.name), err_msg=field.name)


def digest(jobs: Jobs) -> str:
    return hashlib.sha256(b"".join(getattr(jobs, field.name).tobytes() for field in fields(Jobs))).hexdigest()


def test_arrivals_are_in_order_and_numbered() -> None:
    jobs = drawn(source("batch", 0, 20_000), source("training", 3, 5_000))
    assert (np.diff(jobs.arrive) >= 0).all()
    assert jobs.arrive[0] >= 0
    assert jobs.arrive[-1] < EIGHT_WEEKS.epochs * EIGHT_WEEKS.seconds * TICK
    np.testing.assert_array_equal(jobs.number, np.arange(1, len(jobs) + 1))
    assert set(jobs.workload.tolist()) == {0, 3}
    assert (jobs.ask >= jobs.run).all()
    assert jobs.run.min() >= 1


def test_arrivals_have_the_profile_of_the_class_and_the_scatter_of_a_poisson_process() -> None:
    batch = source("batch", 0, 200_000)
    jobs = drawn(batch)
    expected = batch.work / batch.sizes.work
    found = np.zeros_like(expected)
    np.add.at(found, (jobs.arrive // (3600 * TICK), jobs.region), 1)
    assert abs(len(jobs) - 200_000) < 4 * sqrt(200_000)
    # Over hours of the week, regions, and single hours: a chi-square of as many terms.
    for grouped in (
        lambda values: values.sum(axis=1).reshape(8, 168).sum(axis=0),
        lambda values: values.sum(axis=0),
        lambda values: values.ravel(),
    ):
        terms = (grouped(found) - grouped(expected)) ** 2 / grouped(expected)
        assert abs(terms.sum() - terms.size) < 4 * sqrt(2 * terms.size + (1 / grouped(expected)).sum())
    assert grouped(expected).max() / grouped(expected).min() > 4, "the profile is far from flat"


def test_gaps_of_a_flat_class_are_exponential_and_instants_uniform_within_the_hour() -> None:
    jobs = drawn(source("training", 0, 50_000))
    gaps = np.diff(jobs.arrive) / TICK
    # The 0.1 % point of Kolmogorov's statistic is 1.95 / sqrt(n).
    assert stats.kstest(gaps, "expon", args=(0, gaps.mean())).statistic < 1.95 / sqrt(len(gaps))
    within = jobs.arrive % (3600 * TICK) / (3600 * TICK)
    assert stats.kstest(within, "uniform").statistic < 1.95 / sqrt(len(within))
    assert abs(np.corrcoef(gaps[1:], gaps[:-1])[0, 1]) < 4 / sqrt(len(gaps))


def test_the_work_of_a_workload_is_its_demand_to_the_rounding_of_ticks() -> None:
    sources = [source("batch", 0, 3_000), source("hpc", 1, 300), source("training", 2, 300)]
    jobs = drawn(*sources)
    for one in sources:
        mine = jobs.only(jobs.workload == one.number)
        work = (mine.width.astype(np.float64) * mine.run).sum() * UNIT / TICK
        assert work == pytest.approx(one.work.sum(), rel=1e-9)
        assert mine.bits_in.sum() == pytest.approx(one.work.sum() * 1e-8, rel=1e-9)
        assert mine.bits_out.sum() == pytest.approx(one.work.sum() * 1e-9, rel=1e-9)


def test_regions_and_weeks_meet_their_demand_as_close_as_the_spread_allows() -> None:
    hpc = source("hpc", 0, 100_000)
    jobs = drawn(hpc)
    work = jobs.width * (jobs.run / TICK) * UNIT
    week = jobs.arrive // (168 * 3600 * TICK)
    for found, wanted in (
        (np.bincount(jobs.region, work), hpc.work.sum(axis=0)),
        (np.bincount(week, work), hpc.work.reshape(8, -1).sum(axis=1)),
    ):
        error = np.sqrt((1 + hpc.sizes.spread) * hpc.sizes.work / wanted)
        assert (np.abs(found / wanted - 1) < 4 * error).all()


def test_more_jobs_of_the_same_work_come_closer_to_the_demand() -> None:
    off = []
    for count in (1_000, 10_000, 100_000):
        batch = source("batch", 0, count)
        jobs = drawn(batch)
        hours = np.bincount(jobs.arrive // (3600 * TICK), jobs.width * (jobs.run / TICK) * UNIT, EIGHT_WEEKS.epochs)
        off.append(np.sqrt(((hours - batch.work.sum(axis=1)) ** 2).mean()) / batch.work.sum(axis=1).mean())
    # As the inverse root of the number, within a factor of 1.6 for heavy tails.
    for coarse, fine in pairwise(off):
        assert sqrt(10) / 1.6 < coarse / fine < sqrt(10) * 1.6


def test_sizes_of_drawn_jobs_are_those_of_the_law() -> None:
    hpc = source("hpc", 0, 100_000, widest=1e19)
    assert len(set(hpc.sizes.width.tolist())) == 8
    jobs = drawn(hpc)
    kind = np.searchsorted(hpc.sizes.width, jobs.width)
    run = jobs.run / TICK / hpc.sizes.stretch
    whole = hpc.sizes.law
    for k, share in enumerate(whole.share):
        mine = run[kind == k]
        assert abs(len(mine) / len(jobs) - share) < 4 * sqrt(share / len(jobs))
        deviation = sqrt(whole.moment(2)[k] - whole.moment(1)[k] ** 2)
        common = 4 * sqrt((1 + hpc.sizes.spread) / len(jobs))
        assert abs(mine.mean() / whole.moment(1)[k] - 1) < 4 * deviation / whole.moment(1)[k] / sqrt(len(mine)) + common


def test_a_job_may_wait_as_long_as_the_slack_says() -> None:
    jobs = drawn(source("batch", 0, 1_000))
    assert (jobs.due - jobs.arrive == 86_400 * TICK).all()
    assert (drawn(replace(source("batch", 0, 1_000), slack=None)).due == NEVER).all()


def test_the_same_seed_gives_the_same_jobs_and_another_does_not() -> None:
    sources = [source("batch", 0, 3_000), source("hpc", 1, 300)]
    first = drawn(*sources)
    same(first, drawn(*sources))
    for other in (drawn(*sources, seed=43), drawn(*sources, replication=1)):
        assert not np.array_equal(other.arrive[:100], first.arrive[:100])


def test_another_process_draws_the_same_bytes() -> None:
    root = Path(__file__).parents[3]
    code = "from tests.unit.workloads.test_draw import *; print(digest(drawn(source('training', 2, 2_000))))"
    env = {**os.environ, "PYTHONPATH": str(root), "PYTHONHASHSEED": "7"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, env=env, capture_output=True, text=True, encoding="utf-8", check=True
    )
    assert done.stdout.strip() == digest(drawn(source("training", 2, 2_000)))


def test_one_workload_s_jobs_do_not_depend_on_the_others() -> None:
    batch, hpc = source("batch", 0, 3_000), source("hpc", 1, 300)
    both, alone = drawn(batch, hpc), drawn(batch)
    same(both.only(both.workload == 0), alone, "number")
    first = next(iter(draw([batch], REGIONS, EIGHT_WEEKS, 42)))
    same(alone.only(alone.arrive < 31 * 86_400 * TICK), first)


def test_another_region_leaves_the_arrivals_of_the_others() -> None:
    batch = source("batch", 0, 3_000)
    three = drawn(batch)
    two = Jobs.joined(draw([replace(batch, work=batch.work[:, :2])], REGIONS[:2], EIGHT_WEEKS, 42))
    kept = three.only(three.region < 2)
    same(kept, two, "number", "run", "ask", "bits_in", "bits_out")
    ratio = kept.run / two.run
    assert np.ptp(ratio[two.run > TICK]) < 1e-5, "their runs differ by the common factor alone"


def test_epochs_of_a_quarter_of_an_hour_and_months_that_the_run_cuts() -> None:
    calendar = Calendar(2024, datetime(2024, 1, 30, 12), 3 * 96, 900.0)
    one = source("batch", 0, 5_000, calendar)
    parts = list(draw([one], REGIONS, calendar, 42))
    assert len(parts) == 2
    jobs = Jobs.joined(parts)
    assert (np.diff(jobs.arrive) >= 0).all()
    assert jobs.arrive[-1] < 3 * 86_400 * TICK
    assert parts[1].arrive[0] >= 1.5 * 86_400 * TICK > parts[0].arrive[-1]


def test_a_workload_without_demand_has_no_jobs() -> None:
    batch = source("batch", 0, 3_000)
    jobs = drawn(replace(batch, work=np.zeros_like(batch.work)))
    assert len(jobs) == 0
    assert jobs.arrive.dtype == np.int64
