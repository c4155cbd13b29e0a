"""Laws of jobs: closed moments met by draws, the figures that the sheets name as their source, sizes as wanted."""

from __future__ import annotations

from math import exp, sqrt
from typing import Any

import numpy as np
import pytest

from sim.ground.errors import ScenarioError
from sim.ground.seeds import generator
from sim.workloads.base import read_sheet
from sim.workloads.jobs.law import JobLaw, job_law
from sim.workloads.jobs.sizes import ROOM, sized

DRAWN = ("batch", "hpc", "training")
MANY = 400_000


def law(name: str) -> JobLaw:
    found = job_law(read_sheet(name))
    assert found is not None
    return found


def sample(name: str, seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return kind, run and requested time of many jobs."""
    rng, mine = generator(seed, 0, "test"), law(name)
    kind = mine.kinds(rng, MANY)
    run = mine.runs(rng, kind)
    return kind, run, mine.asks(rng, run)


@pytest.mark.parametrize("name", DRAWN)
def test_draws_meet_the_shares_and_the_moments_of_every_kind_within_four_errors(name: str) -> None:
    mine = law(name)
    kind, run, _ = sample(name)
    first, second = mine.moment(1), mine.moment(2)
    for k, share in enumerate(mine.share):
        of_kind = run[kind == k]
        assert abs(len(of_kind) - MANY * share) < 4 * sqrt(MANY * share * (1 - share))
        assert abs(of_kind.mean() - first[k]) < 4 * sqrt((second[k] - first[k] ** 2) / len(of_kind))
    assert run.min() >= 1.0
    assert run.max() == mine.most, "some reach the limit, none passes it"


@pytest.mark.parametrize("name", DRAWN)
def test_the_second_moment_is_that_of_the_draws(name: str) -> None:
    mine, square = law(name), sample(name)[1] ** 2
    assert abs(square.mean() - mine.moment(2) @ mine.share) < 4 * square.std() / sqrt(MANY)


def test_moments_without_a_limit_are_those_of_the_textbook() -> None:
    plain: dict[str, Any] = {"run_most_s": 1e12, "run_over_ask": 1.0, "width": 1.0, "width_share": 1.0,
                             "run_by_width": 1.0, "width_tflops": 1.0}  # fmt: skip
    lognormal = job_law(plain | {"run_median_s": 1e4, "run_sigma": 0.5})
    weibull = job_law(plain | {"run_scale_s": 1e6, "run_shape": 2.0})
    assert lognormal is not None
    assert weibull is not None
    assert lognormal.moment(1)[0] == pytest.approx(1e4 * exp(0.125))
    assert lognormal.moment(2)[0] == pytest.approx(1e8 * exp(0.5))
    assert weibull.moment(1)[0] == pytest.approx(1e6 * sqrt(np.pi) / 2)
    assert weibull.moment(2)[0] == pytest.approx(1e12)


def test_hpc_is_the_log_that_it_is_taken_from() -> None:
    mine = law("hpc")
    assert (mine.width @ mine.share, mine.moment(1) @ mine.share) == pytest.approx((12.6, 8366), rel=3e-3)
    centre = mine.share @ np.log(mine.scale)
    spread = sqrt(mine.shape**2 + mine.share @ (np.log(mine.scale) - centre) ** 2)
    assert (centre, spread) == pytest.approx((6.530, 2.521), abs=2e-3)


def test_training_is_the_cluster_that_it_is_taken_from() -> None:
    mine = law("training")
    width, run = mine.width @ mine.share, mine.moment(1) @ mine.share
    assert (width, run) == pytest.approx((26.8, 1259.7), rel=2e-3)
    assert (mine.width * mine.moment(1)) @ mine.share / (width * run) == pytest.approx(7.94, rel=2e-3)
    assert mine.share[0] > 0.5
    assert mine.width.max() == 1024
    _, drawn, _ = sample("training")
    assert np.median(drawn) == pytest.approx(103, rel=0.02)


def test_batch_has_the_mean_of_its_log_before_the_cut() -> None:
    assert law("batch").scale[0] * exp(0.5 * law("batch").shape ** 2) == pytest.approx(4524, rel=2e-3)


@pytest.mark.parametrize("name", DRAWN)
def test_jobs_ask_for_more_than_they_run(name: str) -> None:
    mine = law(name)
    _, run, ask = sample(name)
    assert (ask >= run).all()
    assert ask.max() <= mine.most
    assert (run / ask)[run < 1e-4 * mine.most].mean() == pytest.approx(mine.run_over_ask, abs=0.01)


@pytest.mark.parametrize("name", ["interactive", "inference", "storage"])
def test_what_stays_fluid_has_no_law_of_jobs(name: str) -> None:
    assert job_law(read_sheet(name)) is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"run_scale_s": 5.0}, "never both"),
        ({"width_share": None}, r"missing: \['width_share'\]"),
        ({"run_sigma": None}, r"missing: \['run_sigma'\]"),
        ({"width_share": (0.5, 0.4)}, "width_share sums to 0.9; it must sum to 1"),
        ({"run_by_width": (1.0,)}, "as many of each"),
        ({"width": (0.0, 2.0)}, "above 0"),
        ({"run_over_ask": 1.5}, "run_over_ask at most 1"),
    ],
)
def test_a_sheet_that_is_no_law_is_refused(change: dict[str, Any], message: str) -> None:
    good: dict[str, Any] = {"run_median_s": 9.0, "run_sigma": 1.0, "run_most_s": 99.0, "run_over_ask": 0.3,
                            "width": (1.0, 2.0), "width_share": (0.5, 0.5), "run_by_width": (1.0, 1.0),
                            "width_tflops": 1.0}  # fmt: skip
    assert job_law(good) is not None
    bad = {key: value for key, value in (good | change).items() if value is not None}
    with pytest.raises(ScenarioError, match=message):
        job_law(bad)


@pytest.mark.parametrize("name", DRAWN)
@pytest.mark.parametrize("work", [1e15, 1e18, 1e21, 1e24])
@pytest.mark.parametrize("widest", [1e12, 1e15, 4e17])
def test_sizes_have_the_mean_that_is_wanted_and_nothing_wider(name: str, work: float, widest: float) -> None:
    mine, sizes = law(name), sized(law(name), work, widest, 1e12)
    assert sizes.work == pytest.approx(work, rel=1e-12)
    assert 1 <= sizes.width.min() <= sizes.width.max() <= widest / 1e12
    assert (np.diff(sizes.width) >= 0).all()
    if sizes.stretch > 2.0:
        mean = sizes.width @ mine.share
        assert mean == pytest.approx(max(widest / 1e12 / ROOM, 1.0), rel=0.05), "runs grow when widths cannot"


def test_jobs_as_large_as_the_law_has_them_stay_so() -> None:
    mine = law("hpc")
    natural = float((mine.share * mine.width * mine.moment(1)).sum()) * mine.flops
    sizes = sized(mine, natural, 1e18, 1e11)
    assert sizes.bundle == pytest.approx(1.0)
    assert sizes.stretch == pytest.approx(1.0)
    np.testing.assert_array_equal(sizes.width, mine.width * 87)


def test_the_spread_is_that_of_the_draws() -> None:
    sizes = sized(law("hpc"), 1e21, 1e18, 1e12)
    kind, run, _ = sample("hpc")
    work = sizes.width[kind] * run
    assert work.var() / work.mean() ** 2 == pytest.approx(sizes.spread, rel=0.05)
