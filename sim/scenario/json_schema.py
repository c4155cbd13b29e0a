"""The JSON Schema of scenario files, for editors; made from the same classes that read them."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any, Literal, get_args, get_origin

from sim.ground.units import split_key
from sim.scenario.entities import Section
from sim.scenario.fields import Place, spellings
from sim.scenario.schema import Configuration, Policy

_TOP = {
    "extends": "base scenario: the bare name of a file beside this one, or of a shipped scenario",
    "name": "short name",
    "question": "the question it answers",
    "question_zh": "the same in Chinese, for Chinese pages",
    "nation": "nation that it describes",
}


@lru_cache(maxsize=1)
def text() -> str:
    """Return the schema as JSON text."""
    configuration = _section(Configuration)
    parts: dict[str, Any] = configuration["properties"]
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "suanwang scenario",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            **{key: {"type": "string", "description": said} for key, said in _TOP.items()},
            "set": {
                "type": ["object", "null"],
                "description": "differences; dotted or nested keys, * matches, '+20%' scales, null deletes",
                "properties": {key: part for key, part in parts.items() if key not in (*_TOP, "nation")},
                "patternProperties": {f"^({'|'.join(sorted(parts))})[.]": {}},
                "additionalProperties": False,
            },
            **{key: parts[key] for key in ("policy", "run", "events", "sweep", "plan")},
        },
    }
    return json.dumps(schema, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _section(section: type[Section]) -> dict[str, Any]:
    described = {info.alias or name: str(info.description) for name, info in section.model_fields.items()}
    properties = {}
    for written, (key, kind) in spellings(section).items():
        part = _kind(kind, key)
        unit = split_key(key)[1].label
        if part.get("type") == "number":
            part = _quantity(unit, bare=written == key)
        said = described[key] + (f" [{unit}]" if unit != "1" else "")
        properties[written] = {**part, "description": said}
    kind = ["object", "null"]
    return {"type": kind, "properties": properties, "additionalProperties": section is Policy}


def _quantity(unit: str, bare: bool) -> dict[str, Any]:
    written = {"type": "string", "examples": [f"1.5 {unit}" if unit != "1" else "+20%"]}
    return (
        {"anyOf": [{"type": "number"}, written, {"type": "null"}]} if bare else {"anyOf": [written, {"type": "null"}]}
    )


def _kind(kind: Any, key: str) -> dict[str, Any]:
    place = Place(key, kind)
    if place.section is not None:
        return _section(place.section)
    if place.entries is not None:
        inner = _kind(_bare(place.entries), key)
        inner = _quantity("1", bare=True) if inner.get("type") == "number" else inner
        return {"type": ["object", "null"], "additionalProperties": inner}
    if get_origin(kind) is tuple or get_origin(kind) is list:
        return {"type": ["array", "null"], "items": _kind(_bare(get_args(kind)[0]), key)}
    if get_origin(kind) is Literal:
        return {"enum": [*get_args(kind), None]}
    if kind is bool:
        return {"type": ["boolean", "null"]}
    if kind in (float, int):
        return {"type": "number"}
    return {"type": ["string", "null"]} if isinstance(kind, type) and kind is not Any else {}


def _bare(kind: Any) -> Any:
    return get_args(kind)[0] if hasattr(kind, "__metadata__") else kind
