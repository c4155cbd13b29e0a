"""Sensitivities against SALib: the same samples, the same estimates, intervals that mean the same."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest

from sim.study.archive import Archive
from sim.study.axes import Axis, Design
from sim.study.parts import Row
from sim.study.sensitivity import Effect, sensitivity

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    pytest.importorskip("SALib", reason="SALib is not installed; `make peers` does")
    from SALib.analyze import morris, sobol

pytestmark = pytest.mark.peers
N, KEYS, SEED = 512, ("run.seed", "grid.carbon_price", "workloads.hpc.growth"), 5
PROBLEM = {"num_vars": 3, "names": list(KEYS), "bounds": [[0.0, 1.0]] * 3}


def ishigami(unit: np.ndarray) -> np.ndarray:
    x = np.pi * (2.0 * unit - 1.0)
    return np.asarray(np.sin(x[:, 0]) + 7.0 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0]))


def archive(method: str, n: int, unit: np.ndarray, y: np.ndarray) -> Archive:
    design = Design((Axis("sample", KEYS, tuple(map(tuple, unit.tolist()))),))
    rows = [Row(number, "", {"y": value}) for number, value in enumerate(y.tolist())]
    return Archive(Path(), design, {"method": method, "n": n, "seed": SEED}, rows)


def points(method: str, n: int) -> np.ndarray:
    from sim.ground.seeds import generator
    from sim.study.sample import unit_points

    return unit_points(method, n, len(KEYS), generator(SEED, 0, "sweep", method))


def by_key(archive: Archive) -> dict[str, Effect]:
    return {effect.key: effect for effect in sensitivity(archive, "y")[1]}


def test_sobol_indices_are_those_of_salib() -> None:
    unit = points("saltelli", N)
    y = ishigami(unit)
    ours = by_key(archive("saltelli", N, unit, y))
    # SALib takes A, AB₁ … AB_d, B of one base point after the other.
    blocks = y.reshape(len(KEYS) + 2, N)
    theirs = sobol.analyze(PROBLEM, blocks[[0, 2, 3, 4, 1]].T.ravel(), calc_second_order=False, seed=1)
    for number, key in enumerate(KEYS):
        mine = ours[key]
        # The mean that is taken off first is that of all points there, of A and B here.
        assert mine.first == pytest.approx(theirs["S1"][number], abs=1e-6)
        assert mine.total == pytest.approx(theirs["ST"][number], rel=1e-12)
        for ends, half in ((mine.first_interval, theirs["S1_conf"]), (mine.total_interval, theirs["ST_conf"])):
            assert ends is not None
            # Percentiles of a bootstrap beside its 1.96 σ; 100 and 1,000 draws.
            assert 0.5 * (ends[1] - ends[0]) == pytest.approx(half[number], rel=0.3, abs=1e-4)


def test_morris_effects_are_those_of_salib() -> None:
    n = 40
    unit = points("morris", n)
    y = ishigami(unit)
    ours = by_key(archive("morris", n, unit, y))
    theirs = morris.analyze(PROBLEM, unit, y, num_levels=4, seed=1)
    for number, key in enumerate(KEYS):
        mine = ours[key]
        assert mine.first == pytest.approx(theirs["mu"][number], abs=1e-9)
        assert mine.total == pytest.approx(theirs["mu_star"][number], rel=1e-9)
        assert mine.spread == pytest.approx(theirs["sigma"][number], rel=1e-9)
        assert mine.total_interval is not None
        low, high = mine.total_interval
        assert 0.5 * (high - low) == pytest.approx(theirs["mu_star_conf"][number], rel=0.3, abs=1e-9)
