"""The command that asks a finished sweep what its figures depend on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from sim.cli.options import JSON, LANGUAGE, RESULTS, handled, noise


@click.command()
@click.argument("sweep")
@click.option("--sensitivity", "keys", multiple=True, metavar="KPI", help="What a measure depends on (repeatable).")
@click.option("--discover", metavar="CONDITION", help="Where a condition holds, in plain words: 'pue > 1.45'.")
@click.option(
    "--pareto", metavar="A,-B,...", help="Points that nothing beats; a - before a measure says more is better."
)
@click.option("--robust", metavar="KPI", help="How the choices of --choose stand over all that may come.")
@click.option("--choose", metavar="KEY,...", help="Axes that somebody decides, for --robust.")
@click.option("--report", is_flag=True, help="Write the sweep's page anew with these questions.")
@RESULTS
@LANGUAGE
@JSON
@noise
@handled
def analyse(
    sweep: str,
    keys: tuple[str, ...],
    discover: str | None,
    pareto: str | None,
    robust: str | None,
    choose: str | None,
    report: bool,
    results: Path,
    lang: str,
    as_json: bool,
    **_: Any,
) -> None:
    """Ask a finished sweep: sensitivity, scenario discovery, Pareto front, robustness."""
    from sim.desk import analysis

    if not (keys or discover or pareto or robust):
        raise click.UsageError("ask for something: --sensitivity, --discover, --pareto or --robust with --choose")
    if bool(robust) != bool(choose):
        raise click.UsageError("--robust and --choose go together: a measure, and the axes that somebody decides")
    found = analysis.ask(
        results, sweep, keys=keys, condition=discover, aims=_names(pareto), robust=robust, levers=_names(choose),
        language=lang if report else None,
    )  # fmt: skip
    click.echo(json.dumps(found, ensure_ascii=False, indent=1) if as_json else analysis.told(found))


def _names(text: str | None) -> list[str]:
    return [name.strip() for name in (text or "").split(",") if name.strip()]
