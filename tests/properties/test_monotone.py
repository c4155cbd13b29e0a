"""More of what is scarce never hurts, and more of what is asked never helps."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from tests.oracles.worlds import run, world

CENTRES = ("east_centre", "middle_centre", "west_centre")


@pytest.mark.parametrize("seed", range(12))
def test_more_capacity_never_lowers_what_nearest_serves(tmp_path: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    growth = [f"workloads.*.growth={rng.uniform(2.2, 4.0):.3f}"]
    size = {centre: rng.uniform(1.0, 4.0) for centre in CENTRES}

    def served(more: float, where: str) -> float:
        sets = [
            f"centres.{name}.pools.general.capacity={value + (more if name == where else 0.0):.6f} EFLOPS"
            for name, value in size.items()
        ]
        return float(run(world(tmp_path, growth + sets, horizon="30 h"), "nearest").kpi["served_share"])

    plain = served(0.0, "")
    assert plain < 0.999, "nothing is scarce here"
    for where in CENTRES:
        assert served(0.5, where) >= plain - 1e-12
        assert served(3.0, where) >= served(0.5, where) - 1e-12


@pytest.mark.parametrize("policy", ["base", "local", "nearest", "proportional"])
def test_more_demand_never_raises_the_share_that_is_served(tmp_path: Path, policy: str) -> None:
    shares = [
        run(world(tmp_path, [f"workloads.*.growth={growth}"]), policy).kpi["served_share"]
        for growth in (0.5, 1.0, 1.5, 2.0, 3.0, 5.0)
    ]
    assert shares[0] == pytest.approx(1.0, abs=1e-12)
    assert all(later <= earlier + 1e-12 for earlier, later in pairwise(shares))
    assert shares[-1] < 0.6


def test_wider_links_never_carry_less(tmp_path: Path) -> None:
    shares = [
        run(world(tmp_path, [f"links.*.capacity={width} Tbps", "network.background=0 Tbps"]), "proportional").kpi[
            "served_share"
        ]
        for width in (0.0, 0.01, 0.1, 0.5, 2.0)
    ]
    assert all(later >= earlier - 1e-12 for earlier, later in pairwise(shares))
    assert shares[0] < shares[2] < shares[-1] == pytest.approx(1.0)
