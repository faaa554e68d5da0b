"""Deadlines in a profile: read as people write them, faults named with their place."""

import pytest

from addons.dist_connector_base.core.profile import ProfileError, load_profile
from addons.dist_connector_base.core.profile.expect import Within, read_within

from .conftest import NORDLAGER

DEADLINES = """
expectations:
  shipped:
    opened_by: {opened_by}
    met_by: shipment_confirmation
    within: {within}
    message: Nothing was shipped.
"""


def load(opened_by="fulfilment_request", within="2 working days"):
    text = NORDLAGER + DEADLINES.format(opened_by=opened_by, within=within)
    return load_profile(text)


@pytest.mark.parametrize(
    ("text", "amount", "unit", "shown"),
    [
        ("30 minutes", 30, "minutes", "30 minutes"),
        ("1 hour", 1, "hours", "1 hour"),
        ("4 working hours", 4, "working_hours", "4 working hours"),
        ("2 working days", 2, "working_days", "2 working days"),
        ("1 working day", 1, "working_days", "1 working day"),
    ],
)
def test_deadlines_are_read_as_people_write_them(text, amount, unit, shown):
    assert read_within(text) == Within(amount, unit)
    assert str(read_within(text)) == shown


@pytest.mark.parametrize("text", ["soon", "0 minutes", "2 weeks", "3 working minutes"])
def test_other_words_are_no_deadline(text):
    with pytest.raises(ValueError, match="2 working days"):
        read_within(text)


def test_a_profile_says_what_must_follow_what():
    spec = load().expectations["shipped"]
    assert (spec.opened_by, spec.met_by) == (
        "fulfilment_request",
        ["shipment_confirmation"],
    )
    assert (spec.within.amount, spec.match, spec.when) == (2, "partition", "done")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"opened_by": "fulfilment_requests"}, "is not a flow of this profile"),
        ({"within": "two days"}, "is not a deadline"),
    ],
)
def test_faults_name_their_line(values, words):
    with pytest.raises(ProfileError) as caught:
        load(**values)
    (problem,) = caught.value.problems
    assert words in problem.message
    assert problem.path.startswith("expectations.shipped")
    assert problem.line > NORDLAGER.count("\n")


@pytest.mark.parametrize(
    ("heartbeat", "words"),
    [
        ('{within: 1 hour, at: ["25:00"]}', "time of day"),
        ('{within: 1 working day, at: ["06:00"]}', "plain span"),
    ],
)
def test_a_heartbeat_with_a_wrong_time_is_refused(heartbeat, words):
    text = NORDLAGER.replace(
        "  shipment_confirmation:\n",
        f"  shipment_confirmation:\n    heartbeat: {heartbeat}\n",
    )
    with pytest.raises(ProfileError) as caught:
        load_profile(text)
    assert words in caught.value.problems[0].message


def test_a_heartbeat_of_what_we_send_makes_no_sense():
    head, sign, rest = NORDLAGER.partition("  fulfilment_request:")
    line = "\n    heartbeat: {within: 1 hour}"
    if rest.startswith(" {"):
        rest = rest.replace("}", ", heartbeat: {within: 1 hour}}", 1)
        line = ""
    with pytest.raises(ProfileError) as caught:
        load_profile(f"{head}{sign}{line}{rest}")
    assert "incoming flows only" in caught.value.problems[0].message
