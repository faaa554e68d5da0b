"""Whatever happens to a line over which files go: one order, in both books once.

The lines are cut at the server: its processes die while Odoo's transport is in the
step that the case names.
"""

import contextlib
from unittest.mock import patch

import pytest

from ..partners.sshd import find_sshd

pytestmark = pytest.mark.skipif(not find_sshd(), reason="openssh-server is not here")

PART = ".ORD_{key}.csv.part"
ORDER = "ORD_{key}.csv"


@contextlib.contextmanager
def at(house, name, do):
    """Do something when the transport makes its next request of a kind, once."""
    from odoo.addons.dist_connector_base.transports import sftp_steps

    inner, left = getattr(sftp_steps.wire, name), [do]

    def outer(*args):
        if left:
            left.pop()(*args)
        return inner(*args)

    with patch.object(sftp_steps.wire, name, outer):
        yield
    assert not left, "the trouble struck"


def cut(house):
    """Give what cuts the line before a request leaves."""
    return lambda *_args: house.sshd.kill_sessions()


def cut_after_rename(house):
    """Give what does the renaming and cuts the line: its answer is lost."""

    def do(old, new):
        (house.root / old).rename(house.root / new)
        house.sshd.kill_sessions()

    return do


def agree(house, key):
    assert house.odoo.exceptions(key) == []
    assert house.difference(key) == ""
    assert house.booked(key), "it is shipped"
    assert PART.format(key=key) not in house.files(), "nothing half is left"


@pytest.mark.parametrize(
    ("step", "trouble"),
    [("write", cut), ("rename", cut), ("rename", cut_after_rename)],
    ids=["in the middle", "before it has its name", "after it got its name"],
)
def test_upload_whose_line_is_lost(files, step, trouble):
    key = files.order()
    before = files.files()
    with at(files, step, trouble(files)):
        files.send()
    seen = ORDER.format(key=key) in files.files() - before
    assert seen is (trouble is cut_after_rename), "no half file passes for a whole one"
    files.odoo.let_time_pass()
    files.work(key)
    agree(files, key)
    taken = [name for name in files.files() if key in name and name.startswith("ORD")]
    assert taken == [ORDER.format(key=key)], "one file"


def test_upload_to_a_full_disk_is_tried_again(files):
    key = files.order()
    full = files.root / "in" / PART.format(key=key)
    full.symlink_to("/dev/full")
    files.send()
    assert ORDER.format(key=key) not in files.files()
    assert files.theirs(key)["creates"] == 0
    ((_way, _type, _key, state, note),) = files.odoo.open_messages(files.backend_id)
    assert (state, "writing a new file failed" in note) == ("ready", True)
    full.unlink()
    files.odoo.let_time_pass()
    files.work(key)
    agree(files, key)


def test_upload_that_is_not_allowed_is_told_to_a_person_who_replays_it(files):
    key = files.order()
    files.restart("-R")
    try:
        files.send()
    finally:
        files.restart("")
    ((kind, words),) = files.odoo.exceptions(key)
    assert kind == "configuration"
    assert "does not allow writing a new file" in words
    assert files.theirs(key)["creates"] == 0
    with files.odoo.env() as env:
        env["dist.message"].search([("key", "=", key)]).action_replay()
    files.work(key)
    agree(files, key)


@pytest.mark.parametrize(
    ("step", "name"), [("read", "read"), ("rename", "archived")], ids=lambda word: word
)
def test_file_of_the_partner_whose_line_is_lost_while_it_is(files, step, name):
    key = files.order()
    files.send()
    files.partner.settle()
    with at(files, step, cut(files)):
        files.odoo.fetch(files.backend_id, "shipment_confirmation")
    files.odoo.let_time_pass()
    files.work(key)
    agree(files, key)


# ------------------------------------------------------------------ what comes when


def test_shipment_that_comes_before_the_acceptance(files):
    key = files.order()
    files.partner.fault("shp_before_ack", match={"request_key": key})
    files.send()
    files.partner.settle()
    files.odoo.fetch(files.backend_id, "shipment_confirmation")
    files.send()
    assert files.booked(key), "booked without the acceptance"
    files.work(key)
    agree(files, key)


def test_answer_to_a_cancel_that_comes_before_the_answer_to_the_request(files):
    key = files.order()
    files.partner.plan(key, hold=True)
    files.partner.fault("late_ack", match={"request_key": key}, seconds=1)
    files.send()
    files.cancel(key)
    for _round in range(4):
        files.odoo.let_time_pass()
        files.send()
        files.partner.settle()
        files.odoo.fetch(files.backend_id, *files.fetched)
        files.send()
    assert files.partner.books()[key]["cancelled"]
    assert files.state(key) == "cancelled"
    assert files.odoo.exceptions(key) == []
    assert files.odoo.open_messages(files.backend_id) == []
    assert files.difference(key) == ""


def test_old_stock_report_that_comes_after_a_new_one_changes_nothing(files):
    reports = []
    for quantity in (5, 8):
        files.partner.stock([{"sku": "SKU-001", "lot": "", "quantity": str(quantity)}])
        out = files.root / "out"
        before = set(out.glob("INV_*.csv"))
        files.partner.report_inventory()
        files.partner.settle()
        (path,) = set(out.glob("INV_*.csv")) - before
        reports.append(path)
        # a report says its moment by the second
        text = path.read_text("utf-8")
        path.unlink()
        hour = f"2026-03-02 0{quantity}:00:00"
        reports[-1] = (path, text.replace(text.splitlines()[1][:19], hour))
    for path, text in reversed(reports):
        path.write_text(text, "utf-8")
        files.odoo.fetch(files.backend_id, "inventory_snapshot")
        files.send()
    told = files.odoo.rows(
        """SELECT s.quantity FROM dist_partner_stock s
             JOIN product_product p ON p.id = s.product_id
            WHERE s.backend_id = %s AND p.default_code = 'SKU-001'""",
        files.backend_id,
    )
    assert [float(quantity) for (quantity,) in told] == [8.0]
    files.partner.stock([{"sku": "SKU-001", "lot": "", "quantity": "1000"}])
