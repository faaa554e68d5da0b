"""The webhook of a backend: its address, its limits, the partner's public keys."""

import secrets

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from ..core.errors import ConfigurationError, DataError, DistError
from ..core.signatures import read_jwks
from ..pipeline.context import fetch_public_keys
from ..pipeline.door import Door


class DistBackend(models.Model):
    _inherit = "dist.backend"

    webhook_token = fields.Char(
        default=lambda self: secrets.token_urlsafe(24),
        required=True,
        copy=False,
        groups="dist_connector_base.group_manager",
    )
    webhook_url = fields.Char(
        compute="_compute_webhook_url", groups="dist_connector_base.group_manager"
    )
    webhook_max_bytes = fields.Integer(
        "Largest webhook body", default=5 * 1024 * 1024, help="In bytes."
    )
    webhook_rate = fields.Integer(
        "Webhooks a minute",
        default=1200,
        required=True,
        help="What comes above this is turned away with 429 and the time to wait; "
        "partners repeat it. Counted over all workers.",
    )
    webhook_keys = fields.Text(
        "Partner's public keys",
        readonly=True,
        copy=False,
        groups="dist_connector_base.group_manager",
        help="As last read from the address that the profile names (JWKS). They are "
        "read again when the partner signs with a key that is not among them.",
    )
    webhook_keys_at = fields.Datetime("Keys read", readonly=True, copy=False)
    webhook_needs_keys = fields.Boolean(compute="_compute_webhook_needs_keys")

    _webhook_token_unique = models.UniqueIndex("(webhook_token)")

    @api.depends("webhook_token")
    def _compute_webhook_url(self):
        base = self.get_base_url()
        for backend in self:
            backend.webhook_url = f"{base}/dist/webhook/{backend.webhook_token}"

    @api.depends("profile_id.document")
    def _compute_webhook_needs_keys(self):
        for backend in self:
            profile = backend.profile_id
            spec = profile._parsed().webhook if profile else None
            backend.webhook_needs_keys = bool(spec and spec.scheme.kind == "rsa")

    @api.constrains("webhook_max_bytes", "webhook_rate")
    def _check_webhook_limits(self):
        for backend in self:
            if backend.webhook_max_bytes <= 0 or backend.webhook_rate <= 0:
                raise ValidationError(
                    self.env._("A limit of the webhook is a number above zero.")
                )

    # -------------------------------------------------------------- buttons

    def action_rotate_webhook_token(self):
        """Give the webhook another address; the old one stops at once."""
        self.check_access("write")
        for backend in self:
            backend.webhook_token = secrets.token_urlsafe(24)
        self.env["dist.audit"]._record("webhook.rotate", self)

    def action_fetch_webhook_keys(self):
        """Read the partner's public keys now."""
        self.check_access("write")
        for backend in self:
            backend._enqueue_webhook_keys()

    # ----------------------------------------------------------------- jobs

    def _enqueue_webhook_keys(self):
        self.ensure_one()
        self.sudo().with_delay(
            channel="root.dist.realtime",
            identity_key=f"dist.backend.webhook_keys:{self.id}",
            description=f"Read the public keys of {self.name}",
        )._job_webhook_keys()

    def _job_webhook_keys(self):
        """Job: read the partner's public keys from where the profile says.

        A partner that cannot be reached is an exception, not a failure of the job;
        the keys of before stay.

        :return: a line for the job's result
        """
        self.ensure_one()
        backend = self.sudo()
        try:
            text = fetch_public_keys(backend, backend.profile_id._parsed())
            found = read_jwks(text)
        except DistError as exc:
            self.env["dist.exception"]._open_for_cause(
                backend, self.env["dist.flow"], exc
            )
            return str(exc)
        backend.write({"webhook_keys": text, "webhook_keys_at": fields.Datetime.now()})
        return f"{len(found)} keys"

    # ------------------------------------------------------------- services

    @api.model
    @tools.ormcache("token")
    def _webhook_door(self, token):
        """Give what the webhook of an address needs, or None for a wrong address.

        :rtype: pipeline.door.Door | None
        """
        backend = self.sudo().search([("webhook_token", "=", token)], limit=1)
        if not backend:
            return None
        # Held as it is: the profile of a backend is approved, and does not change.
        spec = backend.profile_id._parsed().webhook
        live, keys, fault = [], (), None
        try:
            if spec and spec.scheme.needs_secret:
                live = self.env["dist.credential"]._secrets(
                    backend, spec.credential, "webhook"
                )
            if backend.webhook_keys:
                keys = read_jwks(backend.webhook_keys)
        except (ConfigurationError, DataError) as exc:
            fault = exc
        read_at = backend.webhook_keys_at
        return Door(
            backend.id,
            backend.company_id.id,
            backend.profile_id.id,
            backend.webhook_max_bytes,
            backend.webhook_rate,
            tuple(live),
            {
                flow.message_type: flow.id
                for flow in backend.flow_ids
                if flow.direction == "in" and flow.active
            },
            spec,
            fault,
            keys,
            read_at.timestamp() if read_at else 0.0,
        )
