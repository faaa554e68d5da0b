"""Compare two sides set-wise: what a source declares, and the engine that runs it."""

from .comparison import Comparison
from .source import ACTIONS, KINDS, Compared, Key

__all__ = ["ACTIONS", "KINDS", "Compared", "Comparison", "Key"]
