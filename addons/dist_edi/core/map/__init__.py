"""Maps: canonical documents to EDI messages and back, as data."""

from .library import Map, all_maps, find, find_for, load, load_file, names
from .result import Mapped, MapProblem
from .writer import Written

__all__ = [
    "Map",
    "MapProblem",
    "Mapped",
    "Written",
    "all_maps",
    "find",
    "find_for",
    "load",
    "load_file",
    "names",
]
