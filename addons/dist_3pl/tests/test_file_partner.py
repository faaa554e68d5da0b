"""A whole day with a house that exchanges files, through OpenSSH's own server.

The partner is a process with books of its own; in the end they hold what Odoo's do.
"""

import os
import shutil
import tempfile
import unittest
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from cryptography.fernet import Fernet
from odoo.addons.dist_connector_base.models.dist_attempt import DistAttempt
from odoo.addons.dist_connector_base.models.dist_credential import KEY_VARIABLE
from odoo.addons.dist_connector_base.pipeline import wake
from odoo.addons.dist_connector_base.transports.sftp import SftpTransport
from odoo.tests import tagged

from .common_inbound import InboundCase

try:
    from tests.partners.client import SftpPartner
    from tests.partners.sshd import Sshd, find_sshd
except ImportError:  # the addon without the repository around it
    find_sshd = bool

EXPIRY = "2031-01-31"


class FilePartnerCase(InboundCase):
    """The warehouse BOB is a house that exchanges files of a form."""

    files = "csv"
    done_ending = ""

    @classmethod
    def setUpClass(cls):
        folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        cls.enterClassContext(
            patch.dict("os.environ", {KEY_VARIABLE: Fernet.generate_key().decode()})
        )
        cls.sshd = cls.enterClassContext(Sshd(folder / "sshd", root=folder / "house"))
        super().setUpClass()
        cls.milk = cls.make_product("MILK", tracking="lot")
        cls.phone = cls.make_product("PHONE", tracking="serial")
        for product, name, stock in (
            (cls.milk, "L1", 6),
            (cls.milk, "L2", 20),
            (cls.phone, "SN-1", 1),
        ):
            cls.make_lot(product, name, stock=stock)
        cls.scrap = cls.env["stock.location"].create(
            {"name": "Bin at Bob", "usage": "inventory"}
        )
        cls.make_place("scrap", cls.scrap, kind="reason")

    @classmethod
    def make_backend(cls, name="Files", answer="later", company=None):
        profile = cls.env["dist.profile"].search(
            [("code", "=", f"{cls.files}_sftp"), ("state", "=", "approved")], limit=1
        )
        backend = cls.env["dist.backend"].create(
            {"name": name, "profile_id": profile.id, "allow_private_network": True}
        )
        values = {
            **cls.sshd.settings(),
            "warehouse": "BOB",
            "done_ending": cls.done_ending,
        }
        for setting in backend.setting_ids:
            if setting.name in values:
                setting.value = values[setting.name]
        for credential, secret in cls.sshd.secrets().items():
            cls.env["dist.credential"].create(
                {"backend_id": backend.id, "name": credential, "secret": secret}
            )
        return backend

    def setUp(self):
        super().setUp()
        self.startPatcher(patch.object(DistAttempt, "_own_cursor", self._same_cursor))
        # the jobs are run by hand, in the order of a day
        self.startPatcher(patch.object(wake, "_enqueue", lambda *_args: None))
        # nobody writes while we look: what stands, stands
        still = patch.object(SftpTransport, "stable", lambda _self, found, _span: found)
        self.startPatcher(still)
        for folder in self.sshd.root.iterdir():
            shutil.rmtree(folder)
        self.partner = self.enterContext(
            SftpPartner.start(
                self.sshd.root,
                files=self.files,
                done_ending=self.done_ending,
                needs_articles=True,
                delay=0.02,
                file_every=0.02,
            )
        )
        self.partner.stock(
            [
                {"sku": "TEA", "quantity": 100},
                {"sku": "MUG", "quantity": 100},
                {"sku": "MILK", "quantity": 6, "lot": "L1", "expiry": EXPIRY},
                {"sku": "MILK", "quantity": 20, "lot": "L2", "expiry": "2032-01-31"},
                {"sku": "PHONE", "quantity": 1, "lot": "SN-1", "serial": True},
            ]
        )

    @contextmanager
    def _same_cursor(self):
        # a test's rows are never committed, so a second cursor could not see them
        yield self.env.cr

    # ------------------------------------------------------------------ the day

    def send(self, *message_types):
        """Let Odoo send what is in line, and the house do its work."""
        for message_type in message_types:
            self.commit()
            self.backend._flow(message_type)._job_run()
        self.partner.settle()

    def fetch(self, *message_types):
        """Let Odoo take and handle what the house wrote."""
        for message_type in message_types:
            flow = self.backend._flow(message_type)
            flow._job_fetch()
            self.env.cr.postcommit.run()
            while flow._job_run() != "nothing to do":
                self.commit()
        self.env.invalidate_all()

    def check_books(self):
        """Nobody has anything to complain of, and both books hold the same stock."""
        exceptions = self.env["dist.exception"].search(
            [("backend_id", "=", self.backend.id)]
        )
        self.assertFalse(exceptions.mapped("name"))
        self.assertEqual(self.partner.violations(), [])
        theirs = {
            (row["sku"], row["lot"]): float(row["on_hand"])
            for row in self.partner.levels()
            if float(row["on_hand"])
        }
        quants = self.env["stock.quant"].search(
            [("location_id", "=", self.warehouse.lot_stock_id.id)]
        )
        ours = {
            (q.product_id.default_code, q.lot_id.name or ""): q.quantity
            for q in quants
            if q.quantity
        }
        self.assertEqual(ours, theirs)

    def shipped(self, *lines):
        """Give a delivery that the house was told the articles of, and shipped."""
        picking = self.delivery(*lines)
        self.send("article", "fulfilment_request")
        self.fetch("fulfilment_response", "shipment_confirmation")
        return picking

    # -------------------------------------------------------------------- tests

    def check_a_request_with_new_articles(self):
        self.partner.plan("*", parcels=2)
        picking = self.delivery((self.milk, 8), (self.phone, 1))
        self.assertEqual(picking.dist_state, "blocked", "nobody told the articles yet")
        self.send("article", "fulfilment_request")
        self.assertEqual(set(self.partner.articles()), {"MILK", "PHONE"})
        self.fetch("fulfilment_response", "shipment_confirmation")
        self.assertEqual(picking.state, "done")
        told = sorted(
            (line.product_id.default_code, line.lot_id.name, line.quantity)
            for line in picking.move_line_ids
        )
        self.assertEqual(
            told, [("MILK", "L1", 6), ("MILK", "L2", 2), ("PHONE", "SN-1", 1)]
        )
        parcels = self.env["dist.parcel"].search([("picking_id", "=", picking.id)])
        self.assertEqual([len(parcel.sscc) for parcel in parcels], [18, 18])
        self.check_books()

    def check_a_receipt_in_two_parts(self):
        picking = self.receipt((self.mug, 10), (self.milk, 4))
        self.send("receipt_notice")
        key = picking.dist_receipt_key
        self.partner.arrive(key)
        self.partner.receive(
            key,
            [
                {"sku": "MUG", "quantity": 6},
                {"sku": "MUG", "quantity": 1, "condition": "DAMAGED"},
            ],
            final=False,
        )
        milk = {"sku": "MILK", "quantity": 4, "lot": "L3", "expiry": EXPIRY}
        self.partner.receive(key, [milk, {"sku": "MUG", "quantity": 3}])
        self.partner.settle()
        self.fetch("receipt_response", "receipt_confirmation")
        self.assertEqual(self.held(self.mug, self.damaged), 1)
        self.assertEqual(self.held(self.milk, lot="L3"), 4)
        self.assertEqual(
            (picking | self.backorder_of(picking)).mapped("state"), ["done", "done"]
        )
        self.check_books()

    def check_a_return_of_a_lot(self):
        picking = self.shipped((self.milk, 2))
        record = self.env["dist.return"].browse(picking.action_dist_return()["res_id"])
        record.line_ids.write({"quantity": 2, "reason_code": "damaged"})
        record.action_authorise()
        self.send("return_authorisation")
        milk = {"sku": "MILK", "quantity": 1, "lot": "L1", "reason": "DAMAGED"}
        self.partner.take_back(record.name, [milk, {**milk, "disposition": "SCRAP"}])
        self.partner.settle()
        self.fetch("return_notice")
        self.assertEqual(record.state, "received")
        self.assertEqual(self.held(self.milk, self.scrap, lot="L1"), 1)
        self.check_books()

    def check_losses_and_the_stock_report(self):
        self.backend.adjustment_limit = 1000
        self.partner.change("TEA", -2, "LOST")
        self.partner.change(
            "MUG", 3, "STATUS", from_status="SELLABLE", status="DAMAGED"
        )
        self.partner.settle()
        self.fetch("inventory_adjustment")
        self.assertEqual(self.held(self.tea), 98)
        self.assertEqual(self.held(self.mug, self.damaged), 3)
        self.check_books()
        self.partner.report_inventory(warehouse="BOB")
        self.partner.settle()
        self.fetch("inventory_snapshot")
        rows = self.env["dist.partner.stock"].search(
            [("backend_id", "=", self.backend.id)]
        )
        told = {
            (r.product_id.default_code, r.lot_name or "", r.status): r.quantity
            for r in rows
        }
        self.assertEqual(told["TEA", "", "sellable"], 98)
        self.assertEqual(told["MUG", "", "damaged"], 3)


