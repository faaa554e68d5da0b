"""The audit trail: who did what, append-only and hash-chained."""

import logging

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools import SQL

from ..core.audit_chain import GENESIS, Finding, check_links, link
from ..core.errors import SecurityError

_logger = logging.getLogger(__name__)

#: First key of the advisory lock of the sealer; any number that is ours alone.
SEAL_LOCK = 0x64617564
BATCH = 5000
#: Seconds after which an entry without a seal is a finding: the sealer stands still.
SEAL_DELAY = 3600
#: Records whose name is personal data: the audit keeps their number only.
NAMELESS = ("res.partner",)

#: What the seal of an entry covers. A column added later joins the list at its end,
#: without a default, so that old seals stay true.
_CONTENT = SQL(
    """jsonb_build_array(id, at, user_id, action, res_model, res_id, name,
                         company_id, summary, detail)::text"""
)


class DistAudit(models.Model):
    """One entry per person, action and record.

    An entry is part of the transaction of what it tells of: they commit together or
    not at all. So many transactions append at once, and none can know the entry
    before its own while others are open. The chain is therefore sealed afterwards,
    by one sealer at a time (``_seal``): it numbers the committed entries and gives
    each the hash over the one before it and its own content. A trigger lets an entry
    be sealed once, and refuses every other UPDATE, DELETE and TRUNCATE.
    """

    _name = "dist.audit"
    _description = "Audit Entry"
    _order = "id desc"
    _log_access = False

    at = fields.Datetime(
        "When", required=True, readonly=True, default=fields.Datetime.now
    )
    user_id = fields.Many2one(
        "res.users",
        "Who",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    action = fields.Char(
        required=True, readonly=True, index=True, help="Such as exception.accept."
    )
    res_model = fields.Char("Model", readonly=True)
    res_id = fields.Many2oneReference("Record", model_field="res_model", readonly=True)
    name = fields.Char("Record's name", readonly=True, help="As it was at the time.")
    company_id = fields.Many2one(
        "res.company", readonly=True, index=True, ondelete="restrict"
    )
    summary = fields.Char("Reason", readonly=True)
    detail = fields.Json(readonly=True)
    detail_text = fields.Text("Details", compute="_compute_detail_text")
    seq = fields.Integer(
        "Number", readonly=True, help="Place in the chain; empty until it is sealed."
    )
    previous = fields.Char(
        "Seal before", readonly=True, help="Seal of the entry with the number before."
    )
    hash = fields.Char(
        "Seal",
        readonly=True,
        help="SHA-256 over the seal before and the content of this entry.",
    )

    _seq_unique = models.UniqueIndex("(seq) WHERE seq IS NOT NULL")
    _unsealed = models.Index("(id) WHERE seq IS NULL")
    _record_of = models.Index("(res_model, res_id)")

    def init(self):
        # The trigger goes with the table when the addon is uninstalled, its function
        # with the uninstall hook.
        self.env.cr.execute(
            """
            CREATE OR REPLACE FUNCTION dist_audit_append_only() RETURNS trigger AS $$
            BEGIN
                IF TG_OP = 'UPDATE' THEN
                    IF OLD.seq IS NULL AND NEW.seq IS NOT NULL
                       AND to_jsonb(NEW) - '{seq,previous,hash}'::text[]
                         = to_jsonb(OLD) - '{seq,previous,hash}'::text[] THEN
                        RETURN NEW;
                    END IF;
                END IF;
                RAISE EXCEPTION 'the audit trail is append-only: % refused', TG_OP
                    USING ERRCODE = 'integrity_constraint_violation';
            END $$ LANGUAGE plpgsql;
            CREATE OR REPLACE TRIGGER dist_audit_rows
                BEFORE UPDATE OR DELETE ON dist_audit
                FOR EACH ROW EXECUTE FUNCTION dist_audit_append_only();
            CREATE OR REPLACE TRIGGER dist_audit_all
                BEFORE TRUNCATE ON dist_audit
                FOR EACH STATEMENT EXECUTE FUNCTION dist_audit_append_only();
            """
        )

    @api.depends("detail")
    def _compute_detail_text(self):
        for entry in self:
            entry.detail_text = "\n".join(
                f"{name}: {value}" for name, value in (entry.detail or {}).items()
            )

    @api.depends("action", "name")
    def _compute_display_name(self):
        for entry in self:
            entry.display_name = " ".join(filter(None, (entry.action, entry.name)))

    # ----------------------------------------------------------------- CRUD

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("The audit trail is append-only."))

    # refused here with plain words, and by the database whoever comes
    # pylint: disable-next=method-required-super
    def unlink(self):
        # pylint: disable-next=no-raise-unlink
        raise UserError(self.env._("The audit trail is append-only."))

    # -------------------------------------------------------------- buttons

    def action_check(self):
        """Check the whole chain, of all companies, and say what was found."""
        self.browse().check_access("read")
        count, findings = self.sudo()._check()
        if findings:
            raise UserError(
                self.env._(
                    "The audit trail is not as it was sealed:\n%s",
                    "\n".join(finding.text for finding in findings[:50]),
                )
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%s entries checked: none changed, removed or reordered.", count
                ),
            },
        }

    def action_open_record(self):
        """Open the record that the entry is about."""
        self.ensure_one()
        if not self.res_model or not self.res_id:
            return False
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }

    # ------------------------------------------------------------- services

    @api.model
    def _record(self, action, records, summary="", **detail):
        """Put on record what the user did, in the transaction that does it.

        :param action: what was done, as ``noun.verb``: ``exception.accept``
        :param records: recordset; one entry is made for each record. An empty one
            makes an entry about the model alone
        :param summary: the reason that the person gave
        :param detail: plain values to keep. Never secrets or personal data
        :return: the entries
        """
        vals = {
            "user_id": self._actor(),
            "action": action,
            "res_model": records._name,
            "summary": summary or False,
            "detail": detail or False,
        }
        # sudo: nobody may append by hand, and the name is read for the trail alone
        entries = self.sudo().create(
            [{**vals, **self._about(record)} for record in records.sudo()]
            or [{**vals, "company_id": self.env.company.id}]
        )
        self._wake_sealer()
        return entries

    @api.model
    def _about(self, record):
        company = "company_id" in record._fields and record.company_id
        return {
            "res_id": record.id,
            "name": (
                f"{record._description} {record.id}"
                if record._name in NAMELESS
                else record.display_name
            ),
            "company_id": company.id if company else False,
        }

    def _actor(self):
        """Give the id of the person behind the transaction, also under sudo."""
        if self.env.uid == SUPERUSER_ID and request and request.session.uid:
            return request.session.uid
        return self.env.uid

    def _wake_sealer(self):
        """Have the sealer run after the commit, once for a transaction."""
        told = self.env.cr.precommit.data
        if not told.get("dist.audit.seal"):
            told["dist.audit.seal"] = True
            cron = self.env.ref("dist_connector_base.cron_audit_seal", False)
            if cron:
                cron.sudo()._trigger()

    # ---------------------------------------------------------------- chain

    @api.model
    def _seal(self, limit=BATCH):
        """Seal committed entries, the oldest first.

        One sealer at a time holds an advisory lock. One that began before another
        ended has an old snapshot, and fails on the number or on the row's newer
        version: nothing is sealed twice, and no number is given twice.

        :return: how many entries were sealed
        """
        ((mine,),) = self.env.execute_query(
            SQL("SELECT pg_try_advisory_xact_lock(%s, 0)", SEAL_LOCK)
        )
        if not mine:
            return 0
        rows = self.env.execute_query(
            SQL(
                """SELECT id, %s FROM dist_audit WHERE seq IS NULL
                    ORDER BY id LIMIT %s""",
                _CONTENT,
                limit,
            )
        )
        if not rows:
            return 0
        seq, previous = self._head()
        links = []
        for row_id, content in rows:
            seq += 1
            seal = link(previous, seq, content)
            links.append((row_id, seq, previous, seal))
            previous = seal
        self.env.cr.execute(
            SQL(
                """UPDATE dist_audit AS a
                      SET seq = v.seq, previous = v.previous, hash = v.hash
                     FROM unnest(%s::int[], %s::int[], %s::varchar[], %s::varchar[])
                          AS v (id, seq, previous, hash)
                    WHERE a.id = v.id""",
                *(list(column) for column in zip(*links, strict=True)),
            )
        )
        self.invalidate_model(["seq", "previous", "hash"])
        # A copy of the chain's head outside the database: who rewrites the chain from
        # some entry on cannot rewrite the log as well.
        _logger.info("audit trail sealed up to number %s: %s", seq, previous)
        return len(links)

    def _head(self):
        """Give number and seal of the last sealed entry."""
        rows = self.env.execute_query(
            SQL(
                """SELECT seq, hash FROM dist_audit WHERE seq IS NOT NULL
                    ORDER BY seq DESC LIMIT 1"""
            )
        )
        return rows[0] if rows else (0, GENESIS)

    @api.model
    def _check(self):
        """Check the chain from its first entry to its last.

        :return: ``(entries checked, list of core.audit_chain.Finding)``
        """
        count, findings, last = 0, [], (0, GENESIS)
        while True:
            rows = self.env.execute_query(
                SQL(
                    """SELECT id, seq, previous, hash, %s FROM dist_audit
                        WHERE seq > %s ORDER BY seq LIMIT %s""",
                    _CONTENT,
                    last[0],
                    BATCH,
                )
            )
            if not rows:
                break
            found, last = check_links(rows, last)
            findings += found
            count += len(rows)
        late = self.env.execute_query(
            SQL(
                """SELECT id FROM dist_audit WHERE seq IS NULL
                      AND at < now() AT TIME ZONE 'UTC' - make_interval(secs => %s)
                    ORDER BY id LIMIT 50""",
                SEAL_DELAY,
            )
        )
        findings += [
            Finding(row_id, None, f"entry {row_id} was never sealed")
            for (row_id,) in late
        ]
        return count, findings

    # ----------------------------------------------------------------- cron

    @api.model
    def _cron_seal(self):
        """Seal what was committed since the last run."""
        while sealed := self._seal():
            if not self.env["ir.cron"]._commit_progress(sealed, remaining=0):
                break

    @api.model
    def _cron_check(self):
        """Check the chain; a finding becomes an exception that somebody owns."""
        count, findings = self._check()
        _logger.info("audit trail: %s entries, %s findings", count, len(findings))
        if not findings:
            return
        error = SecurityError(
            "the audit trail was tampered with",
            path=f"dist.audit({findings[0].entry_id})",
            next_step="Open Audit, press Check the chain, and compare the entries it "
            "names with a backup.",
        )
        self.env["dist.exception"]._open_for_cause(
            self.env["dist.backend"], self.env["dist.flow"], error
        )
