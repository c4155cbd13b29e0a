"""Writes docs/reference/ from the code: scenario keys, KPIs, arrays, policies, figures, commands.

Run `python docs/generate.py` to write them, with `--check` to be told whether they are current.
"""

from __future__ import annotations

import dataclasses
import inspect
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from sim.cli import group
from sim.figures.base import REGISTRY as FIGURES
from sim.ground.names import MEASURES
from sim.policies.base import REGISTRY as POLICIES
from sim.results.schema import ARRAYS
from sim.scenario.json_schema import text as schema_text

DOCS = Path(__file__).parent
FOLDER = DOCS / "reference"
_MADE = "This page is made from the code by `docs/generate.py`; it cannot drift, and is not to be edited.\n"
_EQUATION = re.compile(r"^\| `([^`]+)` \|[^|]*\|[^|]*\|[^|]*\| (.*) \|$", re.M)


def pages() -> dict[str, str]:
    """Return every page of the reference: file name → Markdown."""
    made = {
        "scenario.md": _scenario(), "measures.md": _measures(), "arrays.md": _arrays(), "policies.md": _policies(),
        "figures.md": _figures(), "commands.md": _commands(),
    }  # fmt: skip
    return {name: "\n".join(lines).rstrip() + "\n" for name, lines in made.items()}


def _head(title: str, more: str) -> list[str]:
    return [f"# {title}", "", _MADE, more, ""]


def _cell(value: Any) -> str:
    return " ".join(str(value).split()).replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*")


def _table(head: tuple[str, ...], rows: Iterator[tuple[Any, ...]] | list[tuple[Any, ...]]) -> list[str]:
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return [*lines, *(f"| {' | '.join(map(_cell, row))} |" for row in rows), ""]


def _scenario() -> list[str]:
    schema = json.loads(schema_text())
    more = "What a scenario file may say, from its [schema](../../schema/scenario.schema.json). "
    more += "How to write one: [scenarios](../how-to/scenarios.md). "
    more += "A key with a unit at its end takes a number; without, a text such as `50 CNY/t`. "
    more += "`‹id›` is the id of an entity."
    lines = _head("Scenario keys", more)
    groups: dict[str, list[tuple[str, Any]]] = {}
    for path, node in _leaves(schema, ""):
        groups.setdefault(path.partition(".")[0], []).append((path, node))
    for name in sorted(groups):
        lines += [f"## {name}", ""]
        rows = [(f"`{path}`", _type(node), node.get("description", "")) for path, node in groups[name]]
        lines += _table(("key", "takes", "means"), rows)
    return lines


