"""`python setup/lib COMMAND ...`: run one of the commands in `setup/`.

Python puts this folder on its path (or, with -m, the current one, which may be another
clone); the repository root takes its place, so that this clone's own code runs.
"""

import importlib
import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[2])
command = importlib.import_module(f"setup.lib.command_{sys.argv.pop(1)}")
run_command = importlib.import_module("setup.lib.progress").run_command
run_command(command.main)
