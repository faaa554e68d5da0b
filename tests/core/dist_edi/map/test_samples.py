"""Files that real systems wrote become canonical documents."""

import csv
import os
from pathlib import Path

import pytest

from addons.dist_connector_base.core.errors import ConfigurationError
from addons.dist_edi.core.map import find
from addons.dist_edi.core.render.inspect import inspect

ROOT = Path(__file__).resolve().parents[4]
SAMPLES = Path(os.environ.get("DIST_EDI_SAMPLES", ROOT / "../shared/edi_samples"))
INDEX = SAMPLES / "INDEX.csv"
pytestmark = pytest.mark.skipif(
    not INDEX.is_file(), reason="the EDI samples are not on this machine"
)

#: What the trade calls for and the file does not say: the faults that must be named.
#: Not one of these documents may be taken as it is.
LACKING = {
    # despatches 9 000 000 000 pieces
    "edifact/DESADV/bots-edi-bots-plugins__dutchic_desadv1.edi": {
        "lines[10].quantity",
        "lines[11].quantity",
        "lines[9].quantity",
    },
    # an invoice without date, lines and total
    "edifact/INVOIC/BerryWorksSoftware-edireader__tiny-syntaxVariants-UNOA.edi": {
        "invoice_date",
        "lines",
        "total",
    },
    # no total; the order is dated the 15th day of a month 97
    "edifact/INVOIC/xlate-staedi__invoic_d93a_una.edi": {"order_date", "total"},
    # no document date; some lines give no ordered quantity
    "edifact/ORDERS/BerryWorksSoftware-edireader__ORDERS-D01B-UNOE.edi": {
        "lines[0].quantity",
        "order_date",
    },
    # orders in BOU, a unit that no list has
    "edifact/ORDERS/OCA-edi__test_orders_-_no_ean_in_LIN_segments.txt": {
        "lines[0].unit",
        "lines[1].unit",
        "lines[2].unit",
        "lines[3].unit",
        "lines[4].unit",
    },
    # the second line gives consumer units only
    "edifact/ORDERS/sapstern-edifactconverter__ORDERS_D01B.txt": {"lines[1].quantity"},
    # one message has no lines, one orders more than a thousand million
    "edifact/ORDERS/bots-edi-bots-plugins__orders02.edi": {
        "lines",
        "lines[2].quantity",
    },
    # names no warehouse; a segment end is missing after a unit
    "x12/846/Inteligenz-X12Parser__Example2.txt": {
        "rows[2].quantity",
        "rows[4].unit",
        "warehouse",
    },
    # no shipment number
    "x12/856/Inteligenz-X12Parser__Example2.txt": {"shipment_number"},
}


def good_files():
    if not INDEX.is_file():
        return []
    with INDEX.open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["validity"] != "invalid"]
    return [row["path"] for row in rows]


@pytest.mark.parametrize("path", good_files(), ids=lambda path: Path(path).name[:60])
def test_a_good_file_becomes_canonical_documents(path):
    file = SAMPLES / path
    lacking = set()
    for held in inspect(file.read_bytes(), file.name).documents:
        document = held.document
        try:
            mapping = find(document.standard, document.message_type)
        except ConfigurationError:
            continue
        mapped = mapping.read(held.tree)
        lacking |= {problem.path for problem in mapped.problems}
        assert (mapped.document is None) == bool(mapped.problems)
    assert lacking == LACKING.get(path, set())
