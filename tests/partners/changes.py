"""A change of an order that a file partner has: all of it as it should be now."""

import json
from collections.abc import Sequence

from .books import Books, text
from .warehouse import OrderLine


def change(
    books: Books,
    order_id: int | None,
    rows: list[dict[str, str]],
    lines: Sequence[OrderLine],
) -> str:
    """Change an order that nobody packs yet; return why not, or nothing.

    :param rows: the file; a row of quantity 0 takes its line out
    :param lines: the lines that are left
    """
    if order_id is None:
        return "No such order."
    with books.work():
        order = books.rows("SELECT * FROM orders WHERE id = ?", order_id)[0]
        if order["stage"] != "received":
            return f"The order is {order['stage']} already."
        document = json.loads(order["document"])
        head = {
            name: rows[0][name] for name in document["rows"][0] if name in rows[0]
        } | {"order_reference": document["rows"][0]["order_reference"]}
        was = {row["line_key"]: row for row in document["rows"]}
        now = {row["line_key"]: row for row in rows}
        books.run("DELETE FROM lines WHERE order_id = ?", order_id)
        kept = []
        for position, line in enumerate(lines):
            row = now[line.line_key]
            lot = was.get(line.line_key, {}).get("lot", "")
            told = {"sku": line.sku, "unit": row["unit"], "quantity": row["quantity"]}
            kept.append({**head, "line_key": line.line_key, "lot": lot, **told})
            books.run(
                "INSERT INTO lines VALUES (?, ?, ?, ?, ?, ?, ?)",
                order_id,
                position,
                line.line_key,
                line.sku,
                line.name,
                lot,
                text(line.quantity),
            )
        document |= {"rows": kept}
        document |= {name: rows[0][name] for name in ("carrier", "service")}
        books.run(
            "UPDATE orders SET document = ? WHERE id = ?",
            json.dumps(document),
            order_id,
        )
    return ""
