"""XML: read as data, written as agreed, and nothing in it can harm."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from addons.dist_connector_base.core.codecs.xml_codec import XmlForm, decode, encode
from addons.dist_connector_base.core.errors import DataError, FatalError

SHIPMENT = """<?xml version="1.0" encoding="ISO-8859-1"?>
<!-- a shipment of our own making: one line, attributes, text beside an element -->
<Shipment no="S-1"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="false">
  <Town>Köln</Town>
  <Lines><Line id="1"><Sku>A-1</Sku><Qty unit="EA">2.50</Qty></Line></Lines>
  <Empty/>
  <Note><![CDATA[<b>& more</b>]]></Note>
</Shipment>"""
FORM = XmlForm(root="Shipment", lists=("Lines.Line", "Parcels.Parcel"))


def refused(payload, form=FORM) -> DataError:
    raw = payload if isinstance(payload, bytes) else payload.encode()
    with pytest.raises(DataError) as caught:
        decode(raw, form)
    return caught.value


def test_document_becomes_plain_data_in_its_own_charset():
    assert decode(SHIPMENT.encode("latin-1"), FORM) == {
        "_no": "S-1",
        "Town": "Köln",
        "Lines": {
            "Line": [
                {"_id": "1", "Sku": "A-1", "Qty": {"_unit": "EA", "_text": "2.50"}}
            ]
        },
        "Empty": None,
        "Note": "<b>& more</b>",
    }


def test_one_line_looks_like_two():
    lines = "<Line><Sku>A</Sku></Line>"
    for count in (1, 2):
        data = decode(
            f"<Shipment><Lines>{lines * count}</Lines></Shipment>".encode(), FORM
        )
        assert data["Lines"]["Line"] == [{"Sku": "A"}] * count
    data = decode(b"<Shipment><Parcels><Count>0</Count></Parcels></Shipment>", FORM)
    assert data["Parcels"]["Parcel"] == []


def test_element_that_repeats_unagreed_is_refused_with_its_place():
    error = refused("<Shipment><Box><Sku>A</Sku><Sku>B</Sku></Box></Shipment>")
    assert error.path == "Box.Sku"
    assert "lists" in error.next_step


def test_another_root_is_refused_and_any_is_taken_where_none_is_agreed():
    assert "<Error>" in refused("<Error>no</Error>").message
    assert decode(b"<Error>no</Error>", XmlForm()) == {"Error": "no"}


def test_namespaces_are_agreed_by_the_profiles_own_prefixes():
    form = XmlForm("Order", {"": "urn:order", "b": "urn:base"})
    text = (
        '<o:Order xmlns:o="urn:order" xmlns:x="urn:base" x:rev="2">'
        "<x:Id>7</x:Id><o:Sku>A</o:Sku></o:Order>"
    )
    data = {"_b:rev": "2", "b:Id": "7", "Sku": "A"}
    assert decode(text.encode(), form) == data
    assert decode(encode(data, form), form) == data
    foreign = refused(text.replace("urn:base", "urn:other"), form)
    assert "urn:other" in foreign.message
    assert "no namespace" in refused("<Order/>", form).message
    assert decode(text.encode(), XmlForm("Order"))["Sku"] == "A"


# ------------------------------------------------------------------------- attacks

LAUGHS = '<!ENTITY l0 "ha">' + "".join(
    f'<!ENTITY l{number} "{f"&l{number - 1};" * 10}">' for number in range(1, 9)
)


@pytest.mark.parametrize(
    "payload",
    [
        f"<!DOCTYPE Shipment [{LAUGHS}]><Shipment>&l8;</Shipment>",
        f'<!DOCTYPE Shipment [{LAUGHS}]><Shipment no="&l8;"/>',
        '<!DOCTYPE S [<!ENTITY f SYSTEM "file:///etc/passwd">]><Shipment>&f;</Shipment>',
        '<!DOCTYPE S SYSTEM "http://127.0.0.1:9/x.dtd"><Shipment/>',
        '<?xml version="1.0"?>\n<!-- a -->\n<?p i?>\n <!DOCTYPE S><Shipment/>',
        '<!DOCTYPE S [<!ENTITY % p SYSTEM "http://127.0.0.1:9/"> %p;]><Shipment/>',
    ],
)
@pytest.mark.parametrize("charset", ["utf-8", "utf-16"])
def test_document_type_is_refused_before_anything_is_built(payload, charset):
    assert "DOCTYPE" in refused(payload.encode(charset)).message


def test_included_file_stays_unread():
    include = (
        '<Shipment xmlns:xi="http://www.w3.org/2001/XInclude">'
        '<xi:include href="/etc/passwd" parse="text"/></Shipment>'
    )
    assert "root:" not in str(decode(include.encode(), FORM))


def test_deep_and_broken_documents_are_refused():
    deep = "<a>" * 100 + "</a>" * 100
    assert "deeper" in refused(f"<Shipment>{deep}</Shipment>").message
    error = refused("<Shipment>\n<Town></Shipment>")
    assert error.path.startswith("line 2")
    assert "web page" in refused("<html><body><br></body></html>").message
    assert refused(b"<Shipment>\xff</Shipment>").path == "line 1"
    assert refused("<Shipment>&nbsp;</Shipment>")


# ------------------------------------------------------------------------- writing


def test_document_is_written_in_the_order_of_the_map():
    data = {
        "_no": "S-1",
        "Qty": {"_unit": "EA", "_text": Decimal("1E+2")},
        "Day": dt.date(2026, 5, 1),
        "Whole": True,
        "Line": [{"Sku": "<A&B>"}, {"Sku": "C"}],
        "Nothing": None,
    }
    written = encode(data, XmlForm("Shipment", lists=("Line",)))
    assert written == (
        b'<?xml version="1.0" encoding="UTF-8"?>\n<Shipment no="S-1">'
        b'<Qty unit="EA">100</Qty><Day>2026-05-01</Day><Whole>true</Whole>'
        b"<Line><Sku>&lt;A&amp;B&gt;</Sku></Line><Line><Sku>C</Sku></Line></Shipment>"
    )
    assert etree.fromstring(written).find("Line/Sku").text == "<A&B>"


def test_character_that_the_charset_lacks_is_written_by_number():
    written = encode({"Town": "Łódź"}, XmlForm("T", charset="iso-8859-1"))
    assert decode(written, XmlForm("T")) == {"Town": "Łódź"}


def test_what_xml_cannot_hold_is_refused_with_its_path():
    with pytest.raises(DataError) as caught:
        encode({"Lines": {"Line": [{"Sku": "A\x01"}]}}, XmlForm("T"))
    assert caught.value.path == "Lines.Line.Sku"
    for name in ("a b", "<x>", "p:x", ""):
        with pytest.raises(FatalError):
            encode({name: "1"}, XmlForm("T"))
    with pytest.raises(FatalError):
        encode({}, XmlForm())


TEXTS = st.text(
    st.characters(
        codec="utf-8",
        exclude_categories=("Cc", "Cs", "Cn"),
        exclude_characters="\ufffe\uffff",
    ),
    min_size=1,
).filter(lambda text: not text.isspace())


@given(st.dictionaries(st.sampled_from(["_a", "B", "C.d", "E-f"]), TEXTS, min_size=1))
def test_what_is_written_is_read_again(data):
    form = XmlForm("T")
    assert decode(encode(data, form), form) == data
