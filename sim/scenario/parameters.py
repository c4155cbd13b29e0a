"""The parameters that a scenario gives to a plug-in, checked against the fields of its dataclass."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, get_type_hints

from pydantic import PydanticSchemaGenerationError, TypeAdapter, ValidationError

from sim.ground.errors import Origin, Problem, did_you_mean
from sim.scenario.wording import worded


def parameter_problems(
    kind: type, title: str, given: Mapping[str, Any], origin: Callable[[str], Origin]
) -> list[Problem]:
    """Return what is wrong with the parameters of a plug-in.

    Parameters
    ----------
    kind
        Its class; the annotation of a dataclass's field says what is allowed, bounds as in the schema. One that says
        nothing that can be checked allows everything.
    title
        What messages call it, such as ``the policy 'base'``.
    given
        Parameters by name.
    origin
        Where each was written.

    Returns
    -------
    list of Problem
        Unknown names, values that the annotation does not allow.
    """
    known = [item.name for item in fields(kind) if item.init] if is_dataclass(kind) else []
    found = []
    try:
        hints = get_type_hints(kind, include_extras=True)
    except (NameError, TypeError):
        hints = {}
    for key, value in given.items():
        if key not in known:
            found.append(Problem(origin(key), f"{title} has no parameter '{key}'" + did_you_mean(key, known)))
            continue
        try:
            TypeAdapter(hints.get(key, Any)).validate_python(value)
        except PydanticSchemaGenerationError:
            continue
        except ValidationError as error:
            said = worded({**error.errors()[0], "loc": (key,)})
            found.append(Problem(origin(key), f"{title}: {said}"))
    return found
