"""A new scenario file to begin from."""

from __future__ import annotations

import json
import re
from pathlib import Path

from sim.ground.errors import Origin, ScenarioError, did_you_mean
from sim.ground.places import scenarios

_TEXT = """extends: {base}
name: {name}
question: "What happens if ...?"
set:
  # one line a difference; see `suanwang explain 'centres.*.green'` and `suanwang schema`
  network.background_tbps: "+0%"
"""

_PLAIN = re.compile(r"(?!(?:true|false|null)$)[^\W\d_][\w.-]*", re.IGNORECASE)


def new_scenario(name: str, base: str) -> Path:
    """Write a scenario file that extends another and return its path.

    Parameters
    ----------
    name
        Name of the scenario, or path of the file.
    base
        Name of the scenario it extends: one beside it, or a shipped one.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    ScenarioError
        Where the file is there already, cannot be written, or there is no such base.
    """
    path = Path(name if name.endswith((".yaml", ".yml")) else f"{name}.yaml")
    base = base.removesuffix(".yaml")
    known = {entry.stem for folder in (path.parent, scenarios()) for entry in folder.glob("*.yaml")}
    if base not in known:
        raise ScenarioError(f"there is no scenario '{base}'" + did_you_mean(base, known), Origin("--from"))
    text = _TEXT.format(base=_quoted(f"{base}.yaml"), name=_quoted(path.stem))
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise ScenarioError("the file is there already; choose another name", Origin(str(path))) from error
    except OSError as error:
        raise ScenarioError(f"the file cannot be written: {error.strerror}", Origin(str(path))) from error
    return path


def _quoted(text: str) -> str:
    """Return a text as YAML that reads it as text; JSON's quotes are YAML's too."""
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)
