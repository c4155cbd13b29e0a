"""Back-cast: what the planner, standing at the end of 2023, would have built in 2024, against what was.

It uses the planning program itself, on the nation's stock scaled back to the end of 2023. What it expects of 2024 is
a matter of its own: four expectations are tried, three that could be had at the time and one of hindsight.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
if __package__ in (None, ""):  # Run as a file, whose folder alone is looked through for packages.
    sys.path.insert(0, str(ROOT))

from benchmarks.registry import Spec, Table  # noqa: E402
from sim.ground.places import models  # noqa: E402
from sim.network.build import build  # noqa: E402
from sim.optimise.expand.document import document  # noqa: E402
from sim.optimise.expand.plan import solve, study  # noqa: E402
from sim.scenario.read import read  # noqa: E402
from sim.scenario.tables import read_table  # noqa: E402

REGIONS = {
    "Beijing-Tianjin-Hebei": ("jing_jin_ji",),
    "Yangtze delta": ("yangtze_delta",),
    "other six hub areas": ("greater_bay", "cheng_yu", "inner_mongolia", "guizhou", "gansu", "ningxia"),
}
SHARES = {"Beijing-Tianjin-Hebei": "jjj", "Yangtze delta": "yrd", "other six hub areas": "other_six_hubs"}
SMART, GENERAL = ("inference", "training"), ("interactive", "batch", "hpc", "storage")
HOW = ("in step, by kind", "demand alone", "in step, either kind")
"""Compute grows with the work, AI servers no further than their work; only as far as work asks; as it is cheapest."""
PERIODS = 3
RACK_MW = 2.5e-3


@dataclass(frozen=True)
class History:
    """What the ministry published, at the end of each year.

    Attributes
    ----------
    compute, smart, racks
        By year: EFLOPS (FP32), EFLOPS (FP32), standard racks.
    share
        Share of the racks at the end of 2023, by region.
    pue
        By year.
    """

    compute: Mapping[int, float]
    smart: Mapping[int, float]
    racks: Mapping[int, float]
    share: Mapping[str, float]
    pue: Mapping[int, float]

    def general(self, year: int) -> float:
        """Return general compute, EFLOPS."""
        return self.compute[year] - self.smart[year]


def history() -> History:
    """Return the nation's history from its table."""
    rows = list(read_table(models() / "nations" / "china-2024" / "history.csv", ()))

    def series(metric: str, name: str) -> dict[int, float]:
        return {
            int(row.cells["date"][:4]): row.number("value")
            for row in rows
            if (row.cells["metric"], row.cells["series"]) == (metric, name) and row.cells["date"].endswith("12-31")
        }

    share = {region: series("rack_share_region", f"CAICT {mark}")[2023] for region, mark in SHARES.items()}
    return History(
        series("compute_total", "MIIT infrastructure"), series("compute_smart", "MIIT infrastructure"),
        series("racks_in_use", "MIIT"), share, series("pue_average", "national"),
    )  # fmt: skip


def expectations(past: History) -> Iterator[tuple[str, float, float]]:
    """Yield what a planner may have expected of 2024: its name, growth of general and of smart work, factors."""
    # The official plan of October 2023: 300 EFLOPS, 35 % of them smart, at the end of 2025.
    smart, general = 0.35 * 300.0, 0.65 * 300.0
    yield "official plan of 2023", (general / past.general(2023)) ** 0.5, (smart / past.smart[2023]) ** 0.5
    whole = (past.compute[2023] / past.compute[2021]) ** 0.5
    yield "trend 2021-2023, all alike", whole, whole
    yield "growth of 2023, by kind", past.general(2023) / past.general(2022), past.smart[2023] / past.smart[2022]
    yield "hindsight: growth of 2024", past.general(2024) / past.general(2023), past.smart[2024] / past.smart[2023]


