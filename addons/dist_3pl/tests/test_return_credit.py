"""What a return is credited with."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .test_return import ReturnCase


@tagged("post_install", "-at_install")
class TestReturnCredit(ReturnCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tax = cls.env["account.tax"].create(
            {"name": "VAT 20", "amount": 20, "type_tax_use": "sale"}
        )

    def invoiced(self, *lines, post=True):
        """Give a shipped delivery and the invoice of its order."""
        order = self.order(*lines, confirm=False)
        order.order_line.write({"discount": 10, "tax_ids": [(6, 0, self.tax.ids)]})
        order.action_confirm()
        self.commit()
        picking = order.picking_ids
        picking._dist_write({"dist_state": "accepted"})
        self.ship_in_full(picking, key=f"SHP-{picking.id}")
        invoice = order._create_invoices()
        if post:
            invoice.action_post()
        return picking, invoice

    def test_a_draft_on_the_invoice_with_its_price_discount_and_taxes(self):
        picking, invoice = self.invoiced((self.tea, 5), (self.mug, 2))
        record = self.come_back(
            {"sku": "TEA", "quantity": 2}, order_reference=picking.origin
        ).linked
        note = record.credit_note_id
        self.assertEqual(
            (note.state, note.move_type, note.reversed_entry_id),
            ("draft", "out_refund", invoice),
        )
        (line,) = note.invoice_line_ids
        self.assertEqual(
            (line.product_id, line.quantity, line.price_unit, line.discount),
            (self.tea, 2, 5, 10),
        )
        self.assertEqual(line.tax_ids, self.tax)
        self.assertEqual(line.sale_line_ids, picking.sale_id.order_line[0])
        self.assertEqual(note.amount_total, 10.8)

    def test_nothing_is_credited_that_was_not_invoiced(self):
        picking, _invoice = self.invoiced((self.tea, 5), post=False)
        record = self.come_back(
            {"sku": "TEA", "quantity": 2}, order_reference=picking.origin
        ).linked
        self.assertFalse(record.credit_note_id)
        self.assertEqual(record.credit_note_text, "Nothing of it is invoiced.")
        with self.assertRaises(UserError):
            record.action_propose_credit()

    def test_nothing_is_credited_twice(self):
        picking, invoice = self.invoiced((self.tea, 5))
        invoice._reverse_moves([{}]).action_post()
        record = self.come_back(
            {"sku": "TEA", "quantity": 2}, order_reference=picking.origin
        ).linked
        self.assertFalse(record.credit_note_id)

    def test_a_proposal_that_was_deleted_can_be_made_again(self):
        picking, _invoice = self.invoiced((self.tea, 5))
        record = self.come_back(
            {"sku": "TEA", "quantity": 2}, order_reference=picking.origin
        ).linked
        record.credit_note_id.unlink()
        record.action_propose_credit()
        self.assertEqual(record.credit_note_id.state, "draft")
        self.assertEqual(record.credit_note_id.invoice_line_ids.quantity, 2)
