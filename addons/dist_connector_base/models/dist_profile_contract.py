"""The contract pin: which text of the partner a profile was made from, and its end."""

import json

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..core.errors import ConfigurationError
from ..core.profile.rewrite import with_block


class DistProfile(models.Model):
    _inherit = "dist.profile"

    contract_name = fields.Char(
        "Specification", compute="_compute_contract", store=True
    )
    contract_version = fields.Char(compute="_compute_contract", store=True)
    contract_sha256 = fields.Char(
        "Specification fingerprint",
        compute="_compute_contract",
        store=True,
        help="SHA-256 of the partner's specification that the profile was made from.",
    )
    contract_sunset = fields.Date(
        "Sunset",
        compute="_compute_contract",
        store=True,
        tracking=True,
        help="The day on which the partner switches this version of its interface "
        "off. It may become known after the approval.",
    )
    sunset_warning_days = fields.Integer(
        "Warn ahead",
        default=60,
        required=True,
        help="So many days before the sunset the backends' owners are told.",
    )
    contract_sunset_told = fields.Char(readonly=True, copy=False)

    _sunset_warning_days_positive = models.Constraint(
        "CHECK (sunset_warning_days >= 0)", "The days of warning cannot be negative."
    )

    @api.depends("document")
    def _compute_contract(self):
        for profile in self:
            contract = profile._parsed().contract
            profile.contract_name = contract.name
            profile.contract_version = contract.version
            profile.contract_sha256 = contract.sha256
            # what a person was told later than the text stays
            profile.contract_sunset = contract.sunset or profile.contract_sunset

    def _pin_contract(self, name="", version="", sha256="", sunset=None):
        """Write the pin: into the text of a draft; of an approved one, the sunset.

        :param sha256: 64 hexadecimal digits, or empty
        :param sunset: ``date``, or nothing
        :raises UserError: for an approved profile and another specification
        """
        self.ensure_one()
        self.check_access("write")
        sha256 = (sha256 or "").strip().lower()
        if sha256 and (len(sha256) != 64 or set(sha256) - set("0123456789abcdef")):
            raise ValidationError(
                self.env._("A SHA-256 has 64 digits and letters from a to f.")
            )
        before = (self.contract_name, self.contract_version, self.contract_sha256)
        same = tuple(part or "" for part in before) == (
            name or "",
            version or "",
            sha256,
        )
        if self.state != "draft" and not same:
            raise UserError(
                self.env._(
                    "The profile was approved for another specification. Make a new "
                    "version for this one."
                )
            )
        if self.state == "draft":
            told = {"name": name, "version": version, "sha256": sha256}
            told["sunset"] = fields.Date.to_string(sunset) if sunset else None
            pin = json.dumps(
                {key: held for key, held in told.items() if held}, ensure_ascii=False
            )
            self.document = with_block(self.document, "contract", pin)
        self._govern({"contract_sunset": sunset})
        self.env["dist.audit"]._record(
            "profile.pin_contract", self, version or "", sha256=sha256
        )

    # ----------------------------------------------------------------- cron

    @api.model
    def _cron_warn_sunset(self):
        """Warn of contracts that end soon, and once more when they have ended."""
        today = fields.Date.context_today(self)
        running = self.sudo().search(
            [("contract_sunset", "!=", False), ("backend_ids.active", "=", True)]
        )
        for profile in running:
            left = (profile.contract_sunset - today).days
            if left > profile.sunset_warning_days:
                continue
            told = f"{profile.contract_sunset}:{'over' if left < 0 else 'ahead'}"
            if profile.contract_sunset_told == told:
                continue
            profile._warn_sunset(left)
            profile._govern({"contract_sunset_told": told})

    def _warn_sunset(self, left: int):
        """Open an exception and an activity for each backend of this profile."""
        self.ensure_one()
        day = fields.Date.to_string(self.contract_sunset)
        what = self.contract_version or self.contract_name or self.name
        if left < 0:
            text = self.env._(
                "the partner's interface %(what)s ended on %(day)s", what=what, day=day
            )
        else:
            text = self.env._(
                "the partner's interface %(what)s ends on %(day)s", what=what, day=day
            )
        step = self.env._(
            "Make a new version of the profile for the partner's next interface, have "
            "it approved, and let it take over before that day."
        )
        flow = self.env["dist.flow"]
        for backend in self.backend_ids:
            error = ConfigurationError(text, path="contract.sunset", next_step=step)
            self.env["dist.exception"]._open_for_cause(backend, flow, error)
            backend.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=min(
                    self.contract_sunset,
                    fields.Date.add(fields.Date.context_today(self), days=7),
                ),
                summary=text[0].upper() + text[1:],
                note=step,
                user_id=(backend.user_id or self.approver_id or self.env.user).id,
            )
