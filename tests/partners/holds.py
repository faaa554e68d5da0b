"""Orders that the partner keeps back: because it was asked to, or on its own."""

import time

from . import plans
from .books import Books

#: The house can still keep these back.
_OPEN = ("received", "processing", "waiting", "part_shipped")


def is_held(books: Books, order_id: int) -> bool:
    """Say whether an order is kept back."""
    return bool(books.one("SELECT 1 FROM holds WHERE order_id = ?", order_id))


def hold(books: Books, order_id: int | None, row: dict[str, str]) -> str:
    """Keep an order back; return why not, or nothing.

    :param row: the hold as it was asked for: keep_stock, reason_code, reason
    """
    if order_id is None:
        return "No such order."
    with books.work():
        order = books.rows("SELECT * FROM orders WHERE id = ?", order_id)[0]
        how = plans.plan_of(books, order["request_key"])["holds"]
        if order["stage"] not in _OPEN or how == "refuse":
            return f"The order is {order['stage']} already."
        if how == "keep":
            keep_back(books, order_id, row["keep_stock"] == "Y", row["reason_code"])
    return ""


def keep_back(
    books: Books, order_id: int, keep_stock: bool, reason: str, own: bool = False
) -> None:
    """Write an order onto the list of what does not ship.

    :param own: the house does it of its own accord
    """
    books.run(
        "INSERT OR REPLACE INTO holds VALUES (?, ?, ?, ?)",
        order_id,
        int(keep_stock),
        reason,
        int(own),
    )


def release(books: Books, order_id: int | None) -> str:
    """Let an order go; return why not, or nothing."""
    if order_id is None:
        return "No such order."
    with books.work():
        if books.one("SELECT own FROM holds WHERE order_id = ?", order_id):
            return "The house itself keeps it back."
        let_go(books, order_id)
    return ""


def let_go(books: Books, order_id: int) -> None:
    """Take an order off the list; it goes on where it stood."""
    books.run("DELETE FROM holds WHERE order_id = ?", order_id)
    books.run(
        "UPDATE orders SET due = ? WHERE id = ? AND due IS NULL AND stage IN"
        " ('received', 'processing', 'waiting', 'part_shipped')",
        time.time(),
        order_id,
    )
