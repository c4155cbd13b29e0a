"""The command that replays a log on one machine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from sim.cli.options import JSON, LANGUAGE, handled, noise


@click.command()
@click.argument("trace", type=click.Path(path_type=Path))
@click.option("--processors", type=click.IntRange(1, 1_000_000_000), metavar="N",
              help="Size of the machine; by default what the log says (MaxProcs of SWF).")  # fmt: skip
@click.option("--discipline", type=click.Choice(["fcfs", "easy", "conservative"]), default="easy", show_default=True,
              help="Who may start before a job that came earlier and does not fit yet.")  # fmt: skip
@click.option("--estimates", type=click.Choice(["requested", "exact"]), default="requested", show_default=True,
              help="How long a job runs, as the scheduler believes.")  # fmt: skip
@click.option("--format", "form", metavar="NAME", help="Format of the log (swf, plain, ...); told by the file itself.")
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE",
              help="Write job, submit, start and end to .csv or .parquet.")  # fmt: skip
@click.option("--force", is_flag=True, help="Replace the file of --out.")
@LANGUAGE
@JSON
@noise
@handled
def replay(
    trace: Path,
    estimates: str,
    out: Path | None,
    force: bool,
    lang: str,
    as_json: bool,
    quiet: bool,
    verbose: bool,
    **options: Any,
) -> None:
    """Replay a log of jobs on one machine: waits, slowdown, utilisation, makespan."""
    from sim.desk.replay import find
    from sim.desk.terminal import progress

    if force and out is None:
        raise click.UsageError("--force replaces the file that --out names: name one, or leave it out")
    with progress(quiet or as_json) as tick:
        found = find(trace, exact=estimates == "exact", out=out, force=force, progress=tick, **options)
    for text in found.pop("warnings"):
        click.echo(f"warning: {text}", err=True)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    from sim.report.replay import print_replay

    print_replay(found, lang)
    if "file" in found:
        click.echo(found["file"])
