"""Ongoing WMS over SOAP, held against the partner's own WSDL: orders and shipments."""

import datetime as dt
import json

import pytest

from addons.dist_connector_base.core import profile as language
from addons.dist_connector_base.core.canonical import (
    Article,
    FulfilmentCancel,
    FulfilmentChange,
    ShipmentAcknowledgement,
)
from addons.dist_connector_base.core.codecs import json_codec
from addons.dist_connector_base.core.errors import MappingError, UnknownOutcomeError
from addons.dist_connector_base.core.wire import Found, HttpResponse, Outcome
from addons.dist_connector_base.transports.soap import read_wsdl

from .soap_house import WSDL, backend, needs_wsdl, soap_house


@pytest.fixture
def house():
    return backend()


@pytest.fixture(scope="module")
def partner():
    with soap_house() as opened:
        yield opened


def told(result) -> HttpResponse:
    return HttpResponse(200, {}, json.dumps(result).encode())


# ------------------------------------------------- what answers mean, by the profile


@pytest.mark.parametrize(
    ("result", "outcome", "words"),
    [
        ({"Success": True, "OrderId": 17}, Outcome.ACCEPTED, ""),
        ({"Success": False, "ErrorMessage": "No article X"}, Outcome.REJECTED, "No a"),
        ({"Success": None}, Outcome.UNKNOWN, ""),
        ({}, Outcome.UNKNOWN, ""),
    ],
)
def test_success_is_judged_by_the_body_of_a_200(house, result, outcome, words):
    verdict = language.judge(house.profile.operations["process_order"], told(result))
    assert verdict.outcome is outcome
    assert verdict.message.startswith(words)


def test_fault_that_blames_the_request_is_a_rejection_and_another_is_unknown(house):
    operation = house.profile.operations["process_order"]
    fault = json.dumps({"fault": {"code": "Client", "message": "bad"}}).encode()
    for status, outcome in ((400, Outcome.REJECTED), (500, Outcome.UNKNOWN)):
        answer = HttpResponse(status, {}, fault)
        assert language.judge(operation, answer).outcome is outcome


def order(status, **values):
    return {
        "OrderInfo": {
            "OrderId": 17,
            "GoodsOwnerOrderNumber": "OUT-1",
            "OrderStatusNumber": status,
            "OrderStatusText": "Words",
            "ShippedTime": "2026-07-01T10:00:00",
            "WayBill": "WB1",
        },
        "Transporter": {"Code": "DHL"},
        "PickedOrderLines": {
            "PickedOrderLine": [
                {
                    "Article": {"ArticleNumber": "A"},
                    "ExternalOrderLineCode": "41",
                    "PickedNumberOfItems": 2,
                    "OrderedNumberOfItems": 3,
                }
            ]
        },
        "PickedArticleItems": {
            "PickedArticleItem": [
                {"ExternalOrderLineCode": "41", "BatchNo": "L1", "NumberOfItems": 2,
                 "ExpiryDate": "2027-01-31T00:00:00"},
                {"ExternalOrderLineCode": "42", "BatchNo": "L2", "NumberOfItems": 1},
            ]
        },
        **values,
    }  # fmt: skip


def listed(*orders) -> bytes:
    return json_codec.encode({"Orders": {"Order": list(orders)}})


def test_status_numbers_are_the_tenants_and_mapped(house):
    payload = listed(order(200), order(400), order(500), order(1000))
    shipped = house.read("shipment_confirmation", payload, "poll")
    assert [document.raw_status for document in shipped] == ["500 Words"]
    cancelled = house.read("fulfilment_response", payload, "poll")
    assert [(d.request_key, d.status) for d in cancelled] == [("OUT-1", "cancelled")]


def test_number_that_nobody_mapped_reaches_a_person(house):
    with pytest.raises(MappingError) as caught:
        house.read("shipment_confirmation", listed(order(777)), "poll")
    assert (caught.value.vocabulary, caught.value.value) == ("order_status", "777")


def test_short_shipment_with_the_lots_of_each_line(house):
    (document,) = house.read("shipment_confirmation", listed(order(450)), "poll")
    (line,) = document.lines
    assert (line.line_key, line.quantity, line.ordered_quantity) == ("41", 2, 3)
    assert [(e.lot, e.expiry, e.quantity) for e in line.lots] == [
        ("L1", dt.date(2027, 1, 31), 2)
    ]
    assert [p.tracking_number for p in document.parcels] == ["WB1"]


def test_nothing_new_is_nothing_to_do(house):
    for payload in (listed(), b'{"Orders": null}'):
        assert house.read("shipment_confirmation", payload, "poll") == []


def test_one_job_at_a_time_may_talk_to_the_partner(house):
    assert house.profile.parallel == 1


# ------------------------------------------------------------- against the contract


@needs_wsdl
def test_every_operation_of_the_profile_is_in_the_wsdl(house):
    wanted = {op.soap for op in house.profile.operations.values()}
    assert wanted <= read_wsdl(WSDL.read_bytes()).names


