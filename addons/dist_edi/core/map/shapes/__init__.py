"""Shapes: regroupings of a document that a message's own tree asks for.

A map is data and follows the message. Where a message groups things otherwise than
the document (an 856 has orders around packages, a DESADV has one list of packing
levels), a shape turns the document's data into the message's grouping and back.
``model`` names the fields of the regrouped data, so that maps are still checked.
"""

from .base import Shape
from .cartons import BY_CARTON
from .levels import BY_LEVEL
from .lots import BY_LOT_NOTICE, BY_LOT_RECEIPT
from .orders import BY_ORDER

#: All shapes by the name that maps give in ``shape:``.
SHAPES: dict[str, Shape] = {
    "by_carton": BY_CARTON,
    "by_level": BY_LEVEL,
    "by_lot": BY_LOT_NOTICE,
    "by_lot_received": BY_LOT_RECEIPT,
    "by_order": BY_ORDER,
}

__all__ = ["SHAPES", "Shape"]
