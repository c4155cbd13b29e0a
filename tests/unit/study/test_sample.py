"""Points of a sweep: every combination, drawn ones within their bounds and spread as their law says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.stats import qmc

from sim.ground.errors import ScenarioError
from sim.ground.seeds import generator
from sim.scenario.read import read
from sim.study.axes import Design, cell, design, sets
from sim.study.sample import LEVELS, unit_points


def made(folder: Path, sweep: str, *more: str) -> Design:
    path = folder / "s.yaml"
    path.write_text(f"extends: toy.yaml\nsweep: {{{sweep}}}\n", encoding="utf-8")
    return design(read(path, more))


def test_grid_and_zip_and_replications_are_combined_the_last_axis_fastest(tmp_path: Path) -> None:
    found = made(
        tmp_path, "grid: {run.seed: [1, 2]}, zip: {drivers.x.level: [3, 4], standard.rack: [2 kW, 3 kW]}",
        "run.replications=2",
    )  # fmt: skip
    assert found.shape == (2, 2, 2)
    points = list(found.settings())
    assert points[0] == {"run.seed": 1, "drivers.x.level": 3, "standard.rack": "2 kW", "run.replication": 0}
    assert points[1] == points[0] | {"run.replication": 1}
    assert points[2] == points[0] | {"drivers.x.level": 4, "standard.rack": "3 kW"}
    assert points[7] == {"run.seed": 2, "drivers.x.level": 4, "standard.rack": "3 kW", "run.replication": 1}
    assert sets(points[0])[2] == 'standard.rack="2 kW"'


@pytest.mark.parametrize(
    ("sweep", "text"),
    [
        ("", "there is nothing to sweep"),
        ("grid: {run.seed: []}", "the sweep has 0 points"),
        ("zip: {run.seed: [1], run.replication: [1, 2]}", "have [1, 2] values"),
        ("grid: {run.seed: [1]}, zip: {run.seed: [2]}", "varies run.seed twice"),
        ("sample: {n: 3, over: {run.seed: [5, 2]}}", "s.yaml:2:"),
        ("sample: {n: 3, over: {standard.rack: [2 kW, 3 MW]}}", "write least and greatest"),
        ("sample: {n: 3}", "names no key"),
        ("grid: {run.seed: [1, 2]}, sample: {n: 900000, over: {standard.idle_smart: [0, 1]}}", "1,800,000 points"),
    ],
)
def test_axes_that_make_no_points_are_refused(tmp_path: Path, sweep: str, text: str) -> None:
    with pytest.raises(ScenarioError, match=text.replace("[", r"\[").replace(".", r"\.")):
        made(tmp_path, sweep)


@pytest.mark.parametrize(("n", "keys"), [(1, 1), (7, 3), (400, 5)])
def test_our_latin_hypercube_is_that_of_scipy_to_the_bit(n: int, keys: int) -> None:
    ours = unit_points("lhs", n, keys, generator(3, 0, "sweep"))
    theirs = qmc.LatinHypercube(keys, rng=generator(3, 0, "sweep")).random(n)
    assert ours.tobytes() == theirs.tobytes()
    assert (np.sort((ours * n).astype(int), axis=0) == np.arange(n)[:, None]).all()


@pytest.mark.parametrize("method", ["lhs", "sobol", "halton", "saltelli", "morris"])
def test_what_is_drawn_lies_between_its_bounds_and_depends_on_the_seed_alone(tmp_path: Path, method: str) -> None:
    sweep = f"sample: {{method: {method}, n: 16, over: {{standard.rack: [2 kW, 3 kW], run.seed: [1, 4]}}}}"
    found = made(tmp_path, sweep)
    assert found == made(tmp_path, sweep)
    other = made(tmp_path, sweep, "run.seed=8")
    assert found != other
    assert found.points == {"saltelli": 64, "morris": 48}.get(method, 16)
    racks = [cell("standard.rack", point["standard.rack"]) for point in found.settings()]
    seeds = {point["run.seed"] for point in found.settings()}
    assert min(racks) >= 2.0
    assert max(racks) <= 3.0
    assert max(racks) - min(racks) > 0.6
    assert seeds == {1, 2, 3, 4}
    assert {type(seed) for seed in seeds} == {int}


def test_changes_in_per_cent_are_drawn_as_changes(tmp_path: Path) -> None:
    found = made(tmp_path, "sample: {n: 8, over: {centres.*.racks: ['-20%', '+20%']}}")
    written = [point["centres.*.racks"] for point in found.settings()]
    assert all(text[0] in "+-" and text.endswith("%") for text in written)
    assert {cell("centres.*.racks", text) > 0 for text in written} == {True, False}


def test_a_latin_hypercube_has_a_point_in_every_slice_of_every_key() -> None:
    points = unit_points("lhs", 50, 3, generator(1, 0, "test"))
    assert all(sorted(np.floor(50 * column).astype(int)) == list(range(50)) for column in points.T)


def test_the_design_of_sobol_indices_exchanges_one_key_at_a_time() -> None:
    points = unit_points("saltelli", 8, 3, generator(1, 0, "test")).reshape(5, 8, 3)
    for key in range(3):
        mixed = points[2 + key]
        assert (mixed[:, key] == points[1][:, key]).all()
        assert (np.delete(mixed, key, axis=1) == np.delete(points[0], key, axis=1)).all()


def test_a_trajectory_moves_every_key_once_by_one_step() -> None:
    walks = unit_points("morris", 20, 4, generator(1, 0, "test")).reshape(20, 5, 4)
    steps = np.diff(walks, axis=1)
    delta = LEVELS / (2.0 * (LEVELS - 1))
    assert np.allclose(np.sort(np.abs(steps), axis=1)[:, :3], 0.0)
    assert np.allclose(np.abs(steps).sum(axis=1), delta)
    assert np.allclose(walks * (LEVELS - 1), np.round(walks * (LEVELS - 1)))
