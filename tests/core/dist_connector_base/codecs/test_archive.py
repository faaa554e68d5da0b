"""Packed files: small ones that would become gigabytes are refused on the way."""

import gzip
import io
import zipfile

import pytest

from addons.dist_connector_base.core.codecs.archive import gunzip, unpack, unzip
from addons.dist_connector_base.core.errors import DataError

MB = 1024 * 1024


def zipped(*files, **options) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return packed.getvalue()


def test_files_come_out_as_they_went_in():
    assert gunzip(gzip.compress(b"a;b\n1;2")) == b"a;b\n1;2"
    assert unzip(zipped(("x/", b""), ("x/1.csv", b"1"), ("2.csv", b"2"))) == [
        ("x/1.csv", b"1"),
        ("2.csv", b"2"),
    ]
    assert unpack(zipped(("1", b"5")), "zip", int) == [{"name": "1", "content": 5}]
    assert unpack(gzip.compress(b"5"), "gzip", int) == 5


@pytest.mark.parametrize("size", [60 * MB])
def test_bomb_is_refused_long_before_its_end(size):
    packed = gzip.compress(bytes(size), 9)
    with pytest.raises(DataError, match="times its size"):
        gunzip(packed, limit=size * 2)
    with pytest.raises(DataError, match="times its size"):
        unzip(zipped(("zeros", bytes(size // 10))), limit=size * 2)


def test_content_over_the_limit_is_refused():
    content = bytes(range(256)) * 40
    with pytest.raises(DataError, match="more than 10,000 bytes"):
        gunzip(gzip.compress(content), limit=10_000)
    halves = zipped(("1", content[:6000]), ("2", content[:6000]))
    with pytest.raises(DataError, match="more than 10,000 bytes"):
        unzip(halves, limit=10_000)


def test_size_that_the_archive_claims_is_not_believed():
    packed = bytearray(zipped(("1", b"x" * 5000)))
    at = packed.rindex(b"PK\x01\x02") + 24  # uncompressed size in the directory
    packed[at : at + 4] = (10).to_bytes(4, "little")
    with pytest.raises(DataError):
        unzip(bytes(packed))


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"plain",
        gzip.compress(b"whole")[:-3],
        gzip.compress(b"one") + b"more",
    ],
)
def test_broken_gzip_is_refused(payload):
    with pytest.raises(DataError):
        gunzip(payload)


@pytest.mark.parametrize(
    "payload",
    [b"", b"PK\x03\x04broken", zipped(), zipped(*((str(n), b"") for n in range(1001)))],
)
def test_zip_that_is_broken_empty_or_full_of_files_is_refused(payload):
    with pytest.raises(DataError):
        unzip(payload)


def test_encrypted_zip_is_refused():
    packed = bytearray(zipped(("1", b"x")))
    packed[6] |= 1
    packed[packed.rindex(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(DataError, match="encrypted"):
        unzip(bytes(packed))
