"""What the terminal says of a capacity plan is in its table, in both languages, and nothing else is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sim.report.capacity import print_plan
from sim.report.capacity_strings import CAPACITY
from sim.report.strings import STRINGS
from tests.unit.report.test_strings import called, gaps

REPORT = Path(__file__).parents[3] / "sim" / "report"
YEAR = {
    "capacity_eflops": 15.0, "smart_share": 0.3, "hub_share": 1.0, "pue": 1.25, "green_hourly": 0.1,
    "capital_spent_bn_cny": 20.0, "operation_bn_cny": 1.5,
}  # fmt: skip
FOUND = {
    "years": [2025], "base_year": 2024, "period_error": {"error": 0.01, "days": 12, "standard_error": 0.002},
    "gap": 0.004,
    "cost_bn_cny": {"capital": 7.0, "energy": 3.0, "wan": 0.1, "unserved": 0.0, "missed": 0.0, "total": 10.1},
    "by_year": {"2025": YEAR},
    "builds": [
        {"year": 2025, "future": "", "kind": "smart", "amount": 1.5, "unit": "EFLOPS"},
        {"year": 2025, "future": "", "kind": "smart", "amount": 0.5, "unit": "EFLOPS"},
    ],
    "targets": [
        {"id": "[bold]x", "future": "", "year": 2025, "sense": ">=", "required": 15.0, "reached": 14.0, "met": False,
         "missed_by": 1.0, "price_m_cny": 2000.0},
    ],
}  # fmt: skip


def test_what_it_says_is_in_the_tables_and_nothing_else_is() -> None:
    text = (REPORT / "capacity.py").read_text(encoding="utf-8")
    assert called(text) <= set(STRINGS) | set(CAPACITY)
    quoted = set(re.findall(r"\"([\w.]+)\"", text))
    assert {key for key in CAPACITY if not key.startswith("kind.")} <= quoted


def test_both_languages_have_the_same_gaps() -> None:
    for english, chinese in CAPACITY.values():
        assert gaps(english) == gaps(chinese)


@pytest.mark.parametrize(("language", "word"), [("en", "AI servers"), ("zh", "智能服务器")])
def test_a_plan_is_printed(language: str, word: str, capsys: pytest.CaptureFixture[str]) -> None:
    print_plan(FOUND, language)
    told = capsys.readouterr().out
    assert word in told
    assert "2.000" in told, "what is built of a kind in a year is summed"
    assert "[bold]x" in told, "a name is no markup"
