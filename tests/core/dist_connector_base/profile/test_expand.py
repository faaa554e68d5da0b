"""Documents whose parts are asked for one by one."""

import json
from pathlib import Path

import pytest

from addons.dist_connector_base.core.errors import (
    ConfigurationError,
    DataError,
    TransientError,
)
from addons.dist_connector_base.core.profile import (
    ProfileError,
    expand_entries,
    expand_request,
    expanded,
    item_from_json,
    item_to_json,
    joined,
    load_profile,
    map_in,
    next_page,
    preview_in,
    run_samples,
    split,
)
from addons.dist_connector_base.core.wire import HttpResponse, Item

from .conftest import NORDLAGER

PROFILES = Path(__file__).resolve().parents[4] / "addons/dist_3pl/profiles"

FEES = """
  fees:
    method: GET
    path: /bills/{number}/fees
    safe: true
    paging:
      {style: token, items: rows, param: after, next: more, size_param: n, size: 2}
  boxes:
    method: GET
    path: /shipments/{id}/boxes
    safe: true
webhook:"""
FLOWS = """
  service_charge:
    direction: in
    poll: {operation: list, documents: rows}
    skip: [{when: state == 'draft', reason: It is not final.}]
    expand: {operation: fees, into: fees, documents: fees, absent: 404}
    map:
      charge_key: id
      charge_date: day
      fee: kind
      amount: amount
      currency: currency
samples:
  - name: two fees of one bill
    flow: service_charge
    data:
      rows:
        - number: B1
          fees:
            - {id: F1, day: "2026-01-31", kind: pick, amount: 2, currency: EUR}
            - {id: F2, day: "2026-01-31", kind: pack, amount: 3, currency: EUR}
    gives: [{charge_key: F1}, {charge_key: F2, amount: 3}]
  - name: a bill that is not final is not asked about
    flow: service_charge
    data: {rows: [{number: B1, state: draft}]}
    gives: []
  - name: the sample forgot the fees
    flow: service_charge
    data: {rows: [{number: B1}]}
    fails: lacks 'fees'
"""
TEXT = NORDLAGER.replace("webhook:", FEES.strip("\n"), 1).rstrip() + FLOWS


@pytest.fixture
def house():
    return load_profile(TEXT, "house.yaml")


@pytest.fixture
def charges(house):
    return house.flows["service_charge"]


def page(content, status=200):
    return HttpResponse(status, {}, json.dumps(content).encode())


def fee(key, **values):
    return {
        "id": key,
        "day": "2026-01-31",
        "kind": "pick",
        "amount": 2,
        "currency": "EUR",
        **values,
    }


def bills(charges, *numbers):
    data = {"rows": [{"number": number} for number in numbers]}
    return split(charges, data, "poll")


def test_the_parts_of_a_document_are_asked_for_by_its_fields(house, charges, ctx):
    [bill] = bills(charges, "B/1")
    request = expand_request(charges, house.operations["fees"], bill, ctx)
    assert request.url == "https://api.nordlager.example/v1/bills/B%2F1/fees"
    assert (request.params, request.safe) == ({"n": "2"}, True)


def test_all_pages_of_the_parts_belong_to_the_document(house, charges, ctx):
    operation = house.operations["fees"]
    [bill] = bills(charges, "B1")
    request = expand_request(charges, operation, bill, ctx)
    first = page({"rows": [fee("F1"), fee("F2")], "more": "t2"})
    second = next_page(operation, request, first)
    assert second.params == {"n": "2", "after": "t2"}
    last = page({"rows": [fee("F3")]})
    assert next_page(operation, second, last) is None
    parts = joined([expand_entries(charges, operation, p) for p in (first, last)])
    found = expanded(charges, bill, parts)
    assert [item.data["id"] for item in found] == ["F1", "F2", "F3"]
    assert [item.path for item in found] == [f"rows[0].fees[{n}]" for n in range(3)]
    assert [map_in(charges, item, ctx).key for item in found] == ["F1", "F2", "F3"]


def test_a_document_may_have_no_parts(house, charges):
    operation = house.operations["fees"]
    [bill] = bills(charges, "B1")
    for answer in (page({"rows": []}), page({"error": "none"}, 404)):
        assert expanded(charges, bill, expand_entries(charges, operation, answer)) == []


