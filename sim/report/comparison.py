"""A comparison of policies as rows of words and numbers; printed on a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import shorten
from typing import Any

from sim.report.comparison_strings import COMPARISON
from sim.report.numbers import brief, exact, number, share
from sim.report.words import PageWords

Document = Mapping[str, Any]
COST, EMITTED, UNSERVED = "cost_bn_cny.total", "emissions_mt.location", "cost_bn_cny.unserved"
MISSED = "deadline_missed_share"
_SMALL = 0.01
"""A part below this share of the largest is left out of a sentence."""

_LONG = 60
"""Characters of a setting that are shown."""


@dataclass(frozen=True)
class Grid:
    """A table of words: its heading, the names of its columns, and rows that begin with their name.

    `text` numbers the columns that hold text and no figures.
    """

    title: str
    head: list[str]
    rows: list[list[str]]
    text: tuple[int, ...] = ()


def words_of(document: Document, language: str) -> PageWords:
    """Return the words of a comparison, of one scenario or of several."""
    first = next(iter(document["scenarios"].values())) if "scenarios" in document else document
    return PageWords(language, first["names"], COMPARISON)


def difference(cell: Document) -> str:
    """Return a difference to the first policy with its interval."""
    if cell["diff"] is None:
        return number(None)
    text = signed(cell["diff"])
    ends = cell["diff_ci95"]
    return text if ends is None else f"{text} [{signed(ends[0])}, {signed(ends[1])}]"


def signed(value: float) -> str:
    """Return a number with its sign; what is nothing has none.

    Examples
    --------
    >>> signed(0.25), signed(-2.0), signed(1e-15)
    ('+0.25', '−2', '0')
    """
    text = brief(value)
    return f"+{text}" if value > 0.0 and text != "0" else text


def policies_grid(document: Document, words: PageWords) -> Grid:
    """Return the policies by total cost, and what that was bought with: carbon, lateness, waiting, delay."""
    cells = document["policies"]
    waiting = _waiting(document)
    head = [
        words(f"{name}_column")
        for name in ("policy", "cost", "unserved", "carbon", "missed", "wait", "delay")
    ]  # fmt: skip
    rows = [
        [
            name, _mean(each[COST], 6), _mean(each[UNSERVED], 3), _mean(each[EMITTED], 5),
            exact(share(each[MISSED]["mean"]), each[MISSED]["mean"]),
            " / ".join(brief(each[key]["mean"] or 0.0) for key in waiting) or number(None),
            _mean(each["delay_ms.mean"], 3), str(each[COST]["rank"]),
            exact(share(each[COST]["won"]), each[COST]["won"]),
        ]
        for name, each in sorted(cells.items(), key=lambda item: float(item[1][COST]["mean"]))
    ]  # fmt: skip
    told = {"scenario": document["scenario"], "engine": document["engine"], "count": document["replications"]}
    return Grid(words("compared_on", **told), [*head, words("rank"), words("won")], rows)


def _mean(cell: Document, digits: int) -> str:
    return exact(number(cell["mean"], digits), cell["mean"])


def _waiting(document: Document) -> list[str]:
    """Return the keys of the waits of those workloads that may wait."""
    cells = next(iter(document["policies"].values()))
    late = [key for key, each in cells.items() if key.endswith(".deadline_missed_share") and each["mean"] is not None]
    keys = [key.replace("deadline_missed_share", "wait_h.mean") for key in late]
    return [key for key in keys if key in cells]


def sure_grid(document: Document, words: PageWords) -> Grid:
    """Return by how much each policy differs from the first one, and from the bound, with intervals."""
    first = next(iter(document["policies"]))
    head = [words(f"{name}_column") for name in ("policy", "cost", "carbon")] + [words("regret"), words("of_bound")]
    rows = []
    for name, each in sorted(document["regret"].items(), key=lambda item: float(item[1]["mean"])):
        cells = document["policies"][name]
        above = {"diff": each["mean"], "diff_ci95": each["ci95"]}
        differences = ["–", "–"] if name == first else [difference(cells[COST]), difference(cells[EMITTED])]
        rows.append([name, *differences, difference(above), exact(share(each["share"]), each["share"])])
    return Grid(words("sure", first=first), head, rows)


def lines(document: Document, words: PageWords) -> list[str]:
    """Return what a comparison says in sentences: the best, the bound, how sure it is."""
    cells, bound = document["policies"], document["bound"]
    best = min(cells, key=lambda name: float(cells[name][COST]["mean"]))
    cost, above = number(cells[best][COST]["mean"], 6), share(document["regret"][best]["share"])
    known = {"bound": number(bound["cost_bn_cny"], 6), "gap": share(bound["gap"])}
    found = [
        words("best_here", policy=best, cost=cost, share=above),
        words("bound_line", **known) if bound["certified"] else words("bound_fluid", **known),
        words("one_replication") if document["replications"] == 1 else words("statistics"),
    ]
    unserved = any((each[UNSERVED]["mean"] or 0.0) > 1e-9 for each in cells.values())
    names = [words.name("workload", key.split(".")[1]) for key in _waiting(document)]
    found.append(words("columns_note", names=" / ".join(names) or "–"))
    return [*found, words("deterrent")] if unserved else found


def front_grid(document: Document, words: PageWords) -> Grid:
    """Return cost and emissions of every policy, and which policy beats it in both, if one does."""
    cells, kept = document["policies"], document["pareto"]

    def beaten(name: str) -> str:
        costs = {other: [float(cells[other][key]["mean"]) for key in (COST, EMITTED)] for other in cells}
        own = costs[name]
        better = [other for other in kept if costs[other][0] <= own[0] and costs[other][1] <= own[1]]
        return words("comma").join(better)

    rows = [
        [
            name, _mean(each[COST], 6), _mean(each[EMITTED], 6),
            words("yes") if name in kept else words("beaten_by", names=beaten(name)),
        ]
        for name, each in sorted(cells.items(), key=lambda item: float(item[1][COST]["mean"]))
    ]  # fmt: skip
    head = [words(f"{name}_column") for name in ("policy", "cost", "carbon")]
    return Grid(words("front"), [*head, words("on_front")], rows)


def runs_grid(document: Document, words: PageWords) -> Grid:
    """Return the ids of the runs that were compared, a row a policy."""
    rows = [[name, words("comma").join(map(str, ids))] for name, ids in document["runs"].items()]
    return Grid(words("runs"), [words("policy_column"), words("run_ids")], rows, (1,))


def reasons(document: Document, words: PageWords) -> list[str]:
    """Return a sentence a policy: what makes its cost another than the first one's, and its emissions."""
    first, found = next(iter(document["policies"])), []
    for name, why in document["attribution"].items():
        cost, carbon = (
            {"total": signed(each["total"]), "parts": _parts(each["by"]["term"], words)}
            for each in (why["cost_bn_cny"], why["emissions_mt"])
        )
        found.append(words("why_line", policy=name, first=first, **cost))
        found.append(words("why_line_emissions", policy=name, first=first, **carbon))
    return found


