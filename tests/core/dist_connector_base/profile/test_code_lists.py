"""Code lists that a partner keeps and tells."""

import json

import pytest

from addons.dist_connector_base.core.errors import DataError, TransientError
from addons.dist_connector_base.core.profile import (
    ProfileError,
    listed_codes,
    load_profile,
)
from addons.dist_connector_base.core.wire import HttpResponse

from .conftest import NORDLAGER

LISTS = """
code_lists:
  carrier: {operation: carriers, codes: data.carriers, code: id, name: title}
"""
TEXT = (
    NORDLAGER.replace(
        "webhook:",
        "  carriers: {method: GET, path: /carriers, safe: true}\nwebhook:",
        1,
    ).rstrip()
    + LISTS
)


def read(data, text=TEXT, status=200):
    house = load_profile(text, "house.yaml")
    spec = house.code_lists["carrier"]
    answer = HttpResponse(status, {}, json.dumps(data).encode())
    return listed_codes(spec, house.operations[spec.operation], answer)


def test_codes_come_with_what_the_partner_calls_them():
    rows = [{"id": 310, "title": " On the cart "}, {"id": "X"}, {"title": "No code"}]
    assert read({"data": {"carriers": rows}}) == [("310", "On the cart"), ("X", "")]


def test_entries_may_be_the_codes_themselves():
    text = TEXT.replace(", code: id, name: title", "")
    assert read({"data": {"carriers": ["UPS", "DHL"]}}, text) == [
        ("UPS", ""),
        ("DHL", ""),
    ]


def test_partner_without_codes_has_none_and_a_broken_answer_is_told():
    assert read({"data": {}}) == []
    with pytest.raises(DataError, match="no list of codes"):
        read({"data": {"carriers": {"id": 1}}})
    with pytest.raises(TransientError):
        read({}, status=503)


@pytest.mark.parametrize(
    ("old", "new", "place", "words"),
    [
        ("  carrier: {operation", "  carriers: {operation", "carriers", "'carrier'"),
        ("operation: carriers", "operation: carrier", "carrier.operation", "carriers"),
        ("operation: carriers", "operation: send", "carrier.operation", "safe: true"),
        ("codes: data.carriers", "codes: 'data.'", "carrier.codes", "expression"),
    ],
)
def test_faults_of_a_code_list_have_a_place(old, new, place, words):
    start = TEXT.index("code_lists:")
    text = TEXT[:start] + TEXT[start:].replace(old, new, 1)
    with pytest.raises(ProfileError) as caught:
        load_profile(text, "broken.yaml")
    found = {problem.path: problem for problem in caught.value.problems}
    assert words in found[f"code_lists.{place}"].message
