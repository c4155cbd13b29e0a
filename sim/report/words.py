"""The words of a page in its language: sentences, names, measures, units, numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.figures.base import Strings
from sim.ground.errors import SimError, did_you_mean
from sim.ground.names import MEASURES, label
from sim.report import numbers
from sim.report.strings import STRINGS

LANGUAGES = ("en", "zh")
# Of the measures without a unit these are no shares of a whole.
_RATIOS, _COUNTS = ("pue", "path_stretch"), ("racks",)
# A region's unserved work has one key for each workload.
_UNSERVED = "unserved_eflops_h."


class PageWords:
    """What a page says, in one language.

    Parameters
    ----------
    language
        ``en`` or ``zh``.
    names
        Names of hubs, centres, regions and workloads: dimension → id → language → name.
    own
        Strings of a single figure, looked up first.

    Raises
    ------
    SimError
        Where the language is another.
    """

    def __init__(self, language: str, names: Mapping[str, Any], own: Strings | None = None) -> None:
        if language not in LANGUAGES:
            raise SimError(f"the language '{language}' is not spoken here{did_you_mean(language, LANGUAGES)}")
        self.language = language
        self._names = names
        self._table = {**STRINGS, **(own or {})}

    def __call__(self, key: str, **values: object) -> str:
        """Return a sentence of the table, its gaps filled; a KeyError where it is missing is our bug."""
        text = self._table[key][LANGUAGES.index(self.language)]
        return text.format(**values) if values else text

    def figure(self, strings: Strings) -> PageWords:
        """Return the same words with the strings of a figure before them."""
        return PageWords(self.language, self._names, strings)

    def term(self, group: str, word: str) -> str:
        """Return a word of a closed vocabulary, such as a confidence; one not in the table stays as it is."""
        key = f"{group}.{word}"
        return self(key) if key in self._table else word

    def name(self, dimension: str, item: str) -> str:
        """Return the name of a hub, centre, region or workload; its id for want of one."""
        return self.either(self._names.get(dimension, {}).get(item, {})) or item

    def either(self, texts: Mapping[str, Any]) -> str:
        """Return a text given by language: the page's, for want of one another, or none."""
        return str(texts.get(self.language) or next((text for text in texts.values() if text), ""))

    def of(self, row: Mapping[str, Any], field: str) -> str:
        """Return a text of a table's row in the page's language, where the table has columns for it."""
        return str(row.get(f"{field}_{self.language}") or row.get(field) or "")

    def number(self, value: float | None) -> str:
        """Return a number with four significant digits."""
        return numbers.number(value)

    def share(self, value: float | None) -> str:
        """Return a ratio in percent."""
        return numbers.share(value)

    def measure(self, key: str) -> str:
        """Return the name of a measure; its key where the dictionary does not hold it."""
        if key.startswith(_UNSERVED):
            return self("unserved_work", workload=self.name("workload", key.removeprefix(_UNSERVED)))
        return label(key, self.language) if key in MEASURES else key

    def unit(self, key: str) -> str:
        """Return the unit of a measure as it stands behind its value; empty where the value says it all."""
        if key.startswith(_UNSERVED):
            return self("unit.EFLOPS h")
        unit = MEASURES[key].unit if key in MEASURES else "1"
        return "" if unit == "1" else self.term("unit", unit)

    def value(self, key: str, value: Any) -> str:
        """Return the value of a measure, without its unit but for the percent sign of a share."""
        if isinstance(value, str):
            return value
        if key in _COUNTS:
            return numbers.count(value)
        return self.number(value) if self._plain(key) else self.share(value)

    def _plain(self, key: str) -> bool:
        """Return whether a measure is written as a number, and not as a share in percent."""
        known = key in MEASURES and MEASURES[key].unit != "1"
        return known or key in (*_RATIOS, *_COUNTS) or key.startswith(_UNSERVED)

    def given(self, key: str, value: float) -> str:
        """Return a published value or a limit of a measure, with the digits that it was given with."""
        return numbers.given(value) if self._plain(key) else self.percent(value)

    def percent(self, value: float) -> str:
        """Return a given ratio in percent, with the digits that it was given with."""
        return f"{numbers.given(round(100.0 * value, 10))}\u202f%"

    def change(self, value: float) -> str:
        """Return a relative difference in percent, with its sign."""
        text = numbers.brief(100.0 * value)
        return f"{'+' if value > 0.0 and text != '0' else ''}{text}\u202f%"

    def gap(self, key: str, value: float) -> str:
        """Return by how much two values of a measure differ, with the unit; shares in percentage points."""
        if self._plain(key):
            return f"{numbers.brief(value)} {self.unit(key)}".strip()
        return self("points", value=numbers.brief(100.0 * value))

    def scope(self, row: Mapping[str, Any]) -> str:
        """Return what a row is about: the names of the hubs and centres that it lists, else its text."""
        text = self.of(row, "scope")
        items = [item.strip() for item in text.split(";")]
        found = [
            self.name("hub", item) if item in self._names.get("hub", {}) else self.name("centre", item)
            for item in items
        ]
        return self("comma").join(found) if found != items else self.term("scope", text)

    def metric(self, row: Mapping[str, Any]) -> str:
        """Return what a target is about: the row's own words, else those of the table, else its id."""
        own = str(row.get(f"metric_{self.language}", ""))
        text = own or self.term("metric", str(row.get("metric", ""))).replace("_", " ")
        return text[:1].upper() + text[1:]

    def span(self, hours: float) -> str:
        """Return a length of time in days where it is whole days, else in hours."""
        return self("days", value=f"{hours / 24:g}") if hours % 24 == 0.0 else self("hours", value=f"{hours:g}")
