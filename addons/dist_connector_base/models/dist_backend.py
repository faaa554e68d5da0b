"""Backends: one partner endpoint in one environment and one company."""

from odoo import api, fields, models
from odoo.addons.base.models.res_partner import _tz_get
from odoo.exceptions import ValidationError

from ..core.canonical import DOCUMENTS
from ..pipeline import outbox


class DistBackend(models.Model):
    _name = "dist.backend"
    _description = "Partner Backend"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "name"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        index=True,
    )
    environment = fields.Selection(
        [("test", "Test"), ("production", "Production")],
        default="test",
        required=True,
        tracking=True,
    )
    profile_id = fields.Many2one(
        "dist.profile",
        required=True,
        domain=[("state", "=", "approved")],
        tracking=True,
        ondelete="restrict",
    )
    transport = fields.Char(related="profile_id.transport")
    user_id = fields.Many2one(
        "res.users", "Responsible", default=lambda self: self.env.user, tracking=True
    )
    tz = fields.Selection(
        _tz_get,
        "Partner's time zone",
        default="UTC",
        required=True,
    )
    setting_ids = fields.One2many("dist.backend.setting", "backend_id")
    credential_ids = fields.One2many(
        "dist.credential",
        "backend_id",
        groups="dist_connector_base.group_credential_admin",
    )
    flow_ids = fields.One2many("dist.flow", "backend_id")
    code_map_ids = fields.One2many("dist.code.map", "backend_id")
    message_open_count = fields.Integer(compute="_compute_counts")
    exception_open_count = fields.Integer(compute="_compute_counts")

    # ------------------------------------------------------------- computes

    def _compute_counts(self):
        open_messages = self.env["dist.message"]._read_group(
            [
                ("backend_id", "in", self.ids),
                ("state", "in", ["received", "ready", "waiting"]),
            ],
            ["backend_id"],
            ["__count"],
        )
        open_exceptions = self.env["dist.exception"]._read_group(
            [("backend_id", "in", self.ids), ("state", "!=", "resolved")],
            ["backend_id"],
            ["__count"],
        )
        messages = {backend.id: count for backend, count in open_messages}
        exceptions = {backend.id: count for backend, count in open_exceptions}
        for backend in self:
            backend.message_open_count = messages.get(backend.id, 0)
            backend.exception_open_count = exceptions.get(backend.id, 0)

    # ----------------------------------------------------------------- CRUD

    @api.model_create_multi
    def create(self, vals_list):
        backends = super().create(vals_list)
        backends._follow_profile()
        return backends

    def write(self, vals):
        result = super().write(vals)
        if "profile_id" in vals:
            self._follow_profile()
        self.env.registry.clear_cache()
        return result

    def _follow_profile(self):
        """Make the settings, flows and default code maps that the profile names.

        What a person changed stays as it is.
        """
        # sudo: flows come from the profile alone, and nobody else may create any
        for backend in self.sudo().with_context(dist_no_audit=True):
            profile = backend.profile_id._parsed()
            known = set(backend.setting_ids.mapped("name"))
            self.env["dist.backend.setting"].create(
                [
                    {
                        "backend_id": backend.id,
                        "name": name,
                        "label": spec.label,
                        "required": spec.required,
                        "value": spec.default,
                    }
                    for name, spec in profile.settings.items()
                    if name not in known
                ]
            )
            backend.flow_ids._follow_profile(backend, profile)
            self.env["dist.expectation.rule"].sudo()._follow_profile(backend, profile)
            backend._seed_code_maps(profile)

    def _seed_code_maps(self, profile):
        self.ensure_one()
        known = {(row.vocabulary, row.partner_code) for row in self.code_map_ids}
        self.env["dist.code.map"].create(
            [
                {
                    "backend_id": self.id,
                    "vocabulary": vocabulary,
                    "partner_code": partner_code,
                    "canonical_code": canonical_code,
                    # of several codes with one meaning, the first listed is sent
                    "preferred": list(codes.values()).index(canonical_code)
                    == list(codes).index(partner_code),
                }
                for vocabulary, codes in profile.code_maps.items()
                for partner_code, canonical_code in codes.items()
                if (vocabulary, partner_code) not in known
            ]
        )

    @api.constrains("profile_id")
    def _check_profile_approved(self):
        for backend in self:
            if backend.profile_id.state != "approved":
                raise ValidationError(
                    self.env._(
                        "%s is not approved yet.", backend.profile_id.display_name
                    )
                )

    # -------------------------------------------------------------- buttons

    def action_open_messages(self):
        """Open the messages of this backend."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "dist_connector_base.dist_message_action"
        )
        action["domain"] = [("backend_id", "=", self.id)]
        action["context"] = {}
        return action

    def action_open_exceptions(self):
        """Open the exceptions of this backend."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "dist_connector_base.dist_exception_action"
        )
        action["domain"] = [("backend_id", "=", self.id)]
        return action

    # ------------------------------------------------------------- services

    def _settings(self):
        """Give the settings as a plain dict of texts."""
        self.ensure_one()
        return {row.name: row.value or "" for row in self.sudo().setting_ids}

    def _flow(self, message_type):
        """Give the active flow of a message type, or an empty record."""
        self.ensure_one()
        return self.sudo().flow_ids.filtered(
            lambda flow: flow.message_type == message_type and flow.active
        )[:1]

    def _dist_send(self, message_type, items):
        """Store the intent to send documents, in the caller's transaction.

        :param message_type: canonical document type, such as ``fulfilment_request``
        :param items: list of ``pipeline.outbox.Outbound``
        :return: the messages, in the order of ``items``; for a key that stands in
            the ledger already, its message
        :raises ConflictError: when a key stands there with other content
        """
        self.ensure_one()
        if message_type not in DOCUMENTS:
            raise ValidationError(
                self.env._("%s is no canonical document.", message_type)
            )
        return outbox.store(self, message_type, items)

    def _dist_cancel_unsent(self, message_type, keys):
        """Cancel messages that have not left yet.

        :return: set of the keys that had not left, and never will
        """
        self.ensure_one()
        return outbox.cancel_unsent(self, message_type, keys)
