"""The 3PL over HTTP takes orders, ships them, and its books say what it did."""

import pytest


def test_order_is_taken_shipped_and_in_the_books(http_partner, customer):
    http_partner.stock({"A-1": 10})
    answer = customer.create("L-1", {"A-1": 4})
    assert answer.status_code == 201
    assert answer.json()["status"] == "Processing"
    http_partner.settle()
    entry = http_partner.books()["L-1"]
    assert (entry["creates"], entry["orders"], entry["status"]) == (1, 1, "shipped")
    assert entry["remote_id"] == str(answer.json()["id"])
    [shipment] = entry["shipments"]
    assert shipment["final"] is True
    assert len(shipment["parcels"]) == 1
    assert shipment["lines"] == {"11": {"sku": "A-1", "quantity": "4", "lots": {}}}
    [order] = customer.look_up("L-1")
    assert order["status"] == "Fulfilled"
    assert order["shipments"][0]["products"][0]["inventory_items"][0]["quantity"] == 4


def test_same_reference_on_the_channel_is_a_conflict_not_a_second_order(
    http_partner, customer
):
    customer.create("L-2", {"A-1": 1})
    answer = customer.create("L-2", {"A-1": 1})
    assert answer.status_code == 422
    assert "CONFLICT" in answer.json()["errors"][0]
    entry = http_partner.books()["L-2"]
    assert (entry["creates"], entry["orders"]) == (2, 1)
    assert len(customer.look_up("L-2")) == 1


@pytest.mark.parametrize(
    ("field", "value", "refused"),
    [
        ("country", "XX", "recipient.address.country"),
        ("zip_code", "ABC", "recipient.address.zip_code"),
    ],
)
def test_wrong_address_is_refused_by_field(
    http_partner, customer, field, value, refused
):
    order = customer.order(f"L-3-{field}", {"A-1": 1})
    order["recipient"]["address"][field] = value
    answer = customer.call("POST", "/order", json=order)
    assert answer.status_code == 422
    assert list(answer.json()) == [refused]
    entry = http_partner.books()[f"L-3-{field}"]
    assert (entry["status"], entry["orders"]) == ("rejected", 0)
    assert customer.look_up(f"L-3-{field}") == []


def test_short_stock_closes_the_order_with_what_there_is(http_partner, customer):
    http_partner.stock({"A-4": 3})
    customer.create("L-4", {"A-4": 5})
    http_partner.settle()
    entry = http_partner.books()["L-4"]
    assert entry["status"] == "closed_short"
    [shipment] = entry["shipments"]
    assert shipment["final"] is True
    assert shipment["lines"]["11"]["quantity"] == "3"


def test_what_one_order_took_is_not_there_for_the_next(http_partner, customer):
    http_partner.stock({"A-17": 5})
    customer.create("L-17", {"A-17": 4})
    http_partner.settle()
    customer.create("L-18", {"A-17": 4})
    http_partner.settle()
    books = http_partner.books()
    shipped = [books[key]["shipments"][0]["lines"]["11"] for key in ("L-17", "L-18")]
    assert [line["quantity"] for line in shipped] == ["4", "1"]
    [left] = [row for row in http_partner.levels() if row["sku"] == "A-17"]
    assert left["on_hand"] == "0"


def test_rest_follows_in_a_second_shipment_once_there_is_stock(http_partner, customer):
    http_partner.stock({"A-5": 3})
    http_partner.plan("L-5", when_short="rest_later")
    customer.create("L-5", {"A-5": 5})
    http_partner.settle()
    [order] = customer.look_up("L-5")
    assert order["status"] == "PartiallyFulfilled"
    first = order["shipments"][0]
    assert first["status_details"][0]["name"] == "PartialShipment"
    http_partner.stock({"A-5": 9})
    http_partner.settle()
    [order] = customer.look_up("L-5")
    assert order["status"] == "Fulfilled"
    assert order["shipments"][0] == first
    assert order["shipments"][1]["status_details"] == []
    shipments = http_partner.books()["L-5"]["shipments"]
    assert [item["final"] for item in shipments] == [False, True]
    assert [item["lines"]["11"]["quantity"] for item in shipments] == ["3", "2"]


def test_split_order_leaves_in_two_parts_in_spite_of_full_stock(http_partner, customer):
    http_partner.stock({"A-6": 9})
    http_partner.plan("L-6", split=0.5)
    customer.create("L-6", {"A-6": 5})
    http_partner.settle()
    shipments = http_partner.books()["L-6"]["shipments"]
    assert [item["lines"]["11"]["quantity"] for item in shipments] == ["2", "3"]


def test_nothing_on_hand_is_an_exception_until_goods_arrive(
    http_partner, customer, receiver
):
    http_partner.stock({"A-7": 0})
    customer.create("L-7", {"A-7": 1})
    http_partner.settle()
    assert customer.look_up("L-7")[0]["status"] == "Exception"
    [told] = receiver.of("L-7")
    assert told["headers"]["x-webhook-topic"] == "order.shipment.exception"
    http_partner.stock({"A-7": 1})
    http_partner.settle()
    assert http_partner.books()["L-7"]["status"] == "shipped"


