"""The ledger: one row for every exchange with a partner."""

import base64
import json

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..pipeline.ledger import OPEN_STATES

#: What a form shows of a payload; the whole of it can be downloaded.
PREVIEW_BYTES = 100_000


class DistMessage(models.Model):
    _name = "dist.message"
    _description = "Message"
    _order = "id desc"
    _rec_name = "key"

    backend_id = fields.Many2one(
        "dist.backend", required=True, readonly=True, index=True, ondelete="restrict"
    )
    flow_id = fields.Many2one("dist.flow", readonly=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    profile_id = fields.Many2one(
        "dist.profile",
        "Handled by",
        readonly=True,
        ondelete="restrict",
        help="The profile version that handled the message last.",
    )
    direction = fields.Selection(
        [("in", "Incoming"), ("out", "Outgoing")], required=True, readonly=True
    )
    message_type = fields.Char(
        readonly=True, help="The canonical document, such as shipment_confirmation."
    )
    kind = fields.Selection(
        [("transmission", "Transmission"), ("document", "Document")],
        default="document",
        required=True,
        readonly=True,
        help="A transmission is a file or a body with several documents in it.",
    )
    parent_id = fields.Many2one(
        "dist.message", "Transmission", readonly=True, index="btree_not_null"
    )
    child_ids = fields.One2many("dist.message", "parent_id", "Documents")
    via = fields.Selection(
        [("webhook", "Webhook"), ("poll", "Polling"), ("file", "File")], readonly=True
    )
    source = fields.Char(
        readonly=True, help="Webhook topic, file name, or the polled operation."
    )
    transport_key = fields.Char(
        readonly=True, help="File name and fingerprint: the same file is taken once."
    )
    key = fields.Char("Business key", readonly=True)
    owns_key = fields.Boolean(
        readonly=True,
        help="This row is the one that stands for its business key; a second one "
        "with the same key is a duplicate or a conflict.",
    )
    partition = fields.Char(
        readonly=True, help="Messages of one partition are handled in order."
    )
    correlation = fields.Char(readonly=True, index="btree_not_null")
    state = fields.Selection(
        [
            ("received", "Received"),
            ("ready", "Ready"),
            ("waiting", "Waiting"),
            ("done", "Done"),
            ("exception", "Exception"),
            ("dead", "Given up"),
            ("duplicate", "Duplicate"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
    )
    note = fields.Char(readonly=True, help="Why the message is in this state.")
    tries = fields.Integer(readonly=True)
    round = fields.Integer(
        readonly=True, help="Raised when a person asks for another send."
    )
    outcome_unknown = fields.Boolean(
        readonly=True,
        help="The partner may have acted: it is looked up before it is sent again.",
    )
    next_try_at = fields.Datetime(readonly=True)
    received_at = fields.Datetime("Stored at", readonly=True)
    done_at = fields.Datetime(readonly=True)
    payload_sha256 = fields.Char("Payload fingerprint", readonly=True)
    payload_size = fields.Integer(readonly=True)
    content_hash = fields.Char(readonly=True)
    canonical = fields.Text("Canonical document", readonly=True)
    canonical_pretty = fields.Text(compute="_compute_canonical_pretty")
    remote_id = fields.Char("Partner's ID", readonly=True, index="btree_not_null")
    remote_status = fields.Char("Partner's status", readonly=True)
    res_model = fields.Char("Related model", readonly=True)
    res_id = fields.Many2oneReference(
        "Related record", model_field="res_model", readonly=True
    )
    attempt_ids = fields.One2many("dist.attempt", "message_id")
    exception_ids = fields.One2many("dist.exception", "message_id")
    payload_text = fields.Text("Payload", compute="_compute_payload")
    payload_file = fields.Binary("Payload file", compute="_compute_payload_file")
    payload_name = fields.Char(compute="_compute_payload_name")

    # The key decides what is a duplicate, as an index: a search could not see the
    # row that another worker is writing.
    _key_unique = models.UniqueIndex(
        "(backend_id, direction, message_type, key) WHERE owns_key",
        "A message with this business key exists already.",
    )
    _transport_key_unique = models.UniqueIndex(
        "(flow_id, transport_key) WHERE transport_key IS NOT NULL",
        "This file was taken already.",
    )
    _due = models.Index(
        "(flow_id, coalesce(priority, 0) DESC, coalesce(parent_id, id), id) "
        "WHERE state IN ('received', 'ready')"
    )
    # What stands still, and what was finished since: the control tower reads these.
    _stopped = models.Index(
        "(flow_id, received_at) WHERE state IN ('waiting', 'exception', 'dead')"
    )
    _finished = models.Index("USING brin (done_at)")
    _open_partition = models.Index(
        "(backend_id, direction, partition, id) WHERE partition IS NOT NULL AND state "
        "IN ('received', 'ready', 'waiting', 'exception', 'dead')"
    )
    # by flow, and which message of a flow came last
    _of_flow = models.Index("(flow_id, id)")
    _record = models.Index("(res_model, res_id) WHERE res_id IS NOT NULL")
    _keys = models.Index("(backend_id, message_type, key) WHERE key IS NOT NULL")

    def init(self):
        # Raw bytes as they crossed the wire. No ORM field: Odoo keeps Binary
        # values as base64, which costs a third more room and time on the hot path.
        self.env.cr.execute(
            "ALTER TABLE dist_message ADD COLUMN IF NOT EXISTS payload bytea"
        )

    # ------------------------------------------------------------- computes

    def _payloads(self):
        """Give the raw bytes of the messages the user may read.

        :rtype: dict[int, bytes]
        """
        self.check_access("read")
        if not self.ids:
            return {}
        rows = self.env.execute_query(
            SQL(
                "SELECT id, payload FROM dist_message WHERE id = ANY(%s)",
                list(self.ids),
            )
        )
        return {row_id: bytes(raw) if raw else b"" for row_id, raw in rows}

    def _compute_payload(self):
        payloads = self._payloads()
        for message in self:
            raw = payloads.get(message.id, b"")
            text = raw[:PREVIEW_BYTES].decode("utf-8", errors="replace")
            if len(raw) > PREVIEW_BYTES:
                text += self.env._("\n… %s bytes in all: download the file.", len(raw))
            message.payload_text = text.replace("\x00", "\N{REPLACEMENT CHARACTER}")

    def _compute_payload_file(self):
        payloads = self._payloads()
        for message in self:
            message.payload_file = base64.b64encode(payloads.get(message.id, b""))

    @api.depends("source", "key")
    def _compute_payload_name(self):
        for message in self:
            stem = (message.source or message.key or f"message-{message.id}").split("/")
            message.payload_name = stem[-1]

    @api.depends("canonical")
    def _compute_canonical_pretty(self):
        for message in self:
            message.canonical_pretty = (
                json.dumps(json.loads(message.canonical), indent=2, ensure_ascii=False)
                if message.canonical
                else False
            )

    @api.depends("key", "source", "message_type")
    def _compute_display_name(self):
        for message in self:
            message.display_name = (
                message.key or message.source or f"{message.message_type} {message.id}"
            )

    # -------------------------------------------------------------- buttons

    def action_replay(self):
        """Handle failed messages once more; a replay never makes a second effect.

        A message whose send was accepted is settled again without a send; one whose
        outcome is unknown is looked up first.
        """
        self.check_access("write")
        self.env["dist.exception"].check_access("write")
        # sudo: the ledger is written by the pipeline only; the check is above
        self.sudo()._replay()
        self.env["dist.audit"]._record("message.replay", self)

    def action_send_again(self):
        """Send again although the outcome of the last send is not known.

        For a person who asked the partner and was told that nothing arrived.
        """
        self._check_reviewer()
        self.sudo()._replay(send_again=True)
        self.env["dist.audit"]._record("message.send_again", self)

    def _replay(self, send_again=False):
        wrong = self.filtered(lambda m: m.state not in ("exception", "dead"))
        if wrong:
            raise UserError(
                self.env._(
                    "Only messages in exception can be replayed, and %s is not.",
                    wrong[0].display_name,
                )
            )
        self._find_flow()
        for message in self:
            last = message.attempt_ids.filtered(lambda a: a.step == "send")[:1]
            again = message.direction == "out" and (
                send_again or last.outcome == "rejected"
            )
            message.write(
                {
                    "state": "ready" if message.direction == "out" else "received",
                    "note": False,
                    "tries": 0,
                    "round": message.round + 1 if again else message.round,
                    "next_try_at": self.env.cr.now(),
                }
            )
        for flow in self.flow_id:
            flow._wake()

    def _find_flow(self):
        """Find the flow of webhooks whose topic nobody knew when they came.

        :raises UserError: when the profile still names no flow for the topic
        """
        for message in self.filtered(lambda m: not m.flow_id):
            webhook = message.backend_id.profile_id._parsed().webhook
            message_type = webhook and webhook.flow_for(message.source or "")
            flow = message.backend_id._flow(message_type)
            if not flow:
                raise UserError(
                    self.env._(
                        "No flow takes the topic %s. Name one in the profile, or "
                        "accept the message.",
                        message.source or "?",
                    )
                )
            message.write({"flow_id": flow.id, "message_type": message_type})

    def action_accept(self):
        """Close failed messages without an effect: a person settled the matter."""
        self._check_reviewer()
        failed = self.sudo().filtered(lambda m: m.state in ("exception", "dead"))
        failed.write(
            {
                "state": "cancelled",
                "note": self.env._("Accepted by %s", self.env.user.name),
                "done_at": fields.Datetime.now(),
            }
        )
        failed._release_partitions()
        self.env["dist.audit"]._record("message.accept", failed)

    def _check_reviewer(self):
        """Refuse a decision about business to those who only work exceptions.

        :raises AccessError: for anybody but a reviewer
        """
        self.check_access("write")
        reviewer = "dist_connector_base.group_reviewer"
        if not self.env.su and not self.env.user.has_group(reviewer):
            raise AccessError(self.env._("Only a reviewer may decide this."))

    def _release_partitions(self):
        """Put the messages that waited behind these back in line."""
        partitions = set(self.filtered("partition").mapped("partition"))
        if not partitions:
            return
        waiting = self.search(
            [
                ("state", "=", "waiting"),
                ("partition", "in", list(partitions)),
                ("backend_id", "in", self.backend_id.ids),
                ("note", "=like", "behind %"),
            ]
        )
        waiting.write({"state": "ready", "note": False})
        for flow in waiting.flow_id:
            flow._wake()

    def action_open_record(self):
        """Open the record that the message is about."""
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
    def _for_record(self, record):
        """Give the messages about one record."""
        return self.search(
            [("res_model", "=", record._name), ("res_id", "=", record.id)]
        )

    def _is_open(self):
        self.ensure_one()
        return self.state in OPEN_STATES
