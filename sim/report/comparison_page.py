"""The page of a comparison: one HTML file that needs no other, no network and, to be read, no script."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.report.comparison import (
    COST,
    EMITTED,
    Document,
    Grid,
    front_grid,
    lines,
    over_scenarios,
    policies_grid,
    reasons,
    runs_grid,
    signed,
    sure_grid,
    terms_grid,
    words_of,
)
from sim.report.comparison_answer import answer
from sim.report.comparison_charts import bars, front, intervals, regrets
from sim.report.numbers import exact
from sim.report.sheet import sheet
from sim.report.words import PageWords

_SPLITS = ("hub", "hour", "workload")
_WORDS = ("interval", "regret", "front", "attribution", "location")


def comparison_page(document: Document, language: str) -> str:
    """Return the report of a comparison as one HTML document; the same comparison gives the same bytes.

    Parameters
    ----------
    document
        What `sim.study.compare.compare` returns, of one scenario or of several.
    language
        ``en`` or ``zh``.

    Returns
    -------
    str
        HTML; texts are escaped, and its own policy allows no request.
    """
    return sheet("comparison.html", language, lambda each: _told(document, words_of(document, each)))


def _told(document: Document, words: PageWords) -> dict[str, Any]:
    """Return what the page shows in a language."""
    several = document.get("scenarios", {})
    each = several or {document.get("scenario", ""): document}
    return {
        "t": words, "title": f"{words('compared')} · {words('comma').join(each)}", "id": document["id"],
        "names": list(each), "answer": answer(document, words), "code": document.get("code", ""),
        "over": over_scenarios(document, words) if several else [],
        "shown": [_part(one, words, f"s{at}") for at, one in enumerate(each.values())],
        "glossary": [(words(f"word.{word}"), words(f"means.{word}")) for word in _WORDS],
    }  # fmt: skip


def _part(one: Document, words: PageWords, mark: str) -> dict[str, Any]:
    """Return what the page shows of one scenario."""
    cost, carbon = words("why_cost"), words("why_emissions")
    others = list(one["attribution"])
    return {
        "name": one["scenario"], "lines": lines(one, words), "warnings": one["warnings"],
        "policies": policies_grid(one, words), "sure": sure_grid(one, words), "runs": runs_grid(one, words),
        "first": next(iter(one["policies"])), "mark": mark,
        "front": (front(one, mark, words), front_grid(one, words)), "regret": regrets(one, mark, words),
        "charts": [
            intervals(one, key, f"{mark}-{at}", words) for at, key in enumerate((COST, EMITTED)) if others
        ],
        "terms": [
            (bars(one, "cost_bn_cny", cost, f"{mark}-cost", words), terms_grid(one, "cost_bn_cny", cost, words)),
            (bars(one, "emissions_mt", carbon, f"{mark}-co2", words), terms_grid(one, "emissions_mt", carbon, words)),
        ] if others else [],
        "reasons": reasons(one, words),
        "splits": [_split(one, words, measure, way) for measure in ("cost_bn_cny", "emissions_mt") for way in _SPLITS]
        if others else [],
    }  # fmt: skip


def _split(one: Document, words: PageWords, measure: str, way: str) -> Grid:
    """Return the differences to the first policy, split one way: a row a part, a column a policy."""
    why: Mapping[str, Any] = {name: each[measure]["by"][way] for name, each in one["attribution"].items()}
    parts = [
        part for part in next(iter(why.values())) if any(abs(each.get(part, 0.0)) > 1e-12 for each in why.values())
    ]
    dimension = way if way in ("hub", "workload") else ""

    def name(part: str) -> str:
        return words.name(dimension, part) if words.term("term", part) == f"term.{part}" else words.term("term", part)

    key = COST if measure == "cost_bn_cny" else EMITTED
    title = words("split", measure=f"{words.measure(key)}, {words.unit(key)}", way=words.term("way", way),
                  policy=words("against", first=next(iter(one["policies"]))))  # fmt: skip
    rows = [[name(part), *(exact(signed(each[part]), each[part]) for each in why.values())] for part in parts]
    return Grid(title, [words.term("way", way), *why], rows)
