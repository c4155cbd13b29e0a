"""A sweep in words and tables: what it answers, what was varied, what came out, in a language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sim.report.comparison import Grid
from sim.report.numbers import brief, exact, given, number, share
from sim.report.published import Published
from sim.report.sweep_strings import SWEEP
from sim.report.tables import figure
from sim.report.words import PageWords

Document = Mapping[str, Any]
BETTER = ("green_share", "served", "availability")
"""Beginnings of measures of which more is better."""
_TOLD = 20
"""Points of a front that the page tells."""


def words_in(language: str) -> PageWords:
    """Return the words of a sweep."""
    return PageWords(language, {}, SWEEP)


def value(key: str, number_: float | None, words: PageWords) -> str:
    """Return a value of a measure with its unit."""
    return f"{words.value(key, number_)} {words.unit(key)}".strip()


def _cell(key: str, number_: float | None, words: PageWords) -> str:
    return exact(words.value(key, number_), number_)


def name_of(key: str, words: PageWords) -> str:
    """Return the name of a measure with its unit."""
    unit = words.unit(key)
    return words("named", measure=words.measure(key), unit=unit) if unit else words.measure(key)


def within(key: str, words: PageWords) -> str:
    """Return the name of a measure as it stands within a sentence.

    Examples
    --------
    >>> within("cost_bn_cny.total", words_in("en")), within("pue", words_in("en"))
    ('total cost', 'PUE')
    """
    name = words.measure(key)
    return name if name[:2].isupper() else name[:1].lower() + name[1:]


def shown(item: Any) -> str:
    """Return a value of an axis as it was given."""
    return given(item) if isinstance(item, float | int) and not isinstance(item, bool) else str(item)


def settings(inputs: Mapping[str, Any], words: PageWords) -> str:
    """Return what a point sets."""
    return words("comma").join(f"{key} = {shown(item)}" for key, item in inputs.items())


def answer(found: Document, words: PageWords) -> list[str]:
    """Return what a sweep says in three sentences: what drives it, where it goes wrong, what is best.

    Parameters
    ----------
    found
        What `sim.study.findings.findings` returns.
    words
        The language.
    """
    key = next(iter(found["measures"]), None)
    failed = found["failures"]
    told = (
        [words("answer_failed", failed=failed["count"], missing=failed["missing"])]
        if failed["count"] + failed["missing"]
        else []
    )
    if key is None:
        return [*told, words("answer_same")]
    corner = next(iter(found["corners"]), None)
    where = words("answer_no_corner") if corner is None else _corner_line(corner, words)
    best = _best(found, key, words)
    return [*told, _range_line(found, key, words), where, *([best] if best else [])]


def _range_line(found: Document, key: str, words: PageWords) -> str:
    ends = found["measures"][key]
    told = {
        "count": f"{found['known']:,}".replace(",", "\u202f"), "measure": within(key, words), "unit": words.unit(key),
        "least": words.value(key, ends["least"]), "most": words.value(key, ends["most"]),
    }  # fmt: skip
    effects = found["sensitivity"].get(key, {})
    if "effects" not in effects:
        return words("answer_range_only", **told)
    first = effects["effects"][0]
    if effects["method"].startswith("Morris"):
        return words("answer_range_effect", axis=first["key"], size=brief(first["total"]), **told)
    top = max(effects["effects"], key=lambda effect: float(effect["first"]))
    return words("answer_range", axis=top["key"], share=share(top["first"]), **told)


def _corner_line(corner: Document, words: PageWords) -> str:
    told = {
        "measure": within(corner["key"], words), "where": where(corner["limits"], words),
        "coverage": share(corner["coverage"]), "density": share(corner["density"]),
    }  # fmt: skip
    if corner["worst"]:
        return words("answer_corner", **told)
    return words("answer_condition", sign=_sign(corner["sign"]), bound=given(corner["bound"]), **told)


def _sign(sign: str) -> str:
    return {"<=": "≤", ">=": "≥"}.get(sign, sign)


def where(limits: Mapping[str, Sequence[Any]], words: PageWords) -> str:
    """Return a corner of what was varied in words."""
    said = []
    for key, limit in limits.items():
        if limit and all(isinstance(end, str) for end in limit):
            said.append(words("is_one_of", axis=key, words=words("or").join(limit)))
        else:
            low, high = limit
            said += [f"{key} ≥ {brief(low)}"] if low is not None else []
            said += [f"{key} ≤ {brief(high)}"] if high is not None else []
    return words("and").join(said) or words("anywhere")


def _best(found: Document, key: str, words: PageWords) -> str:
    points = found["pareto"]["points"]
    if not points or key not in points[0]["outputs"]:
        return ""
    best, base = points[0], found["base"].get("kpi", {}).get(key)
    told = {
        "measure": within(key, words), "value": words.value(key, best["outputs"][key]), "unit": words.unit(key),
        "point": best["point"], "settings": settings(best["inputs"], words),
        "against": words("against_base", value=words.value(key, base)) if base is not None else "",
    }  # fmt: skip
    return words("answer_best", **told)


def inputs_grid(found: Document, words: PageWords) -> Grid:
    """Return what was varied, a row a key."""
    rows = []
    for each in found["inputs"]:
        told = [shown(item) for item in each["values"]]
        text = words("comma").join(told)
        if each["drawn"]:
            text = words("drawn_between", least=told[0], most=told[-1])
        meant = each["meant"] if each["meant"] != each["key"] else "–"
        unit = "" if each["unit"] == "1" else each["unit"]
        rows.append([each["key"], meant, unit, str(each["count"]), text])
    head = [words("key"), words("stands_for"), words("unit"), words("steps"), words("values")]
    return Grid(words("inputs"), head, rows, (1, 4))


def ranges_grid(found: Document, words: PageWords) -> Grid:
    """Return what came out, a row a measure: the base, and the ends and quarters of all points."""
    parts = ("least", "lower", "median", "upper", "most")
    base = found["base"].get("kpi", {})
    rows = [
        [name_of(key, words), *(_cell(key, item, words) for item in (base.get(key), *(ends[part] for part in parts)))]
        for key, ends in found["measures"].items()
    ]
    return Grid(words("ranges"), [words("measure"), words("base"), *map(words, parts)], rows)


def figures_grid(found: Document, words: PageWords) -> Grid | None:
    """Return the base beside published figures; None where there is none."""
    rows = []
    for row in found["base"].get("figures", ()):
        known = Published(**row)
        gap = words.change(known.difference) if known.difference is not None else "–"
        source = " · ".join(
            part
            for part in (words.term("source", words.of(known.row, "source")), words.term("role", known.role))
            if part
        )
        rows.append(
            [words.of(known.row, "name") or words.measure(known.key), figure(known, words),
             value(known.key, known.ours, words), gap, source]
        )  # fmt: skip
    head = [words("figure"), words("reported"), words("base"), words("difference"), words("source")]
    return Grid(words("base_figures"), head, rows, (4,)) if rows else None


def effects_grid(key: str, effects: Document, words: PageWords) -> Grid:
    """Return what a measure depends on, a row a key."""

    def cell(effect: Document, part: str) -> str:
        ends = effect[f"{part}_interval"]
        text = brief(effect[part])
        return text if ends is None else words("within_interval", value=text, low=brief(ends[0]), high=brief(ends[1]))

    spread = any(effect["spread"] is not None for effect in effects["effects"])
    rows = [
        [effect["key"], cell(effect, "first"), cell(effect, "total"), *([number(effect["spread"])] if spread else [])]
        for effect in effects["effects"]
    ]
    method = words.term("method", effects["method"])
    head = [words("key"), words("alone"), words("in_all"), *([words("spread")] if spread else [])]
    return Grid(f"{words.measure(key)} ({method})", head, rows)


def surface_grid(surface: Document, words: PageWords) -> Grid:
    """Return a response surface as a table."""
    key = surface["key"]
    title = f"{name_of(key, words)}: {surface['x']}" + (f" × {surface['y']}" if surface["y"] else "")
    head = [f"{surface['y'] or ''} \\ {surface['x']}" if surface["y"] else surface["x"], *map(_step, surface["across"])]
    rows = [
        [_step(step) or words.measure(key), *(_cell(key, cell, words) for cell in row)]
        for step, row in zip(surface["along"], surface["cells"], strict=True)
    ]
    return Grid(title, head, rows)


def _step(item: Any) -> str:
    return item if isinstance(item, str) else brief(item)


def front_grid(found: Document, words: PageWords) -> Grid:
    """Return the first points of the front: what they set and what they come to."""
    points, aims = found["pareto"]["points"][:_TOLD], [aim.lstrip("-") for aim in found["pareto"]["aims"]]
    keys = [each["key"] for each in found["inputs"]]
    rows = [
        [str(one["point"]), *(shown(one["inputs"][key]) for key in keys),
         *(_cell(aim, one["outputs"][aim], words) for aim in aims)]
        for one in points
    ]  # fmt: skip
    title = words("front_points", count=found["pareto"]["count"], told=len(points))
    return Grid(title, [words("point"), *keys, *(name_of(aim, words) for aim in aims)], rows)


def corners_grid(found: Document, words: PageWords) -> Grid:
    """Return the corners in which the cases lie."""
    rows = [
        [f"{words.measure(one['key'])} {_sign(one['sign'])} {words.value(one['key'], one['bound'])}",
         where(one["limits"], words), str(one["cases"]),
         *(exact(share(one[part]), one[part]) for part in ("coverage", "density"))]
        for one in found["corners"]
    ]  # fmt: skip
    head = [words("case"), words("where"), words("count"), words("coverage"), words("density")]
    return Grid(words("corners"), head, rows, (1,))


def robust_grid(found: Document, words: PageWords) -> Grid | None:
    """Return how choices stand whatever comes; None where nobody asked."""
    key = found["robust"]
    rows = [
        [settings(one["choice"], words), *(_cell(key, one[part], words) for part in ("mean", "worst", "regret"))]
        for one in found["robustness"]
    ]
    head = [words("choice"), words("mean"), words("worst"), words("greatest_regret")]
    return Grid(words("robust_of", measure=name_of(key, words)), head, rows) if rows else None


def failures_grid(found: Document, words: PageWords) -> Grid:
    """Return why points failed, the most frequent reason first."""
    rows = [[one["kind"], one["message"], str(one["count"]), str(one["first"])] for one in found["failures"]["kinds"]]
    return Grid(words("failures"), [words("kind"), words("message"), words("count"), words("example")], rows, (1,))
