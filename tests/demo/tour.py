"""What to look at when the day is over and Odoo stays open."""

STOPS = (
    ("distribution", "the control tower: what is in trouble, and what it is worth"),
    ("distribution-exceptions", "what is wrong, whose it is, how old, what to press"),
    ("distribution-orders", "orders that a partner has, and what it says of them"),
    ("distribution-receipts", "what shall come in; one surplus waits: Accept surplus"),
    ("distribution-returns", "what came back; one parcel waits: Assign"),
    ("distribution-approvals", "40 pieces lost: Approve or Refuse"),
    ("distribution-differences", "both stocks compared: what is real, what is late"),
    ("distribution-fees", "a fee three times too high: in dispute"),
    ("distribution-routing", "where an order would go, and why"),
)


def tell(url: str) -> None:
    """Print a short tour of the screens.

    :param url: of the server, without a path
    """
    print(f"\nOdoo stays open: sign in as admin, password admin, at {url}/odoo")
    for path, what in STOPS:
        print(f"  {url}/odoo/{path:<26} {what}")
    print("`setup/demo --stop` ends everything.\n", flush=True)