def scenario(past: History, general: float, smart: float, how: str) -> str:
    """Return the question, asked at the end of 2023; the plan's first year, 2025 by its calendar, is 2024.

    Weather, prices and tariffs are those of 2024. Hubs shall have 60 % of new compute, as demanded in December 2023.

    Parameters
    ----------
    past
        The history.
    general, smart
        Growth of the work expected, factors.
    how
        One of `HOW`.
    """
    scale = {
        "centres.*.racks": past.racks[2023] / past.racks[2024],
        "centres.*.pools.general.capacity_eflops": past.general(2023) / past.general(2024),
        "centres.*.pools.smart.capacity_eflops": past.smart[2023] / past.smart[2024],
    }
    lines = [f'  {key}: "{100.0 * (factor - 1.0):.10f}%"' for key, factor in scale.items()]
    # Demand of 2023: as much of the capacity as in 2024.
    level = {name: scale["centres.*.pools.general.capacity_eflops"] for name in GENERAL}
    level |= {name: scale["centres.*.pools.smart.capacity_eflops"] for name in SMART}
    lines += [f"  workloads.{name}.growth: {factor:.10f}" for name, factor in level.items()]
    growth = {name: general for name in GENERAL} | {name: smart for name in SMART}
    told = ", ".join(f"{name}: {factor:.10f}" for name, factor in growth.items())
    capacity = general * past.general(2023) + smart * past.smart[2023]
    target = f"    capacity: {{measure: capacity_eflops, at_least: {capacity:.6f}}}\n" if how != "demand alone" else ""
    most = f"{{most: {(smart - 1.0) * past.smart[2023]:.6f}}}" if how == "in step, by kind" else "{}"
    return (
        "extends: baseline-2024.yaml\nname: backcast\nset:\n" + "\n".join(lines) + "\n"
        f"plan:\n  first: 2025\n  last: 2025\n  periods: {PERIODS}\n  extremes: false\n  paths: 1\n"
        f"  growth: {{{told}}}\n  archetype: water_chiller\n  gap: 0.004\n"
        f"  build:\n    general: {{}}\n    smart: {most}\n    facility: {{}}\n    waves: {{}}\n  targets:\n"
        f"{target}    hubs: {{measure: hub_share_of_new, at_least: 0.6}}\n"
    )


def planned(text: str) -> dict[str, Any]:
    """Return the document of a plan."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "backcast.yaml"
        path.write_text(text, encoding="utf-8")
        return document(solve(study(build(read(path)))))


def outcome(found: dict[str, Any]) -> dict[str, float]:
    """Return what a plan comes to: totals, racks added, and each region's share of the new compute."""
    stock = found["stocks"]["2025"]["centre"].values()
    built = [row for row in found["builds"] if row["kind"] in ("general", "smart")]
    new = sum(row["amount"] for row in built)
    told = {
        "compute": sum(row["general_eflops"] + row["smart_eflops"] for row in stock),
        "smart": sum(row["smart_eflops"] for row in stock),
        "racks": sum(row["amount"] for row in found["builds"] if row["kind"] == "facility") / RACK_MW,
        "new": new,
        "gap": found["gap"],
    }
    for region, hubs in REGIONS.items():
        told[region] = sum(row["amount"] for row in built if row["hub"] in hubs) / (new or 1.0)
    return told


def measure() -> Table:
    """Return a row for what was and for each expectation; with compute kept in step, and by demand alone."""
    past = history()
    added = f"{(past.racks[2024] - past.racks[2023]) / 1e6:.2f}"
    rows = [
        (
            "what was", "", f"{past.compute[2024]:.0f}", f"{past.smart[2024]:.0f}", added,
            *(f"({100 * past.share[region]:.1f} %)" for region in REGIONS), "",
        )
    ]  # fmt: skip
    for name, general, smart in expectations(past):
        # Without a target the plan is a matter of the work expected alone: once is enough.
        for how in HOW if name.startswith("hindsight") else HOW[:1]:
            found = outcome(planned(scenario(past, general, smart, how)))
            rows.append(
                (
                    name, how, _beside(found["compute"], past.compute[2024]), _beside(found["smart"], past.smart[2024]),
                    f"{found['racks'] / 1e6:.2f}",
                    *(_share(found, region) for region in REGIONS), f"{100 * found['gap']:.2f} %",
                )
            )  # fmt: skip
    head = ("expected", "capacity", "EFLOPS", "of them smart", "M racks added", *REGIONS, "gap")
    note = (
        "Regions: share of the new compute; for what was, share of all racks at the end of 2023, the only date "
        "published. Brackets: against what was. In step: compute grows with the work expected, AI "
        "servers with theirs or as it is cheapest; demand alone: only as far as the work asks for it. The program of "
        f"plans on {PERIODS} representative days, stock scaled back to the end of 2023, prices and weather of 2024."
    )
    return Table(head, tuple(rows), note)


def _beside(value: float, was: float) -> str:
    return f"{value:.0f} ({100 * (value / was - 1):+.1f} %)".replace("-0.0", "+0.0")


def _share(found: Mapping[str, float], region: str) -> str:
    return f"{100 * found[region]:.1f} %" if found["new"] else "none built"


SPEC = Spec("backcast", "what a plan made at the end of 2023 would have built in 2024, against what was", measure)

if __name__ == "__main__":
    print(measure().markdown())
