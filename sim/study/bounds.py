"""What no dispatch can undercut: a certified bound on the cost of each replication, kept beside the runs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim.network.build import build
from sim.once import identify, prepare
from sim.optimise.bound import bound, fitted
from sim.optimise.horizon import Dispatch, How
from sim.optimise.layout import Facts, facts
from sim.optimise.optimum import TARGET, dispatched
from sim.results.product import placed
from sim.results.store import as_json
from sim.scenario.schema import Objective

FOLDER = "bounds"
"""Folder of the bounds within that of the runs."""
_KCNY_PER_BN = 1e6


@dataclass(frozen=True)
class Bounds:
    """Bounds to find, of replications of one scenario.

    The first replication is solved (`sim.optimise.optimum`). The others take its prices over, with the price of
    energy fitted to their own wind and sun: a bound for any prices, in the time that it takes to read them.

    Attributes
    ----------
    path, sets
        The scenario and its differences.
    replications
        Their numbers; the first one is solved.
    certify
        Whether to tighten the first one's plan and bound until they are 0.1 % apart.
    folder
        Folder of the runs; None keeps nothing.
    """

    path: Path
    sets: tuple[str, ...]
    replications: tuple[int, ...]
    certify: bool
    folder: Path | None

    def do(self) -> list[dict[str, Any]]:
        """Return ``bound`` and ``plan`` (bn CNY; None where no plan was made) of each replication, in their order."""
        kept = [self._kept(number) for number in self.replications]
        if all(kept):
            return [one for one in kept if one]
        data = self._facts(self.replications[0])
        solved = dispatched(data, How(1), certify=self.certify, target=TARGET)
        found = []
        for number in self.replications:
            own = number == self.replications[0]
            one = _of_plan(data, solved) if own else _of_prices(self._facts(number), solved)
            if self.folder is not None:
                text = as_json(one)
                placed(self._place(number), lambda draft, text=text: draft.write_text(text), force=True)  # type: ignore[misc]
            found.append(one)
        return found

    def _sets(self, number: int) -> list[str]:
        # Neither who dispatches nor which engine changes the bound; work left unserved counts what the runs say.
        alike = ("policy={name: base}", "run.engine=fluid", "economy.allow_unserved=true", "run.replications=1")
        return [*self.sets, *alike, f"run.replication={number}"]

    def _facts(self, number: int) -> Facts:
        return facts(build(prepare(self.path, self._sets(number))), Objective())

    def _place(self, number: int) -> Path:
        assert self.folder is not None
        first = identify(prepare(self.path, self._sets(self.replications[0])))
        way = "tight" if self.certify else "quick"
        return self.folder / FOLDER / f"{first}-{number}-{way}.json"

    def _kept(self, number: int) -> dict[str, Any] | None:
        if self.folder is None:
            return None
        try:
            found = json.loads(self._place(number).read_bytes())
            return {key: found[key] for key in ("bound", "plan")}
        except (OSError, ValueError, KeyError, TypeError):
            return None


def _of_plan(data: Facts, solved: Dispatch) -> dict[str, Any]:
    best = max(solved.bound.total, bound(data, fitted(data, solved.state.prices)).total)
    return {"bound": best / _KCNY_PER_BN, "plan": solved.state.objective / _KCNY_PER_BN}


def _of_prices(data: Facts, solved: Dispatch) -> dict[str, Any]:
    """Return the bound that another replication's prices give; its own plan where other centres have contracts."""
    if not np.array_equal(data.metered, solved.state.program.facts.metered):
        return _of_plan(data, dispatched(data, How(1)))
    return {"bound": bound(data, fitted(data, solved.state.prices)).total / _KCNY_PER_BN, "plan": None}