@pytest.mark.parametrize(
    ("status", "error"), [(503, TransientError), (403, ConfigurationError)]
)
def test_a_call_that_fails_is_no_empty_list(house, charges, status, error):
    with pytest.raises(error):
        expand_entries(charges, house.operations["fees"], page({}, status))


def test_without_paging_the_whole_answer_is_put_in(house, ctx):
    text = TEXT.replace(
        "expand: {operation: fees, into: fees, documents: fees, absent: 404}",
        "expand: {operation: boxes, into: boxes}",
    ).split("samples:")[0]
    flow = load_profile(text, "house.yaml").flows["service_charge"]
    item = split(flow, {"rows": [fee("F1")]}, "poll")[0]
    parts = expand_entries(flow, house.operations["boxes"], page([{"box": 1}]))
    [found] = expanded(flow, item, joined([parts]))
    assert found.data == {**fee("F1"), "boxes": [{"box": 1}]}
    assert (found.path, found.expanded) == ("rows[0]", True)


def test_what_is_kept_of_a_document_says_that_its_parts_are_in_it(charges):
    [bill] = bills(charges, "B1")
    assert item_from_json(item_to_json(bill)).expanded is False
    [found] = expanded(charges, bill, [fee("F1")])
    again = item_from_json(item_to_json(found))
    assert (again.path, again.expanded) == ("rows[0].fees[0]", True)


def test_documents_that_are_not_there_are_a_fault_with_its_place(charges):
    [bill] = bills(charges, "B1")
    with pytest.raises(DataError, match="no documents at 'fees'") as caught:
        expanded(charges, bill, {"rows": []})
    assert caught.value.path == "rows[0].fees"


def test_samples_hold_the_parts_where_they_are_put(house, charges, ctx):
    assert [result.faults for result in run_samples(house)] == [[], [], []]
    preview = preview_in(house, "service_charge", b'{"rows": []}', ctx, "poll")
    assert (preview.read, preview.faults) == ([], [])


@pytest.mark.parametrize(
    ("old", "new", "place", "words"),
    [
        ("{operation: fees, into", "{operation: feez, into", "operation", "'fees'"),
        ("{operation: fees, into", "{operation: send, into", "operation", "safe"),
        ("{operation: fees, into", "{operation: list, into", "operation", "cursor"),
        ("into: fees, doc", "into: 'fe es', doc", "into", "small letters"),
        ("into: fees, doc", "in: fees, doc", "in", "'into'"),
    ],
)
def test_faults_of_an_expansion_have_line_and_path(old, new, place, words):
    text = TEXT.replace(old, new, 1)
    assert text != TEXT
    with pytest.raises(ProfileError) as caught:
        load_profile(text, "broken.yaml")
    found = {problem.path: problem for problem in caught.value.problems}
    problem = found[f"flows.service_charge.expand.{place}"]
    assert problem.line == text.count("\n", 0, text.index("    expand:")) + 1
    assert words in problem.message


def test_parts_are_asked_for_over_soap_too(ctx):
    text = (PROFILES / "ongoing_soap.yaml").read_text("utf-8")
    house = load_profile(text, "ongoing_soap.yaml")
    flow = house.flows["return_notice"]
    item = Item("ReturnOrders.ReturnOrderInfo[0]", {"OrderId": 17})
    request = expand_request(flow, house.operations["get_order"], item, ctx)
    assert (request.operation, request.arguments) == ("GetOrder", {"OrderId": 17})
    parts = expand_entries(flow, house.operations["get_order"], page({"OrderId": 17}))
    [found] = expanded(flow, item, joined([parts]))
    assert found.data["order"] == {"OrderId": 17}


def test_what_goes_out_is_not_expanded():
    text = NORDLAGER.replace(
        "{direction: out, send: send, look_up: find}",
        "{direction: out, send: send, expand: {operation: list, into: x}}",
    )
    with pytest.raises(ProfileError) as caught:
        load_profile(text, "broken.yaml")
    assert caught.value.problems[0].path == "flows.fulfilment_request.expand"
