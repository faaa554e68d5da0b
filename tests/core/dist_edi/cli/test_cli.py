"""The command line, as a partner's EDI clerk uses it."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from addons.dist_connector_base.core.canonical import Order
from addons.dist_edi.core.syntax.reader import read_all
from tests.core.dist_edi.cli.run import run

HERE = Path(__file__).parent
ROOT = HERE.parents[3]
GOOD, BROKEN = HERE / "good_850.edi", HERE / "broken_850.edi"
SAMPLES = Path(os.environ.get("DIST_EDI_SAMPLES", ROOT / "../shared/edi_samples"))
NOW = "--now 2026-01-31T10:00"
needs_samples = pytest.mark.skipif(
    not SAMPLES.is_dir(), reason="the EDI samples are not on this machine"
)


def sample_files():
    if not SAMPLES.is_dir():
        return []
    return sorted(path for path in SAMPLES.glob("*/*/*") if path.is_file())


def test_a_good_order_is_accepted_with_exit_code_0():
    ran = run(f"validate {GOOD}")
    assert (ran.code, ran.errors) == (0, "")
    assert "1 document, 0 errors" in ran.output
    assert "850 0001: accepted" in ran.output


def test_a_broken_order_is_told_place_by_place_with_exit_code_1():
    ran = run(f"validate {BROKEN}")
    assert ran.code == 1
    assert "850 0001: rejected" in ran.output
    for place in ("segment 2, BEG05", "segment 10, PO102", "segment 12, SE01"):
        assert place in ran.output


def test_findings_come_as_json_lines_for_other_programs():
    lines = run(f"validate --json {BROKEN}").output.splitlines()
    findings = [json.loads(line) for line in lines]
    faulty = [held["place"]["tag"] for held in findings if held["severity"] == "error"]
    assert {"BEG", "PO1", "SE"} <= set(faulty)
    assert all(held["message"] and held["code"] for held in findings)


def test_a_file_is_read_from_standard_input():
    assert run("validate -", GOOD.read_bytes()).code == 0


def test_what_is_no_edi_is_told_and_is_an_error():
    ran = run("validate -", b"Dear Sir or Madam,")
    assert ran.code == 1
    assert "neither X12 nor EDIFACT" in ran.output


def test_a_file_that_is_not_there_is_one_clear_line_and_exit_code_2():
    ran = run("validate no/such/file.edi")
    assert ran.code == 2
    assert "no/such/file.edi" in ran.errors
    assert "Traceback" not in ran.errors


def test_text_shows_what_segments_and_elements_mean():
    text = run(f"render {BROKEN}").output
    assert re.search(r"PO1 +\S.*", text)
    assert re.search(r"03 +Order number +PO-1001", text)
    assert re.search(r"Unit +CA  \(case\)", text)
    assert ">>> error" in text


def test_html_is_one_page_that_loads_nothing_and_marks_the_faults():
    page = run(f"render --html {BROKEN}").output
    assert page.startswith("<!DOCTYPE html>")
    assert not re.search(r"<script|<link|<img|src=|@import|https?://", page)
    assert 'class="segment d1 faulty"' in page
    for anchor in re.findall(r'href="#(f\d+)"', page):
        assert page.count(f'id="{anchor}"') == 1


def test_html_shows_data_and_never_runs_it():
    hostile = GOOD.read_bytes().replace(
        b"Corner Shop", b"<script>alert(1)</script>&\x1b[2J"
    )
    hostile = hostile.replace(b"*T*>~", b"*T*:~")
    page = run("render --html -", hostile).output
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&amp;" in page
    assert "\x1b" not in page + run("render -", hostile).output


def test_the_broken_order_earns_a_997_that_names_the_elements():
    ran = run(f"ack {BROKEN} {NOW}")
    assert ran.code == 0
    content = read_all(ran.output.encode())
    assert not list(content.all_findings())
    document = next(content.documents)
    assert document.message_type == "997"
    texts = [str(segment) for segment in document.body]
    assert "AK1*PO*17" in texts
    assert "AK3*BEG*2**8" in texts
    assert any(text.startswith("AK4*5*") for text in texts)
    assert any(text.startswith("AK5*R") for text in texts)


@pytest.mark.parametrize("kind", ["997", "999", "TA1"])
def test_the_clerk_chooses_the_acknowledgement(kind):
    ran = run(f"ack --type {kind} {BROKEN} {NOW}")
    assert f"{kind}*" in ran.output


def test_an_acknowledgement_is_never_acknowledged():
    first = run(f"ack {BROKEN} {NOW}").output.encode()
    ran = run(f"ack - {NOW}", first)
    assert ran.code == 2
    assert "earns no acknowledgement" in ran.errors


def test_an_order_becomes_canonical_json():
    ran = run(f"convert {GOOD}")
    assert ran.code == 0
    (held,) = json.loads(ran.output)
    assert (held["message"], held["document"]) == ("850", "order")
    order = held["content"]
    assert order["order_number"] == "PO-1001"
    assert order["ship_to"]["address"]["city"] == "Bristol"
    assert order["references"] == [{"kind": "department", "value": "0042"}]
    assert [line["quantity"] for line in order["lines"]] == ["12", "10"]
    assert [line["unit"] for line in order["lines"]] == ["CS", "EA"]
    assert held["problems"] == held["unread"] == []


def test_what_cannot_be_mapped_is_told_with_field_and_place():
    ran = run(f"convert {BROKEN}")
    assert ran.code == 1
    (held,) = json.loads(ran.output)
    assert held["content"] is None
    assert any("order_date" in problem for problem in held["problems"])
    assert any("lines[1].quantity" in problem for problem in held["problems"])
    assert any("PO102" in problem for problem in held["problems"])


@pytest.mark.parametrize("to", ["x12", "850", "edifact", "ORDERS"])
def test_canonical_json_goes_back_to_edi_in_both_standards(to):
    first = run(f"convert {GOOD}").output
    edi = run(
        f"convert - --to {to} --sender ZZ:ME --receiver ZZ:YOU {NOW}", first.encode()
    )
    assert (edi.code, edi.errors) == (0, "")
    checked = run("validate -", edi.output.encode())
    assert checked.code == 0, checked.output
    again = json.loads(run("convert -", edi.output.encode()).output)
    orders = [json.loads(first)[0]["content"], again[0]["content"]]
    assert Order.parse(orders[0]) == Order.parse(orders[1])


def test_a_partner_map_and_zone_are_taken(tmp_path):
    path = tmp_path / "acme.yaml"
    path.write_text(
        "map: acme\nextends: x12/order.850\nchanges:\n"
        "  - {at: REF, replace: [{REF: {1: is DP, 2: carrier}}]}\n",
        encoding="utf-8",
    )
    (held,) = json.loads(run(f"convert {GOOD} --map {path}").output)
    assert held["content"]["carrier"] == "0042"


def test_a_wrong_map_is_named_with_its_line(tmp_path):
    path = tmp_path / "acme.yaml"
    path.write_text("map: acme\nextends: x12/order.850\nchange: []\n", encoding="utf-8")
    ran = run(f"convert {GOOD} --map {path}")
    assert ran.code == 2
    assert "acme.yaml:" in ran.errors


@pytest.mark.parametrize(
    "given", [b"{}", b"[]", b"{", b'[{"document": "order", "content": {}}]', b"[1]"]
)
def test_json_that_is_no_document_is_one_clear_error(given):
    ran = run("convert -", given)
    assert ran.code == 2
    assert ran.errors.startswith("error: ")


def test_it_starts_as_a_module():
    command = [sys.executable, "-m", "addons.dist_edi", "validate", str(GOOD)]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert b"accepted" in done.stdout


@needs_samples
@pytest.mark.parametrize("path", sample_files(), ids=lambda path: path.name[:60])
def test_every_sample_can_be_looked_at_and_converted(path):
    for command in ("validate", "render", "render --html", "ack", "convert"):
        ran = run(f"{command} '{path}'")
        assert ran.code in (0, 1, 2)
        assert "Traceback" not in ran.errors
        assert ran.output or ran.errors
