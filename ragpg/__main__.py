"""Run as `python -m ragpg`."""

from ragpg.cli.app import main

main()
