"""Pin a profile to the partner's specification, or compare a file with the pin."""

import base64
import hashlib

from odoo import api, fields, models


class DistProfileContract(models.TransientModel):
    _name = "dist.profile.contract"
    _description = "Contract pin of a profile"

    profile_id = fields.Many2one("dist.profile", required=True, ondelete="cascade")
    profile_state = fields.Selection(related="profile_id.state")
    file = fields.Binary(
        "Specification file",
        attachment=False,
        help="The partner's own description of its interface. Only its fingerprint "
        "is kept.",
    )
    file_name = fields.Char()
    name = fields.Char(
        "Title", compute="_compute_from_profile", store=True, readonly=False
    )
    version = fields.Char(compute="_compute_from_profile", store=True, readonly=False)
    sha256 = fields.Char(
        "Fingerprint (SHA-256)",
        compute="_compute_sha256",
        store=True,
        readonly=False,
        help="Of the file, or typed.",
    )
    sunset = fields.Date(compute="_compute_from_profile", store=True, readonly=False)
    comparison = fields.Selection(
        [
            ("same", "This is the specification that the profile was made from."),
            ("other", "This is another text: the partner changed its specification."),
            ("none", "The profile is not pinned to a specification yet."),
        ],
        compute="_compute_comparison",
    )

    @api.depends("profile_id")
    def _compute_from_profile(self):
        for wizard in self:
            wizard.name = wizard.profile_id.contract_name
            wizard.version = wizard.profile_id.contract_version
            wizard.sunset = wizard.profile_id.contract_sunset

    @api.depends("file", "profile_id")
    def _compute_sha256(self):
        for wizard in self:
            if wizard.file:
                content = base64.b64decode(wizard.file)
                wizard.sha256 = hashlib.sha256(content).hexdigest()
            else:
                wizard.sha256 = wizard.sha256 or wizard.profile_id.contract_sha256

    @api.depends("sha256", "profile_id")
    def _compute_comparison(self):
        for wizard in self:
            pinned = wizard.profile_id.contract_sha256
            told = (wizard.sha256 or "").strip().lower()
            if not pinned:
                wizard.comparison = "none"
            else:
                wizard.comparison = "same" if told == pinned else "other"

    def action_pin(self):
        """Write the pin into the draft; of an approved profile, the sunset alone."""
        self.ensure_one()
        self.profile_id._check_may_govern()
        self.profile_id._pin_contract(self.name, self.version, self.sha256, self.sunset)
        return {"type": "ir.actions.act_window_close"}
