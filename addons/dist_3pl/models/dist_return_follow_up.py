"""What follows a return: a proposed credit note, or a replacement."""

from odoo import models


class DistReturn(models.Model):
    # fields and buttons are in dist_return.py
    _inherit = "dist.return"  # pylint: disable=consider-merging-classes-inherited

    def _propose_credit(self):
        """Draft a credit note on the invoice of what came back.

        It credits what was invoiced and not credited yet, at the invoice's own price,
        discount and taxes. It is a draft: a person looks at it and posts it. Where
        nothing is invoiced, nothing is to be credited: the order then invoices less.
        """
        self.ensure_one()
        if self.credit_note_id.state in ("draft", "posted"):
            return
        wanted = self._creditable()
        if not wanted:
            self.credit_note_text = self.env._("Nothing of it is invoiced.")
            return
        invoice = max(wanted, key=lambda move: (move.invoice_date, move.id))
        note = invoice.with_company(self.company_id)._reverse_moves(
            [
                {
                    "ref": self.env._(
                        "Return %(number)s of %(invoice)s",
                        number=self.name,
                        invoice=invoice.name,
                    ),
                    "invoice_date": False,
                    "invoice_user_id": invoice.invoice_user_id.id,
                }
            ]
        )
        self._keep_only(note, wanted[invoice])
        others = [move.name for move in wanted if move != invoice]
        self.write(
            {
                "credit_note_id": note.id,
                "credit_note_text": self.env._(
                    "Part of it is invoiced on %s: credit that by hand.",
                    ", ".join(others),
                )
                if others
                else False,
            }
        )

    def _creditable(self):
        """Give how much of which sale line can be credited, by invoice.

        :rtype: dict[account.move, dict[sale.order.line, float]] in the lines' units
        """
        found = {}
        for line in self.line_ids.filtered("quantity_received"):
            sale_line = line.move_id.sale_line_id
            rest = line.uom_id._compute_quantity(
                line.quantity_received, sale_line.product_uom_id or line.uom_id
            )
            for billed in sale_line.invoice_lines.filtered(
                lambda x: x.move_type == "out_invoice" and x.parent_state == "posted"
            ):
                credited = sum(
                    x.quantity
                    for x in sale_line.invoice_lines
                    if x.move_id.reversed_entry_id == billed.move_id
                    and x.parent_state != "cancel"
                )
                now = min(rest, billed.quantity - credited)
                if now > 0:
                    of_invoice = found.setdefault(billed.move_id, {})
                    of_invoice[sale_line] = of_invoice.get(sale_line, 0.0) + now
                    rest -= now
        return found

    def _keep_only(self, note, wanted):
        """Take off the credit note what did not come back."""
        left = dict(wanted)
        commands = []
        for line in note.invoice_line_ids:
            quantity = left.pop(line.sale_line_ids[:1], 0.0)
            if quantity:
                commands.append((1, line.id, {"quantity": quantity}))
            else:
                commands.append((2, line.id))
        note.write({"invoice_line_ids": commands})

    def _replace(self):
        """Send what came back, or shall come back, once more.

        The goods leave with a delivery of their own: as soon as it is ready, it
        becomes a fulfilment request with its own key.
        """
        self.ensure_one()
        if self.replacement_ids:
            return
        rule = self.env["stock.rule"]
        procurements = []
        for line in self.line_ids:
            quantity = line.quantity_received or line.quantity
            sale_line = line.move_id.sale_line_id
            if not quantity or not sale_line:
                continue
            procurements.append(
                rule.Procurement(
                    line.product_id,
                    quantity,
                    line.uom_id,
                    line.move_id.location_dest_id,
                    line.product_id.display_name,
                    self.sale_id.name,
                    self.company_id,
                    {
                        **sale_line._prepare_procurement_values(),
                        "dist_replaces_id": self.id,
                    },
                )
            )
        if procurements:
            rule.run(procurements)
            moves = self.env["stock.move"].search([("dist_replaces_id", "=", self.id)])
            moves.picking_id.dist_replaces_id = self
            moves.picking_id.action_assign()
