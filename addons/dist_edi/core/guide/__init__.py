"""Guides: what a standard, a release and a partner say a message must be.

``load_guide("x12", "004010", "850").check(segments)`` gives the loop tree and the
findings of one transaction.
"""

from .checker import Checked, Checker
from .library import Guide, available, load_guide
from .tree import Loop
from .yamlfile import GuideError

__all__ = [
    "Checked",
    "Checker",
    "Guide",
    "GuideError",
    "Loop",
    "available",
    "load_guide",
]
