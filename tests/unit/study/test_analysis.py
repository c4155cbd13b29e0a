"""What a sweep is asked afterwards, against cases whose answers are known in closed form."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import sobol_indices, uniform

from sim.desk.analysis import ask, told
from sim.ground.arrays import Array
from sim.ground.errors import ResultsError, UsageError
from sim.ground.seeds import generator
from sim.study import parts
from sim.study.archive import Archive, read
from sim.study.axes import Axis, Design
from sim.study.choices import front, robustness
from sim.study.discovery import discover
from sim.study.parts import Row
from sim.study.sample import unit_points
from sim.study.sensitivity import Effect, sensitivity


def archive(axes: dict[str, list[Any]], law: Callable[..., float]) -> Archive:
    """Return a full grid with one measure."""
    design = Design(tuple(Axis(key, (key,), tuple((value,) for value in values)) for key, values in axes.items()))
    rows = [Row(number, "", {"y": law(**point)}) for number, point in enumerate(design.settings())]
    return Archive(Path(), design, None, rows)


def drawn(method: str, n: int, law: Callable[[Array], Array], keys: int) -> Archive:
    """Return a sample of the unit cube with one measure."""
    unit = unit_points(method, n, keys, generator(5, 0, "sweep", method))
    axis = Axis("sample", tuple(f"x{key}" for key in range(keys)), tuple(tuple(row) for row in unit.tolist()))
    rows = [Row(number, "", {"y": float(value)}) for number, value in enumerate(law(unit))]
    return Archive(Path(), Design((axis,)), {"method": method, "n": n, "seed": 5}, rows)


def ishigami(unit: Array) -> Array:
    """f = sin x + 7 sin² y + 0.1 z⁴ sin x over [−π, π]³ (Ishigami and Homma 1990)."""
    x, y, z = (np.pi * (2.0 * unit - 1.0)).T
    return np.asarray(np.sin(x) + 7.0 * np.sin(y) ** 2 + 0.1 * z**4 * np.sin(x))


def by_key(effects: list[Effect]) -> dict[str, Effect]:
    return {effect.key: effect for effect in effects}


def test_sobol_indices_of_ishigami_lie_in_their_intervals() -> None:
    """First order 0.3139, 0.4424, 0; total 0.5576, 0.4424, 0.2437."""
    method, effects = sensitivity(drawn("saltelli", 4096, ishigami, 3), "y")
    assert method == "Sobol' indices"
    known = {"x0": (0.3139, 0.5576), "x1": (0.4424, 0.4424), "x2": (0.0, 0.2437)}
    assert [effect.key for effect in effects] == ["x0", "x1", "x2"]
    for effect in effects:
        first, total = known[effect.key]
        assert effect.first_interval is not None
        assert effect.total_interval is not None
        assert effect.first_interval[0] - 0.01 <= first <= effect.first_interval[1] + 0.01
        assert effect.total_interval[0] - 0.01 <= total <= effect.total_interval[1] + 0.01
        assert effect.total == pytest.approx(total, abs=0.02)
        assert effect.total_interval[1] - effect.total_interval[0] < 0.1


def test_sobol_indices_are_those_of_scipy_on_the_same_points() -> None:
    made = drawn("saltelli", 256, ishigami, 3)
    blocks = made.output("y").reshape(5, 256)
    theirs = sobol_indices(
        func={"f_A": blocks[:1], "f_B": blocks[1:2], "f_AB": blocks[2:, None, :]}, n=256, dists=[uniform()] * 3
    )
    ours = by_key(sensitivity(made, "y")[1])
    assert [ours[f"x{i}"].total for i in range(3)] == pytest.approx(theirs.total_order, rel=1e-9)
    assert [ours[f"x{i}"].first for i in range(3)] == pytest.approx(theirs.first_order, rel=1e-6, abs=1e-9)


def test_morris_effects_of_a_line_are_its_slopes() -> None:
    """y = 3 x₀ − 2 x₁ + 0 x₂: μ is the slope, μ* its size, σ 0, whatever the trajectory."""
    _, effects = sensitivity(drawn("morris", 12, lambda unit: unit @ [3.0, -2.0, 0.0], 3), "y")
    assert [(effect.key, round(effect.first, 9), round(effect.total, 9)) for effect in effects] == [
        ("x0", 3.0, 3.0), ("x1", -2.0, 2.0), ("x2", 0.0, 0.0),
    ]  # fmt: skip
    assert all(effect.spread == pytest.approx(0.0, abs=1e-12) for effect in effects)
    crooked = by_key(sensitivity(drawn("morris", 400, lambda unit: unit[:, 0] * unit[:, 1], 2), "y")[1])
    assert crooked["x0"].spread is not None
    assert crooked["x0"].spread > 0.1
    assert crooked["x0"].total_interval is not None
    assert crooked["x0"].total_interval[0] < 0.5 < crooked["x0"].total_interval[1]


def test_a_full_grid_gives_the_shares_of_variance_exactly() -> None:
    """y = a + 2b + ab on −1, 0, 1 each: variances 2/3, 8/3, 4/9."""
    made = archive({"a": [-1, 0, 1], "b": [-1, 0, 1]}, lambda a, b: a + 2.0 * b + a * b)
    effects = by_key(sensitivity(made, "y")[1])
    whole = 2 / 3 + 8 / 3 + 4 / 9
    assert effects["a"].first == pytest.approx(2 / 3 / whole)
    assert effects["b"].total == pytest.approx((8 / 3 + 4 / 9) / whole)


def test_replications_are_averaged() -> None:
    made = archive({"a": [0, 1], "run.replication": [0, 1]}, lambda **point: point["a"] + 9 * point["run.replication"])
    (effect,) = sensitivity(made, "y")[1]
    assert (effect.key, effect.first) == ("a", 1.0)


def test_questions_that_a_sweep_cannot_answer_are_refused() -> None:
    with pytest.raises(UsageError, match="needs a full grid"):
        sensitivity(drawn("lhs", 16, ishigami, 3), "y")
    with pytest.raises(UsageError, match="same at every point"):
        sensitivity(archive({"a": [1, 2]}, lambda a: 1.0), "y")
    with pytest.raises(UsageError, match="no measure 'z'"):
        sensitivity(archive({"a": [1, 2]}, lambda a: a), "z")
    with pytest.raises(UsageError, match="no point of the sweep is a case"):
        discover({"a": [1.0, 2.0]}, np.array([False, False]))


def test_the_corner_of_the_cases_is_found_in_plain_words() -> None:
    """Misses its target when load < 0.42 and legacy > 0.5; size has nothing to do with it."""
    unit = unit_points("lhs", 2000, 3, generator(3, 0, "test"))
    load, legacy, size = unit.T
    box = discover(
        {"load": load.tolist(), "legacy": legacy.tolist(), "size": size.tolist()}, (load < 0.42) & (legacy > 0.5)
    )
    assert set(box.limits) == {"load", "legacy"}
    assert box.limits["load"][0] is None
    assert box.limits["load"][1] == pytest.approx(0.42, abs=0.04)
    assert box.limits["legacy"][0] == pytest.approx(0.5, abs=0.04)
    assert box.coverage > 0.85
    assert box.density > 0.9
    assert box.words().startswith("load <= 0.4") or box.words().startswith("legacy >= 0.")


def test_words_are_peeled_as_words() -> None:
    policies = ["base", "local", "nearest"] * 100
    box = discover({"policy": policies, "x": [0.0] * 300}, np.array([word == "local" for word in policies]))
    assert box.words() == "policy is local"
    assert (box.coverage, box.density) == (1.0, 1.0)


def test_the_front_holds_what_nothing_beats() -> None:
    rng = generator(1, 0, "test")
    costs = rng.random((300, 3))
    kept = set(front(costs).tolist())
    for number in range(300):
        beaten = any((other <= costs[number]).all() and (other < costs[number]).any() for other in costs)
        assert (number in kept) != beaten


def test_the_robust_choice_has_the_least_regret() -> None:
    """Choice 1 is never best and never far behind."""
    costs = {(0, 0): 1.0, (0, 1): 9.0, (1, 0): 2.0, (1, 1): 4.0, (2, 0): 8.0, (2, 1): 3.0}
    made = archive({"c": [0, 1, 2], "w": [0, 1]}, lambda c, w: costs[c, w])
    found = robustness(made, "y", ["c"])
    assert [one.choice["c"] for one in found] == [1, 0, 2]
    assert (found[0].mean, found[0].worst, found[0].regret) == (3.0, 4.0, 1.0)
    assert robustness(made, "-y", ["c"])[0].regret == 6.0
    with pytest.raises(UsageError, match="no axis"):
        robustness(made, "y", ["d"])


def test_a_sweep_with_failures_or_gaps_is_not_analysed(tmp_path: Path) -> None:
    sheet = {"points": 2, "axes": [{"name": "a", "keys": ["a"], "rows": [[1], [2]]}], "names": {}, "sample": None}
    (tmp_path / "sweep.json").write_text(json.dumps(sheet))
    parts.write(tmp_path / "parts", 0, [Row(0, "r", {"y": 1.0})])
    with pytest.raises(ResultsError, match="1 of 2 points are missing and 0 failed"):
        read(tmp_path)
    parts.write(tmp_path / "parts", 1, [Row(1, "", {}, ("SolveError", "no plan"))])
    with pytest.raises(ResultsError, match="0 of 2 points are missing and 1 failed"):
        read(tmp_path)
    parts.write(tmp_path / "parts", 1, [Row(1, "r", {"y": 2.0})])
    found = ask(tmp_path, str(tmp_path), keys=["y"], condition="y > 1.5", aims=["y"])
    assert found["pareto"] == [{"point": 0, "a": 1, "y": 1.0}]
    assert "y > 1.5 when a >= 2 (100 % of the cases, 100 % of its points)" in told(found)
