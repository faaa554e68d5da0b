"""How much the business depends on a flow."""

from odoo import api, fields, models

from .dist_exception import SEVERITY_LABELS

#: Flows that move goods or promise them; what a catalogue misses can wait.
HIGH = (
    "fulfilment_request",
    "fulfilment_cancel",
    "fulfilment_hold",
    "fulfilment_release",
    "fulfilment_response",
    "shipment_confirmation",
    "receipt_confirmation",
    "inventory_snapshot",
    "inventory_adjustment",
    "order",
    "order_change",
)
LOW = ("price_list", "sales_report")


class DistFlow(models.Model):
    _inherit = "dist.flow"

    criticality = fields.Selection(
        SEVERITY_LABELS,
        compute="_compute_criticality",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        help="How much the business depends on this flow: the higher, the sooner its "
        "exceptions are to be solved.",
    )

    @api.depends("message_type")
    def _compute_criticality(self):
        for flow in self:
            flow.criticality = (
                "high"
                if flow.message_type in HIGH
                else "low"
                if flow.message_type in LOW
                else "medium"
            )
