"""Trace context: read as the standard says, written so that it can be read."""

import pytest

from addons.dist_connector_base.core.trace import (
    TraceParent,
    find_traceparent,
    header_text,
    read_traceparent,
    span_id_of,
    trace_id_of,
)

TRACE, SPAN = "a" * 32, "b" * 16


def test_what_we_write_can_be_read():
    ours = TraceParent(trace_id_of("db", 1, "S00042"), span_id_of("db", 7, 0))
    assert read_traceparent(str(ours)) == ours


def test_one_case_has_one_trace_and_each_step_its_own_span():
    assert trace_id_of("db", 1, "S1") == trace_id_of("db", 1, "S1")
    assert trace_id_of("db", 1, "S1") != trace_id_of("db", 2, "S1")
    assert trace_id_of("a", "bc") != trace_id_of("ab", "c")
    assert span_id_of("db", 7, 0) != span_id_of("db", 7, 1)


def test_a_header_is_found_in_any_case():
    found = find_traceparent({"TraceParent": f"00-{TRACE}-{SPAN}-01"})
    assert found == TraceParent(TRACE, SPAN)
    assert find_traceparent({"x-trace": "1"}) is None


def test_a_later_version_may_say_more():
    assert read_traceparent(f"01-{TRACE}-{SPAN}-01-more") == TraceParent(TRACE, SPAN)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        f"ff-{TRACE}-{SPAN}-01",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE}-{SPAN}-01-more",
        f"00-{TRACE.upper()}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}",
    ],
)
def test_what_the_standard_refuses_is_passed_over(text):
    assert read_traceparent(text) is None


def test_a_correlation_id_cannot_break_out_of_its_header():
    assert header_text("S00042") == "S00042"
    assert header_text("WH/OUT/00001 (b)") == "WH/OUT/00001 (b)"
    assert header_text("a\r\nX-Evil: 1") == "a%0D%0AX-Evil: 1"
    assert header_text("Müller").isascii()
