"""A scenario with a few more differences, without reading its files and tables again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from typing import Annotated, Any

from pydantic import TypeAdapter, ValidationError

from sim.ground.errors import Problem
from sim.scenario.assign import Draft
from sim.scenario.check import check
from sim.scenario.read import command_line, put
from sim.scenario.scenario import Scenario
from sim.scenario.schema import Configuration
from sim.scenario.settle import copied
from sim.scenario.wording import gathered, worded
from sim.scenario.yaml_file import Path_

FIXED = ("allocation", "name", "nation", "year")
"""Keys that decide which tables are read: no scenario that is read already can be varied in them."""


class Variants:
    """Variants of a scenario: what a few more differences make of it.

    Graph, policy and traces are not looked at.

    Parameters
    ----------
    scenario
        A checked scenario.
    """

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self._values = scenario.config.model_dump(by_alias=True)

    def of(self, sets: Iterable[str]) -> tuple[Scenario, list[Problem]]:
        """Return the scenario with differences applied, and what is wrong with them.

        Where nothing is wrong, the configuration is the one that reading the files with these differences behind all
        others gives.

        Parameters
        ----------
        sets
            Differences, each ``key=value``; none of the keys of `FIXED`.

        Returns
        -------
        tuple
            The scenario, unchanged where a difference is wrong; the problems.
        """
        base = self.scenario
        documents = [command_line(text) for text in sets]
        named = {key.partition(".")[0] for document in documents for key in document.values.get("set", {})}
        # Only what is touched is copied: an assignment never looks beside its own section.
        draft = Draft({key: copied(value) if key in named else value for key, value in self._values.items()}, {})
        for document in documents:
            draft.problems.extend(document.problems)
            put(draft, document)
        changed: dict[str, Any] = {}
        for key in sorted({path[0] for path in draft.written}) if not draft.problems else ():
            try:
                changed[key] = _adapter(key).validate_python(draft.values.get(key, _default(key)))
            except ValidationError as error:
                _refuse(draft, key, error)
        if draft.problems:
            return base, gathered(draft.problems)
        made = replace(
            base, config=base.config.model_copy(update=changed), origins=base.origins | draft.origins,
            written=base.written | draft.written,
        )  # fmt: skip
        problems = check(made)
        return (base, gathered(problems)) if problems else (made, [])


@lru_cache(maxsize=64)
def _adapter(key: str) -> TypeAdapter[Any]:
    info = Configuration.model_fields[key]
    kind: Any = Annotated[info.annotation, info]
    return TypeAdapter(kind)


def _default(key: str) -> Any:
    return Configuration.model_fields[key].get_default(call_default_factory=True)


def _refuse(draft: Draft, key: str, error: ValidationError) -> None:
    """Note what the schema refuses, at the difference that wrote it."""
    for item in error.errors(include_url=False):
        path: Path_ = (key, *(str(part) for part in item["loc"] if part != "[key]"))
        above = (path[:length] for length in range(len(path), 0, -1))
        origin = next((draft.origins[part] for part in above if part in draft.origins), None)
        if origin is not None:
            draft.refuse(origin, worded({**item, "loc": path}), path)
        else:
            draft.refuse(next(iter(draft.origins.values())), worded({**item, "loc": path}), path)
