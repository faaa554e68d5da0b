"""What a file partner was told of products."""

import json
from collections.abc import Iterable
from typing import Any

from .books import Books
from .csv_files import AgreementError, Row


def prepare(books: Books) -> None:
    """Make the table, once."""
    books.run("CREATE TABLE IF NOT EXISTS articles (sku TEXT PRIMARY KEY, rows TEXT)")


def learn(books: Books, rows: list[dict[str, str]]) -> str:
    """Take a product into the books, anew if it was there. Raises AgreementError."""
    first = rows[0]
    if first["contains"] != "1" or first["tracking"] not in ("NONE", "LOT", "SERIAL"):
        raise AgreementError(
            f"row 2: contains {first['contains']}, {first['tracking']}"
        )
    if len({row["sku"] for row in rows}) > 1:
        raise AgreementError("the rows are of several products")
    books.run(
        "INSERT OR REPLACE INTO articles VALUES (?, ?)", first["sku"], json.dumps(rows)
    )
    return "learned"


def listing(books: Books) -> dict[str, list[Row]]:
    """Return the rows told of each product, by SKU."""
    rows = books.rows("SELECT * FROM articles ORDER BY sku")
    return {row["sku"]: json.loads(row["rows"]) for row in rows}


def unknown(books: Books, skus: Iterable[str]) -> list[Any]:
    """Return the SKUs that nobody told of."""
    known = listing(books)
    return sorted({sku for sku in skus if sku not in known})
