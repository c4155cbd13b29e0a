"""What the page on comparing shows works, at a size that a test can pay for, and says what it says of signs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.test_docs import DOCS, blocks, commands, desk, quoted, rows, run

__all__ = ["desk"]
PAGE = DOCS / "background/comparing.md"
FIRST, SEVEN, WITH_CONTRACTS, GRID_ALONE = commands(PAGE)
PAIRS = (("beijing", "jing_jin_ji", "inner_mongolia"), ("shanghai", "yangtze_delta", "cheng_yu"))


def told(place: Path, words: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(place, "-m", "sim", *words, "--json"))
    return found


def test_the_first_command_runs_and_its_json_is_described(desk: Path) -> None:
    document = told(desk, FIRST)
    described = {key for row in rows(PAGE) for cell in row for key in quoted(cell)}
    assert set(document) <= described
    cell = document["policies"]["cheapest"]["cost_bn_cny.total"]
    assert set(cell) | set(document["regret"]["local"]) | set(document["bound"]) <= described
    assert set(document["bound"]["by_replication"][0]) <= described
    low, high = cell["diff_ci95"]
    assert low <= cell["diff"] <= high < 0.0


def test_the_table_of_seven_is_what_its_command_makes(desk: Path) -> None:
    named = SEVEN[SEVEN.index("--policies") + 1]
    small = [word if word != named else "local,cheapest" for word in SEVEN]
    document = told(desk, [*small, "--replications", "2", "--set", "run.horizon=6h", "--workers", "2"])
    scenarios = [Path(word).stem for word in SEVEN if word.endswith(".yaml")]
    assert list(document["scenarios"]) == scenarios
    heads = [quoted(" ".join(row)) for row in rows(PAGE) if row[0] in ("million CNY", "kt CO₂")]
    assert heads == [scenarios, scenarios]
    shown = [quoted(row[0])[0] for row in rows(PAGE) if len(row) == len(scenarios) + 1 and quoted(row[0])]
    assert shown == [*named.split(","), "local"] + named.split(",")
    assert {key for key in document if key != "id"} <= {key for row in rows(PAGE) for key in quoted(row[0])}


@pytest.mark.parametrize(("words", "signs"), [(WITH_CONTRACTS, (-1, -1)), (GRID_ALONE, (1, -1))])
def test_the_sign_of_a_move_is_that_of_the_page(desk: Path, words: list[str], signs: tuple[int, int]) -> None:
    """Four days: hours of wind and sun are others than in the page's month, the signs are the same."""
    (text,) = blocks(PAGE, "python")
    (desk / "move.py").write_text(text, encoding="utf-8")
    document = told(desk, [*words, "--set", "run.horizon=96h"])
    for sign, (region, home, away) in zip(signs, PAIRS, strict=True):
        (name,) = (name for name in document["attribution"] if region in name)
        hubs = document["attribution"][name]["emissions_mt"]["by"]["hub"]
        assert hubs[home] < 0.0 < hubs[away]
        change = (hubs[away] + hubs[home]) / -hubs[home]
        assert sign * change > 0.1, (name, change)
