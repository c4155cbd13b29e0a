"""The command that compares policies on the same chance."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from sim.cli.options import JSON, LANGUAGE, PLUGIN, RESULTS, SET, handled, noise
from sim.desk.numbers import Finite


@click.command()
@click.argument("scenarios", type=click.Path(path_type=Path), nargs=-1, required=True, metavar="SCENARIO...")
@click.option("--policies", required=True, metavar="A,B,...",
              help="Policies to compare, NAME or NAME:KEY=VALUE; differences are to the first.")  # fmt: skip
@click.option("--engine", type=click.Choice(["fluid", "events"]), help="Engine; the scenario's by default.")
@click.option("--seed", type=click.IntRange(min=0), help="Seed of every random stream.")
@click.option("--replications", type=click.IntRange(1, 10_000), help="Runs of each policy that differ in chance.")
@click.option("--certify", is_flag=True, help="Bound every replication by a plan of its own, to 0.1 %.")
@click.option("--within", type=Finite(min=0, max=10), metavar="SHARE", default=0.1, show_default=True,
              help="Good enough, for several scenarios: cost at most this share above the bound.")  # fmt: skip
@click.option("--workers", type=click.IntRange(min=1), default=os.cpu_count() or 1, show_default=True,
              help="Processes.")  # fmt: skip
@SET
@PLUGIN
@RESULTS
@LANGUAGE
@JSON
@noise
@handled
def compare(
    scenarios: tuple[Path, ...],
    policies: str,
    results: Path,
    lang: str,
    as_json: bool,
    quiet: bool,
    verbose: bool,
    **options: Any,
) -> None:
    """Compare policies on the same replications: differences, intervals, regret, and why."""
    from sim.desk.compare import find
    from sim.desk.terminal import progress
    from sim.results import store

    with progress(quiet or as_json) as tick:
        found, page = find(scenarios, policies, results=results, language=lang, progress=tick, **options)
    for one in found.get("scenarios", {"": found}).values():
        for text in one["warnings"]:
            click.echo(f"warning: {text}", err=True)
    if as_json:
        click.echo(store.as_json(found), nl=False)
        return
    from sim.report.comparison import print_comparison

    print_comparison(found, lang)
    click.echo(str(page))
