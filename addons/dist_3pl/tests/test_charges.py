"""What a 3PL bills, against what it did and what was agreed."""

from odoo import fields
from odoo.addons.dist_connector_base.core.canonical import ServiceCharge, ServiceInvoice
from odoo.addons.dist_connector_base.core.errors import MappingError
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .common import Arrived, ThirdPartyCase


@tagged("post_install", "-at_install")
class TestCharges(ThirdPartyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.card = cls.env["dist.rate.card"].create(
            {
                "name": "Contract 2026",
                "backend_id": cls.backend.id,
                "currency_id": cls.env.ref("base.USD").id,
                "valid_from": "2026-01-01",
                "valid_to": "2026-12-31",
                "line_ids": [
                    (0, 0, {"fee": "pick", "basis": "line", "price": 0.5, "base": 2}),
                    (
                        0,
                        0,
                        {
                            "fee": "freight",
                            "basis": "parcel",
                            "price": 6,
                            "tolerance_percent": 5,
                            "tolerance_amount": 1,
                        },
                    ),
                ],
            }
        )

    def shipped(self):
        """Give a delivery of two lines that left in one parcel."""
        picking = self.accepted((self.tea, 2), (self.mug, 1))
        self.ship_in_full(picking, parcels=[{"tracking_number": "1Z77"}])
        return picking

    def bill(self, key, fee, amount, **values):
        document = ServiceCharge.parse(
            {
                "charge_key": key,
                "charge_date": "2026-03-05",
                "fee": fee,
                "amount": amount,
                "currency": "USD",
                **values,
            }
        )
        arrived = Arrived(self.backend, document)
        self.env["dist.handler.service_charge"]._apply([arrived])
        return arrived.linked

    def head(self, number, total):
        document = ServiceInvoice.parse(
            {
                "invoice_number": number,
                "invoice_date": "2026-03-31",
                "currency": "USD",
                "total": total,
            }
        )
        arrived = Arrived(self.backend, document)
        self.env["dist.handler.service_invoice"]._apply([arrived])
        return arrived.linked

    def for_request(self, picking):
        return {"reference_type": "request", "reference": picking.dist_request_key}

    def reviewer(self):
        return new_test_user(
            self.env, "judge", groups="dist_connector_base.group_reviewer"
        )

    def test_a_fee_as_agreed_is_right(self):
        picking = self.shipped()
        charge = self.bill("C1", "pick", "3.00", **self.for_request(picking))
        self.assertEqual(charge.picking_id, picking)
        self.assertEqual((charge.finding, charge.state), ("ok", "right"))

    def test_a_fee_above_the_agreement_is_in_dispute_with_an_owner(self):
        charge = self.bill("C1", "pick", "3.40", **self.for_request(self.shipped()))
        self.assertEqual((charge.finding, charge.state), ("too_high", "disputed"))
        self.assertAlmostEqual(charge.expected, 3.0)
        self.assertAlmostEqual(charge.difference, 0.4)
        self.assertEqual(charge.user_id, self.backend.user_id)
        self.assertTrue(charge.disputed_at)

    def test_the_work_is_found_by_the_partners_number_or_a_parcel(self):
        picking = self.shipped()
        by_number = self.bill(
            "C1", "pick", 3, reference_type="request", reference=picking.dist_remote_id
        )
        by_parcel = self.bill(
            "C2", "freight", 6, reference_type="request", tracking_number="1Z77"
        )
        self.assertEqual((by_number + by_parcel).picking_id, picking)

    def confirmed(self, message_type, key, record):
        """Put on record that a message of this number was about a record."""
        self.env["dist.message"].create(
            {
                "backend_id": self.backend.id,
                "flow_id": self.backend._flow(message_type).id,
                "company_id": self.backend.company_id.id,
                "message_type": message_type,
                "direction": "in",
                "kind": "document",
                "state": "done",
                "key": key,
                "res_model": record._name,
                "res_id": record.id,
            }
        )

    def test_a_shipments_number_is_not_taken_for_that_of_an_order(self):
        right, other = self.shipped(), self.shipped()
        self.confirmed("shipment_confirmation", "7001", right)
        other.dist_remote_id = "7001"
        for kind, picking in (("shipment", right), ("request", other)):
            charge = self.bill(kind, "pick", 3, reference_type=kind, reference="7001")
            self.assertEqual(charge.picking_id, picking, kind)

    def test_a_receipts_number_is_looked_for_among_receipts(self):
        other = self.shipped()
        self.confirmed("shipment_confirmation", "7001", other)
        other.dist_remote_id = "7001"
        charge = self.bill(
            "C1", "receiving", 3, reference_type="receipt", reference="7001"
        )
        self.assertFalse(charge.picking_id)
        self.assertEqual(charge.finding, "unknown_reference")

    def test_work_that_we_do_not_know_is_in_dispute(self):
        charge = self.bill("C1", "pick", 3, reference_type="request", reference="?")
        self.assertEqual(charge.finding, "unknown_reference")

    def test_the_same_fee_billed_twice_is_found_and_a_credit_settles_it(self):
        picking = self.shipped()
        first = self.bill("C1", "freight", 6, **self.for_request(picking))
        second = self.bill("C2", "freight", 6, **self.for_request(picking))
        self.assertEqual((first + second).mapped("finding"), ["duplicate"] * 2)
        self.bill("C3", "freight", 6, kind="credit", **self.for_request(picking))
        self.assertEqual((first + second).mapped("state"), ["right", "right"])

    def test_a_fee_without_a_rate_waits_for_one_and_is_checked_again(self):
        charge = self.bill("C1", "storage", 12, quantity=10)
        self.assertEqual(charge.finding, "no_rate")
        self.card.line_ids = [
            (0, 0, {"fee": "storage", "basis": "stated", "price": 1.2})
        ]
        charge.action_check_again()
        self.assertEqual(charge.state, "right")

    def test_the_card_of_the_day_counts(self):
        self.card.valid_to = "2026-03-04"
        charge = self.bill("C1", "pick", 3, **self.for_request(self.shipped()))
        self.assertEqual(charge.finding, "no_rate")

    def test_two_cards_do_not_hold_at_the_same_time(self):
        with self.assertRaises(ValidationError):
            self.card.copy({"valid_from": "2026-06-01", "valid_to": False})
        self.card.copy({"valid_from": "2027-01-01", "valid_to": False})

    def test_an_invoice_is_right_when_it_adds_up_and_nothing_is_disputed(self):
        of_request = self.for_request(self.shipped())
        self.bill("C1", "pick", 3, invoice_number="INV-1", **of_request)
        invoice = self.head("INV-1", 9)
        self.assertEqual(invoice.state, "open")
        charge = self.bill("C2", "freight", 6, invoice_number="INV-1", **of_request)
        self.assertEqual(charge.invoice_id, invoice)
        self.assertEqual(invoice.state, "right")
        self.bill("C3", "pick", 1, invoice_number="INV-1", **of_request)
        self.assertEqual(invoice.state, "differs")

    def test_what_is_in_dispute_is_counted_once_for_the_same_work(self):
        of_request = self.for_request(self.shipped())
        for key in ("C1", "C2"):
            self.bill(key, "freight", 6, invoice_number="INV-1", **of_request)
        self.assertAlmostEqual(self.head("INV-1", 12).disputed, 6)

    def test_a_reviewer_accepts_with_a_reason_and_it_stays_accepted(self):
        charge = self.bill("C1", "pick", 9, **self.for_request(self.shipped()))
        charge = charge.with_user(self.reviewer())
        with self.assertRaises(UserError):
            charge.action_accept()
        charge.decision_note = "agreed on the phone"
        charge.action_accept()
        charge.action_check_again()
        self.assertEqual(charge.state, "accepted")
        audit = self.env["dist.audit"].search([("action", "=", "charge.accept")])
        self.assertEqual(audit.mapped("res_id"), charge.ids)

    def test_an_operator_neither_decides_nor_changes_what_was_billed(self):
        charge = self.bill("C1", "pick", 9, **self.for_request(self.shipped()))
        operator = new_test_user(
            self.env, "op", groups="dist_connector_base.group_operator"
        )
        charge = charge.with_user(operator)
        charge.decision_note = "?"
        with self.assertRaises(AccessError):
            charge.action_accept()
        with self.assertRaises(AccessError):
            charge.amount = 1

    def test_a_currency_that_is_not_in_use_is_a_mapping_fault(self):
        self.env.ref("base.CHF").active = False
        with self.assertRaises(MappingError):
            self.bill("C1", "pick", 9, currency="CHF")

    def test_the_age_of_a_dispute_does_not_start_anew(self):
        charge = self.bill("C1", "pick", 9, **self.for_request(self.shipped()))
        since = fields.Datetime.subtract(fields.Datetime.now(), days=3)
        charge.sudo().disputed_at = since
        charge.action_check_again()
        self.assertEqual(charge.disputed_at, since)
        self.assertAlmostEqual(charge.age_days, 3, delta=0.1)
