"""What happens when both sides of a flow differ: tolerance, policy and limits."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..reconcile import KINDS

POLICIES = [
    ("ask", "Ask a person"),
    ("adopt", "Adopt theirs"),
    ("republish", "Republish ours"),
]


def _policy(label, help_text):
    return fields.Selection(
        POLICIES, label, default="ask", required=True, help=help_text
    )


class DistFlow(models.Model):
    _inherit = "dist.flow"

    system_of_record = fields.Selection(
        [("nobody", "Nobody"), ("ours", "Odoo"), ("theirs", "The partner")],
        default="nobody",
        required=True,
        help="Whose numbers are right when both sides differ. With Odoo, theirs is "
        "never adopted; with the partner, ours is never republished.",
    )
    drift_missing = _policy(
        "Partner has none", "Odoo has it, the partner does not list it."
    )
    drift_extra = _policy("Odoo has none", "The partner lists it, Odoo has none.")
    drift_ours_newer = _policy("Odoo is newer", "Odoo changed after the partner.")
    drift_theirs_newer = _policy("Partner is newer", "The partner changed after Odoo.")
    drift_different = _policy("Different", "Nobody can say which side changed last.")
    drift_value_limit = fields.Float(
        "Act by itself up to",
        digits="Product Price",
        help="In the company's currency, for each difference. Above it a reviewer "
        "decides. Empty or zero: always a reviewer, as for values that are not known.",
    )
    recon_tolerance_percent = fields.Float(
        "Tolerance (%)",
        digits=(16, 4),
        help="Of our number. A difference is within tolerance when it is within the "
        "percentage and within the quantity. Empty means none.",
    )
    recon_tolerance_amount = fields.Float(
        "Tolerance (quantity)",
        digits=(16, 4),
        help="A difference is within tolerance when it is within the percentage and "
        "within the quantity. Empty means none.",
    )
    recon_lag_hours = fields.Float(
        "Late for (h)",
        default=24,
        help="A difference is late, and not real, when a movement or a document on "
        "its way that is younger than this explains it.",
    )
    recon_when = fields.Selection(
        [
            ("manual", "By hand"),
            ("after", "After each complete document"),
            ("daily", "Once a day"),
        ],
        "Compare",
        default="manual",
        required=True,
    )
    recon_settle_minutes = fields.Integer(
        "Wait for pages (min)",
        default=10,
        help="A partner that does not say which page is the last one: so long after "
        "the last page its list is taken as complete.",
    )
    recon_last_at = fields.Datetime("Last compared", readonly=True, copy=False)

    @api.constrains("system_of_record", *(f"drift_{kind}" for kind in KINDS[1:]))
    def _check_drift_policy(self):
        never = {"ours": "adopt", "theirs": "republish"}
        for flow in self:
            barred = never.get(flow.system_of_record)
            if barred and barred in {flow[f"drift_{kind}"] for kind in KINDS[1:]}:
                raise ValidationError(
                    self.env._(
                        "%(flow)s: the policy contradicts the system of record, "
                        "which is %(owner)s.",
                        flow=flow.display_name,
                        owner=dict(
                            flow._fields["system_of_record"]._description_selection(
                                self.env
                            )
                        )[flow.system_of_record],
                    )
                )

    @api.constrains(
        "drift_value_limit",
        "recon_tolerance_percent",
        "recon_tolerance_amount",
        "recon_lag_hours",
    )
    def _check_not_negative(self):
        for flow in self:
            if (
                min(
                    flow.drift_value_limit,
                    flow.recon_tolerance_percent,
                    flow.recon_tolerance_amount,
                    flow.recon_lag_hours,
                )
                < 0
            ):
                raise ValidationError(
                    self.env._("Tolerances, limits and times cannot be negative.")
                )