def _parts(terms: Mapping[str, float], words: PageWords) -> str:
    least = _SMALL * max((abs(value) for value in terms.values()), default=0.0)
    shown = {key: value for key, value in terms.items() if abs(value) > max(least, 1e-12)}
    texts = [f"{words.term('term', key)} {signed(value)}" for key, value in shown.items()]
    return words("comma").join(texts) or "0"


def terms_grid(document: Document, measure: str, title: str, words: PageWords) -> Grid:
    """Return the differences to the first policy by term, a row a policy."""
    why = {name: each[measure] for name, each in document["attribution"].items()}
    terms = [
        key for key in next(iter(why.values()))["by"]["term"]
        if any(abs(each["by"]["term"][key]) > 1e-12 for each in why.values())
    ]  # fmt: skip
    head = [words("policy_column"), words("difference"), *(words.term("term", key) for key in terms)]
    rows = [
        [name, *(exact(signed(value), value) for value in (each["total"], *(each["by"]["term"][key] for key in terms)))]
        for name, each in why.items()
    ]
    return Grid(title, head, rows)


def across_grids(document: Document, words: PageWords) -> list[Grid]:
    """Return differences of cost and of emissions to the first policy, and deadlines missed, a column a scenario."""
    each = document["scenarios"]
    names = list(next(iter(each.values()))["policies"])
    head = [words("policy_column"), *each]

    def table(key: str, title: str, write: Any, policies: Sequence[str]) -> Grid:
        rows = [[name, *(write(one["policies"][name][key]) for one in each.values())] for name in policies]
        return Grid(title, head, rows)

    against = words("against", first=names[0])
    return [
        *(
            table(key, f"{words.measure(key)}, {words.unit(key)}: {against}", difference, names[1:])
            for key in (COST, EMITTED)
        ),
        table(MISSED, words.measure(MISSED), lambda cell: share(cell["mean"]), names),
    ]


