"""``python -m addons.dist_edi``, or ``python -m odoo.addons.dist_edi`` in a wheel."""

import sys

from .core.cli import main

if __name__ == "__main__":
    sys.exit(main())
