"""The partner's own words are kept on the transfer."""

from odoo.addons.dist_connector_base.core.wire import Outcome
from odoo.tests import tagged

from .common import ThirdPartyCase
from .common_inbound import InboundCase

LATE, EARLY = "2026-03-02T11:00:00Z", "2026-03-02T10:00:00Z"


@tagged("post_install", "-at_install")
class TestPartnerStatus(ThirdPartyCase):
    def said(self, picking):
        return (picking.dist_partner_status, picking.dist_partner_substatus)

    def test_the_answer_to_the_request_tells_the_first_status(self):
        picking = self.delivery((self.tea, 5))
        self.answer(picking, Outcome.ACCEPTED, remote_status="Processing")
        self.assertEqual(self.said(picking), ("Processing", False))

    def test_a_response_tells_status_and_sub_status_and_since_when(self):
        picking = self.accepted((self.tea, 5))
        self.respond(
            picking,
            "on_hold",
            raw_status="OnHold",
            raw_substatus="InvalidAddress",
            responded_at=EARLY,
        )
        self.assertEqual(picking.dist_partner_says, "OnHold · InvalidAddress")
        self.assertEqual(str(picking.dist_partner_status_at), "2026-03-02 10:00:00")

    def test_an_older_response_takes_nothing_back(self):
        picking = self.accepted((self.tea, 5))
        self.respond(picking, "accepted", raw_status="Picked", responded_at=LATE)
        self.respond(picking, "accepted", raw_status="New", responded_at=EARLY)
        self.assertEqual(self.said(picking), ("Picked", False))

    def test_a_shipment_is_newer_than_all_that_was_said(self):
        picking = self.accepted((self.tea, 5))
        self.respond(picking, "accepted", raw_status="Picked", raw_substatus="Waiting")
        self.ship_in_full(picking, raw_status="Shipped")
        self.assertEqual(self.said(picking), ("Shipped", False))

    def test_it_can_be_searched_for(self):
        picking = self.accepted((self.tea, 5))
        self.respond(picking, "accepted", raw_status="Batch 17")
        found = self.env["stock.picking"].search(
            [("dist_partner_status", "ilike", "h 1")]
        )
        self.assertIn(picking, found)


@tagged("post_install", "-at_install")
class TestPartnerStatusOfReceipts(InboundCase):
    def test_what_is_said_of_a_receipt_is_kept_too(self):
        receipt = self.announced((self.tea, 5))
        self.respond_receipt(
            receipt, "arrived", raw_status="Dock", raw_substatus="Gate 4"
        )
        self.assertEqual(receipt.dist_partner_says, "Dock · Gate 4")
        self.receive(receipt, (receipt.move_ids, 5), raw_status="Counted")
        self.assertEqual(receipt.dist_partner_says, "Counted")
