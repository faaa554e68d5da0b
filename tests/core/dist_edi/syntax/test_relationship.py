"""What an agreement refuses although it could be read well."""

import pytest

from addons.dist_edi.core.syntax.relationship import (
    Relationship,
    check_document,
    check_group,
    check_interchange,
)

from .builders import errors, found, read, x12

AGREED = Relationship(
    us=frozenset({("ZZ", "RECEIVER")}),
    partners=frozenset({("ZZ", "SENDER")}),
    types=frozenset({"850"}),
    versions=frozenset({"004010"}),
)


def check(data: bytes, relationship: Relationship = AGREED):
    content = read(data)
    held = content.interchanges[0]
    check_interchange(held.interchange, relationship)
    for group in held.groups:
        check_group(group.group, relationship)
        for document in group.documents:
            check_document(document, relationship)
    return content


def test_what_was_agreed_on_is_taken():
    assert not errors(check(x12()))


@pytest.mark.parametrize(
    ("data", "code", "ack"),
    [
        (x12(sender="STRANGER"), "interchange_sender_unknown", "006"),
        (x12(receiver="SOMEBODY ELSE"), "interchange_receiver_wrong", "008"),
        (x12(usage="T"), "interchange_test_refused", "020"),
        (x12().replace(b"*X*004010", b"*X*003060"), "group_version_unsupported", "2"),
        (x12().replace(b"ST*850", b"ST*860"), "transaction_unsupported", "1"),
    ],
)
def test_33_what_was_not_agreed_on_is_refused(data, code, ack):
    content = check(data)
    assert errors(content) == [code]
    assert ack in found(content, code).ack


def test_25_an_interchange_that_came_on_another_day_is_refused():
    earlier = {"000000017"}
    relationship = Relationship(came_before=lambda each: each.reference in earlier)
    content = check(x12(), relationship)
    assert found(content, "interchange_repeated").ack.ta1 == "025"


def test_tests_are_welcome_where_nothing_is_live():
    assert not errors(check(x12(usage="T"), Relationship(live=False)))


def test_a_version_with_an_industry_suffix_is_the_version():
    data = x12().replace(b"*X*004010", b"*X*004010VICS")
    assert not errors(check(data))