@needs_wsdl
def test_order_is_taken_found_and_cancelled(partner, request_document):
    request = request_document(request_key="ONG-1")
    cancel = FulfilmentCancel(request_key="ONG-1")
    assert partner.look_up("find_order", request).answer is Found.ABSENT
    verdict = partner.send("process_order", request)
    assert verdict.outcome is Outcome.ACCEPTED
    kept = partner.state()["orders"]["ONG-1"]
    assert (kept["name"], kept["service"]) == ("Ada Lovelace", "GROUND")
    assert [line["ExternalOrderLineCode"] for line in kept["lines"]] == ["41", "42"]
    found = partner.look_up("find_order", request).verdict
    assert (found.remote_id, found.remote_status) == (verdict.remote_id, "200")
    gone = partner.look_up("find_removed_order", cancel)
    assert gone.answer is Found.ABSENT
    assert partner.send("remove_order", cancel).outcome is Outcome.ACCEPTED
    gone = partner.look_up("find_removed_order", cancel)
    assert gone.answer is Found.FOUND
    assert partner.polled("fulfilment_response", request_key="ONG-1")
    assert partner.state()["violations"] == 0


@needs_wsdl
def test_urgent_order_is_picked_first(partner, request_document):
    partner.send("process_order", request_document(request_key="U1", priority="urgent"))
    partner.send("process_order", request_document(request_key="U2"))
    orders = partner.state()["orders"]
    assert (orders["U1"]["priority"], orders["U2"]["priority"]) == (1, None)


@needs_wsdl
def test_picker_reads_which_batches_where_there_are_several(partner, request_document):
    lots = [{"lot": "L7", "quantity": 1}, {"lot": "L8", "quantity": 1}]
    line = {"line_key": "1", "sku": "SKU-001", "quantity": 2, "notes": "Mind."}
    request = request_document(request_key="B1", lines=[{**line, "lots": lots}])
    partner.send("process_order", request)
    (line,) = partner.state()["orders"]["B1"]["lines"]
    assert (line["Batch"], line["OrderLineComment"]) == (None, "Mind. L7: 1, L8: 1")


@needs_wsdl
def test_refusal_inside_a_200_is_a_rejection(partner, request_document):
    lines = [{"line_key": "1", "sku": "UNHEARD-OF", "quantity": 1}]
    verdict = partner.send(
        "process_order", request_document(request_key="ONG-2", lines=lines)
    )
    assert (verdict.outcome, verdict.message) == (
        Outcome.REJECTED,
        "No article UNHEARD-OF",
    )


@needs_wsdl
def test_lost_answer_is_found_again_and_a_repeat_is_the_same_order(
    partner, request_document
):
    request = request_document(request_key="ONG-3")
    partner.plan(lose=1)
    with pytest.raises(UnknownOutcomeError):
        partner.send("process_order", request)
    found = partner.look_up("find_order", request)
    assert found.answer is Found.FOUND
    again = partner.send("process_order", request)
    assert again.remote_id == found.verdict.remote_id


def change(request, **values):
    lines = [
        {"line_key": "41", "sku": "SKU-001", "quantity": 5, "previous_quantity": 3},
        {"line_key": "42", "sku": "SKU-005", "quantity": 0, "previous_quantity": 2},
    ]
    content = request.model_dump()
    return FulfilmentChange.parse(
        {
            "change_key": f"{request.request_key}-C1",
            "changes": ["lines"],
            "lines": lines,
            **{
                name: content[name]
                for name in ("request_key", "order_reference", "warehouse", "ship_to")
            },
            **values,
        }
    )


@needs_wsdl
def test_change_replaces_the_order_and_is_known_after_a_lost_answer(
    partner, request_document
):
    request = request_document(request_key="CH-1")
    partner.send("process_order", request)
    wanted = change(request)
    asked = partner.look_up("find_changed_order", wanted)
    assert asked.answer is Found.ABSENT
    partner.plan(lose=1)
    with pytest.raises(UnknownOutcomeError):
        partner.send("change_order", wanted)
    asked = partner.look_up("find_changed_order", wanted)
    assert asked.answer is Found.FOUND
    (line,) = partner.state()["orders"]["CH-1"]["lines"]
    assert (line["ExternalOrderLineCode"], float(line["NumberOfItems"])) == ("41", 5)
    assert partner.state()["violations"] == 0


@needs_wsdl
def test_change_of_an_order_that_is_picked_or_gone_is_refused(
    partner, request_document
):
    request = request_document(request_key="CH-2")
    assert partner.send("change_order", change(request)).message == "No order CH-2"
    partner.send("process_order", request)
    partner.plan(status={"CH-2": 300})
    verdict = partner.send("change_order", change(request))
    assert (verdict.outcome, verdict.message) == (
        Outcome.REJECTED,
        "Order CH-2 is worked on",
    )