@tagged("post_install", "-at_install")
@unittest.skipUnless(find_sshd(), "OpenSSH's sshd is not installed")
class TestXmlPartner(FilePartnerCase):
    """XML files, each with a done-file beside it, in both directions."""

    files = "xml"
    done_ending = ".done"

    def test_a_request_with_new_articles_lots_serials_and_labels(self):
        self.check_a_request_with_new_articles()
        left = [path.name for path in (self.sshd.root / "in").glob("*.done")]
        self.assertEqual(left, [], "the house took our done-files")
        archived = list((self.sshd.root / "out" / "archive").glob("SHP_*"))
        self.assertEqual(sorted(path.suffix for path in archived), [".done", ".xml"])

    def test_a_receipt_in_two_parts_with_damage_and_a_lot(self):
        self.check_a_receipt_in_two_parts()

    def test_a_return_of_a_lot_partly_scrapped(self):
        self.check_a_return_of_a_lot()

    def test_losses_and_the_stock_report(self):
        self.check_losses_and_the_stock_report()

    def test_a_file_without_its_done_file_waits_and_is_told_in_the_end(self):
        picking = self.delivery((self.tea, 1))
        self.send("article", "fulfilment_request")
        out = self.sshd.root / "out"
        (told,) = out.glob("SHP_*.xml")
        (done,) = out.glob("SHP_*.done")
        done.rename(out / "later")
        self.fetch("shipment_confirmation")
        self.assertEqual(picking.state, "assigned", "the file may be half of it")
        os.utime(told, (0, 0))
        self.fetch("shipment_confirmation")
        exception = self.env["dist.exception"].search(
            [("backend_id", "=", self.backend.id)]
        )
        self.assertIn("without its done-file", exception.name)
        self.assertEqual(exception.path, f"out/{told.name}")
        (out / "later").rename(done)
        self.fetch("shipment_confirmation")
        self.assertEqual(picking.state, "done")


