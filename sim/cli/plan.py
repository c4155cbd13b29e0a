"""The command that plans where and when to build."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from sim.cli.options import JSON, LANGUAGE, RESULTS, SCENARIO, SET, handled, noise
from sim.desk.numbers import Finite


@click.command()
@SCENARIO
@click.option("--workers", type=click.IntRange(min=1), default=os.cpu_count() or 1, show_default=True, help="Threads.")
@click.option("--time-limit", "seconds", type=Finite(min=0, min_open=True), metavar="SECONDS",
              help="Stop then with the best plan found so far.")  # fmt: skip
@click.option("--replay", type=click.Choice(["last", "all", "none"]), default="last", show_default=True,
              help="Years of the plan that both engines run once more.")  # fmt: skip
@click.option("--policy", default="cheapest", show_default=True, help="Dispatch policy of the replay.")
@click.option("--force", is_flag=True, help="Find the plan anew where it is there already.")
@SET
@RESULTS
@LANGUAGE
@JSON
@noise
@handled
def plan(scenario: Path, results: Path, lang: str, as_json: bool, quiet: bool, verbose: bool, **options: Any) -> None:
    """Plan where and when to build: cost, bound, builds, targets with their prices."""
    from sim.desk.terminal import stages
    from sim.results import store
    from sim.study import planning

    with stages(quiet or as_json) as tick:
        found = planning.plan(scenario, results=results, progress=tick, **options)
    from sim.desk.planning import page

    written = page(found, results, lang)
    for text in found["warnings"]:
        click.echo(f"warning: {text}", err=True)
    if as_json:
        click.echo(store.as_json(found), nl=False)
        return
    from sim.report.capacity import print_plan

    print_plan(found, lang)
    click.echo(str(written))
