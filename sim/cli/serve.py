"""The command that shows results in a browser of this machine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from sim.cli.options import JSON, LANGUAGE, handled, noise


@click.command()
@click.argument("results", type=click.Path(path_type=Path), default=Path("results"))
@click.option("--port", type=click.IntRange(0, 65535), default=8765, show_default=True, help="0 for any that is free.")
@LANGUAGE
@JSON
@noise
@handled
def serve(results: Path, port: int, lang: str, as_json: bool, quiet: bool, **_: Any) -> None:
    """Show runs, comparisons, sweeps and plans in a browser; on this machine only, until Ctrl-C."""
    from sim.desk.serve import Server

    with Server(results, port, lang) as server:
        try:
            if as_json:
                click.echo(json.dumps({"url": server.url, "results": str(results)}, ensure_ascii=False))
            elif not quiet:
                click.echo(f"{results} at {server.url} (on this machine only; Ctrl-C ends)")
            server.serve_forever(poll_interval=0.2)
        except KeyboardInterrupt:
            click.echo("the server has ended; the results are as they were", err=True)
