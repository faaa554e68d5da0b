"""One cause, one case: however many messages and lines it hits."""

from addons.dist_connector_base.core.errors import (
    BusinessError,
    DataError,
    MappingError,
    TransientError,
)
from addons.dist_connector_base.core.fingerprint import fingerprint


def of(error, backend="7", message_type="shipment_confirmation"):
    return fingerprint(error, backend=backend, message_type=message_type)


def carrier(value, path="lines[0].carrier"):
    return MappingError("not mapped", path=path, vocabulary="carrier", value=value)


def test_same_field_in_another_line_or_row_is_the_same_cause():
    first = DataError("'x' is no number", path="lines[0].quantity")
    later = DataError("'y' is no number", path="lines[12].quantity")
    assert of(first) == of(later)
    row = DataError("empty", path="row 3, column qty")
    assert of(row) == of(DataError("empty", path="row 14, column qty"))


def test_another_field_class_backend_or_document_is_another_cause():
    error = DataError("wrong", path="lines[0].quantity")
    others = {
        of(DataError("wrong", path="lines[0].sku")),
        of(BusinessError("wrong", path="lines[0].quantity")),
        of(error, backend="8"),
        of(error, message_type="inventory_snapshot"),
    }
    assert of(error) not in others
    assert len(others) == 4


def test_each_unmapped_code_is_a_cause_of_its_own():
    assert of(carrier("DHL")) == of(carrier("DHL", path="lines[4].carrier"))
    assert of(carrier("DHL")) != of(carrier("UPS"))
    unit = MappingError("not mapped", path="x", vocabulary="unit", value="DHL")
    assert of(carrier("DHL", path="x")) != of(unit)


def test_errors_without_a_place_are_told_apart_by_their_words():
    refused = TransientError("port 8443 refused 'OUT-1'")
    assert of(refused) == of(TransientError("port 8444 refused 'OUT-2'"))
    assert of(refused) != of(TransientError("no answer"))


def test_fingerprint_stays_the_same_over_releases():
    """Open exceptions are found by it: a change would open every case again."""
    assert of(DataError("x", path="lines[0].sku")) == "6f53f97032e7c3fa"
    assert len(of(carrier("DHL"))) == 16
