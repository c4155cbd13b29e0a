"""Measures as a page shows them: every one with its key and its exact value, so that a test can compare."""

from __future__ import annotations

import json
from typing import Any

from markupsafe import Markup

from sim.ground.names import flat
from sim.report.words import PageWords
from sim.results.schema import Results


class Cells:
    """The measures of a run, ready for a page.

    Parameters
    ----------
    results
        The run.
    words
        Its language.
    """

    def __init__(self, results: Results, words: PageWords) -> None:
        self._words = words
        self._nation = flat(results.kpi)
        self._by = {
            group: {item: flat(values) for item, values in items.items()} for group, items in results.by.items()
        }

    def kpi(self, key: str, unit: bool = False) -> Markup:
        """Return a measure of the nation; with its unit if asked."""
        return self._cell(key, self._nation[key], Markup(""), unit)

    def of(self, group: str, item: str, key: str, unit: bool = False) -> Markup:
        """Return a measure of a hub, centre, region or workload; empty where it has no such measure."""
        values = self._by[group][item]
        if key not in values:
            return Markup("")
        where = Markup(' data-by="{}" data-id="{}"').format(group, item)
        return self._cell(key, values[key], where, unit)

    def at(self, group: str, item: str, key: str) -> Markup:
        """Return a measure of the nation where no group is named, else of the item; with its unit."""
        return self.of(group, item, key, unit=True) if group else self.kpi(key, unit=True)

    def say(self, string: str, **values: Any) -> Markup:
        """Return a sentence of the table, its gaps filled; measures keep their marks, texts are escaped."""
        return Markup.escape(self._words(string)).format(**values)

    def part(self, key: str, whole: str) -> str:
        """Return what share of a measure another is, in percent."""
        total = self._nation[whole]
        return self._words.share(self._nation[key] / total if total else None)

    def keys(self) -> list[str]:
        """Return the keys of all measures of the nation."""
        return list(self._nation)

    def _cell(self, key: str, value: Any, where: Markup, unit: bool) -> Markup:
        text = self._words.value(key, value)
        name = self._words.unit(key) if unit and value is not None else ""
        return Markup('<span class="num" data-kpi="{}"{} data-value="{}">{}</span>{}').format(
            key, where, json.dumps(value, ensure_ascii=False), text, Markup(" ") + name if name else ""
        )
