"""The command line, as ``python -m sim`` starts it."""

from sim.cli import main

main()
