"""The name of the file that says that another one is whole."""

import pytest

from addons.dist_connector_base.core.errors import ConfigurationError
from addons.dist_connector_base.core.profile import (
    Context,
    ProfileError,
    done_name,
    load_profile,
)

HOUSE = """
profile: house
version: "1"
title: House
transport: folder
settings: {ending: {label: Ending, required: false}}
done_file: "{name}{settings.ending}"
operations:
  write: {file: {folder: in, name: "{request_key}.csv"}, body: {key: request_key}}
flows:
  fulfilment_request: {direction: out, send: write}
"""
AGREED = '"{name}{settings.ending}"'


def name_of(text, name="ORD_1.csv", **settings):
    return done_name(load_profile(text), name, Context(settings=settings))


def test_it_is_the_name_and_the_ending_that_a_backend_says():
    assert name_of(HOUSE, ending=".done") == "ORD_1.csv.done"
    stem = HOUSE.replace(AGREED, '"{stem}.ok"')
    assert (name_of(stem), name_of(stem, "ORD")) == ("ORD_1.ok", "ORD.ok")


@pytest.mark.parametrize("settings", [{}, {"ending": ""}])
def test_a_backend_that_says_none_has_none(settings):
    assert name_of(HOUSE, **settings) == ""
    assert name_of(HOUSE.replace(f"done_file: {AGREED}\n", ""), **settings) == ""


def test_it_cannot_leave_the_folder():
    with pytest.raises(ConfigurationError):
        name_of(HOUSE, ending="/../x")


@pytest.mark.parametrize(
    ("agreed", "words"),
    [
        ('"{nmae}.done"', "did you mean"),
        ("all.done", "the same for every file"),
        ('"{name}"', "the file itself"),
        ('"{settings.ending}"', "the same for every file"),
    ],
)
def test_one_that_says_nothing_of_its_file_is_refused(agreed, words):
    with pytest.raises(ProfileError, match=words):
        load_profile(HOUSE.replace(AGREED, agreed))


def test_it_is_about_files():
    rest = HOUSE.replace("transport: folder", "transport: rest").replace(
        '{file: {folder: in, name: "{request_key}.csv"}, body: {key: request_key}}',
        "{method: POST, path: /o, body: {key: request_key}}",
    )
    with pytest.raises(ProfileError, match="is about files"):
        load_profile(rest + 'base_url: "http://h.example"\n')