def test_lots_leave_first_to_expire_first_and_parcels_have_numbers(
    http_partner, customer
):
    http_partner.stock(
        [
            {"sku": "A-8", "quantity": 9, "lot": "NEW", "expiry": "2030-01-01"},
            {"sku": "A-8", "quantity": 2, "lot": "OLD", "expiry": "2029-01-01"},
        ]
    )
    http_partner.plan("L-8", parcels=2)
    customer.create("L-8", {"A-8": 5})
    http_partner.settle()
    [shipment] = http_partner.books()["L-8"]["shipments"]
    assert shipment["lines"]["11"]["lots"] == {"OLD": "2", "NEW": "3"}
    assert len(set(shipment["parcels"])) == 2
    view = customer.look_up("L-8")[0]["shipments"][0]
    cartons = view["parent_cartons"][0]["cartons"]
    assert [carton["barcode"] for carton in cartons] == shipment["parcels"]
    items = view["products"][0]["inventory_items"]
    assert {item["lot"]: item["quantity"] for item in items} == {"OLD": 2, "NEW": 3}


def test_serial_numbers_are_told_one_by_one(http_partner, customer):
    http_partner.stock(
        [
            {"sku": "A-9", "quantity": 1, "lot": number, "serial": True}
            for number in ("SN1", "SN2")
        ]
    )
    customer.create("L-9", {"A-9": 2})
    http_partner.settle()
    view = customer.look_up("L-9")[0]["shipments"][0]
    [item] = view["products"][0]["inventory_items"]
    assert (item["lot"], item["serial_numbers"]) == (None, ["SN1", "SN2"])


def test_cancel_before_shipping_succeeds(http_partner, customer, receiver):
    http_partner.stock({"A-1": 10})
    http_partner.plan("L-10", hold=True)
    number = customer.create("L-10", {"A-1": 1}).json()["id"]
    answer = customer.call("POST", f"/order/{number}:cancel")
    assert (answer.status_code, answer.json()["status"]) == (200, "Success")
    again = customer.call("POST", f"/order/{number}:cancel")
    assert again.status_code == 422
    http_partner.settle()
    entry = http_partner.books()["L-10"]
    assert entry["cancelled"] is True
    assert entry["shipments"] == []
    [told] = receiver.of("L-10")
    assert told["headers"]["x-webhook-topic"] == "order.shipment.cancelled"


def test_cancel_after_shipping_fails_in_the_body_of_a_200(http_partner, customer):
    http_partner.stock({"A-1": 10})
    number = customer.create("L-11", {"A-1": 1}).json()["id"]
    http_partner.settle()
    answer = customer.call("POST", f"/order/{number}:cancel")
    assert (answer.status_code, answer.json()["status"]) == (200, "Failure")
    assert http_partner.books()["L-11"]["cancelled"] is False


def test_cancel_of_a_part_shipped_order_stops_the_rest(http_partner, customer):
    http_partner.stock({"A-12": 1})
    http_partner.plan("L-12", when_short="rest_later")
    number = customer.create("L-12", {"A-12": 2}).json()["id"]
    http_partner.settle()
    answer = customer.call("POST", f"/order/{number}:cancel")
    assert answer.json()["status"] == "PartialSuccess"
    http_partner.stock({"A-12": 5})
    http_partner.settle()
    assert len(http_partner.books()["L-12"]["shipments"]) == 1


def test_orders_are_paged_and_filtered_by_last_update(http_partner, customer):
    http_partner.stock({"A-1": 50})
    keys = [f"L-13-{number}" for number in range(5)]
    for key in keys:
        customer.create(key, {"A-1": 1})
    http_partner.settle()
    start = customer.look_up(keys[0])[0]["created_date"]
    found, page = [], 1
    while True:
        query = {"Page": page, "Limit": 2, "LastUpdateStartDate": start}
        orders = customer.call("GET", "/order", params=query).json()
        found += [order["reference_id"] for order in orders]
        if len(orders) < 2:
            break
        page += 1
    assert found == keys
    late = {"LastUpdateStartDate": "2099-01-01T00:00:00Z"}
    assert customer.call("GET", "/order", params=late).json() == []


def test_order_and_its_shipments_are_found_by_number(http_partner, customer):
    http_partner.stock({"A-1": 10})
    number = customer.create("L-14", {"A-1": 1}).json()["id"]
    http_partner.settle()
    order = customer.call("GET", f"/order/{number}").json()
    shipments = customer.call("GET", f"/order/{number}/shipment").json()
    assert order["shipments"] == shipments
    single = customer.call("GET", f"/shipment/{shipments[0]['id']}").json()
    assert single == shipments[0]
    assert customer.call("GET", "/order/1").status_code == 404


def test_inventory_levels_are_paged_by_links(http_partner, customer):
    http_partner.stock({f"P-{number}": number for number in range(1, 6)})
    path, levels = "/inventory-level?PageSize=2", {}
    while path:
        page = customer.call("GET", path).json()
        levels |= {row["sku"]: row["total_on_hand_quantity"] for row in page["items"]}
        path = (page["next"] or "").removeprefix("/2026-01")
    for number in range(1, 6):
        assert levels[f"P-{number}"] == number


def test_stock_promised_to_open_orders_is_committed(http_partner, customer):
    http_partner.stock({"A-15": 10})
    http_partner.plan("L-15", hold=True)
    customer.create("L-15", {"A-15": 4})
    [row] = [
        row
        for row in customer.call("GET", "/inventory-level").json()["items"]
        if row["sku"] == "A-15"
    ]
    assert row["total_on_hand_quantity"] == 10
    assert row["total_committed_quantity"] == 4
    assert row["total_fulfillable_quantity"] == 6


def test_lots_are_listed_with_their_expiry(http_partner, customer):
    http_partner.stock(
        [{"sku": "A-16", "quantity": 2, "lot": "X", "expiry": "2029-05-31"}]
    )
    rows = customer.call("GET", "/inventory-level/lots").json()["items"]
    [lot] = next(row["lots"] for row in rows if row["sku"] == "A-16")
    assert (lot["lot_number"], lot["lot_date"]) == ("X", "2029-05-31T00:00:00Z")
