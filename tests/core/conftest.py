"""Core tests need no Odoo: the addons are packages below the repository root."""

import os
import sys
from pathlib import Path

from hypothesis import settings

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

# A busy machine is no fault of the code. In CI the examples are the same in every run,
# so that a red build is the fault of the change; by hand they are new each time.
settings.register_profile("house", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "house")
