"""Lists: every page once, and a cursor that never loses what came late."""

import datetime as dt
import json

import pytest

from addons.dist_connector_base.core.errors import (
    ConfigurationError,
    DataError,
    SecurityError,
    TransientError,
)
from addons.dist_connector_base.core.profile import (
    advance_cursor,
    first_page,
    next_page,
    page_items,
    swept,
)
from addons.dist_connector_base.core.wire import HttpResponse


def page(content, headers=None, seconds=0.0, status=200):
    return HttpResponse(status, headers or {}, json.dumps(content).encode(), seconds)


@pytest.fixture
def ops(profile):
    return profile.operations


def test_the_first_poll_looks_back_as_far_as_declared(ops, ctx):
    request = first_page(ops["list"], "", ctx)
    assert request.url == "https://api.nordlager.example/v1/shipments"
    assert request.params == {"since": "2026-03-08T12:00:00Z"}
    assert request.safe is True


def test_a_cursor_takes_up_where_it_was(ops, ctx):
    request = first_page(ops["list"], "2026-03-09T00:00:00Z", ctx)
    assert request.params["since"] == "2026-03-09T00:00:00Z"


def test_a_cursor_is_written_in_the_partners_form(ops, ctx):
    request = first_page(ops["linked"], "2026-03-09T01:02:00Z", ctx)
    assert request.params == {"since": "202603090102"}


def test_paging_by_token(ops, ctx):
    operation = ops["list"]
    request = first_page(operation, "", ctx)
    second = next_page(operation, request, page({"rows": [1], "next_token": "t2"}))
    assert second.params == {**request.params, "after": "t2"}
    assert next_page(operation, second, page({"rows": [1]})) is None
    with pytest.raises(DataError, match="same page"):
        next_page(operation, second, page({"rows": [1], "next_token": "t2"}))


def test_an_empty_page_with_a_token_is_not_the_end(ops, ctx):
    operation = ops["list"]
    request = first_page(operation, "", ctx)
    assert next_page(operation, request, page({"rows": [], "next_token": "t2"}))


def test_paging_by_number_ends_with_a_short_page(ops, ctx):
    operation = ops["numbered"]
    request = first_page(operation, "", ctx)
    assert request.params == {"page": "1", "size": "2", "after_id": "0"}
    second = next_page(operation, request, page([{"id": 1}, {"id": 2}]))
    assert second.params["page"] == "2"
    assert next_page(operation, second, page([{"id": 3}])) is None


def test_paging_by_offset_may_go_on_until_nothing_comes(ops, ctx):
    operation = ops["skipping"]
    request = first_page(operation, "", ctx)
    second = next_page(operation, request, page([1]))
    assert second.params["skip"] == "1"
    assert next_page(operation, second, page([])) is None


def test_paging_by_link_header(ops, ctx):
    operation = ops["linked"]
    request = first_page(operation, "2026-03-09T00:00:00Z", ctx)
    link = '</v1/linked?page=1>; rel="prev", </v1/linked?page=3&a=b%20c>; rel="next"'
    second = next_page(operation, request, page([1], {"Link": link}))
    assert second.url == "https://api.nordlager.example/v1/linked"
    assert second.params == {"page": "3", "a": "b c"}
    assert next_page(operation, second, page([1])) is None


@pytest.mark.parametrize(
    "link",
    ["https://evil.example/x", "http://api.nordlager.example/v1/linked", "//evil"],
)
def test_a_link_to_another_host_is_refused(ops, ctx, link):
    request = first_page(ops["linked"], "", ctx)
    with pytest.raises(SecurityError):
        next_page(ops["linked"], request, page([1], {"Link": f"<{link}>; rel=next"}))


def test_a_link_to_the_same_page_is_no_endless_loop(ops, ctx):
    request = first_page(ops["linked"], "", ctx)
    same = f"{request.url}?since={request.params['since']}"
    with pytest.raises(DataError, match="same page"):
        next_page(ops["linked"], request, page([1], {"Link": f"<{same}>; rel=next"}))


def test_a_page_that_is_none_is_classified(ops):
    with pytest.raises(DataError) as caught:
        page_items(ops["list"], page({"data": []}))
    assert caught.value.path == "rows"
    with pytest.raises(TransientError):
        page_items(ops["list"], page({}, status=500))
    with pytest.raises(ConfigurationError):
        page_items(ops["list"], page({"error": "no such parameter"}, status=400))


def test_the_cursor_is_the_latest_change_less_the_overlap(ops, ctx):
    pages = [
        page({"rows": [{"changed": "2026-03-10T10:00:00Z"}]}),
        page({"rows": [{"changed": "2026-03-10T11:00:00+01:00"}]}),
    ]
    cursor = advance_cursor(ops["list"], pages, "", ctx)
    assert cursor == "2026-03-10T09:59:00Z"


def test_the_cursor_never_goes_back(ops, ctx):
    old = "2026-03-10T10:30:00Z"
    pages = [page({"rows": [{"changed": "2026-03-10T10:00:00Z"}]})]
    assert advance_cursor(ops["list"], pages, old, ctx) == old
    assert advance_cursor(ops["list"], [page({"rows": []})], old, ctx) == old
    assert advance_cursor(ops["list"], [], old, ctx) == old


def test_a_cursor_may_be_a_number(ops, ctx):
    pages = [page([{"id": 9}, {"id": 10}])]
    assert advance_cursor(ops["numbered"], pages, "8", ctx) == "10"
    assert advance_cursor(ops["numbered"], pages, "11", ctx) == "11"


def test_a_cursor_may_be_the_partners_clock_when_we_asked(ops, ctx):
    pages = [
        page([], {"Date": "Tue, 10 Mar 2026 13:00:10 GMT"}, 4.0),
        page([], {}, 2.0),
    ]
    cursor = advance_cursor(ops["linked"], pages, "", ctx)
    assert cursor == "2026-03-10T12:55:05Z"


def test_without_the_partners_clock_it_is_ours(ops, ctx):
    cursor = advance_cursor(ops["linked"], [page([], seconds=60)], "", ctx)
    assert cursor == "2026-03-10T11:54:00Z"


def test_a_sweep_begins_further_back_and_never_later(ops, ctx):
    week = dt.timedelta(days=7)
    assert swept(ops["linked"], "2026-03-10T11:00:00Z", week, ctx) == (
        "2026-03-03T12:00:00Z"
    )
    older = "2026-02-01T00:00:00Z"
    assert swept(ops["linked"], older, week, ctx) == older
    assert swept(ops["numbered"], "7", week, ctx) == "7"
