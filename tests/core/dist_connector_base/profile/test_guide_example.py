"""The guide's made-up partner, as the guide has it: what a stranger will copy."""

import json
import re
from decimal import Decimal
from pathlib import Path

import pytest

from addons.dist_connector_base.core import profile as language
from addons.dist_connector_base.core.canonical import (
    FulfilmentCancel,
    FulfilmentRequest,
)
from addons.dist_connector_base.core.errors import MappingError, TransientError
from addons.dist_connector_base.core.profile import Context, load_profile
from addons.dist_connector_base.core.profile.answers import retry_after
from addons.dist_connector_base.core.wire import Found, HttpResponse, Outcome

GUIDE = Path(__file__).resolve().parents[4] / (
    "addons/dist_connector_base/readme/PROFILES.md"
)


@pytest.fixture(scope="module")
def harbour():
    blocks = re.findall(r"```yaml\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    return load_profile(next(b for b in blocks if b.startswith("profile: harbour")))


@pytest.fixture(scope="module")
def ctx(harbour):
    def translate(vocabulary, code, direction):
        for theirs, ours in harbour.code_maps[vocabulary].items():
            known, wanted = (theirs, ours) if direction == "in" else (ours, theirs)
            if known == code:
                return wanted
        raise MappingError("is not mapped", vocabulary=vocabulary, value=code)

    settings = {name: spec.default for name, spec in harbour.settings.items()}
    return Context(settings={**settings, "client_id": "us"}, translate=translate)


def said(body, status=200, **headers) -> HttpResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return HttpResponse(status, named, json.dumps(body).encode())


REQUEST = FulfilmentRequest.parse(
    {
        "request_key": "OUT/1",
        "order_reference": "S1",
        "warehouse": "W",
        "ship_to": {"name": "Ada"},
        "lines": [{"line_key": "1", "sku": "A", "quantity": 3}],
    }
)


def test_order_is_built(harbour, ctx):
    request = language.build(harbour.operations["create_order"], REQUEST, ctx)
    assert (request.method, request.url) == (
        "POST",
        "https://api.harbour.example/v1/orders",
    )
    assert json.loads(request.body)["lines"] == [
        {"line": "1", "sku": "A", "count": 3, "unit": "PIECE"}
    ]


def test_errors_inside_a_200_are_judged_by_the_body(harbour):
    operation = harbour.operations["create_order"]
    refused = said({"errors": [{"code": "SKU", "detail": "no A"}], "order": {"id": 1}})
    verdict = language.judge(operation, refused)
    assert (verdict.outcome, verdict.code, verdict.message) == (
        Outcome.REJECTED,
        "SKU",
        "no A",
    )
    taken = language.judge(operation, said({"errors": [], "order": {"id": 7}}))
    assert (taken.outcome, taken.remote_id) == (Outcome.ACCEPTED, "7")
    assert language.judge(operation, said({})).outcome is Outcome.UNKNOWN
    with pytest.raises(TransientError):
        language.judge(operation, said({"errors": [{"code": "BUSY"}]}))


def test_lost_answer_is_looked_up_for_want_of_an_idempotency_header(harbour, ctx):
    operation = harbour.operations["find_order"]
    question = language.build(operation, REQUEST, ctx)
    assert question.params == {"external_ref": "OUT/1"}
    for orders, answer in (
        ([{"external_ref": "OUT/1", "id": 7}], Found.FOUND),
        ([], Found.ABSENT),
        ([{"external_ref": "OUT/1"}, {"external_ref": "OUT/1"}], Found.CANNOT_TELL),
    ):
        found = language.judge_look_up(
            operation, said({"orders": orders}), REQUEST, ctx
        )
        assert found.answer is answer
    with pytest.raises(TransientError):
        failed = said({"errors": [{"detail": "down"}]})
        language.judge_look_up(operation, failed, REQUEST, ctx)


def test_refused_cancel_is_a_rejection(harbour, ctx):
    operation = harbour.operations["cancel_order"]
    cancel = FulfilmentCancel(request_key="OUT/1", remote_id="7")
    assert language.build(operation, cancel, ctx).url.endswith("/orders/7/cancel")
    late = said({"errors": [{"code": "LATE", "detail": "It has left"}]})
    assert language.judge(operation, late).outcome is Outcome.REJECTED


def test_bucket_is_minded_and_a_429_waits_as_it_says(harbour):
    operation = harbour.operations["create_order"]
    full = said({}, X_Bucket_Remaining="12")
    assert language.pace(operation, full) == 0
    empty = said({}, 429, X_Bucket_Remaining="0")
    assert language.pace(operation, empty) == 1.0  # two tokens at two a second
    assert retry_after(operation, empty) == 1.0
    assert retry_after(operation, said({}, 429, Retry_After="9")) == 9


def test_partner_that_tells_only_its_rate_is_called_no_faster(harbour):
    text = GUIDE.read_text("utf-8")
    block = text[text.index("profile: harbour") :].partition("```")[0]
    pace = "pace: {remaining: X-Bucket-Remaining, keep: 1, restore_per_second: 2}"
    assert pace in block
    rated = load_profile(block.replace(pace, "pace: {rate: X-Rate}"))
    operation = rated.operations["create_order"]
    assert language.pace(operation, said({}, X_Rate="0.5")) == 2.0
    assert language.pace(operation, said({})) == 0
    with pytest.raises(language.ProfileError, match="neither remaining nor rate"):
        load_profile(block.replace(pace, "pace: {keep: 1}"))


def test_pages_follow_the_next_token_alone(harbour, ctx):
    operation = harbour.operations["list_shipments"]
    first = language.first_page(operation, "2026-05-01T00:00:00Z", ctx)
    assert first.params == {"changed_since": "2026-05-01T00:00:00Z"}
    page = said({"shipments": [{"id": 1}], "next_token": "abc"})
    second = language.next_page(operation, first, page)
    assert second.params == {"page_token": "abc"}
    last = said({"shipments": [], "next_token": None})
    assert language.next_page(operation, second, last) is None
    with pytest.raises(TransientError):
        language.page_items(operation, said({"errors": [{"detail": "slow down"}]}))


def shipment(state, **values):
    return {
        "id": f"SH-{state}",
        "external_ref": "OUT/1",
        "order_id": 7,
        "state": state,
        "departed_at": "2026-05-01T10:00:00Z",
        "carrier": "DHL_EXPRESS",
        "lines": [
            {
                "line": "1",
                "sku": "A",
                "count": 2,
                "unit": "PIECE",
                "batches": [{"batch": "L1", "best_before": "2027-01-31", "count": 2}],
            }
        ],
        "packages": [{"tracking": "T1", "weight": 1.25}],
        **values,
    }


def read(harbour, ctx, message_type, *shipments):
    flow = harbour.flows[message_type]
    payload = json.dumps({"shipments": list(shipments)}).encode()
    data = language.decode(flow, payload, ctx, source="poll")
    return [
        language.map_in(flow, item, ctx)
        for item in language.split(flow, data, source="poll")
        if not language.skip_reason(flow, item, ctx)
    ]


def test_statuses_with_partial_completion(harbour, ctx):
    states = ("PLANNED", "PACKED", "SHIPPED_PARTIAL", "SHIPPED", "SHORT_CLOSED")
    shipments = [shipment(state) for state in (*states, "CANCELLED")]
    left = read(harbour, ctx, "shipment_confirmation", *shipments)
    assert [(d.raw_status, d.completes_request) for d in left] == [
        ("SHIPPED_PARTIAL", False),
        ("SHIPPED", True),
        ("SHORT_CLOSED", True),
    ]
    assert left[0].lines[0].lots[0].quantity == 2
    assert left[0].parcels[0].weight_kg == Decimal("1.25")
    (cancelled,) = read(harbour, ctx, "fulfilment_response", *shipments)
    assert (cancelled.request_key, cancelled.status) == ("OUT/1", "cancelled")


def test_status_that_nobody_told_of_reaches_a_person(harbour, ctx):
    for flow in ("shipment_confirmation", "fulfilment_response"):
        with pytest.raises(MappingError) as caught:
            read(harbour, ctx, flow, shipment("IN_CUSTOMS"))
        assert (caught.value.vocabulary, caught.value.value) == (
            "shipment_state",
            "IN_CUSTOMS",
        )


def test_stock_level_rows(harbour, ctx):
    flow = harbour.flows["inventory_snapshot"]
    payload = b'{"levels": [{"sku": "A", "on_hand": 5, "promised": 2}]}'
    data = language.decode(flow, payload, ctx, source="poll")
    (item,) = language.split(flow, data, source="poll")
    (row,) = language.map_in(flow, item, ctx).rows
    assert (row.sku, row.quantity, row.allocated) == ("A", 5, 2)
