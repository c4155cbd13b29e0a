"""The table of strings: whole in both languages, and neither too short nor too long."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

from sim.figures.base import REGISTRY
from sim.ground.names import MEASURES
from sim.report.strings import STRINGS
from sim.report.words import PageWords

ROOT = Path(__file__).parents[3] / "sim"
TABLES = {"report": STRINGS} | {name: REGISTRY.get(name).strings for name in REGISTRY.names()}
ROWS = [(where, key, *texts) for where, table in TABLES.items() for key, texts in table.items()]
CHINESE = re.compile(r"[\u4e00-\u9fff]")
# The same in both languages.
ALIKE = {
    "unit.TWh",
    "unit.ratio",
    "unit.bool",
    "unit.A_grade",
    "pue",
    "flow",
    "one_has",
    "range",
    "between",
    "colon",
}
ALIKE |= {"comma", "stop", "unit.EFLOPS_FP32", "unit.EFLOPS (FP32)", "axis"}
# Words of closed vocabularies are looked up by what the tables hold.
GROUPS = ("role", "verdict", "confidence", "source", "synthetic", "unit", "metric", "scope", "comparison")
GROUPS += ("discipline", "estimates", "record")


def gaps(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize(("where", "key", "english", "chinese"), ROWS)
def test_a_string_is_whole(where: str, key: str, english: str, chinese: str) -> None:
    assert gaps(english) == gaps(chinese)
    assert not CHINESE.search(english)
    if key not in ALIKE:
        assert chinese
        assert english or key == "unit.count"
        assert CHINESE.search(chinese), "this is not Chinese"


@pytest.mark.parametrize("key", MEASURES)
def test_a_measure_has_its_names(key: str) -> None:
    measure = MEASURES[key]
    assert measure.en
    assert CHINESE.search(measure.zh)


def sources(folder: Path, pattern: str) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob(pattern)))


def called(text: str) -> set[str]:
    """Return the keys that a source asks the table for by name."""
    return set(re.findall(r"\b(?:t|words|own|self|cells\.say)\(\s*\"([\w. ]+)\"", text))


def test_what_the_page_says_is_in_the_table_and_nothing_else_is() -> None:
    text = sources(ROOT / "report", "*.py") + sources(ROOT / "report" / "templates", "*.html")
    # Comparisons have a table of their own (tests/unit/report/test_comparison_page.py, test_capacity.py).
    own = (
        *(p for p in (ROOT / "report").glob("*.py") if p.stem.startswith(("comparison", "capacity"))),
        ROOT / "report" / "templates" / "comparison.html",
    )
    for path in own:
        text = text.replace(path.read_text(encoding="utf-8"), "")
    asked = called(text)
    assert asked - {"title"} <= set(STRINGS), "the title is each figure's own"
    quoted = set(re.findall(r"\"([\w. ]+)\"", text.replace(sources(ROOT / "report", "strings.py"), "")))
    figures = sources(ROOT / "figures", "*.py")
    loose = {key for key in STRINGS if key.partition(".")[0] not in GROUPS} - quoted - called(figures)
    assert not loose, "nobody says these"


@pytest.mark.parametrize("name", REGISTRY.names())
def test_what_a_figure_says_is_in_its_table(name: str) -> None:
    text = (ROOT / "figures" / f"{name}.py").read_text(encoding="utf-8")
    assert called(text) <= set(STRINGS) | set(REGISTRY.get(name).strings)
    assert {"title", "note"} <= set(REGISTRY.get(name).strings)


def test_every_kind_of_figure_is_translated() -> None:
    for role in ("input", "calibrated", "predicted", "context"):
        assert PageWords("zh", {}).term("role", role) != role
    assert {measure.kind for measure in MEASURES.values()} <= {"input", "calibrated", "predicted"}


def test_a_missing_string_fails() -> None:
    with pytest.raises(KeyError):
        PageWords("en", {})("no such string")


def test_a_name_falls_back_to_the_other_language_and_then_to_the_id() -> None:
    words = PageWords("zh", {"hub": {"gansu": {"en": "Gansu", "zh": ""}}})
    assert words.name("hub", "gansu") == "Gansu"
    assert words.name("hub", "guizhou") == "guizhou"


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        ("racks", 9e6, "9\u202f000\u202f000"),
        ("pue", 1.4600000123, "1.460"),
        ("smart_share", 0.32142857, "32.14\u202f%"),
        ("served_share", 0.9999996, "99.99996\u202f%"),
        ("facility_energy_twh", 139.4728, "139.5"),
        ("cost_bn_cny.carbon", 0.0, "0"),
        ("wue", None, "–"),
        ("link_utilisation.name", "a-b", "a-b"),
        ("unserved_eflops_h.batch", 0.25, "0.2500"),
        ("unserved_eflops_h.batch", -2.1e-13, "0"),
    ],
)
def test_a_measure_is_written_in_its_way(key: str, value: object, text: str) -> None:
    assert PageWords("en", {}).value(key, value) == text