@needs_wsdl
def test_shipment_in_two_packages_with_lots_serials_and_sscc(partner, request_document):
    partner.send("process_order", request_document(request_key="ONG-4"))
    partner.plan(
        ship=[
            {
                "number": "ONG-4",
                "items": [
                    {"line": "41", "quantity": 1, "serial": "S1", "package": 1},
                    {"line": "41", "quantity": 1, "serial": "S2", "package": 2},
                    {"line": "42", "quantity": 2, "batch": "L7", "package": 2}
                    | {"expiry": "2027-01-31"},
                ],
                "packages": {
                    "1": {"label": "JD0001", "weight": "1.5"},
                    "2": {"label": "00340012345678901234", "weight": "2"},
                },
            }
        ]
    )
    shipped = partner.polled("shipment_confirmation", request_key="ONG-4")
    assert [(n.line_key, n.quantity, n.ordered_quantity) for n in shipped.lines] == [
        ("41", 2, 3),
        ("42", 2, 2),
    ]
    lots = [(e.serial or e.lot, e.quantity) for n in shipped.lines for e in n.lots]
    assert lots == [("S1", 1), ("S2", 1), ("L7", 2)]
    assert shipped.lines[1].lots[0].expiry == dt.date(2027, 1, 31)
    one, two = shipped.parcels
    assert (one.tracking_number, one.sscc, float(one.weight_kg)) == (
        "JD0001",
        None,
        1.5,
    )
    assert two.sscc == "340012345678901234"
    assert [(c.line_key, c.serial or c.lot, c.quantity) for c in two.contents] == [
        ("41", "S2", 1),
        ("42", "L7", 2),
    ]


@needs_wsdl
def test_kit_is_ordered_as_one_and_leaves_as_its_components(partner, request_document):
    kit = Article.parse(
        {
            "article_key": "SET#1",
            "sku": "SET",
            "name": "Set",
            "components": [
                {"sku": "SKU-001", "quantity": 2},
                {"sku": "SKU-005", "quantity": 1},
            ],
        }
    )
    assert partner.send("process_article", kit).outcome is Outcome.ACCEPTED
    lines = [{"line_key": "7", "sku": "SET", "quantity": 1}]
    partner.send("process_order", request_document(request_key="KIT-1", lines=lines))
    items = [
        {"line": "7", "sku": "SKU-001", "quantity": 2, "batch": "L1"},
        {"line": "7", "sku": "SKU-005", "quantity": 1, "batch": "L2"},
    ]
    partner.plan(ship=[{"number": "KIT-1", "items": items}])
    shipped = partner.polled("shipment_confirmation", request_key="KIT-1")
    assert [
        (n.line_key, n.sku, n.quantity, [e.lot for e in n.lots]) for n in shipped.lines
    ] == [(None, "SKU-001", 2, ["L1"]), (None, "SKU-005", 1, ["L2"])]
    assert partner.state()["violations"] == 0


@needs_wsdl
def test_what_we_booked_is_reported_and_the_shipment_stays_the_same(
    partner, request_document
):
    partner.send("process_order", request_document(request_key="ONG-6"))
    partner.plan(ship=["ONG-6"])
    shipped = partner.polled("shipment_confirmation", request_key="ONG-6")
    booked = ShipmentAcknowledgement.parse(
        {
            "confirmation_key": shipped.confirmation_key,
            "reference": "ONG-6",
            "lines": [
                {"line_key": line.line_key, "quantity": line.quantity}
                for line in shipped.lines
            ],
        }
    )
    asked = partner.look_up("find_reported_order", booked)
    assert asked.answer is Found.ABSENT
    assert partner.send("report_shipped", booked).outcome is Outcome.ACCEPTED
    asked = partner.look_up("find_reported_order", booked)
    assert asked.answer is Found.FOUND
    reported = partner.state()["orders"]["ONG-6"]["reported"]
    assert {code: float(count) for code, count in reported.items()} == {
        "41": 3,
        "42": 2,
    }
    again = partner.polled("shipment_confirmation", request_key="ONG-6")
    assert again.content_hash() == shipped.content_hash()
    strange = booked.model_copy(update={"reference": "GONE"})
    assert partner.send("report_shipped", strange).outcome is Outcome.REJECTED


@needs_wsdl
def test_wrong_password_is_a_refusal(house, partner, request_document):
    request = house.build("process_order", request_document(request_key="ONG-5"))
    with partner.connect("guess") as service:
        verdict = language.judge(
            house.profile.operations["process_order"], service.call(request)
        )
    assert (verdict.outcome, verdict.message) == (
        Outcome.REJECTED,
        "wrong user or password",
    )


@needs_wsdl
@pytest.mark.parametrize(
    ("vocabulary", "told"),
    [
        ("order_status", {"200": "Open", "310": "On the cart"}),
        ("in_order_status", {"300": "At the door"}),
    ],
)
def test_warehouse_tells_the_statuses_that_it_has_set(house, partner, vocabulary, told):
    spec = house.profile.code_lists[vocabulary]
    operation = house.profile.operations[spec.operation]
    answer = partner.service.call(language.first_page(operation, "", house.ctx))
    listed = dict(language.listed_codes(spec, operation, answer))
    assert told.items() <= listed.items()
