"""Files that come packed: each becomes what its form says, within limits."""

import gzip
import io
import zipfile

import pytest

from addons.dist_connector_base.core.errors import DataError
from addons.dist_connector_base.core.profile import (
    Context,
    decode,
    load_profile,
    map_in,
    split,
)

TEXT = """
profile: packed
version: "1"
title: Packed files
transport: folder
flows:
  shipment_confirmation:
    direction: in
    file: {folder: out, pattern: "*", archive: done, unpack: KIND}
    format: {codec: xml, root: Shipment, lists: [Line]}
    documents: "DOCUMENTS"
    map:
      confirmation_key: _number
      request_key: Order
      shipped_at: At
      lines: {each: Line, map: {sku: Sku, quantity: Quantity}}
"""
SHIPMENT = (
    '<Shipment number="{0}"><Order>R</Order><At>2026-05-01T10:00:00Z</At>'
    "<Line><Sku>A</Sku><Quantity>1</Quantity></Line></Shipment>"
)


def read(kind: str, documents: str, payload: bytes):
    profile = load_profile(TEXT.replace("KIND", kind).replace("DOCUMENTS", documents))
    flow = profile.flows["shipment_confirmation"]
    data = decode(flow, payload, Context(), source="file")
    return [map_in(flow, item, Context()) for item in split(flow, data, source="file")]


def zipped(*contents: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number, content in enumerate(contents):
            archive.writestr(f"{number}.xml", content)
    return packed.getvalue()


def test_one_document_in_gzip():
    payload = gzip.compress(SHIPMENT.format("S1").encode())
    assert [d.confirmation_key for d in read("gzip", "[@]", payload)] == ["S1"]


def test_each_file_of_a_zip_is_a_document():
    payload = zipped(SHIPMENT.format("S1"), SHIPMENT.format("S2"))
    documents = read("zip", "[].content", payload)
    assert [d.confirmation_key for d in documents] == ["S1", "S2"]


def test_what_is_not_packed_as_agreed_is_refused():
    for kind in ("gzip", "zip"):
        with pytest.raises(DataError):
            read(kind, "[@]", SHIPMENT.format("S1").encode())
