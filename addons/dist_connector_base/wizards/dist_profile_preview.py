"""Live preview: what a profile makes of a sample or of a stored message.

Nothing is stored in the ledger and nothing is sent: the functions of the mapping run,
and no transport is opened.
"""

import contextlib
import dataclasses
import json
from datetime import timezone

from markupsafe import Markup
from odoo import api, fields, models

from ..core.canonical import DOCUMENTS
from ..core.codecs import json_codec
from ..core.errors import DistError
from ..core.profile import (
    Context,
    Fault,
    Preview,
    item_from_json,
    preview_in,
    preview_out,
    sample_context,
)
from ..core.profile.preview import CodeUse, Read, Sending
from ..pipeline.context import make_context

#: Bytes of a sample: a screen is no place for more.
MAX_SAMPLE = 1_000_000


class DistProfilePreview(models.TransientModel):
    _name = "dist.profile.preview"
    _description = "Preview of a profile"

    profile_id = fields.Many2one(
        "dist.profile",
        required=True,
        ondelete="cascade",
        compute="_compute_from_message",
        store=True,
        readonly=False,
    )
    backend_id = fields.Many2one(
        "dist.backend",
        ondelete="cascade",
        compute="_compute_from_message",
        store=True,
        readonly=False,
        help="Whose settings and code maps are used. Without one: the defaults that "
        "stand in the profile.",
    )
    message_id = fields.Many2one(
        "dist.message", "Stored message", ondelete="cascade", help="Instead of pasting."
    )
    message_type = fields.Selection(
        selection="_document_types",
        string="Document",
        compute="_compute_message_type",
        store=True,
        readonly=False,
    )
    message_types = fields.Json(compute="_compute_message_types")
    direction = fields.Selection(
        [("in", "Incoming"), ("out", "Outgoing")], compute="_compute_direction"
    )
    source = fields.Selection(
        [("webhook", "Webhook"), ("poll", "Polling"), ("file", "File")],
        "Came by",
        compute="_compute_source",
        store=True,
        readonly=False,
    )
    sources = fields.Json(compute="_compute_direction")
    sample = fields.Text(compute="_compute_sample", store=True, readonly=False)
    verdict = fields.Selection(
        [("empty", "Empty"), ("good", "Good"), ("bad", "Faults")],
        compute="_compute_result",
    )
    fault_count = fields.Integer(compute="_compute_result")
    missed_count = fields.Integer("Codes not mapped", compute="_compute_result")
    result_html = fields.Html(compute="_compute_result", sanitize=False)
    fault_html = fields.Html(compute="_compute_result", sanitize=False)
    code_html = fields.Html(compute="_compute_result", sanitize=False)

    @api.model
    def _document_types(self):
        return [
            (name, name.replace("_", " ").capitalize()) for name in sorted(DOCUMENTS)
        ]

    @api.depends("profile_id")
    def _compute_display_name(self):
        for preview in self:
            preview.display_name = self.env._(
                "Preview of %s", preview.profile_id.display_name or ""
            )

    # ---------------------------------------------------------------- inputs

    @api.depends("message_id")
    def _compute_from_message(self):
        for preview in self:
            message = preview.message_id
            if message:
                preview.backend_id = message.backend_id
            preview.profile_id = preview.profile_id or message.backend_id.profile_id

    @api.depends("profile_id")
    def _compute_message_types(self):
        for preview in self:
            profile = preview.profile_id
            preview.message_types = list(profile._parsed().flows) if profile else []

    @api.depends("profile_id", "message_id")
    def _compute_message_type(self):
        for preview in self:
            names = preview.message_types or []
            wanted = preview.message_id.message_type or preview.message_type
            preview.message_type = wanted if wanted in names else (names or [False])[0]

    @api.depends("profile_id", "message_type")
    def _compute_direction(self):
        for preview in self:
            flow = preview._flow()
            preview.direction = flow.direction if flow else False
            preview.sources = flow.sources if flow else []

    @api.depends("profile_id", "message_type", "message_id")
    def _compute_source(self):
        for preview in self:
            names = preview.sources or []
            wanted = preview.message_id.via or preview.source
            preview.source = wanted if wanted in names else (names or [False])[0]

    @api.depends("message_id")
    def _compute_sample(self):
        for preview in self:
            if preview.message_id:
                preview.sample = preview._stored_sample()
            else:
                preview.sample = preview.sample or False

    def _flow(self):
        self.ensure_one()
        if not self.profile_id or not self.message_type:
            return None
        return self.profile_id._parsed().flows.get(self.message_type)

    def _stored_sample(self):
        """Give a stored message as the text that a person would paste."""
        message = self.message_id
        message.check_access("read")
        if message.direction == "out":
            return message.canonical_pretty
        raw = self._raw(message)
        if message.parent_id:
            return _pretty(item_from_json(raw).data)
        return raw[:MAX_SAMPLE].decode(self._charset(), "replace").replace("\x00", "")

    def _raw(self, message):
        return message._payloads().get(message.id, b"")

    def _charset(self):
        flow = self._flow()
        form = flow.format if flow else None
        return getattr(form, "charset", None) or "utf-8"

    # --------------------------------------------------------------- results

    @api.depends(
        "profile_id", "backend_id", "message_type", "source", "sample", "message_id"
    )
    def _compute_result(self):
        for screen in self:
            preview = screen._preview()
            faults = preview.all_faults if preview else []
            codes = preview.codes if preview else []
            missed = [use for use in codes if use.found is None]
            screen.verdict = ("bad" if faults else "good") if preview else "empty"
            screen.fault_count = len(faults)
            screen.missed_count = len(missed)
            screen.result_html = screen._show_result(preview)
            screen.fault_html = screen._show_faults(faults)
            screen.code_html = screen._show_codes(codes)

    def _preview(self) -> Preview | None:
        """Run the mapping over the sample; None while there is nothing to run."""
        self.ensure_one()
        if not self.profile_id or not self.message_type or not self.sample:
            return None
        try:
            profile = self.profile_id._parsed()
            payload = self._payload()
            if len(payload) > MAX_SAMPLE:
                text = self.env._("The sample is longer than %s bytes.", MAX_SAMPLE)
                return Preview(faults=[Fault("", text)])
            ctx = self._context()
            if self.direction == "out":
                return preview_out(profile, self.message_type, payload, ctx)
            return preview_in(
                profile,
                self.message_type,
                payload,
                ctx,
                self.source or "",
                alone=bool(self.message_id.parent_id),
            )
        except DistError as exc:
            return Preview(faults=[Fault(exc.path, exc.message, exc.next_step)])

    def _payload(self) -> bytes:
        """Give the sample as bytes; a stored message that nobody changed, exactly."""
        message = self.message_id
        if (
            message
            and message.direction == "in"
            and not message.parent_id
            and self.sample == self._stored_sample()
        ):
            return self._raw(message)
        charset = "utf-8" if self.direction == "out" else self._charset()
        return self.sample.encode(charset, "replace")

    def _context(self) -> Context:
        """Give the mapping context of the backend, or the profile's own."""
        if not self.backend_id:
            return sample_context(self.profile_id._parsed())
        self.backend_id.check_access("read")
        ctx = make_context(self.backend_id)
        message = self.message_id
        if not message or not message.received_at:
            return dataclasses.replace(ctx, received_at=ctx.now())
        return dataclasses.replace(
            ctx,
            received_at=message.received_at.replace(tzinfo=timezone.utc),
            file_name=(message.source or "").rsplit("/", 1)[-1]
            if message.via == "file"
            else "",
        )

    # ---------------------------------------------------------------- output

    def _show_result(self, preview: Preview | None):
        if preview is None:
            return False
        if self.direction == "out":
            return self._show_sending(preview.sending) if preview.sending else False
        shown = [
            self._show_read(number, one) for number, one in enumerate(preview.read, 1)
        ]
        if preview.more:
            more = self.env._("… and %s more documents.", preview.more)
            shown.append(Markup('<p class="text-muted">{}</p>').format(more))
        return Markup("").join(shown) or False

    def _show_read(self, number: int, read: Read) -> Markup:
        head = " ".join(filter(None, (f"{number}.", read.key, read.path)))
        if read.skipped:
            body = Markup('<p class="text-muted">{}</p>').format(
                self.env._("Needs no action: %s", read.skipped)
            )
        else:
            body = _pre(_pretty(read.content)) if read.content is not None else ""
        colour = "text-danger" if read.faults else ""
        return Markup('<h5 class="{}">{}</h5>{}').format(colour, head, body)

    def _show_sending(self, sending: Sending) -> Markup:
        lines = [f"{sending.method} {sending.address}"]
        lines += [f"?{name}={value}" for name, value in sending.params.items()]
        lines += [f"{name}: {value}" for name, value in sending.headers.items()]
        text = sending.body.decode(self._sent_charset(), "replace")
        # a body that is no JSON is shown as it is
        with contextlib.suppress(DistError):
            text = _pretty(json_codec.decode(sending.body))
        shown = _pre("\n".join(lines)) + _pre(text)
        if sending.look_up:
            told = self.env._("Asked for after a lost answer: %s", sending.look_up)
            shown += Markup('<p class="text-muted text-break">{}</p>').format(told)
        return shown

    def _sent_charset(self):
        profile = self.profile_id._parsed()
        operation = profile.operations.get(self._flow().send)
        return getattr(operation and operation.format, "charset", None) or "utf-8"

    def _show_faults(self, faults: list[Fault]):
        if not faults:
            return False
        row = Markup(
            "<tr><td><code class='text-break'>{}</code>{}</td><td>{}{}</td></tr>"
        )
        small = Markup('<div class="text-muted small">{}</div>')
        rows = [
            row.format(
                fault.path or "–",
                small.format(fault.field)
                if fault.field and fault.field != fault.path
                else "",
                fault.message,
                small.format(fault.next_step) if fault.next_step else "",
            )
            for fault in faults
        ]
        return _table([self.env._("Place"), self.env._("What is wrong")], rows)

    def _show_codes(self, codes: list[CodeUse]):
        if not codes:
            return False
        row = Markup('<tr class="{}"><td>{}</td><td>{}</td><td>{}</td></tr>')
        rows = [
            row.format(
                "table-warning" if use.found is None else "",
                use.vocabulary,
                use.code,
                self.env._("not mapped") if use.found is None else f"→ {use.found}",
            )
            for use in sorted(codes, key=lambda use: use.found is not None)
        ]
        heads = [self.env._("Code list"), self.env._("Code"), self.env._("Meaning")]
        return _table(heads, rows)


def _pretty(data) -> str:
    """Write plain data as indented JSON."""
    return json.dumps(data, indent=2, ensure_ascii=False, default=str)


def _pre(text: str) -> Markup:
    return Markup(
        '<pre class="border rounded p-2 small text-break" '
        'style="white-space: pre-wrap">{}</pre>'
    ).format(text)


def _table(heads: list[str], rows: list[Markup]) -> Markup:
    head = Markup("").join(Markup("<th>{}</th>").format(text) for text in heads)
    return Markup(
        '<table class="table table-sm mb-0"><thead><tr>{}</tr></thead>'
        "<tbody>{}</tbody></table>"
    ).format(head, Markup("").join(rows))
