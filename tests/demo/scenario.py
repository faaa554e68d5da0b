"""What goes wrong on the demo day, and when."""

from dataclasses import dataclass

from ..partners.client import HttpPartner, SftpPartner

#: Orders of the day, half of them in each house, and how many come at once.
ORDERS = 320
CHUNK = 20
#: The first orders of each house: both partners take them, and begin to ship when all
#: are there and each trouble knows the delivery it strikes.
FIRST = 40


@dataclass(frozen=True)
class Trouble:
    """One misbehaviour: the n-th order of a house that it strikes, and how."""

    house: str
    order: int
    kind: str


#: Numbers are small, so that a short day meets all of them.
TROUBLES = (
    Trouble("BOB", 3, "split"),
    Trouble("BOB", 7, "parcels"),
    Trouble("BOB", 11, "webhook_twice"),
    Trouble("BOB", 13, "webhook_forged"),
    Trouble("BOB", 19, "carrier_unknown"),
    Trouble("BOB", 21, "webhook_out_of_order"),
    Trouble("BOB", 23, "over_ship"),
    Trouble("BOB", 27, "webhook_lost"),
    Trouble("BOB", 29, "hold"),
    Trouble("CSV", 3, "split"),
    Trouble("CSV", 7, "parcels"),
    Trouble("CSV", 9, "half_written"),
    Trouble("CSV", 11, "file_twice"),
    Trouble("CSV", 15, "carrier_unknown"),
    Trouble("CSV", 29, "hold"),
)
#: What strikes the first requests, whichever they are.
AT_REQUEST = {
    "BOB": ("drop_answer", "answer_500", "answer_429", "answer_late"),
    "CSV": ("late_ack", "shp_before_ack"),
}
DOWN_SECONDS = 12
#: Orders that the partner holds, so that a cancel comes in time...
CANCEL_IN_TIME = (("BOB", 29), ("CSV", 29))
#: ...and orders that have left, which Odoo does not know yet, so that it is refused.
CANCEL_TOO_LATE = (("BOB", 27), ("CSV", 2))
#: The order of a house whose address no carrier serves.
BAD_ADDRESS = 31
#: The order of a house that asks for more than there is of one product: what is there
#: leaves, the rest is a request of its own when a purchase comes in.
SHORT_HERE, STOCK_HERE, ASKED_HERE = 33, 4, 10
#: The order of a house for which the partner finds less than it should have: it
#: ships that and closes the request, and the rest is a request of its own.
SHORT_THERE, STOCK_THERE, ASKED_THERE = 35, 3, 8
#: Orders that need several pieces, so that a part can leave.
SEVERAL = (3, 7, 23)
#: Orders of a house that nothing above strikes, so that their goods can come back.
QUIET = tuple(
    number
    for number in range(2, FIRST)
    if number not in {BAD_ADDRESS, SHORT_HERE, SHORT_THERE, *SEVERAL}
    and number not in {n for _house, n in (*CANCEL_IN_TIME, *CANCEL_TOO_LATE)}
    and number not in {trouble.order for trouble in TROUBLES}
)
#: Orders that the routing rules give to a house, by the country they go to.
ROUTED = {"BOB": ("US", 3), "CSV": ("DE", 3)}


def before_orders(bob: HttpPartner, csv: SftpPartner) -> None:
    """Let both partners take orders without shipping, and stumble over the first."""
    order = {"method": "POST", "path": "*/order"}
    for partner, kinds in ((bob, AT_REQUEST["BOB"]), (csv, AT_REQUEST["CSV"])):
        partner.settings(auto=False)
        for kind in kinds:
            partner.fault(kind, match=order if partner is bob else {})


def before_shipping(partner, house: str, keys: dict[int, str]) -> None:
    """Tell a partner how to misbehave, and let it ship.

    :param keys: request keys by number of the order
    """
    for trouble in TROUBLES:
        if trouble.house == house:
            _arrange(partner, keys[trouble.order], trouble.kind)
    partner.settings(auto=True)


def _arrange(partner, key: str, kind: str) -> None:
    match = {"request_key": key}
    if kind == "split":
        partner.plan(key, split=0.5, rest_delay=3)
    elif kind == "parcels":
        partner.plan(key, parcels=3)
    elif kind == "hold":
        partner.plan(key, hold=True)
    elif kind in ("half_written", "file_twice"):
        partner.fault(kind, match=match | {"file": "SHP"})
    else:
        partner.fault(kind, match=match)
