"""What the commands share: their options, and how an error becomes one clear text and an exit code."""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

SCENARIO = click.argument("scenario", type=click.Path(path_type=Path))
SET = click.option("--set", "sets", multiple=True, metavar="KEY=VALUE", help="Change one value (repeatable).")
RESULTS = click.option(
    "--results",
    type=click.Path(path_type=Path),
    default=Path("results"),
    show_default=True,
    help="Folder of the runs.",
)
JSON = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout, all else on stderr.")
LANGUAGE = click.option("--lang", type=click.Choice(["en", "zh"]), default="en", help="Language of tables and pages.")
PLUGIN = click.option(
    "--plugin",
    "plugins",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A private policy file (repeatable).",
)


def noise(command: Callable[..., Any]) -> Callable[..., Any]:
    """Return a command that takes ``--quiet`` and ``--verbose``."""
    command = click.option("-v", "--verbose", is_flag=True, help="Show where an error came from.")(command)
    return click.option("-q", "--quiet", is_flag=True, help="Print results and errors only.")(command)


def handled(command: Callable[..., Any]) -> Callable[..., Any]:
    """Return a command that turns the errors a user may meet into one clear text and a stable exit code."""

    @functools.wraps(command)
    def wrapped(**options: Any) -> None:
        from sim.ground.errors import PluginError, ScenarioError, SimError, SolveError, UsageError

        codes = {UsageError: 2, ScenarioError: 3, PluginError: 3, SolveError: 4}
        try:
            command(**options)
        except SimError as error:
            if options.get("verbose"):
                import traceback

                traceback.print_exc()
            if options.get("as_json"):
                click.echo(json.dumps({"problems": problems(error), **error.details()}, ensure_ascii=False))
            click.echo(str(error), err=True)
            sys.exit(next((code for kind, code in codes.items() if isinstance(error, kind)), 1))

    return wrapped


def problems(error: Exception) -> list[dict[str, Any]]:
    """Return what is wrong as a document tells it: message and, where known, file, line and column."""
    return [
        {"file": p.origin.file, "line": p.origin.line, "column": p.origin.column, "message": p.message}
        for p in getattr(error, "problems", ())
    ] or [{"message": str(error)}]
