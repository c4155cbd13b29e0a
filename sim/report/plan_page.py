"""The page of a capacity plan: one HTML file that needs no other, no network and, to be read, no script."""

from __future__ import annotations

from typing import Any

from sim.report import plan_charts as charts
from sim.report.comparison import Grid
from sim.report.numbers import count, number
from sim.report.plan import (
    GROUPS,
    LAST_OFFICIAL,
    Document,
    alternatives_grid,
    answer,
    assumptions_grid,
    binding,
    builds_grid,
    costs_grid,
    figure,
    group_grid,
    likeness_grid,
    losses_grid,
    periods_grid,
    prices_grid,
    replay_grid,
    replays,
    words_in,
    years_grid,
)
from sim.report.sheet import sheet
from sim.report.words import PageWords

_WORDS = ("present", "bound", "gap", "hourly")
_FEW = 3
"""Rounds from which on their course is drawn."""


def plan_page(found: Document, language: str) -> str:
    """Return the report of a plan as one HTML document; the same plan gives the same bytes.

    Parameters
    ----------
    found
        The document, as docs/how-to/planning.md says; ``alternatives``, ``replay`` and ``likeness`` may be missing.
    language
        ``en`` or ``zh``, the one shown first; the page speaks both.

    Returns
    -------
    str
        HTML; texts are escaped, and its own policy allows no request.
    """
    return sheet("plan.html", language, lambda each: _told(found, words_in(found, each)))


def _told(found: Document, words: PageWords) -> dict[str, Any]:
    """Return what the page shows in a language."""
    groups = [group for group, kinds in GROUPS.items() if any(row["kind"] in kinds for row in found["builds"])]
    history = found.get("history") or []
    return {
        "t": words, "title": f"{words('planned')} · {found['scenario']}", "found": found,
        "answer": answer(found, words),
        "how": words(f"how.{found['path']}", rounds=found["rounds"]),
        "groups": [(charts.built(found, group, words), group_grid(found, group, words)) for group in groups],
        "builds": builds_grid(found, words), "capacity": charts.capacity(found, words),
        "years": years_grid(found, words), "costs": (charts.costs(found, words), costs_grid(found, words)),
        "spending": charts.spending(found, words), "targets": _targets(found, words),
        "prices": charts.prices(found, words), "price_year": list(found["prices"])[-1],
        "prices_title": words("prices_chart", year=list(found["prices"])[-1]),
        "price_grids": [grid for group in ("centre", "link") if (grid := prices_grid(found, group, words))],
        "alternatives": alternatives_grid(found, words),
        "alternatives_chart": charts.alternatives(found, words) if found.get("alternatives") else "",
        "losses": losses_grid(found, words),
        "replay": replay_grid(found, words), "replay_chart": charts.replay(found, words) if replays(found) else "",
        "rule": (found.get("replay") or {}).get("policy", ""),
        "weights": charts.weights(found, words), "periods": periods_grid(found, words),
        "likeness": likeness_grid(found, words), "assumptions": assumptions_grid(found, words),
        "history": (charts.history(found, words), _history(found, words)) if len(history) >= _FEW else None,
        "size": f"{count(found['rows'])}{words('comma')}{count(found['columns'])}",
        "seconds": number(sum(found["seconds"].values())), "memory": count(found["peak_memory_mb"]),
        "glossary": [(words(f"word.{word}"), words(f"means.{word}")) for word in _WORDS],
    }  # fmt: skip


def _targets(found: Document, words: PageWords) -> list[dict[str, Any]]:
    """Return the targets as the table shows them, those that bind first within their year."""
    tight = {id(row) for row in binding(found)}
    rows = []
    for row in found["targets"]:
        scope = {"nation": words("nation"), "hubs": words("scope.hubs")}.get(row["scope"], "")
        at = words.name("hub", row["hub"]) if row["hub"] else scope
        rows.append(
            {
                "id": row["id"], "measure": words.term("measure", row["measure"]), "scope": at,
                "year": f"{row['future']} {row['year']}".strip(), "kept": words.term("kept", row["how"]),
                "required": f"{'≥' if row['sense'] == '>=' else '≤'} {figure(row['measure'], row['required'])}",
                "reached": figure(row["measure"], row["reached"]), "met": row["met"],
                "missed_by": figure(row["measure"], row["missed_by"]), "binds": id(row) in tight,
                "price": number(row["price_m_cny"]) if id(row) in tight else "0", "unit": row["price_unit"],
                "source": row["source"], "assumed": row["year"] > LAST_OFFICIAL,
            }
        )  # fmt: skip
    return rows


def _history(found: Document, words: PageWords) -> Grid:
    """Return plan and bound of every round."""
    rows = [[str(at), *map(number, row)] for at, row in enumerate(found["history"], 1)]
    return Grid(words("history_grid"), [words("round"), words("plan_cost"), words("plan_bound")], rows)
