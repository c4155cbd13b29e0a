"""Run benchmark cases, print their tables, and write them to the README if asked."""

from __future__ import annotations

import argparse
import os
import platform
import re
import sys
from pathlib import Path

from benchmarks.registry import cases

_MARK = "<!-- tables: written by `make bench` -->"


def main() -> int:
    """Run the cases named, all by default; return 1 where a figure is out of its tolerance."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("case", nargs="*", choices=[*cases(), []], help="cases to run; all by default")
    parser.add_argument(
        "--write", action="store_true", help="renew these tables in benchmarks/README.md, figures in docs"
    )
    options = parser.parse_args()
    parts, good = {}, True
    for name in options.case or cases():
        spec = cases()[name]
        table = spec.run()
        good = good and table.good
        if options.write and table.figure:
            (Path(__file__).parents[1] / "docs" / "background" / f"{name}.svg").write_text(
                table.figure, encoding="utf-8"
            )
        parts[name] = f"## {spec.name}: {spec.title}\n\n{table.markdown()}"
        print(parts[name], flush=True)
    if options.write:
        _write(parts)
    return 0 if good else 1


def _write(parts: dict[str, str]) -> None:
    """Renew the tables of these cases in the README; those of the others stay as they are."""
    readme = Path(__file__).parent / "README.md"
    head, _, body = readme.read_text(encoding="utf-8").partition(_MARK)
    known = {name: f"## {name}: {text}" for name, text in re.findall(r"^## (\w+): (.*?)(?=^## |\Z)", body, re.M | re.S)}
    tables = [part.strip() for name in cases() if (part := {**known, **parts}.get(name))]
    machine = f"{os.cpu_count()} processors, {platform.machine()}, Python {platform.python_version()}"
    text = "\n\n".join([f"{head}{_MARK}", f"Measured on: {machine}.", *tables])
    readme.write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
