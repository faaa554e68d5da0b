"""What a person may do when a partner refused a change or a cancel."""

from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from . import stock_picking_change  # noqa: F401  it is extended here: it comes first


class StockPicking(models.Model):
    # what happens before is in stock_picking_change.py
    _inherit = "stock.picking"  # pylint: disable=consider-merging-classes-inherited

    dist_replace = fields.Boolean(
        "Request anew after the cancel", readonly=True, copy=False
    )
    dist_cancel_rest = fields.Boolean(
        "Cancel what does not ship", readonly=True, copy=False
    )

    dist_has_added_lines = fields.Boolean(compute="_compute_dist_has_added_lines")

    # ------------------------------------------------------------- computes

    def _compute_dist_has_added_lines(self):
        for picking in self:
            refused = picking.dist_change_state in ("refused", "impossible")
            picking.dist_has_added_lines = refused and bool(picking._dist_added())

    # -------------------------------------------------------------- buttons

    def action_dist_accept_as_is(self):
        """Let the partner ship what it has, and make the delivery say so.

        After a refused change, quantities, date and address become what the partner
        was asked for. After a refused cancel, the delivery is shipped.
        """
        self._dist_check_choice()
        for picking in self.sudo().with_context(dist_no_change=True):
            if picking.dist_change_state in ("refused", "impossible"):
                picking._dist_restore()
            if picking.dist_state == "cancel_refused":
                picking._dist_write({"dist_state": "accepted", "dist_reason": False})
            picking._dist_change_over()
        self._dist_record("delivery.accept_as_is")
        return True

    def action_dist_ask_again(self):
        """Ask the partner once more for the change or the cancel that it refused."""
        self._dist_check_choice()
        for picking in self.sudo():
            if picking.dist_state == "cancel_refused":
                picking._dist_ask_cancel()
            elif picking.dist_change_state == "refused":
                picking._dist_close_failed()
                picking._dist_change()
        self._dist_record("delivery.ask_again")
        return True

    def action_dist_split(self):
        """Keep what the partner ships apart from what it refused.

        After a refused change, lines that were added go to a delivery of their own,
        which is requested by itself. After a refused cancel, what the partner does not
        ship is cancelled and not backordered.

        :raises UserError: when nothing can be taken apart
        """
        self._dist_check_choice()
        for picking in self.sudo():
            if picking.dist_state == "cancel_refused":
                picking._dist_write(
                    {
                        "dist_cancel_rest": True,
                        "dist_state": "accepted",
                        "dist_reason": self.env._("What does not ship is cancelled."),
                    }
                )
            else:
                picking._dist_split_added()
        self._dist_record("delivery.split")
        return True

    def action_dist_replace(self):
        """Cancel the request at the partner, and ask anew for what is wanted now."""
        self._dist_check_choice()
        for picking in self.sudo():
            picking._dist_write({"dist_replace": True, "dist_change_state": "held"})
            picking._dist_close_failed()
            picking._dist_ask_cancel()
        self._dist_record("delivery.replace_request")
        return True

    def _dist_check_choice(self):
        """Check that somebody may choose, and that there is something to choose.

        :raises AccessError: for anybody but an operator
        :raises UserError: when the partner refused nothing
        """
        self.check_access("write")
        group = "dist_connector_base.group_operator"
        if not self.env.su and not self.env.user.has_group(group):
            raise AccessError(
                self.env._("Only people who work with partners may decide this.")
            )
        for picking in self:
            refused = picking.dist_change_state in ("refused", "impossible")
            if not refused and picking.dist_state != "cancel_refused":
                raise UserError(
                    self.env._("The partner refused nothing of %s.", picking.name)
                )

    def _dist_record(self, action):
        self.env["dist.audit"]._record(action, self)

    # -------------------------------------------------------- private steps

    def _dist_restore(self):
        """Make the delivery say what the partner was asked for."""
        self.ensure_one()
        agreed = self._dist_agreed_content()
        for line in self._dist_request_lines():
            move = line.move_id
            move.dist_drop_asked = False
            quantity = line.uom_id._compute_quantity(
                float(agreed["lines"].get(line.line_key, 0)),
                move.product_uom,
                rounding_method="HALF-UP",
            )
            if move.state not in ("done", "cancel") and (
                move.product_uom.compare(quantity, move.product_uom_qty) > 0
            ):
                move.product_uom_qty = quantity
        values = {}
        if self.dist_agreed_partner_id:
            values["partner_id"] = self.dist_agreed_partner_id.id
        day = fields.Date.to_date(agreed.get("requested_ship_date"))
        if day and day != self.scheduled_date.date():
            values["scheduled_date"] = fields.Datetime.to_datetime(day).replace(hour=12)
        self.write(values)
        self._dist_write({"dist_agreed_partner_id": False})
        if self.state in ("confirmed", "waiting", "assigned"):
            self.action_assign()

    def _dist_added(self):
        """Give the open lines that the partner was not asked for."""
        self.ensure_one()
        asked = self._dist_request_lines().move_id
        return (self.move_ids - asked).filtered(
            lambda move: move.state not in ("done", "cancel")
        )

    def _dist_split_added(self):
        """Move the lines that the partner was not asked for to another delivery.

        :raises UserError: when no line was added
        """
        self.ensure_one()
        added = self._dist_added()
        if not added:
            raise UserError(
                self.env._(
                    "No line was added to %s: there is nothing to ship apart. Let it "
                    "ship as asked, ask again, or cancel there and request anew.",
                    self.name,
                )
            )
        other = self.copy({"move_ids": [], "move_line_ids": [], "name": "/"})
        added.move_line_ids.picking_id = other
        added.picking_id = other
        other.action_assign()
        self._dist_change_over()
        self._dist_change()

    def _dist_dropped(self):
        """Ask anew for deliveries that were cancelled there only to be changed."""
        anew = self.filtered("dist_replace")
        anew._dist_write(
            {"dist_state": "none", "dist_reason": False, "dist_replace": False}
        )
        self.env["dist.expectation"]._drop_for_records(anew)
        ready = anew.filtered(lambda p: p.state == "assigned")
        if ready:
            self._dist_collect_later(ready.ids)
        for picking in anew - ready:
            if picking.state in ("confirmed", "waiting"):
                # it becomes ready, and is asked for, as far as there is stock
                picking.action_assign()
        return super(StockPicking, self - anew)._dist_dropped()

    def _dist_cancel_refused(self, reason):
        """A refused cancel leaves the change undone, too."""
        changed = self.filtered("dist_replace")
        result = super()._dist_cancel_refused(reason)
        changed._dist_write({"dist_replace": False, "dist_change_state": "refused"})
        return result

    def _action_done(self):
        """Cancel the rest of deliveries of which only a part was to ship."""
        result = super()._action_done()
        rest = self.filtered(
            lambda p: p.dist_cancel_rest and p.state == "done"
        ).backorder_ids
        rest.filtered(lambda p: p.state not in ("done", "cancel")).action_cancel()
        return result
