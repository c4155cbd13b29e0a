"""A scenario with a few more differences, without reading its files and tables again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Annotated, Any

from pydantic import TypeAdapter, ValidationError

from sim.ground.errors import Origin, Problem
from sim.scenario.assign import Draft
from sim.scenario.check import check
from sim.scenario.read import difference, put
from sim.scenario.scenario import Scenario
from sim.scenario.schema import Configuration
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

    def of(self, settings: Mapping[str, Any]) -> tuple[Scenario, list[Problem]]:
        """Return the scenario with differences applied, and what is wrong with them.

        Where nothing is wrong, the configuration is the one that reading the files with these differences behind all
        others gives.

        Parameters
        ----------
        settings
            Value by key, as they would be written; none of the keys of `FIXED`.

        Returns
        -------
        tuple
            The scenario, unchanged where a difference is wrong; the problems.
        """
        base = self.scenario
        documents = [difference(key, value, Origin(f"--set {key}={_said(value)}")) for key, value in settings.items()]
        named = {key.partition(".")[0] for key in settings}
        # An assignment replaces the mappings on its way and changes none, so the rest is shared.
        draft = Draft(dict(self._values), dict(base.origins), written=set(base.written))
        for document in documents:
            put(draft, document)
        changed: dict[str, Any] = {}
        for key in sorted(named) if not draft.problems else ():
            try:
                changed[key] = _adapter(key).validate_python(draft.values.get(key, _default(key)))
            except ValidationError as error:
                _refuse(draft, key, error)
        if draft.problems:
            return base, gathered(draft.problems)
        made = replace(
            base, config=base.config.model_copy(update=changed), origins=draft.origins,
            written=frozenset(draft.written),
        )  # fmt: skip
        problems = check(made)
        return (base, gathered(problems)) if problems else (made, [])


def _said(value: Any) -> str:
    """Return a value as the command line takes it."""
    return json.dumps(value, ensure_ascii=False, default=str)


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
