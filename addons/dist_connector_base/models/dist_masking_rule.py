"""What attempts and logs may show of a partner's documents."""

from odoo import api, fields, models, tools

from ..core.masking import Policy, Rule


class DistMaskingRule(models.Model):
    """An exception from the names that are masked by default.

    Secrets, and personal data under their usual names, are masked without any rule.
    """

    _name = "dist.masking.rule"
    _description = "Masking Rule"
    _inherit = ["dist.cache.mixin", "dist.audit.mixin"]
    _order = "backend_id, sequence, id"
    _rec_name = "pattern"

    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company",
        store=True,
        readonly=False,
        help="Empty: for all companies.",
    )
    backend_id = fields.Many2one(
        "dist.backend",
        index=True,
        ondelete="cascade",
        help="Empty: for all partners.",
    )
    kind = fields.Selection(
        [("field", "Field"), ("path", "Path"), ("header", "HTTP header")],
        "What",
        default="field",
        required=True,
        help="Field: the name of a field, parameter or element, wherever it stands. "
        "Path: names from the outside in, with dots, without list positions, such as "
        "order.lines.remark.",
    )
    pattern = fields.Char(
        "Name or path", required=True, help="In any case; * stands for any letters."
    )
    action = fields.Selection(
        [
            ("mask", "Mask"),
            ("hash", "Keep a hash that equal values share"),
            ("last4", "Keep the last four characters"),
            ("show", "Show"),
        ],
        "What stays",
        default="mask",
        required=True,
        help="A secret is masked, whatever a rule says.",
    )
    note = fields.Char("Why")

    @api.depends("backend_id")
    def _compute_company(self):
        for rule in self:
            if rule.backend_id:
                rule.company_id = rule.backend_id.company_id

    def _audited_fields(self):
        return super()._audited_fields() | {
            "active",
            "backend_id",
            "kind",
            "pattern",
            "action",
        }

    @api.model
    def _policy(self, backend) -> Policy:
        """Give the policy of a backend: its own rules first, then those for all."""
        return self._policy_of(backend.id, backend.company_id.id)

    @api.model
    @tools.ormcache("backend_id", "company_id")
    def _policy_of(self, backend_id, company_id):
        rules = self.sudo().search(
            [
                ("backend_id", "in", [backend_id, False]),
                ("company_id", "in", [company_id, False]),
            ]
        )
        rules = rules.sorted(lambda rule: (not rule.backend_id, rule.sequence, rule.id))
        salt = self.env["ir.config_parameter"].sudo().get_param("database.uuid")
        return Policy(
            rules=tuple(Rule(rule.kind, rule.pattern, rule.action) for rule in rules),
            salt=salt or "",
        )
