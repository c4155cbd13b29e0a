"""What a waiting user sees, and the log of a run."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Tick = Callable[[int, int], None]


@contextmanager
def progress(silent: bool) -> Iterator[Tick | None]:
    """Yield a function that moves a progress bar with the time left; None where nobody watches.

    Parameters
    ----------
    silent
        Whether to draw nothing.

    Yields
    ------
    callable or None
        Takes the epochs done and their number.
    """
    if silent or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = (
        TextColumn("working"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("working", total=None)

        def tick(done: int, total: int) -> None:
            # Another stage: the speed of the one before says nothing of it.
            if total != bar.tasks[0].total or done < bar.tasks[0].completed:
                bar.reset(task, total=total)
            bar.update(task, completed=done)

        yield tick


@contextmanager
def stages(silent: bool) -> Iterator[Callable[[str, int, int], None] | None]:
    """Yield a function that shows how far a work of several stages is; None where nobody watches.

    Parameters
    ----------
    silent
        Whether to draw nothing.

    Yields
    ------
    callable or None
        Takes what is done, how much of it, and of how many.
    """
    with progress(silent) as tick:
        yield None if tick is None else lambda _, done, total: tick(done, total)


class Log:
    """The log of a run: what happened when, one JSON object a line. Times are in no result."""

    def __init__(self) -> None:
        self._begun = time.time()

    def lines(self) -> str:
        """Return the lines of ``log.jsonl``: begin and end, with wall time."""
        now = time.time()
        entries = [
            {"event": "begun", "time": round(self._begun, 3), "arguments": sys.argv[1:]},
            {"event": "simulated", "time": round(now, 3), "seconds": round(now - self._begun, 3)},
        ]
        return "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries)
