"""A capacity plan on the terminal: the years, what is built, the targets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.report.capacity_strings import CAPACITY
from sim.report.numbers import number
from sim.report.words import PageWords


def print_plan(found: Mapping[str, Any], language: str) -> None:
    """Print a plan.

    Parameters
    ----------
    found
        The document, as `sim.study.planning.plan` returns it.
    language
        ``en`` or ``zh``.
    """
    words = PageWords(language, {}, CAPACITY)
    cost = found["cost_bn_cny"]
    print(words(
        "plan_line", last=found["years"][-1], base=found["base_year"], cost=number(cost["total"]),
        gap=f"{100.0 * found['gap']:.2g} %",
    ))  # fmt: skip
    print(words("plan_costs", **{key: number(value) for key, value in cost.items() if key != "total"}))
    error = found.get("period_error")
    if error:
        print(words("plan_error", error=f"{100.0 * error['error']:+.2f} %", days=error["days"],
                    sure=f"{100.0 * error['standard_error']:.2f} %"))  # fmt: skip
    _table(
        words, "plan_years",
        ("plan_year", "plan_capacity", "plan_smart", "plan_hubs", "plan_pue", "plan_green", "plan_spent",
         "plan_operation"),
        [
            [
                year, number(row["capacity_eflops"]), _share(row["smart_share"]), _share(row["hub_share"]),
                f"{row['pue']:.3f}", _share(row["green_hourly"]), number(row["capital_spent_bn_cny"]),
                number(row["operation_bn_cny"]),
            ]
            for year, row in found["by_year"].items()
        ],
    )  # fmt: skip
    _table(words, "plan_builds", ("plan_year", "plan_kind", "plan_amount", "plan_unit", "plan_sites"),
           _built(found["builds"], words), left=2)  # fmt: skip
    _table(
        words, "plan_targets", ("plan_target", "plan_year", "plan_required", "plan_reached", "plan_met", "plan_price"),
        [
            [
                row["id"], f"{row['future']} {row['year']}".strip(), f"{row['sense']} {number(row['required'])}",
                number(row["reached"]),
                words("plan_yes") if row["met"] else words("plan_no", by=number(row["missed_by"])),
                number(row["price_m_cny"]),
            ]
            for row in found["targets"]
        ],
    )  # fmt: skip


def _built(builds: list[Mapping[str, Any]], words: PageWords) -> list[list[str]]:
    """Return a row for every year and kind."""
    total: dict[tuple[str, str], tuple[float, str, int]] = {}
    for row in builds:
        key = f"{row['future']} {row['year']}".strip(), str(row["kind"])
        amount, _, sites = total.get(key, (0.0, "", 0))
        total[key] = amount + float(row["amount"]), str(row["unit"]), sites + 1
    return [
        [year, words.term("kind", kind), number(amount), unit, str(sites)]
        for (year, kind), (amount, unit, sites) in total.items()
    ]


def _share(value: float) -> str:
    return f"{100.0 * value:.1f} %"


def _table(words: PageWords, title: str, header: tuple[str, ...], rows: list[list[str]], left: int = 1) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if not rows:
        return
    table = Table(title=Text(words(title)), title_justify="left", box=SIMPLE_HEAD)
    for at, key in enumerate(header):
        table.add_column(words(key), justify="left" if at < left else "right", overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    Console().print(table)