def league_grid(document: Document, words: PageWords) -> Grid:
    """Return the policies by mean rank over the scenarios."""
    first = next(iter(next(iter(document["scenarios"].values()))["policies"]))
    head = [
        words("policy_column"), words("mean_rank"), words("firsts"), words("regret_share"),
        words("emissions_share", first=first),
    ]  # fmt: skip
    rows = [
        [
            row["policy"], number(row["mean_rank"], 3), str(row["first"]), share(row["regret_share"]),
            words.change(row["emissions_share"]),
        ]
        for row in document["league"]
    ]  # fmt: skip
    return Grid(words("league"), head, rows)


def robust_grid(document: Document, words: PageWords) -> Grid:
    """Return what each policy comes to where the worst scenario comes."""
    unit = words.unit(COST)
    head = [
        words("policy_column"), f"{words('worst_cost')}, {unit}", f"{words('worst_regret')}, {unit}",
        words("satisficing"),
    ]  # fmt: skip
    rows = [
        [
            name, f"{number(row['worst_cost_bn_cny'], 5)} ({row['worst_cost_scenario']})",
            f"{number(row['worst_regret_bn_cny'])} ({row['worst_regret_scenario']})", share(row["satisficing_share"]),
        ]
        for name, row in document["robustness"]["policies"].items()
    ]  # fmt: skip
    return Grid(words("robustness"), head, rows)


def robust_line(document: Document, words: PageWords) -> str:
    """Return who is best by each of the three rules."""
    rules = document["robustness"]
    return words(
        "robust_line", maximin=rules["maximin"], minimax=rules["minimax_regret"], satisficing=rules["satisficing"],
        within=words.percent(rules["within"]),
    )  # fmt: skip


def settings_grid(document: Document, words: PageWords) -> Grid:
    """Return the settings in which the scenarios differ."""
    names = list(document["scenarios"])
    rows = [
        [key, *("–" if each[name] is None else shorten(str(each[name]), _LONG, placeholder=" …") for name in names)]
        for key, each in document["settings"].items()
    ]
    return Grid(words("settings"), [words("key"), *names], rows, tuple(range(1, len(names) + 1)))


def over_scenarios(document: Document, words: PageWords) -> list[Grid]:
    """Return the tables over several scenarios."""
    over = [league_grid(document, words), robust_grid(document, words), settings_grid(document, words)]
    return [*across_grids(document, words), *over]


def print_comparison(document: Document, language: str) -> None:
    """Print a comparison on the terminal, of one scenario or of several.

    Parameters
    ----------
    document
        What `sim.study.compare.compare` returns.
    language
        ``en`` or ``zh``.
    """
    from rich.console import Console
    from rich.text import Text

    words, console = words_of(document, language), Console()
    for each in document.get("scenarios", {"": document}).values():
        _print(console, [policies_grid(each, words), sure_grid(each, words)])
        for line in [*lines(each, words), *reasons(each, words)]:
            console.print(Text(line), soft_wrap=True)
    if "scenarios" in document:
        _print(console, over_scenarios(document, words))
        console.print(Text(robust_line(document, words)), soft_wrap=True)


def _print(console: Any, grids: Sequence[Grid]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    for grid in grids:
        table = Table(title=Text(grid.title), title_justify="left", box=SIMPLE_HEAD)
        for at, name in enumerate(grid.head):
            table.add_column(Text(name), justify="right" if at else "left", overflow="fold", no_wrap=not at)
        for row in grid.rows:
            table.add_row(*map(Text, row))
        console.print(table)
