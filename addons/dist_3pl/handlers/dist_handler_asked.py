"""What is asked of a partner for a transfer: queued, and settled with its answer."""

from typing import ClassVar

from odoo import models
from odoo.addons.dist_connector_base.core.errors import (
    BusinessError,
    ConfigurationError,
    ConflictError,
    DistError,
)
from odoo.addons.dist_connector_base.core.wire import Outcome
from odoo.addons.dist_connector_base.pipeline.outbox import Outbound
from odoo.exceptions import UserError

from ..core.asked_lines import exact
from ..core.units import decimal, whole_packs


class DistHandlerAsked(models.AbstractModel):
    """Base of what is asked for a delivery or a receipt, under a key of its own."""

    _name = "dist.handler.asked"
    _inherit = "dist.handler"
    _description = "What is asked of a partner"

    _dist_milestones: ClassVar[dict[str, str]] = {
        "stored": "requested",
        "sent": "sent",
        "accepted": "acknowledged",
        "rejected": "rejected",
    }

    #: The message type, and the model of the lines that are asked for.
    _asked_type = ""
    _asked_lines = ""
    #: The key's field, in the document and on the lines. On the transfer: ``dist_*``.
    _asked_key = ""
    #: Fields of the transfer: what became of it, and how often it was asked for.
    _asked_state = ""
    _asked_count = ""
    #: States in which a cancel waits for the answer, and the handler that sends it.
    _asked_cancelling = ()
    _asked_cancel = ""

    # ---------------------------------------------------------------- hooks

    def _asked_backend(self, picking):
        """Give the backend that is to be asked, or an empty record."""
        raise NotImplementedError

    def _asked_ready(self, backend, pickings):
        """Give the transfers for which nothing else has to be told first."""
        return pickings

    def _asked_pickings(self, messages):
        """Give the transfer that each outgoing message is about, by message id."""
        raise NotImplementedError

    def _asked_rejected(self, picking, verdict):
        """Show that the partner does not do it."""
        raise NotImplementedError

    def _map(self, backend, picking):
        """Give the canonical document of a transfer.

        :raises DistError: the transfer lacks something that the document needs
        """
        raise NotImplementedError

    # -------------------------------------------------------------- collect

    def _collect(self, pickings):
        """Ask for each transfer, in the caller's transaction.

        A transfer that lacks something is marked so, and holds back no other.

        :param pickings: ready transfers (sudo) that no partner has
        """
        for backend, ready in pickings.grouped(self._asked_backend).items():
            if not backend:
                continue
            asked = []
            ready = self._asked_ready(backend, ready)
            for picking in ready.with_company(backend.company_id):
                try:
                    asked.append((picking, self._map(backend, picking)))
                except DistError as exc:
                    self._asked_blocked(picking, exc)
            if asked:
                self._asked_queue(backend, asked)

    def _asked_blocked(self, picking, error):
        """Show on the transfer what it lacks, and what to do about it."""
        reason = f"{error}\n{error.next_step}"
        picking._dist_write({self._asked_state: "blocked", "dist_reason": reason})

    def _asked_queue(self, backend, asked):
        """Store the documents, the lines they ask for, and that the transfers wait.

        :raises UserError: a key stands in the ledger with other content
        """
        try:
            backend._dist_send(
                self._asked_type,
                [
                    # what a person marked as urgent passes the others
                    Outbound(document, picking, priority=int(picking.priority or 0))
                    for picking, document in asked
                ],
            )
        except ConfigurationError as exc:
            for picking, _document in asked:
                self._asked_blocked(picking, exc)
            return
        except ConflictError as exc:
            raise UserError(exc.advice) from exc
        self.env[self._asked_lines].sudo().create(
            [
                values
                for _picking, document in asked
                for line in document.lines
                for values in self._asked_line_values(backend, document, line)
            ]
        )
        for picking, document in asked:
            picking._dist_write(
                {
                    "dist_backend_id": backend.id,
                    f"dist_{self._asked_key}": document.key,
                    self._asked_count: picking[self._asked_count] + 1,
                    self._asked_state: "queued",
                    "dist_reason": False,
                    "dist_remote_id": False,
                }
            )

    def _asked_line_values(self, backend, document, line):
        """Give the values of the lines that a line of the document asks for."""
        move = self.env["stock.move"].browse(int(line.line_key))
        return [
            {
                "backend_id": backend.id,
                "company_id": backend.company_id.id,
                self._asked_key: document.key,
                "line_key": line.line_key,
                "move_id": move.id,
                "product_id": move.product_id.id,
                "quantity": float(line.quantity),
            }
        ]

    # ------------------------------------------------------------------ map

    def _asked_key_of(self, picking):
        """The transfer's name; asked for anew, it has a key of its own."""
        key = picking.name.replace("/", "-")
        count = picking[self._asked_count]
        return f"{key}-{count + 1}" if count else key

    def _asked_address(self, partner):
        return {
            "street": partner.street or "",
            "street2": partner.street2 or "",
            "city": partner.city or "",
            "state": partner.state_id.code or "",
            "postal_code": partner.zip or "",
            "country": partner.country_id.code or None,
        }

    def _asked_product(self, product, path):
        """Give what every line says of its product.

        :param path: of the line
        :raises BusinessError: the product has no reference, or its unit no code
        """
        unit = product.uom_id
        if not product.default_code:
            raise BusinessError(
                self.env._("%s has no internal reference.", product.display_name),
                path=f"{path}.sku",
                next_step=self.env._("Enter it on the product and ask again."),
            )
        if not unit.dist_unit_code:
            raise BusinessError(
                self.env._("The unit %s has no unit code.", unit.name),
                path=f"{path}.unit",
                next_step=self.env._("Enter it on the unit of measure and ask again."),
            )
        return {
            "sku": product.default_code,
            "gtin": product.barcode or None,
            "description": product.name,
            "unit": unit.dist_unit_code,
        }

    def _asked_packs(self, move, quantity, only_ordered):
        """Say a quantity in packs, where it is a whole number of them.

        :param quantity: in the product's unit
        :param only_ordered: in no other pack than the order was made in
        """
        packs = self.env["dist.product.packs"]._of(
            move.product_id, move.packaging_uom_id
        )
        told = whole_packs(
            exact(quantity), [p for p in packs if p.ordered or not only_ordered]
        )
        if not told:
            return []
        number, pack = told
        return [
            {
                "unit": pack.unit,
                "packs": number,
                "contains": decimal(pack.contains),
                "gtin": pack.gtin or None,
            }
        ]

    # --------------------------------------------------------------- settle

    def _settle(self, results):
        """Write the partners' answers onto the transfers."""
        pickings = self._asked_pickings(result.message for result in results)
        cancel_now = self.env["stock.picking"]
        for result in results:
            picking = pickings.get(result.message.id)
            if not picking:
                continue
            if result.verdict.outcome is Outcome.REJECTED:
                self._asked_rejected(picking, result.verdict)
                continue
            self._asked_taken(picking, result)
            if picking[self._asked_state] in self._asked_cancelling:
                cancel_now += picking
        # their cancel waited for the partner's number
        self.env[self._asked_cancel]._collect(cancel_now)

    def _asked_taken(self, picking, result):
        """Show that the partner has it, unless something later is known already."""
        # a shipment may be confirmed before the request's answer is found
        remote_id = result.verdict.remote_id or picking.dist_remote_id
        values = {"dist_remote_id": remote_id}
        # a person may have replayed what was rejected first
        if picking[self._asked_state] in ("queued", "rejected"):
            later = result.message.flow_id._answers_later()
            values[self._asked_state] = "sent" if later else "accepted"
            values["dist_reason"] = False
        picking._dist_write(values)
        picking._dist_keep_first_status(result.verdict.remote_status)

    def _failed(self, message, error):
        """Show on the transfer why it was not asked for."""
        for picking in self._asked_pickings([message]).values():
            if picking[self._asked_state] in ("queued", *self._asked_cancelling):
                picking._dist_write({"dist_reason": str(error)})
