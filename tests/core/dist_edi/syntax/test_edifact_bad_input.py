"""Bad EDIFACT: each class gives its finding, rejects as much as it must, and no more.

Numbers in names are the classes of bad input of the EDI notes; codes are those of data
element 0085, which a CONTRL carries.
"""

import pytest

from addons.dist_edi.core.syntax.segment import Place

from .builders import codes, edifact, edifact_segments, errors, found, read, tags

WHOLE = [["UNH", "BGM", "DTM", "NAD", "LIN", "IMD", "QTY", "UNS", "CNT", "UNT"]]


def whole(content) -> bool:
    return tags(content) == WHOLE and not errors(content)


def texts(content) -> list[str]:
    """What IMD says in each document."""
    return [
        segment.get(3, 4)
        for document in content.documents
        for segment in document.body
        if segment.tag == "IMD"
    ]


def with_text(raw: str) -> bytes:
    """A message whose IMD carries ``raw`` as it stands on the wire."""
    body = ["BGM+220+1+9", f"IMD+F++:::{raw}", "QTY+21:24"]
    return edifact(edifact_segments(body))


@pytest.mark.parametrize("line_end", ["", "\n", "\r\n", "\r"])
@pytest.mark.parametrize("una", ["", "UNA:+.? '"])
@pytest.mark.parametrize("chunk_size", [64, 65536])
def test_05_line_ends_and_una_do_not_matter(line_end, una, chunk_size):
    content = read(edifact(una=una, line_end=line_end), chunk_size=chunk_size)
    assert whole(content)
    assert texts(content) == ["Children's bike 20+ inch"]


def test_02_03_04_mark_junk_and_blanks_are_skipped():
    data = b"\xef\xbb\xbf" + edifact(line_end="\n   ")
    content = read(b"#####\r\n" + data)
    assert whole(content)
    assert "junk_before_header" in codes(content)


@pytest.mark.parametrize(
    ("una", "code"),
    [
        ("UNA:+.?'", "una_length"),
        ("UNA:+.'", "una_length"),
        ("UNA::.? '", "delimiter_clash"),
        ("UNA:+.?A+", "delimiter_clash"),
    ],
)
def test_34_a_una_that_says_nonsense_rejects_the_interchange(una, code):
    content = read(edifact(una=una))
    assert found(content, code).ack.contrl == "22"
    assert content.interchanges[0].interchange.rejected


def test_34_una_may_change_everything():
    text = edifact().decode().replace("?'", "\1").replace("?+", "\2")
    text = text.translate(str.maketrans(":+'", "=*~")).replace("UNA=*.? ~", "")
    text = "UNA=*.! ~" + text.replace("\1", "'").replace("\2", "+")
    content = read(text.encode())
    assert whole(content)
    assert texts(content) == ["Children's bike 20+ inch"]


def test_34_a_decimal_comma_is_kept_with_the_delimiters():
    document = next(read(edifact(una="UNA:+,? '")).documents)
    assert document.interchange.delimiters.decimal == ","


@pytest.mark.parametrize(
    ("una", "version", "values"),
    [
        ("UNA:+.?*'", "4", [["a"], ["b"]]),
        ("", "4", [["a"], ["b"]]),
        ("UNA:+.? '", "3", [["a*b"]]),
        ("UNA:+.?*'", "3", [["a*b"]]),
        ("UNA:+.? '", "4", [["a*b"]]),
    ],
)
def test_34_repetition_exists_from_syntax_version_4_on(una, version, values):
    unb = f"UNB+UNOC:{version}+A+B+20260114:0915+REF17"
    content = read(edifact(edifact_segments(["FTX+AAI+a*b"]), una=una, unb=unb))
    body = list(next(content.documents).body)
    assert body[0].repetitions(2) == values


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("a?'b", "a'b"),
        ("a??", "a?"),
        ("a???'b", "a?'b"),
        ("a????", "a??"),
        ("?+?:?'??", "+:'?"),
        ("a?b", "ab"),
        ("?'UNA?:?+.? ?'UNB?+x", "'UNA:+. 'UNB+x"),
        ("?'UNT?+3", "'UNT+3"),
    ],
)
@pytest.mark.parametrize("chunk_size", [64, 65, 66, 67, 68, 65536])
def test_35_release_characters_pair_up(raw, text, chunk_size):
    content = read(with_text(raw), chunk_size=chunk_size)
    assert not errors(content)
    assert texts(content) == [text]


def test_35_a_release_character_at_the_end_releases_nothing():
    content = read(edifact()[:-1] + b"?")
    assert found(content, "release_at_end").ack.contrl == "22"


@pytest.mark.parametrize("release", ["=", "\\"])
def test_36_the_release_character_may_be_another(release):
    text = edifact().decode().replace("?", release)
    assert texts(read(text.encode())) == ["Children's bike 20+ inch"]