@tagged("post_install", "-at_install")
@unittest.skipUnless(find_sshd(), "OpenSSH's sshd is not installed")
class TestCsvPartner(FilePartnerCase):
    """CSV files, which count when they stand still."""

    def test_a_request_with_new_articles_lots_serials_and_labels(self):
        self.check_a_request_with_new_articles()

    def test_a_copy_does_nothing_and_a_name_used_again_is_read_anew(self):
        first = self.shipped((self.tea, 1))
        out = self.sshd.root / "out"
        (told,) = (out / "archive").glob("SHP_*")
        content = told.read_bytes()
        (out / "SHP_copy.csv").write_bytes(content)  # another name, the same content
        (out / told.name).write_bytes(content)  # as if it had never been moved
        self.fetch("shipment_confirmation")
        self.assertEqual(first.state, "done")
        self.check_books()
        second = self.delivery((self.tea, 3))
        self.send("fulfilment_request")
        (news,) = out.glob("SHP_*")
        news.rename(out / told.name)  # the name of the first, other content
        self.fetch("shipment_confirmation")
        self.assertEqual((first | second).mapped("state"), ["done", "done"])
        kept = {path.read_bytes() for path in (out / "archive").glob("SHP_*")}
        self.assertEqual(len(kept), 2, "nothing was overwritten")
        self.check_books()
