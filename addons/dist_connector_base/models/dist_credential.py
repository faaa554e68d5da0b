"""Secrets: encrypted at rest, readable by the transports only."""

import os

from cryptography.fernet import Fernet, InvalidToken
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import NO_ACCESS
from odoo.tools import config

from ..core.errors import ConfigurationError

KEY_OPTION = "dist_encryption_key"
KEY_VARIABLE = "DIST_ENCRYPTION_KEY"


def _fernet() -> Fernet:
    """Give the cipher of this server.

    :raises ConfigurationError: when the server has no key, or not a Fernet key
    """
    key = os.environ.get(KEY_VARIABLE) or config.get(KEY_OPTION)
    step = (
        f"Set {KEY_OPTION} in odoo.conf or {KEY_VARIABLE} in the environment to a "
        "Fernet key, and keep it outside the database."
    )
    if not key:
        raise ConfigurationError("the server has no encryption key", next_step=step)
    try:
        return Fernet(key)
    except ValueError as exc:
        raise ConfigurationError(
            "the server's encryption key is not a Fernet key", next_step=step
        ) from exc


class DistCredential(models.Model):
    _name = "dist.credential"
    _description = "Credential"
    _order = "backend_id, name, id"

    backend_id = fields.Many2one(
        "dist.backend", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="backend_id.company_id", store=True)
    name = fields.Char(
        "Purpose",
        required=True,
        help="The name that the profile uses, such as api_token or webhook_secret.",
    )
    active = fields.Boolean(default=True)
    # The cipher text is no field that anybody may read; server code reads it as
    # superuser.
    cipher = fields.Text(groups=NO_ACCESS, copy=False)
    secret = fields.Char(
        "New secret",
        compute="_compute_secret",
        inverse="_inverse_secret",
        help="Type a new secret to store it. A stored secret is never shown.",
    )
    is_set = fields.Boolean("Stored", compute="_compute_is_set", compute_sudo=True)
    changed_at = fields.Datetime(readonly=True)

    def _compute_secret(self):
        self.secret = False

    @api.depends("cipher")
    def _compute_is_set(self):
        for credential in self:
            credential.is_set = bool(credential.cipher)

    def _inverse_secret(self):
        for credential in self:
            if not credential.secret:
                continue
            try:
                cipher = _fernet().encrypt(credential.secret.encode()).decode()
            except ConfigurationError as exc:
                raise UserError(". ".join((str(exc), exc.next_step))) from exc
            credential.sudo().write(
                {"cipher": cipher, "changed_at": fields.Datetime.now()}
            )

    def write(self, vals):
        result = super().write(vals)
        # the webhook's door holds live secrets in memory
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    @api.model
    def _secrets(self, backend, name):
        """Give all live secrets of a purpose, the newest first.

        :rtype: list[str]
        :raises ConfigurationError: when none is stored, or the key does not fit
        """
        rows = self.sudo().search(
            [("backend_id", "=", backend.id), ("name", "=", name)], order="id desc"
        )
        ciphers = [row.cipher for row in rows if row.cipher]
        if not ciphers:
            raise ConfigurationError(
                f"no secret is stored for {name!r}",
                path=f"credentials.{name}",
                next_step=f"Store the credential {name!r} on {backend.name}.",
            )
        fernet = _fernet()
        try:
            return [fernet.decrypt(cipher.encode()).decode() for cipher in ciphers]
        except InvalidToken as exc:
            raise ConfigurationError(
                f"the stored secret for {name!r} was encrypted with another key",
                path=f"credentials.{name}",
                next_step="Store the secret again, or restore the server's key.",
            ) from exc
