"""A YAML 1.2 file as plain values, each with the place it was written; bounded, no aliases, no code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    ScalarEvent,
)
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from sim.ground.errors import Origin, Problem, ScenarioError

MOST_BYTES = 256 * 1024
MOST_DEPTH = 30
MOST_KEY = 200
MOST_DIGITS = 300

Path_ = tuple[str, ...]

# The core schema of YAML 1.2.2, section 10.3.2: `no`, `12:30`, `0b11` and `1_000` are text, 017 is 17.
_NULL = re.compile(r"null|Null|NULL|~|")
_BOOL = re.compile(r"true|True|TRUE|false|False|FALSE")
_INT = re.compile(r"[-+]?[0-9]+")
_OTHER_BASE = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_INFINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
# What no editor shows: control characters and halves of surrogate pairs.
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


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


class Advice(NamedTuple):
    """What to do with a file that cannot be read, and which files beside it may have been meant."""

    smaller: str = "move long tables to CSV"
    recode: str = "save the file as UTF-8 and try again"
    beside: str = "*.y*ml"


_OF_A_SCENARIO = Advice()


def read_text(path: Path, most_bytes: int, advice: Advice = _OF_A_SCENARIO) -> str:
    """Return the text of a file of bounded size.

    Parameters
    ----------
    path
        The file.
    most_bytes
        Largest size that is read.
    advice
        What to say of a file that cannot be read.

    Raises
    ------
    ScenarioError
        Where the file is missing, no plain file, too large, not UTF-8 or holds control characters.
    """
    origin = Origin(str(path))
    try:
        if not path.is_file():
            raise ScenarioError(_no_file(path, advice.beside), origin)
        with path.open("rb") as file:
            data = file.read(most_bytes + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ScenarioError(f"the file cannot be read: {reason}", origin) from error
    if len(data) > most_bytes:
        size = max(path.stat().st_size, len(data))
        raise ScenarioError(f"the file has {size:,} bytes; at most {most_bytes:,} are read: {advice.smaller}", origin)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        kind = " (it looks like UTF-16)" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ""
        place = _at(str(path), data[: error.start].decode("utf-8-sig", "replace"))
        raise ScenarioError(f"byte {error.start + 1} is not UTF-8{kind}; {advice.recode}", place) from error
    unseen = _UNSEEN.search(text)
    if unseen:
        raise ScenarioError(
            f"a control character (U+{ord(unseen[0]):04X}) stands here; remove it",
            _at(str(path), text[: unseen.start()]),
        )
    return text


def _at(name: str, before: str) -> Origin:
    """Return the place behind a text."""
    lines = before.split("\n")
    return Origin(name, len(lines), len(lines[-1]) + 1)


def _no_file(path: Path, pattern: str) -> str:
    if path.is_dir():
        return f"this is a folder; name a file{_neighbours(path, pattern)}"
    if path.exists():
        return "this is no plain file; name a file that can be read to its end"
    return f"there is no file of this name{_neighbours(path.parent, pattern)}"


def _neighbours(folder: Path, pattern: str) -> str:
    try:
        found = sorted(entry.name for entry in folder.glob(pattern) if entry.is_file())[:8]
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
    """Refuse what is no plain data before anything is built from it."""
    depth = 0
    for event in YAML(typ="safe", pure=True).parse(text):
        if isinstance(event, CollectionStartEvent):
            depth += 1
        elif isinstance(event, CollectionEndEvent):
            depth -= 1
        fault = _fault(event) or (f"nested deeper than {MOST_DEPTH} levels" if depth > MOST_DEPTH else "")
        if fault:
            raise ScenarioError(fault, Origin(name, event.start_mark.line + 1, event.start_mark.column + 1))


def _fault(event: Event) -> str:
    """Return why an event of the parser is not allowed, or an empty string."""
    if isinstance(event, AliasEvent):
        return "aliases (*name) are not allowed; use `extends`, or write the value again"
    if isinstance(event, DocumentStartEvent) and event.version not in (None, (1, 2)):
        return "a scenario is YAML 1.2; remove the line %YAML"
    if isinstance(event, (ScalarEvent, CollectionStartEvent)) and event.tag is not None:
        tag = str(event.tag).replace("tag:yaml.org,2002:", "!!")
        return f"tags ({tag[:40]}) are not allowed; a scenario is plain data"
    return ""


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
    return _scalar(node, path, name, document) if isinstance(node, ScalarNode) else None


def _scalar(node: ScalarNode, path: Path_, name: str, document: Document) -> Any:
    if _UNSEEN.search(str(node.value)):
        raise ScenarioError(f"{'.'.join(path)} holds a control character; remove it", _place(node, name))
    return scalar(node)


def _mapping(node: MappingNode, path: Path_, name: str, document: Document) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key_node, value_node in node.value:
        place = _place(key_node, name)
        if not isinstance(key_node, ScalarNode):
            document.problems.append(Problem(place, "a key must be a plain word"))
            continue
        key = str(key_node.value)
        if len(key) > MOST_KEY or _UNSEEN.search(key):
            document.problems.append(Problem(place, f"a key is a plain word of at most {MOST_KEY} letters"))
            continue
        if key in values:
            document.problems.append(Problem(place, f"the key '{key}' stands twice; keep one of them"))
            continue
        document.origins[(*path, key)] = place
        values[key] = _value(value_node, (*path, key), name, document)
    return values


def scalar(node: ScalarNode) -> Any:
    """Return a scalar by the YAML 1.2 core schema; dates and whatever is quoted stay text.

    Parameters
    ----------
    node
        A node without a tag.

    Returns
    -------
    str, int, float, bool or None
        The value; a number of more than 300 digits is infinite.
    """
    text = str(node.value)
    if node.style is not None:
        return text
    if _NULL.fullmatch(text):
        return None
    if _BOOL.fullmatch(text):
        return text.lower() == "true"
    if _INT.fullmatch(text):
        return int(text) if len(text) <= MOST_DIGITS else float(text)
    if _OTHER_BASE.fullmatch(text):
        return int(text, 0) if len(text) <= MOST_DIGITS else float("inf")
    if _FLOAT.fullmatch(text):
        return float(text)
    return float(text.replace(".", "")) if _INFINITE.fullmatch(text) else text


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