def test_36_without_a_release_character_a_question_mark_is_data():
    segments = edifact_segments(["BGM+220+1+9", "IMD+F++:::why? because", "QTY+1:1"])
    assert texts(read(edifact(segments, una="UNA:+.  '"))) == ["why? because"]


def test_39_line_feeds_without_una_are_refused_with_a_hint():
    content = read(edifact(una="", terminator="\n"))
    finding = found(content, "terminator_line_feed")
    assert finding.is_error and finding.ack.contrl == "22"
    assert tags(content) == WHOLE, "yet a person may look at it"


def test_39_the_agreement_may_set_line_feed():
    assert whole(read(edifact(una="", terminator="\n"), terminator="\n"))


def test_39_una_may_say_line_feed():
    assert whole(read(edifact(una="UNA:+.? \n", terminator="\n")))


@pytest.mark.parametrize(
    ("syntax", "codec", "text", "lie"),
    [
        ("UNOC", "latin-1", "Köln", ""),
        ("UNOC", "utf-8", "Köln", "UTF-8 bytes"),
        ("UNOC", "cp1252", "5 € “net”", "Windows-1252 bytes"),
        ("UNOA", "utf-8", "Köln", "UTF-8 bytes"),
        ("UNOB", "latin-1", "Köln", "8-bit bytes"),
        ("UNOD", "iso8859-2", "Łódź", ""),
        ("UNOE", "iso8859-5", "Москва", ""),
        ("UNOF", "iso8859-7", "Αθήνα", ""),
        ("UNOK", "iso8859-9", "İzmir ğ", ""),
        ("UNOW", "utf-8", "東京 Łódź", ""),
        ("UNOY", "utf-8", "東京", ""),
    ],
)
def test_40_the_charset_is_what_the_bytes_are(syntax, codec, text, lie):
    data = edifact(
        edifact_segments(["BGM+220+1", f"IMD+F++:::{text}", "QTY+21:1"]),
        unb=f"UNB+{syntax}:3+A+B+260114:0915+REF17",
        codec=codec,
    )
    for chunk_size in (64, 65536):
        content = read(data, chunk_size=chunk_size)
        assert not errors(content)
        assert texts(content) == [text]
        assert ("charset_lie" in codes(content)) == bool(lie)
    if lie:
        assert found(content, "charset_lie").ack.contrl == "21"
        assert found(content, "charset_lie").seen == lie


def test_40_the_agreement_may_set_the_charset():
    data = edifact(edifact_segments(["IMD+F++:::Łódź"]), codec="cp1250")
    assert texts(read(data, charset="cp1250")) == ["Łódź"]


@pytest.mark.parametrize("data", [edifact()[9:].partition(b"UNH")[1:], None])
def test_15_without_unb_nothing_is_accepted(data):
    text = edifact()
    content = read(text[text.index(b"UNH") :])
    finding = found(content, "no_interchange_header")
    assert finding.is_error and finding.ack.contrl == "13"
    assert content.interchanges[0].interchange.rejected


def test_16_17_51_segments_before_unh_reject_the_interchange():
    segments = edifact_segments()
    content = read(edifact([segments[1], segments[0], *segments[2:]]))
    assert found(content, "segment_outside_interchange").ack.contrl == "33"


def test_16_a_misspelt_unh_leaves_a_trailer_without_header():
    segments = edifact_segments()
    content = read(edifact(["NH" + segments[0][3:], *segments[1:]]))
    assert "segment_outside_interchange" in errors(content)
    assert "transaction_header_missing" in errors(content)


@pytest.mark.parametrize(
    ("trailer", "code", "ack"),
    [
        ("UNT+9+1", "transaction_count_wrong", "29"),
        ("UNT+10+2", "transaction_reference_mismatch", "28"),
        ("UNT+X+1", "transaction_count_wrong", "29"),
    ],
)
def test_18_19_a_wrong_unt_rejects_the_message(trailer, code, ack):
    segments = edifact_segments()
    segments[-2] = trailer
    content = read(edifact(segments))
    finding = found(content, code)
    assert finding.ack.contrl == ack and errors(content) == [code]
    place = finding.place
    assert place == Place(1, 1, 1, 10, place.offset, "UNT", place.element)
    assert edifact(segments)[place.offset :].startswith(b"UNT")


@pytest.mark.parametrize(
    ("trailer", "code", "ack"),
    [
        ("UNZ+2+REF17", "interchange_count_wrong", "29"),
        ("UNZ+1+REF18", "interchange_reference_mismatch", "28"),
    ],
)
def test_21_a_wrong_unz_rejects_the_interchange(trailer, code, ack):
    content = read(edifact([*edifact_segments()[:-1], trailer]))
    assert found(content, code).ack.contrl == ack
    assert errors(content) == [code]


