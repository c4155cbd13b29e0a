"""A YAML 1.2 file as plain values, each with the place it was written; bounded, no aliases, no code."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from sim.ground.errors import Origin, Problem, ScenarioError

MOST_BYTES = 256 * 1024
MOST_DEPTH = 30

Path_ = tuple[str, ...]


@dataclass
class Document:
    """The values of a file and where each stands.

    Attributes
    ----------
    values
        Nested dicts, lists and scalars.
    origins
        Place of every key and item, by path.
    problems
        What was wrong and could be passed over.
    """

    values: dict[str, Any] = field(default_factory=dict)
    origins: dict[Path_, Origin] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def read_text(path: Path, most_bytes: int) -> str:
    """Return the text of a file of bounded size.

    Raises
    ------
    ScenarioError
        Where the file is missing, no plain file, too large or not UTF-8.
    """
    origin = Origin(str(path))
    try:
        if not path.is_file():
            raise ScenarioError(f"there is no file of this name{_neighbours(path)}", origin)
        size = path.stat().st_size
        if size > most_bytes:
            raise ScenarioError(
                f"the file has {size:,} bytes; at most {most_bytes:,} are read: move long tables to CSV",
                origin,
            )
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ScenarioError(
            f"byte {error.start + 1} is not UTF-8; save the file as UTF-8 and try again", origin
        ) from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ScenarioError(f"the file cannot be read: {reason}", origin) from error


def _neighbours(path: Path) -> str:
    try:
        found = sorted(entry.name for entry in path.parent.glob("*.y*ml"))[:8]
    except OSError:
        found = []
    return f"; beside it stand {', '.join(found)}" if found else ""


def read_document(path: Path) -> Document:
    """Return the document of a scenario or nation file.

    Raises
    ------
    ScenarioError
        Where the file cannot be read or is not YAML 1.2 of the kind that is allowed here.
    """
    return parse_document(read_text(path, MOST_BYTES), str(path))


def parse_document(text: str, name: str) -> Document:
    """Return the document of a text; `name` stands in the origins.

    Raises
    ------
    ScenarioError
        Where the text is not YAML, nests too deeply, uses an alias, or is no mapping.
    """
    document = Document()
    try:
        _scan(text, name)
        node = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Origin(name, mark.line + 1, mark.column + 1) if mark else Origin(name)
        raise ScenarioError(f"not valid YAML: {error.problem or error.context}", place) from error
    except (YAMLError, RecursionError, ValueError) as error:
        raise ScenarioError(f"not valid YAML: {str(error).splitlines()[0]}", Origin(name)) from error
    if node is None:
        return document
    if not isinstance(node, MappingNode):
        raise ScenarioError("a scenario is a mapping of keys to values", _place(node, name))
    document.values = _mapping(node, (), name, document)
    return document


def _scan(text: str, name: str) -> None:
    depth = 0
    for event in YAML(typ="safe", pure=True).parse(text):
        if isinstance(event, AliasEvent):
            place = Origin(name, event.start_mark.line + 1, event.start_mark.column + 1)
            raise ScenarioError(
                "aliases (*name) are not allowed; use `extends`, or write the value again", place
            )
        if isinstance(event, CollectionStartEvent):
            depth += 1
            if depth > MOST_DEPTH:
                place = Origin(name, event.start_mark.line + 1, event.start_mark.column + 1)
                raise ScenarioError(f"nested deeper than {MOST_DEPTH} levels", place)
        elif isinstance(event, CollectionEndEvent):
            depth -= 1


def _place(node: Node, name: str) -> Origin:
    return Origin(name, node.start_mark.line + 1, node.start_mark.column + 1)


def _value(node: Node, path: Path_, name: str, document: Document) -> Any:
    if isinstance(node, MappingNode):
        return _mapping(node, path, name, document)
    if isinstance(node, SequenceNode):
        items = []
        for number, item in enumerate(node.value):
            document.origins[(*path, str(number))] = _place(item, name)
            items.append(_value(item, (*path, str(number)), name, document))
        return items
    return scalar(node)


def _mapping(node: MappingNode, path: Path_, name: str, document: Document) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key_node, value_node in node.value:
        place = _place(key_node, name)
        if not isinstance(key_node, ScalarNode):
            document.problems.append(Problem(place, "a key must be a plain word"))
            continue
        key = str(key_node.value)
        if key in values:
            document.problems.append(Problem(place, f"the key '{key}' stands twice; keep one of them"))
            continue
        document.origins[(*path, key)] = place
        values[key] = _value(value_node, (*path, key), name, document)
    return values


def scalar(node: ScalarNode) -> Any:
    """Return a scalar by the YAML 1.2 core schema; dates stay text.

    Parameters
    ----------
    node
        A node with a resolved tag.

    Returns
    -------
    str, int, float, bool or None
        The value.
    """
    text = str(node.value)
    tag = str(node.tag).rsplit(":", 1)[-1]
    if tag == "null":
        return None
    if tag == "bool":
        return text.lower() == "true"
    if tag == "int":
        plain = text.replace("_", "")
        base = 16 if plain.lower().startswith("0x") else 8 if plain.lower().startswith("0o") else 10
        return int(plain, base) if len(plain) < 40 else math.inf
    if tag == "float":
        plain = text.replace("_", "").lower()
        return float(plain.replace(".inf", "inf").replace(".nan", "nan"))
    return text


def leaves(values: Any, path: Path_ = ()) -> Iterator[tuple[Path_, Any]]:
    """Yield every path to a value that is no mapping.

    Parameters
    ----------
    values
        Nested dicts.
    path
        Path of `values` itself.

    Yields
    ------
    tuple
        Path and value.
    """
    if isinstance(values, dict) and values:
        for key, value in values.items():
            yield from leaves(value, (*path, key))
    else:
        yield path, values
