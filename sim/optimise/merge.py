"""A window of several days from its days: they are solved apart, and what is carried between them is let go slowly.

A day that is held to what the plan carries into it and out of it takes hundredths of a second; together their bases
are the window's own, optimal while what is carried is held.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from sim.ground.arrays import Array
from sim.optimise.program import Program
from sim.optimise.solve import Basis, OutOfTime, Solution, eased, near, solve


def merged(
    program: Program,
    marks: Sequence[int],
    ends: tuple[Array, Array],
    plan: Array,
    loose: float = 0.0,
    seconds: float | None = None,
) -> Solution:
    """Return the optimum of a window, from those of its parts.

    Parameters
    ----------
    program
        The program of the whole horizon.
    marks
        First epoch, the epochs at which the window is taken apart, and the one behind the last; ascending.
    ends
        What is carried into the window and out of it; [carried column] each.
    plan
        [epoch, column], of the window: it keeps the rules, but perhaps for rows of links.
    loose
        Share of the cost by which it may miss the optimum.
    seconds
        Time limit.

    Returns
    -------
    Solution
        Without a basis.

    Raises
    ------
    OutOfTime
        Where the time limit is reached.
    """
    begun = time.monotonic()

    def left() -> float | None:
        rest = None if seconds is None else seconds - (time.monotonic() - begun)
        if rest is not None and rest <= 0.0:
            raise OutOfTime(f"epochs {marks[0]} to {marks[-1] - 1}: the time was up before their optimum was found")
        return rest

    columns = program.columns
    carried = np.arange(columns.backlog, columns.piece)
    inner = np.asarray(marks[1:-1], dtype=np.int64) - marks[0] - 1
    given = [ends[0], *plan[inner][:, carried], ends[1]]
    parts: list[Basis] = []
    for (begin, end), before, after in zip(pairwise(marks), given[:-1], given[1:], strict=True):
        lp = program.window(begin, end, before, after)
        found = solve(lp, near(lp, plan[begin - marks[0] : end - marks[0]].ravel()), left())
        parts.append(found.basis or near(lp, found.values))
    basis = Basis(np.concatenate([part.columns for part in parts]), np.concatenate([part.rows for part in parts]))
    held = (inner[:, None] * columns.count + carried).ravel()
    lp = program.window(marks[0], marks[-1], *ends)
    return eased(lp, basis, held, plan.ravel()[held], loose, left())