@pytest.mark.parametrize(
    ("missing", "code"),
    [
        ("UNT", "transaction_trailer_missing"),
        ("UNZ", "interchange_trailer_missing"),
    ],
)
def test_22_a_missing_trailer(missing, code):
    segments = [each for each in edifact_segments() if not each.startswith(missing)]
    content = read(edifact(segments))
    assert found(content, code).ack.contrl == "13"
    assert errors(content) == [code]


def test_22_a_missing_unt_takes_no_neighbour_along():
    first = edifact_segments(reference="1")[:-2]
    second = edifact_segments(reference="2")[:-1]
    content = read(edifact([*first, *second, "UNZ+2+REF17"]))
    assert [each.transaction.rejected for each in content.documents] == [True, False]


def test_25_27_duplicates_of_interchange_and_message():
    content = read(edifact() + edifact())
    assert found(content, "interchange_duplicate").ack.contrl == "26"
    message = edifact_segments()[:-1]
    content = read(edifact([*message, *message, "UNZ+2+REF17"]))
    assert found(content, "transaction_duplicate").ack.contrl == "26"
    assert [each.transaction.rejected for each in content.documents] == [False, True]


def test_28_both_standards_may_share_a_file():
    from .builders import x12

    content = read(edifact() + b"\r\n" + x12() + edifact().replace(b"REF17", b"18"))
    assert [each.standard for each in content.documents] == [
        "edifact",
        "x12",
        "edifact",
    ]
    assert not errors(content)


GROUP = "UNG+ORDERS+A+B+260114:0915+5+UN+D:96A"


def test_groups_are_read_and_counted():
    message = edifact_segments()[:-1]
    content = read(edifact([GROUP, *message, "UNE+1+5", "UNZ+1+REF17"]))
    assert whole(content)
    assert next(content.documents).group.reference == "5"


@pytest.mark.parametrize(
    ("group", "trailer", "unz", "code", "ack"),
    [
        (GROUP, "UNE+2+5", "1", "group_count_wrong", "29"),
        (GROUP, "UNE+1+6", "1", "group_reference_mismatch", "28"),
        (GROUP.replace("ORDERS", "INVOIC"), "UNE+1+5", "1", "group_type_mixed", "31"),
    ],
)
def test_20_51_a_wrong_group(group, trailer, unz, code, ack):
    message = edifact_segments()[:-1]
    content = read(edifact([group, *message, trailer, f"UNZ+{unz}+REF17"]))
    assert found(content, code).ack.contrl == ack
    assert code in errors(content)


def test_51_messages_in_and_outside_groups_do_not_mix():
    message, other = edifact_segments()[:-1], edifact_segments(reference="2")[:-1]
    content = read(edifact([GROUP, *message, "UNE+1+5", *other, "UNZ+2+REF17"]))
    assert found(content, "interchange_groups_mixed").ack.contrl == "30"


@pytest.mark.parametrize(
    ("unb", "code", "ack"),
    [
        ("UNB+UNOC::4+A+B+260114:0915+REF17", "unb_malformed", "13"),
        ("UNB+UNOC:9+A+B+260114:0915+REF17", "interchange_version_unsupported", "2"),
        ("UNB+UNOC:3++B+260114:0915+REF17", "interchange_sender_missing", "13"),
        ("UNB+UNOC:3+A++260114:0915+REF17", "interchange_receiver_missing", "13"),
        (
            "UNB+UNOC:3+A+B+260114:0915+REFERENCE TOO LONG",
            "interchange_reference_malformed",
            "12",
        ),
    ],
)
def test_31_a_unb_that_lacks_what_it_must_say(unb, code, ack):
    finding = found(read(edifact(unb=unb)), code)
    assert finding.is_error and finding.ack.contrl == ack


def test_31_an_unknown_directory_rejects_the_message():
    data = edifact().replace(b"ORDERS:D:96A", b"ORDERS:D:TEST")
    assert found(read(data), "transaction_version_unknown").ack.contrl == "14"


def test_33_the_test_indicator_and_parties_are_read():
    unb = "UNB+UNOC:3+S:14:R1+T:ZZ+260114:0915+REF17++ORDERS++1++1"
    interchange = read(edifact(unb=unb)).interchanges[0].interchange
    assert interchange.test and interchange.ack_requested
    assert (interchange.sender, interchange.sender_qualifier) == ("S", "14")
    assert (interchange.receiver, interchange.receiver_qualifier) == ("T", "ZZ")


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("UNH+1+orders:D:96A:UN", "transaction_type_malformed"),
        ("UNH+1+ORDERS", "transaction_header_malformed"),
        ("UNH++ORDERS:D:96A:UN", "transaction_reference_malformed"),
    ],
)
def test_54_a_unh_that_lacks_what_it_must_say(message, code):
    segments = edifact_segments()
    assert code in errors(read(edifact([message, *segments[1:]])))
