"""Loading a profile: every fault with its line, and a hint at what was meant."""

import time

import pytest

from addons.dist_connector_base.core.profile import IGNORE, ProfileError, load_profile

from .conftest import NORDLAGER


def problems(text):
    with pytest.raises(ProfileError) as caught:
        load_profile(text, "broken.yaml")
    return caught.value.problems


def changed(old, new):
    assert NORDLAGER.count(old) >= 1
    return NORDLAGER.replace(old, new, 1)


def line_of(text, words):
    return text.count("\n", 0, text.index(words) + words.startswith("\n")) + 1


def test_a_good_profile_gives_what_it_says(profile):
    assert (profile.code, profile.version, profile.transport) == (
        "nordlager",
        "1",
        "rest",
    )
    assert profile.settings["tenant"].required is False
    assert profile.code_maps["carrier"]["NO"] == "NORWAY_POST"
    assert profile.flows["shipment_confirmation"].fetch_minutes == 2
    assert profile.operations["send"].name == "send"
    assert profile.operations["send"].safe is False


@pytest.mark.parametrize(
    ("old", "new", "path", "words"),
    [
        ("    method: POST", "    metod: POST", "operations.send.metod", "'method'"),
        (
            "every: 2 minutes,",
            "every: 2 minutes, sweep: {back: 1 week},",
            "flows.shipment_confirmation.poll.sweep.back",
            "10 minutes",
        ),
        (
            "poll: {operation: list,",
            "poll: {operation: numbered, sweep: {back: 7 days},",
            "flows.shipment_confirmation.poll.sweep",
            "moment",
        ),
        ("title: Nord", "titel: Nord", "titel", "'title'"),
        ("each: lines", "each: linez", "operations.send.body.lines.each", "'lines'"),
        (
            "article: sku",
            "article: skuu",
            "operations.send.body.lines.map.article",
            "'sku'",
        ),
        (
            "ref: request_key\n      fixed",
            "ref: request_kye\n      fixed",
            "operations.send.body.ref",
            "'request_key'",
        ),
        ("fixed: =DTC", "fixed: DTC", "operations.send.body.fixed", "=DTC"),
        (
            "request_key: ref",
            "request_kye: ref",
            "flows.shipment_confirmation.map.request_kye",
            "'request_key'",
        ),
        ("send: send,", "send: sent,", "flows.fulfilment_request.send", "'send'"),
        (
            "carrier: code('carrier', carrier)",
            "carrier: kode('carrier', carrier)",
            "flows.shipment_confirmation.map.carrier",
            "'code'",
        ),
        (
            "operation: list,",
            "operation: lst,",
            "flows.shipment_confirmation.poll.operation",
            "'list'",
        ),
        (
            "then: duplicate",
            "then: double",
            "operations.send.answers[1].then",
            "'duplicate'",
        ),
        (
            "status: 2xx, when",
            "status: 700, when",
            "operations.send.answers[5].status",
            "HTTP status",
        ),
        (
            "every: 2 minutes",
            "every: often",
            "flows.shipment_confirmation.poll.every",
            "duration",
        ),
        ("{settings.tenant}", "{settings.tenent}", "operations.send.path", "'tenant'"),
        (
            "  shipment_confirmation:",
            "  shipment_confirmatoin:",
            "flows.shipment_confirmatoin",
            "'shipment_confirmation'",
        ),
        (
            "      shipped_at:",
            "      received_at:",
            "flows.shipment_confirmation.map",
            "'shipped_at'",
        ),
        (
            "style: token, items: rows, param: after",
            "style: token, items: rows",
            "operations.list.paging",
            "param",
        ),
        ("transport: rest", "transport: pigeon", "transport", "'rest'"),
        (
            "  send:\n",
            "  send:\n    safe: perhaps\n",
            "operations.send.safe",
            "true or false",
        ),
    ],
)
def test_a_fault_names_its_line_its_path_and_what_was_meant(old, new, path, words):
    text = changed(old, new)
    found = [p for p in problems(text) if p.path == path]
    assert found, problems(text)
    assert words in found[0].message
    words_of_line = {"map": "\n    map:", "safe": "safe: perhaps"}
    place = words_of_line.get(path.rpartition(".")[2], new.splitlines()[0])
    assert found[0].line == line_of(text, place)


def test_all_faults_are_told_at_once():
    text = NORDLAGER.replace("method: POST", "metod: POST").replace(
        "fixed: =DTC", "fixed: cod('a')"
    )
    assert {p.path for p in problems(text)} >= {
        "operations.send.metod",
        "operations.send.body.fixed",
    }


def test_a_look_up_must_be_safe():
    text = NORDLAGER.replace("    safe: true\n    look_up", "    look_up")
    assert "safe: true" in problems(text)[0].message


def test_a_key_that_stands_twice_is_refused_with_its_line():
    text = NORDLAGER + "title: Again\n"
    (problem,) = problems(text)
    assert problem.message == "stands twice"
    assert problem.line == len(text.splitlines())


def test_broken_yaml_names_its_line():
    assert problems("profile: a\n  b: [\n")[0].line >= 2


def test_anchors_are_refused_before_they_grow():
    bomb = "a: &a [x, x]\n" + "\n".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [*{chr(97 + i)}, *{chr(97 + i)}]"
        for i in range(20)
    )
    started = time.perf_counter()
    (problem,) = problems(bomb)
    assert time.perf_counter() - started < 0.5
    assert (problem.line, "anchors" in problem.message) == (1, True)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("profile: !!python/object/apply:os.system [ls]", "tag"),
        ("a: " + "[" * 40 + "]" * 40, "deeper"),
        ("a: " + "x" * 1_000_001, "longer"),
        ("- a\n", "group of keys"),
    ],
)
def test_tricks_are_refused(text, words):
    assert words in problems(text)[0].message


def test_norway_is_not_false(profile):
    assert "NO" in profile.code_maps["carrier"]


def test_topics_lead_to_flows(profile):
    webhook = profile.webhook
    assert webhook.topic({}, b'{"event": {"type": "shipped"}}') == "shipped"
    assert webhook.flow_for("shipped") == "shipment_confirmation"
    assert webhook.flow_for("ping") is IGNORE
    assert webhook.flow_for("new thing") is None
    assert webhook.scheme.header == "X-Sig"