def _leaves(node: dict[str, Any], path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every key of a schema that holds no keys of its own."""
    here = _object(node)
    inner = {f"{path}.{name}".lstrip("."): child for name, child in here.get("properties", {}).items()}
    anything = here.get("additionalProperties")
    if isinstance(anything, dict) and anything:
        inner[f"{path}.‹id›".lstrip(".")] = anything
    for pattern in here.get("patternProperties", {}).values():
        inner[f"{path}.‹id›".lstrip(".")] = pattern
    items = here.get("items")
    if isinstance(items, dict) and _object(items).get("properties"):
        inner[f"{path}[]"] = items
    if not inner:
        yield path, node
    for name, child in inner.items():
        yield from _leaves(child, name)


def _object(node: dict[str, Any]) -> dict[str, Any]:
    """Return the part of a node that holds keys, where it may be that or something else."""
    return next((_object(part) for part in node.get("anyOf", ()) if _object(part).get("properties")), node)


def _type(node: dict[str, Any]) -> str:
    if "enum" in node:
        return ", ".join(f"`{value}`" for value in node["enum"] if value is not None)
    if "anyOf" in node:
        found = [_type(part) for part in node["anyOf"]]
        return " or ".join(dict.fromkeys(kind for kind in found if kind not in ("", "null")))
    kind = node.get("type", "")
    names = [kind] if isinstance(kind, str) else [name for name in kind if name != "null"]
    example = node.get("examples", [""])[0]
    if example:
        return f"text, such as `{example}`"
    bounds = [f"{sign} {node[key]:g}" for key, sign in _BOUNDS.items() if key in node]
    return " ".join([*(_NAMES.get(name, name) for name in names), *bounds])


_NAMES = {"string": "text", "array": "list", "object": "map", "boolean": "true or false", "integer": "whole number"}
_BOUNDS = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}


def _measures() -> list[str]:
    background = (DOCS / "background/measures.md").read_text(encoding="utf-8")
    equations = dict(_EQUATION.findall(background))
    more = "Every KPI with its equation; the signs are explained in [measures](../background/measures.md#notation)."
    lines = [*_head("KPIs", more), "| key | name | 名称 | unit | kind | what it is | equation |", f"|{'---|' * 7}"]
    for key, one in MEASURES.items():
        told = (f"`{key}`", one.en, one.zh, one.unit, one.kind, one.text)
        lines.append(f"| {' | '.join(map(_cell, told))} | {_near(equations[key])} |")
    return lines


def _near(text: str) -> str:
    """Return a text of a page in background/ with its links as this folder sees them."""
    return re.sub(r"\]\((?!\.\.|https?:|#)", "](../background/", text).replace("](#", "](../background/measures.md#")


def _arrays() -> list[str]:
    more = "What `series.nc` and `Results.series` hold; how to read them: [results](../how-to/results.md)."
    rows = [(f"`{name}`", ", ".join(dims), unit, text) for name, (dims, unit, text) in ARRAYS.items()]
    return [*_head("Arrays", more), *_table(("array", "dimensions", "unit", "what it is"), rows)]


def _policies() -> list[str]:
    more = "The rules that come with suanwang, with their parameters; equations and sources: "
    more += "[policies](../background/policies.md). Your own: [how to](../how-to/policies.md)."
    lines = _head("Policies", more)
    for name in POLICIES.names():
        kind = POLICIES.get(name)
        lines += [f"## {name}", "", _cell((inspect.getdoc(kind) or "").split("\n\n")[0]), ""]
        if getattr(kind, "blind", False):
            lines += ["It looks at neither power nor prices, so points of a sweep share its dispatch.", ""]
        fields = dataclasses.fields(kind) if dataclasses.is_dataclass(kind) else ()
        rows = [(f"`{field.name}`", f"`{field.default}`", _attribute(kind, field.name)) for field in fields]
        lines += _table(("parameter", "default", "means"), rows) if rows else []
    return lines


def _attribute(kind: Any, name: str) -> str:
    """Return what a docstring says of an attribute."""
    text = inspect.getdoc(kind) or ""
    found = re.search(rf"^(?:\w+, )*{name}(?:, \w+)*\n((?:    .*\n?)+)", text, re.M)
    return found[1] if found else ""


def _figures() -> list[str]:
    more = "What a run's page draws. Another figure is one new file: [architecture](../../ARCHITECTURE.md)."
    rows = [
        (f"`{name}`", kind.strings["title"][0], kind.strings["title"][1], ", ".join(f"`{need}`" for need in kind.needs),
         kind.strings["note"][0])
        for name in FIGURES.names()
        for kind in [FIGURES.get(name)]
    ]  # fmt: skip
    return [*_head("Figures", more), *_table(("figure", "title", "标题", "needs", "how to read it"), rows)]


def _commands() -> list[str]:
    lines = _head("Commands", "`suanwang COMMAND --help` says the same; examples: [README](../../README.md).")
    for name in sorted(group.commands):
        command = group.commands[name]
        usage = " ".join(command.collect_usage_pieces(click.Context(command)))
        lines += [f"## {name}", "", f"`suanwang {name} {usage}`", "", _cell(command.help or ""), ""]
        rows = [
            (f"`{', '.join([*one.opts, *one.secondary_opts])}`", _metavar(one), one.help or "")
            for one in command.params
            if isinstance(one, click.Option)
        ]
        lines += _table(("option", "takes", "does"), rows) if rows else []
    return lines


def _metavar(option: click.Option) -> str:
    if option.is_flag:
        return ""
    if isinstance(option.type, click.Choice):
        return ", ".join(f"`{choice}`" for choice in option.type.choices)
    return option.metavar or option.type.name


def main() -> None:
    """Write the pages; with ``--check`` compare them with those that stand there."""
    stale = [
        name
        for name, text in pages().items()
        if not (FOLDER / name).is_file() or (FOLDER / name).read_text(encoding="utf-8") != text
    ]
    if "--check" in sys.argv[1:]:
        if stale:
            sys.exit(f"docs/reference: {', '.join(stale)} out of date; run `python docs/generate.py`")
        print("docs/reference: up to date")
        return
    FOLDER.mkdir(exist_ok=True)
    for name in stale:
        (FOLDER / name).write_text(pages()[name], encoding="utf-8")
    print(f"docs/reference: {len(stale)} pages written")


if __name__ == "__main__":
    main()
