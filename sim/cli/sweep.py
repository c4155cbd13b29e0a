"""The command that runs a scenario's axes."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import click

from sim.cli.options import JSON, LANGUAGE, PLUGIN, RESULTS, SCENARIO, SET, handled, noise


@click.command()
@SCENARIO
@click.option("--policies", metavar="A,B,...", help="Every point under each of these policies.")
@click.option("--replications", type=click.IntRange(1, 10_000), help="Runs of every point that differ in chance.")
@click.option("--workers", type=click.IntRange(min=1), default=os.cpu_count() or 1, show_default=True,
              help="Processes; the results do not depend on them.")  # fmt: skip
@click.option("--dask", metavar="ADDRESS|local", help="A Dask scheduler instead of processes (extra [cluster]).")
@click.option("--dry-run", is_flag=True, help="Print points, how many are done, time, memory and disk; run nothing.")
@click.option("--keep-going/--fail-fast", default=True, show_default=True, help="What to do when a point fails.")
@click.option("--retry-failed", is_flag=True, help="Do again what failed before.")
@SET
@PLUGIN
@RESULTS
@LANGUAGE
@JSON
@noise
@handled
def sweep(
    scenario: Path,
    policies: str | None,
    workers: int,
    dask: str | None,
    dry_run: bool,
    keep_going: bool,
    retry_failed: bool,
    lang: str,
    as_json: bool,
    quiet: bool,
    verbose: bool,
    **options: Any,
) -> None:
    """Run every point of a scenario's axes; what is done already is not done again."""
    from sim.desk import sweep as desk
    from sim.desk.terminal import progress
    from sim.study.estimate import estimate
    from sim.study.sweep import plan
    from sim.study.sweep import sweep as do

    names = [name.strip() for name in policies.split(",") if name.strip()] if policies else []
    asked = plan(scenario, policies=names, **options)
    if dry_run:
        found = estimate(asked, workers)
        click.echo(json.dumps(found, ensure_ascii=False, indent=1) if as_json else desk.forecast(found, lang))
        return
    try:
        with progress(quiet or as_json) as tick:
            done = do(
                asked, workers=workers, dask=dask, fail_fast=not keep_going, retry_failed=retry_failed, progress=tick
            )  # fmt: skip
            report = desk.page(done, lang)
    except KeyboardInterrupt:
        click.echo(f"{len(asked.known())} of {asked.design.points} points are kept; run it again to go on", err=True)
        raise
    if as_json:
        click.echo(json.dumps(done.document() | {"report": str(report)}, ensure_ascii=False, indent=1))
    else:
        desk.show(done, report, lang)
    sys.exit(5 if done.failed else 0)
