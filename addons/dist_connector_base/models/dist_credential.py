"""Secrets: encrypted at rest, readable by the transports only."""

import os

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import NO_ACCESS
from odoo.tools import SQL, config

from ..core.errors import ConfigurationError
from ..core.vault import Vault

KEY_OPTION = "dist_encryption_key"
KEY_VARIABLE = "DIST_ENCRYPTION_KEY"
#: What a person changes and an auditor wants to know of; the secret has its own entry.
AUDITED = {"name", "active", "use", "backend_id", "expires_on", "user_id"}


def _vault() -> Vault:
    """Give the vault of this server.

    :raises ConfigurationError: when the server has no key, or not a Fernet key
    """
    keys = os.environ.get(KEY_VARIABLE) or config.get(KEY_OPTION) or ""
    try:
        return Vault(keys)
    except ConfigurationError as exc:
        raise ConfigurationError(
            exc.message,
            next_step=f"Set {KEY_OPTION} in odoo.conf or {KEY_VARIABLE} in the "
            "environment to a Fernet key, and keep it outside the database.",
        ) from exc


class DistCredential(models.Model):
    _name = "dist.credential"
    _description = "Credential"
    _inherit = ["dist.cache.mixin"]
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
    user_id = fields.Many2one(
        "res.users",
        "Owner",
        help="Is reminded before the secret expires; else the backend's responsible.",
    )
    use = fields.Selection(
        [
            ("any", "Calls and webhooks"),
            ("call", "Calls to the partner only"),
            ("webhook", "Webhooks of the partner only"),
        ],
        "May be used for",
        default="any",
        required=True,
    )
    # The cipher texts are no fields that anybody may read; server code reads them as
    # superuser.
    cipher = fields.Text(groups=NO_ACCESS, copy=False)
    previous_cipher = fields.Text(groups=NO_ACCESS, copy=False)
    previous_until = fields.Datetime(
        "Old secret until",
        readonly=True,
        copy=False,
        help="Until then the secret before is taken as well; then it is destroyed.",
    )
    overlap_days = fields.Integer(
        "Change-over (days)",
        default=7,
        required=True,
        help="How long the old secret lives on beside a new one. 0: not at all.",
    )
    secret = fields.Char(
        "New secret",
        compute="_compute_secret",
        inverse="_inverse_secret",
        copy=False,
        help="Type a new secret to store it. A stored secret is never shown.",
    )
    is_set = fields.Boolean("Stored", compute="_compute_is_set", compute_sudo=True)
    problem = fields.Char("Why it cannot be used", compute="_compute_problem")
    changed_at = fields.Datetime(readonly=True, copy=False)
    last_used_at = fields.Datetime("First used that day", compute="_compute_last_used")
    expires_on = fields.Date(
        "Expires", help="When the partner ends the secret. A new one clears it."
    )
    remind_days = fields.Integer("Remind (days ahead)", default=30, required=True)

    # ------------------------------------------------------------- computes

    def _compute_secret(self):
        self.secret = False

    @api.depends("cipher")
    def _compute_is_set(self):
        for credential in self:
            credential.is_set = bool(credential.cipher)

    @api.depends("cipher", "backend_id.environment")
    def _compute_problem(self):
        for credential in self:
            credential.problem = False
            cipher = credential.sudo().cipher
            if cipher:
                try:
                    _vault().open(cipher, credential._place())
                except ConfigurationError as exc:
                    credential.problem = exc.message

    def _compute_last_used(self):
        used = dict(
            self.env["dist.audit"]
            .sudo()
            ._read_group(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("action", "=", "credential.use"),
                ],
                ["res_id"],
                ["at:max"],
            )
        )
        for credential in self:
            credential.last_used_at = used.get(credential.id, False)

    def _inverse_secret(self):  # pylint: disable=missing-return
        now = fields.Datetime.now()
        for credential in self:
            secret = credential.secret
            # what was typed does not go back to the client with the saved record
            credential.invalidate_recordset(["secret"], flush=False)
            if not secret:
                continue
            try:
                cipher = _vault().seal(secret, credential._place())
            except ConfigurationError as exc:
                raise UserError(exc.advice) from exc
            vals = {"cipher": cipher, "changed_at": now}
            old = credential.sudo().cipher
            if old and credential.overlap_days > 0:
                until = fields.Datetime.add(now, days=credential.overlap_days)
                vals |= {"previous_cipher": old, "previous_until": until}
                self.env.ref("dist_connector_base.cron_credential")._trigger(until)
            if old and credential._is_due():
                vals["expires_on"] = False
            super(DistCredential, credential.sudo()).write(vals)
            self.env["dist.audit"]._record(
                "credential.replace" if old else "credential.store", credential
            )

    # ----------------------------------------------------------------- CRUD

    def write(self, vals):
        result = super().write(vals)
        changed = {name: str(value) for name, value in vals.items() if name in AUDITED}
        if changed:
            self.env["dist.audit"]._record("credential.change", self, **changed)
        return result

    def unlink(self):
        self.env["dist.audit"]._record("credential.delete", self)
        return super().unlink()

    # -------------------------------------------------------------- buttons

    def action_renew(self):
        """Encrypt all stored secrets anew with the server's newest key.

        After this the older keys can be taken out of the configuration.
        """
        self.browse().check_access("write")
        mine = self.with_context(active_test=False).search([])
        mine = mine.filtered("is_set")
        failed = self.browse()
        for credential in mine.sudo():
            try:
                vals = {
                    name: _vault().renew(credential[name])
                    for name in ("cipher", "previous_cipher")
                    if credential[name]
                }
            except ConfigurationError:
                failed |= credential
            else:
                super(DistCredential, credential).write(vals)
        self.env["dist.audit"]._record("credential.renew", mine - failed)
        text = self.env._("%s secrets are encrypted anew.", len(mine - failed))
        if failed:
            text += " " + self.env._(
                "No key of the server opens: %s.",
                ", ".join(failed.mapped("display_name")),
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": "warning" if failed else "success", "message": text},
        }

    def action_end_previous(self):
        """Destroy the old secret now: the partner has changed over."""
        self.check_access("write")
        self._end_previous()
        self.env["dist.audit"]._record("credential.end_previous", self)

    def _end_previous(self):  # pylint: disable=missing-return
        super(DistCredential, self.sudo()).write(
            {"previous_cipher": False, "previous_until": False}
        )

    # ------------------------------------------------------------- services

    def _place(self):
        """Give what a secret is bound to: this database, this backend, as it is.

        A copy by PostgreSQL has the name alone changed, a copy by Odoo the UUID.
        """
        self.ensure_one()
        parameters = self.env["ir.config_parameter"].sudo()
        return {
            "database": parameters.get_param("database.uuid") or "",
            "database name": self.env.cr.dbname,
            "backend": str(self.backend_id.id),
            "environment": self.backend_id.environment,
        }

    @api.model
    def _secrets(self, backend, name, use=None):
        """Give all live secrets of a purpose, the newest first.

        The first use of a day is put on the audit trail.

        :param use: ``call`` or ``webhook``
        :rtype: list[str]
        :raises ConfigurationError: when none is stored, or none may be used here
        """
        rows = self.sudo().search(
            [("backend_id", "=", backend.id), ("name", "=", name)], order="id desc"
        )
        rows = rows.filtered("cipher")
        path = f"credentials.{name}"
        if not rows:
            raise ConfigurationError(
                f"no secret is stored for {name!r}",
                path=path,
                next_step=f"Store the credential {name!r} on {backend.name}.",
            )
        if use:
            rows = rows.filtered(lambda row: row.use in ("any", use))
        if not rows:
            raise ConfigurationError(
                f"the secret for {name!r} may not be used for this",
                path=path,
                next_step="Look at what the credential may be used for.",
            )
        try:
            live = [secret for row in rows for secret in row._open()]
        except ConfigurationError as exc:
            raise ConfigurationError(
                f"{exc.message} ({name!r})", path=path, next_step=exc.next_step
            ) from exc
        rows._note_use(use or "any")
        return live

    def _open(self):
        """Give the live secrets of a credential, the newest first."""
        self.ensure_one()
        ciphers = [self.cipher]
        if self.previous_cipher and self.previous_until > fields.Datetime.now():
            ciphers.append(self.previous_cipher)
        vault, place = _vault(), self._place()
        return [vault.open(cipher, place) for cipher in ciphers]

    @api.model
    def _known_secrets(self, backend):
        """Give the secrets of a backend that must not stand in any text."""
        known = []
        for row in self.sudo().search([("backend_id", "=", backend.id)]):
            try:
                known += row._open() if row.cipher else []
            except ConfigurationError:
                # what cannot be opened here cannot have been sent from here
                continue
        return known

    def _note_use(self, use):
        """Put the first use of a day on the audit trail.

        An entry is added and no row is changed, so that jobs that start together do
        not fail on each other; two of them may both add the entry.
        """
        known = self.env.execute_query(
            SQL(
                """SELECT res_id FROM dist_audit
                    WHERE res_model = %s AND res_id = ANY(%s)
                      AND action = 'credential.use' AND summary = %s
                      AND at >= date_trunc('day', now() AT TIME ZONE 'UTC')""",
                self._name,
                self.ids,
                use,
            )
        )
        new = self - self.browse([res_id for (res_id,) in known])
        if new:
            self.env["dist.audit"]._record("credential.use", new, use)

    # ----------------------------------------------------------------- cron

    @api.model
    def _cron_watch(self):
        """Destroy old secrets whose time is over, and remind of those that expire."""
        self.with_context(active_test=False).search(
            [("previous_until", "<=", fields.Datetime.now())]
        )._end_previous()
        for credential in self.search([]):
            credential._remind()

    def _is_due(self):
        """Say whether the secret expires within the days of its reminder."""
        self.ensure_one()
        limit = fields.Date.add(fields.Date.today(), days=self.remind_days)
        return bool(self.expires_on and self.expires_on <= limit)

    def _remind(self):
        """Keep activity and exception as the expiry asks for: open, or none."""
        self.ensure_one()
        backend = self.backend_id
        due = self._is_due()
        summary = self.env._("Replace the secret %s before it expires", self.name)
        known = backend.activity_ids.filtered(lambda a: a.summary == summary)
        if due and not known:
            backend.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=self.expires_on,
                summary=summary,
                user_id=(self.user_id or backend.user_id).id or self.env.uid,
            )
        elif not due:
            known.unlink()
        path = f"credentials.{self.name}.expires_on"
        exceptions = self.env["dist.exception"]
        if due and self.expires_on <= fields.Date.today():
            error = ConfigurationError(
                f"the secret {self.name!r} has expired",
                path=path,
                next_step="Get a new secret from the partner and store it.",
            )
            exceptions._open_for_cause(backend, self.env["dist.flow"], error)
        else:
            exceptions.search(
                [
                    ("backend_id", "=", backend.id),
                    ("path", "=", path),
                    ("state", "!=", "resolved"),
                ]
            )._resolve("closed")
