"""The command line: parse, call, print. Whatever takes long to import is imported where it is used."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import click

from sim.cli.analyse import analyse
from sim.cli.compare import compare
from sim.cli.options import JSON, LANGUAGE, PLUGIN, RESULTS, SCENARIO, SET, handled, noise, problems
from sim.cli.plan import plan
from sim.cli.replay import replay
from sim.cli.serve import serve
from sim.cli.sweep import sweep
from sim.desk.numbers import Finite


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="suanwang", prog_name="suanwang")
def group() -> None:
    """Simulate and plan a national computing network (算网)."""


@group.command()
@SCENARIO
@click.option("--engine", type=click.Choice(["fluid", "events"]), help="Engine; the scenario's by default.")
@click.option("--policy", help="Dispatch policy; see `suanwang list policies`.")
@click.option("--seed", type=click.IntRange(min=0), help="Seed of every random stream.")
@click.option("--replications", type=click.IntRange(1, 10_000), help="Runs that differ in chance; means and intervals.")
@click.option("--workers", type=click.IntRange(min=1), default=os.cpu_count() or 1, show_default=True,
              help="Processes for replications.")  # fmt: skip
@click.option("--jobs", type=click.Path(path_type=Path), metavar="FILE",
              help="Write every job of the (first) run to .csv or .parquet; with --engine events.")  # fmt: skip
@click.option("--force", is_flag=True, help="Replace the file of --jobs.")
@SET
@PLUGIN
@RESULTS
@LANGUAGE
@JSON
@noise
@handled
def run(scenario: Path, results: Path, lang: str, as_json: bool, quiet: bool, verbose: bool, **options: Any) -> None:
    """Run one what-if: results in a folder, a report page, a summary table."""
    from sim.desk.terminal import Log, progress
    from sim.report.tables import print_summary
    from sim.results import store
    from sim.study.replicate import run as run_all

    if options["force"] and options["jobs"] is None:
        raise click.UsageError("--force replaces the file that --jobs names: name one, or leave it out")
    log = Log()
    with progress(quiet or as_json) as tick:
        done = run_all(scenario, results=results, language=lang, progress=tick, log=log.lines, **options)
    folder = results / str(done.meta["id"])
    for text in done.meta["warnings"]:
        click.echo(f"warning: {text}", err=True)
    if as_json:
        click.echo(store.as_json(store.answer(done)), nl=False)
    else:
        print_summary(done, lang)
        click.echo(str(folder / "report.html"))


@group.command()
@SCENARIO
@click.option("--certify", is_flag=True, help="Tighten plan and bound until the gap is 0.1 % of what dispatch decides.")
@click.option(
    "--gap",
    type=Finite(min=0, max=1, min_open=True),
    metavar="SHARE",
    help="The same until this gap of the total cost: 0.01.",
)
@click.option("--exact", is_flag=True, help="Find the optimum itself, beyond --certify; for days to weeks.")
@click.option("--hours", type=Finite(min=0, min_open=True), help="Horizon, if not the scenario's.")
@click.option("--workers", type=click.IntRange(min=1), default=os.cpu_count() or 1, show_default=True, help="Threads.")
@click.option("--solver", metavar="NAME", help="Another solver, by its name in PuLP (cbc, highs, ...): a cross-check.")
@click.option("--time-limit", "seconds", type=Finite(min=0, min_open=True), metavar="SECONDS",
              help="Stop then with the best plan found so far.")  # fmt: skip
@click.option("--prices", type=click.Path(path_type=Path), metavar="FILE", help="Write all prices to .nc or .csv.")
@click.option("--force", is_flag=True, help="Replace the file of --prices.")
@SET
@LANGUAGE
@JSON
@noise
@handled
def solve(
    scenario: Path,
    prices: Path | None,
    force: bool,
    lang: str,
    as_json: bool,
    quiet: bool,
    verbose: bool,
    **options: Any,
) -> None:
    """Solve the optimal dispatch alone: objective, bound, gap, and what scarce things are worth."""
    from sim.desk import solution
    from sim.desk.terminal import stages

    own = ("certify", "gap", "exact", "seconds")
    if options["solver"] and (prices or any(options[key] for key in own)):
        raise click.UsageError(
            "--solver solves one program as it is: leave out --certify, --gap, --exact, --time-limit and --prices"
        )
    if force and prices is None:
        raise click.UsageError("--force replaces the file that --prices names: name one, or leave it out")
    with stages(quiet or as_json) as tick:
        found = solution.find(scenario, prices=prices, force=force, progress=tick, **options)
    for text in found.pop("warnings"):
        click.echo(f"warning: {text}", err=True)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        solution.show(found, lang)


@group.command()
@SCENARIO
@SET
@PLUGIN
@JSON
@noise
@handled
def validate(scenario: Path, sets: tuple[str, ...], plugins: tuple[Path, ...], as_json: bool, **_: Any) -> None:
    """Check a scenario: every problem with its place, and nothing is written."""
    from sim.ground.errors import ScenarioError
    from sim.once import prepare, warnings

    prepared = prepare(scenario, sets, plugins)
    found = warnings(prepared)
    if as_json:
        click.echo(
            json.dumps(
                {
                    "valid": True,
                    "problems": [],
                    "warnings": problems(ScenarioError(found)) if found else [],
                }
            )
        )
        return
    for problem in found:
        click.echo(f"{problem.origin}: warning: {problem.message}")
    click.echo(f"{scenario}: valid")


@group.command()
@click.argument("first")
@click.argument("second")
@RESULTS
@JSON
@noise
@handled
def diff(first: str, second: str, results: Path, as_json: bool, **_: Any) -> None:
    """Show in what two scenarios (files) or two runs (ids) differ."""
    from sim.desk.differences import compare_two

    rows = compare_two(first, second, results)
    if as_json:
        click.echo(json.dumps({"differences": rows}, ensure_ascii=False, indent=1))
        return
    for row in rows:
        click.echo(f"{row['key']}: {_shown(row['first'])} -> {_shown(row['second'])}")
    if not rows:
        click.echo("no difference")


def _shown(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else "-" if value is None else str(value)


@group.command()
@click.argument("key")
@click.argument("scenario", type=click.Path(path_type=Path), required=False)
@SET
@LANGUAGE
@JSON
@noise
@handled
def explain(key: str, scenario: Path | None, sets: tuple[str, ...], lang: str, as_json: bool, **_: Any) -> None:
    """Explain a key of a scenario or a measure: meaning, unit, value, where it was written, source."""
    from sim.desk.explain import explain as explained

    rows = explained(key, scenario, sets, lang)
    if as_json:
        click.echo(json.dumps({"key": key, "entries": rows}, ensure_ascii=False, indent=1))
        return
    for row in rows:
        click.echo(row.pop("key"))
        for name, value in row.items():
            if value not in (None, ""):
                click.echo(f"  {name}: {_shown(value)}")


@group.command("list")
@click.argument(
    "what", type=click.Choice(["policies", "nations", "figures", "scenarios", "cooling", "workloads", "runs"])
)
@RESULTS
@JSON
@noise
@handled
def list_(what: str, results: Path, as_json: bool, **_: Any) -> None:
    """List what there is to choose from."""
    from sim.desk.listing import listing

    rows = listing(what, results)
    if as_json:
        click.echo(json.dumps({what: rows}, ensure_ascii=False, indent=1))
        return
    width = max((len(row["name"]) for row in rows), default=0)
    for row in rows:
        click.echo(f"{row['name']:<{width}}  {row['text']}".rstrip())


@group.command()
@click.option("--check", type=click.Path(path_type=Path), is_flag=False, flag_value=Path("schema/scenario.schema.json"),
              help="Compare with a committed file instead of printing.")  # fmt: skip
@click.option("--write", type=click.Path(path_type=Path), help="Write to a file instead of printing.")
@noise
@handled
def schema(check: Path | None, write: Path | None, **_: Any) -> None:
    """Print the JSON Schema of scenario files, for editors."""
    from sim.results.product import placed
    from sim.scenario.json_schema import text

    if check is not None:
        if not check.is_file() or check.read_text(encoding="utf-8") != text():
            click.echo(f"{check}: out of date; run `suanwang schema --write {check}`", err=True)
            sys.exit(1)
        click.echo(f"{check}: up to date")
    elif write is not None:
        placed(write, lambda draft: draft.write_text(text(), encoding="utf-8"), force=True)
    else:
        click.echo(text(), nl=False)


@group.command()
@click.argument("name")
@click.option("--from", "base", default="baseline-2024", show_default=True, help="Scenario to start from.")
@noise
@handled
def new(name: str, base: str, **_: Any) -> None:
    """Write a new scenario file that extends another one."""
    from sim.desk.start import new_scenario

    click.echo(str(new_scenario(name, base)))


@group.command()
@RESULTS
@JSON
@noise
@handled
def doctor(results: Path, as_json: bool, **_: Any) -> None:
    """Check that this installation can do its work."""
    from sim.desk.doctor import examine

    rows = examine(results)
    if as_json:
        click.echo(json.dumps({"checks": rows}, ensure_ascii=False, indent=1))
    else:
        for row in rows:
            click.echo(f"{'ok ' if row['ok'] else 'BAD'}  {row['name']}: {row['text']}")
    sys.exit(0 if all(row["ok"] for row in rows) else 1)


@group.command()
@click.argument("ids", nargs=-1, required=True)
@RESULTS
@LANGUAGE
@noise
@handled
def report(ids: tuple[str, ...], results: Path, lang: str, **_: Any) -> None:
    """Write the pages of stored runs, comparisons and sweeps anew, another language first if asked."""
    from sim.desk.reports import again

    for name in ids:
        click.echo(str(again(results, name, lang)))


@group.command()
@click.argument("name", metavar="ID|SCENARIO")
@click.option("--csv", "kind", flag_value="csv", help="A folder of CSV tables.")
@click.option("--xlsx", "kind", flag_value="xlsx", help="One workbook.")
@click.option("--netcdf", "kind", flag_value="netcdf", help="The arrays.")
@click.option(
    "--geojson", "kind", flag_value="geojson", help="The map: centres, regions and links with their measures."
)
@click.option("--lp", type=click.Path(path_type=Path), help="File for the dispatch program of a scenario, to read.")
@click.option("--hours", type=Finite(min=0, min_open=True), help="Hours of the program.  [default: 24]")
@click.option("--begin", type=Finite(min=0), default=0.0, help="Hours in front of them.")
@click.option("--out", type=click.Path(path_type=Path), help="Where to; beside you by default.")
@click.option("--force", is_flag=True, help="Replace what is there.")
@SET
@RESULTS
@JSON
@noise
@handled
def export(
    name: str, kind: str | None, lp: Path | None, out: Path | None, results: Path, as_json: bool, **options: Any
) -> None:
    """Export a run, comparison or sweep to CSV, XLSX, netCDF or GeoJSON, or a scenario's dispatch program to LP."""
    from sim.desk import exports

    force, sets, begin, hours = (options[key] for key in ("force", "sets", "begin", "hours"))
    if (kind is None) == (lp is None) or (lp and out) or (kind and (sets or begin or hours)):
        text = "choose --csv, --xlsx, --netcdf or --geojson with --out for a run, or --lp FILE"
        raise click.UsageError(f"{text} with --hours, --begin, --set for a scenario")
    if lp is not None:
        found = exports.program(name, lp, hours=hours, begin=begin, sets=sets, force=force)
    else:
        found = exports.run(name, str(kind), out, results, force=force)
    click.echo(json.dumps(found, ensure_ascii=False, indent=1) if as_json else found["file"])


@group.command()
@SCENARIO
@click.option("--write", is_flag=True, help="Store the factors with the nation.")
@JSON
@noise
@handled
def calibrate(scenario: Path, write: bool, as_json: bool, quiet: bool, **_: Any) -> None:
    """Fit the cooling of a nation's base year to its reported PUEs, once."""
    from sim.once import calibrate as calibrate_base

    rows = calibrate_base(scenario, write)
    if as_json:
        click.echo(json.dumps({"kappa": rows}, indent=1))
        return
    for name, factor in rows.items():
        click.echo(f"{name}  {factor:.6f}")


group.add_command(plan)
group.add_command(replay)
group.add_command(sweep)
group.add_command(analyse)
group.add_command(compare)
group.add_command(serve)


def main() -> None:
    """Run the command line; the entry point of `suanwang`."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        group(standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("interrupted", err=True)
        sys.exit(130)
    except KeyboardInterrupt:
        click.echo("interrupted", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:
        if {"-v", "--verbose"} & set(sys.argv):
            raise
        text = f"internal error: {type(error).__name__}: {error}"
        click.echo(f"{text}; this is a bug of suanwang: run it again with --verbose and report it", err=True)
        sys.exit(1)
