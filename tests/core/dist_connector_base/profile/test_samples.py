"""A profile's own samples: passed, or told where they differ."""

import pytest

from addons.dist_connector_base.core.profile import (
    ProfileError,
    load_profile,
    run_samples,
)
from addons.dist_connector_base.core.profile.__main__ import main
from addons.dist_connector_base.core.profile.samples import compare

from .test_preview import HOUSE
from .test_tools import SHIPPED

SAMPLES = """
code_maps: {carrier: {U: UPS}, unit: {PCE: EA}}
samples:
  - name: a shipment
    flow: shipment_confirmation
    data:
      - {number: S1, order: R1, at: "2026-01-31T10:00:00Z", carrier: U,
         lines: [{sku: A, amount: "2.0", unit: PCE}]}
      - {number: S2, state: OPEN}
    gives:
      - {confirmation_key: S1, carrier: UPS, lines: [{sku: A, quantity: 2}]}
  - name: an unknown carrier
    flow: shipment_confirmation
    payload: '[{"number": "S1", "carrier": "ZZ"}]'
    fails: carrier code 'ZZ' is not mapped
  - name: an order
    flow: fulfilment_request
    settings: {base_url: "https://h.example/v1"}
    document:
      request_key: R1
      order_reference: SO1
      warehouse: WH
      carrier: UPS
      ship_to: {name: Ada}
      lines: [{line_key: "1", sku: A, quantity: 2}]
    sends: {method: POST, path: /v1/orders, body: {ref: R1, via: U}}
"""
TEXT = HOUSE + SAMPLES


def faults(text):
    return {result.name: result.faults for result in run_samples(load_profile(text))}


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_samples_of_a_shipped_profile_pass(path):
    results = run_samples(load_profile(path.read_text("utf-8")))
    assert {result.name: result.faults for result in results if result.faults} == {}


CSV = """
profile: house
version: "1"
title: House
transport: folder
operations:
  write:
    file: {folder: in, name: "{request_key}.csv"}
    format: {codec: csv, delimiter: ";", columns: [number, text, amount]}
    body:
      each: lines
      map: {number: parent().request_key, text: description, amount: quantity}
flows:
  fulfilment_request: {direction: out, send: write}
samples:
  - name: an order
    flow: fulfilment_request
    document:
      request_key: R1
      order_reference: SO1
      warehouse: WH
      ship_to: {name: Ada}
      lines: [{line_key: "1", sku: A, quantity: 2, description: "a;b"}]
    sends:
      file: in/R1.csv
      body: [{number: R1, text: "a;b", amount: "2"}]
"""


def test_a_file_is_compared_by_its_rows():
    assert faults(CSV) == {"an order": []}
    (told,) = faults(CSV.replace("body: [{number: R1", "body: [{number: R2")).values()
    assert told == ['body[0].number is "R1", not "R2"']


def test_samples_that_hold():
    assert faults(TEXT) == {"a shipment": [], "an unknown carrier": [], "an order": []}


@pytest.mark.parametrize(
    ("old", "new", "name", "told"),
    [
        ("quantity: 2}]}\n  -", "quantity: 3}]}\n  -", "a shipment", "[0].lines[0]"),
        ("carrier: UPS, lines", "carrier: DHL, lines", "a shipment", '"UPS"'),
        ("path: /v1/orders", "path: /v2/orders", "an order", "path is"),
        ("via: U}", "via: X}", "an order", "body.via"),
        ("'ZZ' is not mapped", "'YY' is not mapped", "an unknown carrier", "'YY'"),
        ("sku: sku,", "sku: article,", "a shipment", "neither line_key nor sku"),
    ],
)
def test_a_sample_that_does_not_hold_says_where(old, new, name, told):
    assert old in TEXT
    found = faults(TEXT.replace(old, new))[name]
    assert told in "; ".join(found)


def test_a_sample_names_a_flow_and_one_expectation():
    with pytest.raises(ProfileError, match="is not a flow of the profile"):
        load_profile(
            TEXT.replace("flow: fulfilment_request", "flow: fulfilment_reqest")
        )
    with pytest.raises(ProfileError, match="exactly one of: gives, sends, fails"):
        load_profile(TEXT.replace("    fails: carrier", "    gives: []\n    fails: c"))


def test_articles_are_compared_as_text_and_numbers_as_numbers():
    assert compare({"sku": "007"}, {"sku": "7"})
    assert not compare({"quantity": 2}, {"quantity": "2.00"})
    assert compare({"flag": True}, {"flag": 1})
    assert compare([1], [1, 2]) == ["it has 2 entries, not 1"]


def test_the_command_line_runs_them(tmp_path, capsys):
    path = tmp_path / "house.yaml"
    path.write_text(TEXT)
    assert main(["test", str(path)]) == 0
    path.write_text(TEXT.replace("via: U}", "via: X}"))
    assert main(["test", str(path)]) == 1
    assert "sample 'an order': body.via" in capsys.readouterr().out
