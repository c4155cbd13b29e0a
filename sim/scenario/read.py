"""Scenario files read: the chain of `extends`, the differences applied, every problem located."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sim.ground.errors import Origin, Problem, ScenarioError, did_you_mean
from sim.ground.places import scenarios
from sim.scenario.assign import Draft, assign
from sim.scenario.check import check
from sim.scenario.nation import Nation, find_nation, read_nation
from sim.scenario.scenario import Scenario
from sim.scenario.schema import Configuration
from sim.scenario.wording import worded
from sim.scenario.yaml_file import Document, Path_, parse_document, read_document

TOP = ("extends", "name", "question", "nation", "set", "policy", "run", "events", "sweep")
MOST_FILES = 20


def read(path: Path | str, sets: Iterable[str] = ()) -> Scenario:
    """Return the resolved scenario of a file.

    Parameters
    ----------
    path
        The scenario file.
    sets
        Differences from the command line, each ``key=value``.

    Returns
    -------
    Scenario
        Checked: every value allowed, every id known.

    Raises
    ------
    ScenarioError
        With every problem found, each at its place of origin.
    """
    scenario, problems = read_all(path, sets)
    if problems or scenario is None:
        raise ScenarioError(problems)
    return scenario


def read_all(path: Path | str, sets: Iterable[str] = ()) -> tuple[Scenario | None, list[Problem]]:
    """Return the scenario as far as it can be read, and every problem.

    Where a value is not allowed, the nation's own value stands in for it, so that the checks that need
    the whole can still be made and all problems are told at once.

    Parameters
    ----------
    path, sets
        As in `read`.

    Returns
    -------
    tuple
        The scenario, or None where too much is missing; the problems.
    """
    try:
        chain = _chain(Path(path))
        chain.append(_command_line(sets))
        nation = _nation(chain)
    except ScenarioError as error:
        return None, list(error.problems)
    draft = Draft(_copy(nation.values), dict(nation.origins), [*nation.problems])
    draft.values["name"] = Path(path).stem
    _apply(chain, draft)
    files = tuple(Path(name) for name, _ in chain if name != "--set")
    config = _validated(draft, nation)
    if config is None:
        return None, draft.problems
    scenario = Scenario(config, nation, draft.origins, frozenset(draft.written), files)
    return scenario, draft.problems + check(scenario)


def _chain(path: Path) -> list[tuple[str, Document]]:
    """Return the documents from the base to the file itself."""
    chain: list[tuple[str, Document]] = []
    seen: list[Path] = []
    wanted: tuple[Path, Origin] | None = (path, Origin(str(path)))
    while wanted is not None:
        file, origin = wanted
        real = file.resolve()
        if real in seen:
            ring = " → ".join(entry.name for entry in [*seen[seen.index(real) :], real])
            raise ScenarioError(f"`extends` goes round in a circle: {ring}", origin)
        if len(seen) >= MOST_FILES:
            raise ScenarioError(f"`extends` is longer than {MOST_FILES} files", origin)
        seen.append(real)
        document = read_document(file)
        chain.append((str(file), document))
        wanted = _base(file, document)
    return chain[::-1]


def _base(file: Path, document: Document) -> tuple[Path, Origin] | None:
    name = document.values.get("extends")
    if name is None:
        return None
    origin = document.origins[("extends",)]
    if not isinstance(name, str) or Path(name).name != name or name in ("", ".", ".."):
        raise ScenarioError(
            f"extends: '{name}' leaves the scenario's folder; give the bare name of a file beside this one "
            "or of a shipped scenario",
            origin,
        )
    for folder in (file.parent, scenarios()):
        found = folder / name
        inside = found.resolve().parent == folder.resolve()
        if found.is_file() and not inside:
            raise ScenarioError(f"extends: '{name}' is a link that leaves the scenario's folder", origin)
        if found.is_file() and found.resolve() != file.resolve():
            return found, origin
        if found.is_file() and folder == file.parent and name == file.name:
            return found, origin
    near = {entry.name for folder in (file.parent, scenarios()) for entry in folder.glob("*.yaml")}
    raise ScenarioError(f"extends: there is no scenario '{name}'" + did_you_mean(name, near), origin)


def _command_line(sets: Iterable[str]) -> tuple[str, Document]:
    document = Document(values={"set": {}})
    for text in sets:
        key, sign, value = text.partition("=")
        origin = Origin(f"--set {text}")
        if not sign or not key.strip():
            document.problems.append(Problem(origin, "write --set key=value"))
            continue
        try:
            parsed = parse_document(f"value: {value}\n", f"--set {text}").values.get("value")
        except ScenarioError as error:
            document.problems.append(Problem(origin, error.problems[0].message))
            continue
        document.values["set"][key.strip()] = parsed
        document.origins[("set", key.strip())] = origin
    return "--set", document


def _nation(chain: list[tuple[str, Document]]) -> Nation:
    """Return the nation that the chain names last, with the split of the compute it asks for."""
    name, allocation = None, None
    name_at, allocation_at = Origin(chain[0][0], 1), Origin(chain[0][0])
    folder = Path(chain[0][0]).parent
    for file, document in chain:
        values = document.values
        if isinstance(values.get("nation"), str):
            name, name_at, folder = values["nation"], document.origins[("nation",)], Path(file).parent
        chosen = values.get("set") if isinstance(values.get("set"), dict) else {}
        if isinstance(chosen, dict) and isinstance(chosen.get("allocation"), str):
            allocation, allocation_at = chosen["allocation"], document.origins[("set", "allocation")]
    if name is None:
        raise ScenarioError(
            "no nation is named; add `nation: china-2024` or `extends: baseline-2024.yaml`", name_at
        )
    if Path(name).name != name or name in (".", ".."):
        raise ScenarioError(f"nation: '{name}' is not the plain name of a nation", name_at)
    return read_nation(find_nation(name, folder, name_at), allocation, allocation_at)


def _apply(chain: list[tuple[str, Document]], draft: Draft) -> None:
    for _, document in chain:
        draft.problems.extend(document.problems)
        for key, value in document.values.items():
            origin = document.origins.get((key,), Origin())
            if key not in TOP:
                _stranger(draft, key, origin)
            elif key == "set":
                _set(draft, value, document)
            elif key == "events" and isinstance(value, list):
                _events(draft, value, document)
            elif key not in ("extends", "nation"):
                if key == "question" and value is None:
                    continue
                assign(draft, (key,), value, document.origins, (key,))


def _stranger(draft: Draft, key: str, origin: Origin) -> None:
    inside = key in Configuration.model_fields
    hint = f"; write it under `set:` (set: {{{key}: …}})" if inside else did_you_mean(key, TOP)
    draft.refuse(origin, f"'{key}' is not a key of a scenario file{hint}")


def _set(draft: Draft, value: Any, document: Document) -> None:
    if value is None:
        return
    if not isinstance(value, dict):
        draft.refuse(document.origins[("set",)], "`set` is a mapping of keys to values")
        return
    for key, item in value.items():
        if key in ("allocation", "nation"):
            continue
        assign(draft, tuple(key.split(".")), item, document.origins, ("set", key))


def _events(draft: Draft, value: list[Any], document: Document) -> None:
    """Add the events of a file to those of its base."""
    kept = list(draft.values.get("events") or [])
    places = {path: origin for path, origin in draft.origins.items() if path[0] == "events" and len(path) > 1}
    assign(draft, ("events",), value, document.origins, ("events",))
    fresh = draft.values.get("events") or []
    for path in [p for p in draft.origins if p[0] == "events" and len(p) > 1]:
        origin = draft.origins.pop(path)
        draft.origins[("events", str(int(path[1]) + len(kept)), *path[2:])] = origin
    draft.origins.update(places)
    draft.values["events"] = kept + list(fresh)


def _validated(draft: Draft, nation: Nation) -> Configuration | None:
    """Return the configuration; a value that is refused falls back to the nation's, or goes."""
    for _ in range(4):
        try:
            return Configuration.model_validate(draft.values)
        except ValidationError as error:
            for item in error.errors(include_url=False):
                path = tuple(str(part) for part in item["loc"])
                draft.refuse(_nearest(draft.origins, path), worded(item))
                _restore(draft.values, nation.values, path)
    return None


def _nearest(origins: dict[Path_, Origin], path: Path_) -> Origin:
    for length in range(len(path), 0, -1):
        if path[:length] in origins:
            return origins[path[:length]]
    last = next(reversed(origins.values()), Origin())
    return Origin(last.file)


def _restore(values: Any, pristine: Any, path: Path_) -> None:
    """Put the nation's value back at a path, or remove what has none; a list loses the whole item."""
    for key in path[:-1]:
        inner = values.get(key) if isinstance(values, dict) else None
        if isinstance(inner, list):
            values[key] = []
            return
        if not isinstance(inner, dict):
            break
        values = inner
        pristine = pristine.get(key) if isinstance(pristine, dict) else None
    else:
        key = path[-1]
    if isinstance(pristine, dict) and key in pristine:
        values[key] = _copy(pristine[key])
    else:
        values.pop(key, None)


def _copy(values: Any) -> Any:
    if isinstance(values, dict):
        return {key: _copy(value) for key, value in values.items()}
    return list(values) if isinstance(values, list) else values
