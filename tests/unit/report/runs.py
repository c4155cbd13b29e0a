"""Real runs for the tests of the report: short ones, simulated once a process."""

from __future__ import annotations

import json
import tempfile
from dataclasses import replace
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from sim import once
from sim.results.schema import Results

VOID = {"meta", "link", "br", "input", "stop"}


@lru_cache(maxsize=16)
def run(
    nation: str = "toy-3", horizon: str = "48 h", epoch: str = "1 h", name: str = "case", policy: str = "base"
) -> Results:
    """Return the results of a short run with the `meta` that a run really has."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "case.yaml"
        settings = f"run: {{start: 2024-07-01, horizon: {horizon}, epoch: {epoch}}}"
        path.write_text(
            f"name: {name}\nquestion: What happens?\nnation: {nation}\npolicy: {{name: {policy}}}\n{settings}\n"
        )
        return once.execute(once.prepare(path))


def china() -> Results:
    """Return two days of the shipped nation: the map, the published figures and the targets have it all."""
    return run("china-2024")


def with_meta(results: Results, **changes: Any) -> Results:
    """Return the same results with other entries in `meta`."""
    return replace(results, meta={**results.meta, **changes})


def spoken(value: Any, language: str) -> Any:
    """Return a chart's specification as the page's script reads it in a language."""
    if isinstance(value, dict):
        if value.keys() == {"en", "zh"}:
            return value[language]
        return {key: spoken(item, language) for key, item in value.items()}
    return [spoken(item, language) for item in value] if isinstance(value, list) else value


class Reader(HTMLParser):
    """What a page holds: its tags in order, its texts, its measures; raises where a tag is left open.

    With a language, texts and measures are those that a reader of it sees.
    """

    def __init__(self, text: str, language: str = "") -> None:
        super().__init__()
        self._language, self._hidden = language, 0
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []
        self.measures: list[tuple[dict[str, str], str]] = []
        self.scripts: list[tuple[dict[str, str], str]] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert not self._open, f"left open: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        self.tags.append((tag, given))
        if tag not in VOID:
            self._open.append(tag)
            spoken = tag not in ("html", "button") and given.get("lang", "")[:2] not in ("", self._language)
            if self._language and (spoken or self._hidden):
                self._hidden += 1

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {key: value or "" for key, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self._open, f"</{tag}> closes nothing"
        assert self._open.pop() == tag, f"</{tag}> closes another"
        self._hidden = max(self._hidden - 1, 0)

    def handle_data(self, data: str) -> None:
        tag, attrs = self.tags[-1] if self.tags else ("", {})
        if self._open and self._open[-1] == "script":
            self.scripts.append((attrs, data))
            return
        if self._hidden:
            return
        words = json.loads(attrs.get("data-words", "{}")).get("")
        self.texts.append(words[("en", "zh").index(self._language)] if words and self._language else data)
        if "data-kpi" in attrs and self._open[-1] == tag:
            self.measures.append((attrs, data))

    def attribute(self, name: str) -> list[str]:
        """Return every value of an attribute, in order."""
        return [attrs[name] for _, attrs in self.tags if name in attrs]


def differ_in_text_alone(calm: str, evil: str) -> None:
    """Assert that a page with hostile names has the tags and scripts of the one with harmless names."""
    harmless, hostile = Reader(calm), Reader(evil)
    assert [tag for tag, _ in hostile.tags] == [tag for tag, _ in harmless.tags]
    assert len(hostile.scripts) == len(harmless.scripts)
    assert "<script>alert(1)</script>" in "".join(hostile.texts)
    # Plotly reads tags in texts: none may reach it.
    drawn = [text for attrs, text in hostile.scripts if "data-chart" in attrs]
    assert not any("<script" in json.dumps(json.loads(text)) for text in drawn)


def stands_alone(text: str) -> None:
    """Assert that a page asks for nothing beyond itself and calls nothing twice by one name."""
    reader = Reader(text)
    assert not reader.attribute("src")
    assert all(target.startswith(("#", "data:,")) for target in reader.attribute("href"))
    ids = reader.attribute("id")
    assert len(ids) == len(set(ids))
