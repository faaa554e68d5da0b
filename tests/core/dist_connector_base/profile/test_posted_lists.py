"""Lists that are asked for with a body: cursor and page may stand in it."""

import json

import pytest

from addons.dist_connector_base.core.errors import DataError
from addons.dist_connector_base.core.profile import (
    ProfileError,
    first_page,
    load_profile,
    next_page,
)
from addons.dist_connector_base.core.wire import HttpResponse

from .conftest import NORDLAGER

OPERATIONS = """
  search:
    method: POST
    path: /fees:search
    safe: true
    body: {tenant: setting('tenant'), filter: {from: cursor}, limit: 50}
    paging: {style: token, items: rows, param: after, next: more}
    cursor: {start: 2 days, overlap: 1 hour, format: "%Y-%m-%d"}
  history:
    method: POST
    path: /history
    safe: true
    body: {from_id: integer(cursor)}
    paging: {style: token, items: rows, param: after, next: more, size_param: size,
             size: 2, place: body}
    cursor: {kind: number, start: "0", advance: "rows[].id"}
  counted:
    method: POST
    path: /counted
    safe: true
    body: {kind: =all}
    paging: {style: number, items: rows, param: page, size_param: size, size: 2,
             place: body}
webhook:"""
TEXT = NORDLAGER.replace("webhook:", OPERATIONS.strip("\n"), 1)


@pytest.fixture
def ops():
    return load_profile(TEXT, "house.yaml").operations


def page(content):
    return HttpResponse(200, {}, json.dumps(content).encode())


def body(request):
    return json.loads(request.body)


def test_the_cursor_stands_in_the_body_in_the_partners_form(ops, ctx):
    request = first_page(ops["search"], "", ctx)
    assert (request.method, request.params, request.safe) == ("POST", {}, True)
    assert request.headers["Content-Type"].startswith("application/json")
    wanted = {"tenant": "a/b", "filter": {"from": "2026-03-08"}, "limit": 50}
    assert body(request) == wanted
    later = first_page(ops["search"], "2026-03-09T01:02:00Z", ctx)
    assert body(later)["filter"] == {"from": "2026-03-09"}


def test_pages_of_a_posted_list_keep_its_body(ops, ctx):
    request = first_page(ops["search"], "", ctx)
    second = next_page(ops["search"], request, page({"rows": [1], "more": "t2"}))
    assert (second.params, second.body) == ({"after": "t2"}, request.body)
    assert next_page(ops["search"], second, page({"rows": [1]})) is None


def test_the_page_token_may_stand_in_the_body(ops, ctx):
    operation = ops["history"]
    request = first_page(operation, "7", ctx)
    assert (request.params, body(request)) == ({}, {"from_id": 7, "size": 2})
    second = next_page(operation, request, page({"rows": [8], "more": 31}))
    assert body(second) == {"from_id": 7, "size": 2, "after": 31}
    with pytest.raises(DataError, match="same page"):
        next_page(operation, second, page({"rows": [8], "more": 31}))


def test_pages_may_be_counted_in_the_body(ops, ctx):
    operation = ops["counted"]
    request = first_page(operation, "", ctx)
    assert body(request) == {"kind": "all", "size": 2, "page": 1}
    second = next_page(operation, request, page({"rows": [1, 2]}))
    assert body(second)["page"] == 2
    assert next_page(operation, second, page({"rows": [3]})) is None


@pytest.mark.parametrize(
    ("old", "new", "path", "words"),
    [
        ("filter: {from: cursor}", "filter: =all", "search.cursor", "cursor"),
        (
            "    body: {kind: =all}\n",
            "",
            "counted.paging.place",
            "JSON body",
        ),
    ],
)
def test_a_cursor_or_page_that_would_never_be_told_is_a_fault(old, new, path, words):
    text = TEXT.replace(old, new, 1)
    assert text != TEXT
    with pytest.raises(ProfileError) as caught:
        load_profile(text, "broken.yaml")
    problem = caught.value.problems[0]
    assert problem.path == f"operations.{path}"
    assert problem.line
    assert words in problem.message


def test_a_polled_call_knows_the_settings_and_the_cursor_alone():
    text = TEXT.replace("poll: {operation: list,", "poll: {operation: search,", 1)
    load_profile(text, "good.yaml")
    text = text.replace("filter: {from: cursor}", "filter: {from: cursor, x: sku}")
    with pytest.raises(ProfileError) as caught:
        load_profile(text, "broken.yaml")
    [problem] = caught.value.problems
    assert problem.path == "operations.search.body.filter.x"
    assert "'sku'" in problem.message
