"""What a comparison answers, in three sentences that are made of its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.report.comparison import COST, EMITTED, Document, robust_line, signed
from sim.report.numbers import brief, number, share
from sim.report.words import PageWords


def answer(document: Document, words: PageWords) -> list[str]:
    """Return three sentences: which policy is best and how sure that is, what carbon asks for, what it rests on.

    Parameters
    ----------
    document
        What `sim.study.compare.compare` returns, of one scenario or of several.
    words
        The language.
    """
    return _of_many(document, words) if "scenarios" in document else _of_one(document, words)


def _of_one(document: Document, words: PageWords) -> list[str]:
    cells, first = document["policies"], next(iter(document["policies"]))
    best = min(cells, key=lambda name: float(cells[name][COST]["mean"]))
    told = {
        "policy": best, "first": first, "cost": number(cells[best][COST]["mean"], 6),
        "above": share(document["regret"][best]["share"]),
    }  # fmt: skip
    if best == first:
        found = [words("answer_first_best", **told)]
    else:
        found = [words("answer_best", difference=_within(cells[best][COST], words), **told)]
    return [*found, _carbon(document, best, words), _driver(document, best, words)]


def _within(cell: Mapping[str, Any], words: PageWords) -> str:
    """Return a difference without its sign, its interval, and whether it is sure."""
    text = brief(abs(cell["diff"]))
    if cell["diff_ci95"] is None:
        return words("unsure_one", value=text)
    low, high = sorted(abs(end) for end in cell["diff_ci95"])
    if cell["diff_ci95"][0] * cell["diff_ci95"][1] <= 0.0:
        low, high = cell["diff_ci95"]
        return words("unsure", value=text, low=signed(low), high=signed(high))
    return words("within_ends", value=text, low=brief(low), high=brief(high))


def _carbon(document: Document, best: str, words: PageWords) -> str:
    """Return what the cleanest policy emits less than the cheapest, and what that costs."""
    cells = document["policies"]
    cleanest = min(cells, key=lambda name: float(cells[name][EMITTED]["mean"]))
    if cleanest == best:
        return words("answer_clean_too", policy=best, carbon=number(cells[best][EMITTED]["mean"], 5))
    less = float(cells[best][EMITTED]["mean"]) - float(cells[cleanest][EMITTED]["mean"])
    more = float(cells[cleanest][COST]["mean"]) - float(cells[best][COST]["mean"])
    # bn CNY over Mt is thousand CNY a tonne.
    price = number(1000.0 * more / less) if less > 1e-12 else number(None)
    return words("answer_clean", policy=cleanest, best=best, less=brief(less), more=brief(more), price=price)


def _driver(document: Document, best: str, words: PageWords) -> str:
    """Return what makes most of the difference between the best and the one that all are compared with."""
    first = next(iter(document["policies"]))
    others = {name: each for name, each in document["attribution"].items() if name == best or best == first}
    if not others:
        return words("answer_alone")
    name, why = min(others.items(), key=lambda item: float(item[1]["cost_bn_cny"]["total"]))
    terms = sorted(why["cost_bn_cny"]["by"]["term"].items(), key=lambda item: -abs(item[1]))[:2]
    said = [f"{words.term('term', key)} {signed(value)}" for key, value in terms if abs(value) > 1e-12]
    total = signed(why["cost_bn_cny"]["total"])
    return words("answer_why", policy=name, first=first, total=total, parts=words("comma").join(said) or "0")


def _of_many(document: Document, words: PageWords) -> list[str]:
    league, each = document["league"], document["scenarios"]
    rules = document["robustness"]["policies"]
    found = [robust_line(document, words)]
    if not league:
        return found
    top = league[0]
    told = {"policy": top["policy"], "first": top["first"], "all": len(each), "above": share(top["regret_share"])}
    found.insert(0, words("answer_league", **told))
    worst = max(rules.items(), key=lambda item: float(item[1]["worst_regret_bn_cny"]))
    regret = {"value": number(worst[1]["worst_regret_bn_cny"]), "scenario": worst[1]["worst_regret_scenario"]}
    return [*found, words("answer_worst", policy=worst[0], **regret)]
