"""What a planner is told of a sweep: before it, what it takes; after it, what came of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sim.report.sweep_page import sweep_page
from sim.results.product import placed
from sim.study import archive, base
from sim.study.findings import findings
from sim.study.sweep import Swept

PAGE = "report.html"

_WORDS = {
    "en": {
        "points": "points", "done": "done already", "failed": "failed", "runs": "dispatches to simulate",
        "time": "time", "memory": "memory", "disk": "disk", "about": "about",
        "kept": "points computed", "first": "first failure",
    },
    "zh": {
        "points": "点数", "done": "已完成", "failed": "失败", "runs": "需要模拟的调度次数", "time": "时间",
        "memory": "内存", "disk": "磁盘", "about": "约", "kept": "已计算的点", "first": "第一个失败",
    },
}  # fmt: skip


def page(done: Swept, language: str) -> Path:
    """Write the page of a sweep that was just run, its base beside it, and return its path.

    Parameters
    ----------
    done
        The sweep.
    language
        ``en`` or ``zh``, the one shown first.

    Raises
    ------
    ResultsError
        Where it cannot be written.
    """
    plan = done.plan
    base.keep(plan.folder, plan.path, plan.sets, plan.plugins)
    return page_of(archive.as_it_is(plan.folder), language)


def page_of(read: archive.Archive, language: str, **asked: Any) -> Path:
    """Write the page of a sweep that is kept and return its path.

    Parameters
    ----------
    read
        The sweep.
    language
        ``en`` or ``zh``, the one shown first.
    **asked
        What to tell, as `sim.study.findings.findings` takes it.

    Raises
    ------
    UsageError, ResultsError
        Where what was asked does not fit the sweep, or the page cannot be written.
    """
    text = sweep_page(findings(read, **asked), language)
    return placed(read.folder / PAGE, lambda draft: draft.write_text(text, encoding="utf-8"), force=True)


def forecast(found: dict[str, Any], language: str) -> str:
    """Return the lines of ``--dry-run``.

    Parameters
    ----------
    found
        What `sim.study.estimate.estimate` returned.
    language
        ``en`` or ``zh``.
    """
    words = _WORDS[language]
    lines = [
        (words["points"], f"{found['points']:,}"),
        (words["done"], f"{found['done']:,}"),
        (words["failed"], f"{found['failed']:,}"),
        (words["runs"], f"{found['runs']:,}"),
        (words["time"], f"{words['about']} {_duration(found['seconds'])}"),
        (words["memory"], f"{words['about']} {found['memory_mb']:,.0f} MB"),
        (words["disk"], f"{words['about']} {found['disk_mb']:,.1f} MB"),
    ]
    return "\n".join(f"{name}: {value}" for name, value in lines)


def _duration(seconds: float) -> str:
    """Return a time as it is said.

    Examples
    --------
    >>> _duration(42.4), _duration(600), _duration(9000)
    ('42 s', '10 min', '2.5 h')
    """
    if seconds < 120.0:
        return f"{seconds:.0f} s"
    return f"{seconds / 60.0:.0f} min" if seconds < 7200.0 else f"{seconds / 3600.0:.1f} h"


def show(done: Swept, report: Path, language: str) -> None:
    """Print what came of a sweep.

    Parameters
    ----------
    done
        The sweep.
    report
        Its page.
    language
        ``en`` or ``zh``.
    """
    words = _WORDS[language]
    bad = [row for row in done.rows if row.failed]
    print(f"{words['kept']}: {len(done.rows) - len(bad):,} / {done.plan.design.points:,}")
    if bad:
        print(f"{words['failed']}: {len(bad):,}; {words['first']}: {': '.join(bad[0].error)}")
    for path in (*done.files.values(), report):
        print(path)
