"""A profile's text changes in its head alone; what differs is told line by line."""

import pytest

from addons.dist_connector_base.core.difference import difference
from addons.dist_connector_base.core.profile import load_profile
from addons.dist_connector_base.core.profile.rewrite import (
    next_version,
    with_block,
    with_head,
)

TEXT = """\
# how we know them
profile: acme
version: "1"   # first
title: Acme
contract:
  name: Old
  # theirs
  sha256: abc
transport: folder
operations:
  drop:
    file: {folder: in, name: "{request_key}.json"}
    body: {title: request_key}
flows:
  fulfilment_request: {direction: out, send: drop}
"""


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("1", "2"),
        ("1.9", "1.10"),
        ("2026-01.1", "2026-01.2"),
        ("draft", "draft.2"),
        ("v09b", "v10b"),
    ],
)
def test_the_next_version_raises_the_last_number(version, expected):
    assert next_version(version) == expected


def test_the_next_version_is_one_that_is_free():
    assert next_version("1", {"2", "3"}) == "4"


def test_a_clone_keeps_comments_and_order():
    text = with_head(TEXT, {"profile": "other", "title": 'The "other" one'})
    profile = load_profile(text)
    assert (profile.code, profile.title) == ("other", 'The "other" one')
    assert text.startswith("# how we know them\nprofile:")
    assert "body: {title: request_key}" in text


def test_a_block_is_replaced_with_all_its_lines():
    text = with_block(TEXT, "contract", "{name: New}")
    assert "sha256" not in text and "theirs" not in text
    assert load_profile(text).contract.name == "New"
    assert len(difference(TEXT, text, context=0)) == 6


def test_a_missing_block_goes_below_the_title():
    text = with_block(with_block(TEXT, "contract", "{}"), "webhook_note", "x")
    assert text.index("title:") < text.index("webhook_note:") < text.index("contract:")


def test_the_difference_has_line_numbers_of_both_sides():
    lines = difference("a\nb\nc\n", "a\nB\nc\nd\n", context=1)
    assert [(line.kind, line.old, line.new, line.text) for line in lines] == [
        ("same", 1, 1, "a"),
        ("removed", 2, 0, "b"),
        ("added", 0, 2, "B"),
        ("same", 3, 3, "c"),
        ("added", 0, 4, "d"),
    ]


def test_equal_texts_have_no_difference():
    assert difference(TEXT, TEXT) == []
