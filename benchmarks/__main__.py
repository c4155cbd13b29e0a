"""Run benchmark cases, print their tables, and write them to the README if asked."""

from __future__ import annotations

import argparse
import os
import platform
import sys
from pathlib import Path

from benchmarks.registry import cases

_MARK = "<!-- tables: written by `make bench` -->"


def main() -> int:
    """Run the cases named, all by default; return 1 where a figure is out of its tolerance."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("case", nargs="*", choices=[*cases(), []], help="cases to run; all by default")
    parser.add_argument("--write", action="store_true", help="write the tables to benchmarks/README.md")
    options = parser.parse_args()
    parts, good = [], True
    for name in options.case or cases():
        spec = cases()[name]
        table = spec.run()
        good = good and table.good
        parts.append(f"## {spec.name}: {spec.title}\n\n{table.markdown()}")
        print(parts[-1], flush=True)
    if options.write:
        readme = Path(__file__).parent / "README.md"
        head = readme.read_text(encoding="utf-8").split(_MARK)[0]
        machine = f"{os.cpu_count()} processors, {platform.machine()}, Python {platform.python_version()}"
        body = "\n".join(parts)
        readme.write_text(f"{head}{_MARK}\n\nMeasured on: {machine}.\n\n{body}", encoding="utf-8")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
