"""Builders for the tests of the 3PL addon: a 3PL warehouse, orders, confirmations."""

from odoo.addons.dist_connector_base.core.canonical import (
    DOCUMENTS,
    FulfilmentResponse,
    InventorySnapshot,
    ShipmentConfirmation,
)
from odoo.addons.dist_connector_base.core.wire import Outcome, Verdict
from odoo.tests import TransactionCase

# A house that answers at once, and one that takes files and answers later. The tests
# hand canonical documents to the handlers, so the flows say no more than they must.
PROFILE = """
profile: test_{answer}
version: "1"
title: House of the tests
transport: folder
operations:
  ask:
    file: {{folder: in, name: "ORD_{{request_key}}.json"}}
    body: {{key: request_key}}
  drop:
    file: {{folder: in, name: "CAN_{{request_key}}.json"}}
    body: {{key: request_key}}
  change:
    file: {{folder: in, name: "CHG_{{change_key}}.json"}}
    body: {{key: change_key}}
flows:
  fulfilment_request: {{direction: out, send: ask, answer: {answer}}}
  fulfilment_cancel: {{direction: out, send: drop, answer: {answer}}}
  fulfilment_change: {{direction: out, send: change, answer: {answer}}}
"""

SHIPPED_AT = "2026-03-02T10:00:00+00:00"


class Arrived:
    """An incoming document as the pipeline hands it to a handler."""

    #: none of the ledger's
    message_id = 0

    def __init__(self, backend, document):
        self.backend = backend
        self.document = document
        self.linked = None
        self.warnings = []

    def link(self, record):
        self.linked = record

    def warn(self, error):
        self.warnings.append(error)


class Answered:
    """A sent message and what the partner made of it."""

    def __init__(self, message, verdict):
        self.message = message
        self.document = DOCUMENTS[message.message_type].from_json(message.canonical)
        self.verdict = verdict


class ThirdPartyCase(TransactionCase):
    """A warehouse BOB that a third party runs, products with stock, a customer."""

    #: Code and text of the partner's profile; ``{answer}`` says when it answers.
    profile_code = "test_{answer}"
    profile_text = PROFILE

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.backend = cls.make_backend()
        cls.warehouse = cls.make_warehouse("BOB", cls.backend)
        cls.customer = cls.env["res.partner"].create(
            {
                "name": "Corner Shop",
                "street": "1 High Street",
                "city": "Springfield",
                "zip": "62701",
                "country_id": cls.env.ref("base.us").id,
            }
        )
        cls.tea = cls.make_product("TEA", stock=100)
        cls.mug = cls.make_product("MUG", stock=100)

    # ------------------------------------------------------------- builders

    @classmethod
    def make_backend(cls, name="Bob", answer="at_once", company=None):
        """Give a backend whose partner answers ``at_once`` or ``later``."""
        code = cls.profile_code.format(answer=answer)
        profile = cls.env["dist.profile"].search([("code", "=", code)])
        if not profile:
            profile = cls.env["dist.profile"].create(
                {"document": cls.profile_text.format(answer=answer)}
            )
            profile._approve()
        return cls.env["dist.backend"].create(
            {
                "name": name,
                "profile_id": profile.id,
                "company_id": (company or cls.env.company).id,
            }
        )

    @classmethod
    def make_warehouse(cls, code, backend, company=None):
        return cls.env["stock.warehouse"].create(
            {
                "name": f"Warehouse {code}",
                "code": code,
                "company_id": (company or cls.env.company).id,
                "dist_backend_id": backend.id,
            }
        )

    @classmethod
    def make_product(cls, sku, stock=0, tracking="none"):
        product = cls.env["product.product"].create(
            {
                "name": sku.title(),
                "default_code": sku,
                "type": "consu",
                "is_storable": True,
                "tracking": tracking,
                "list_price": 5,
            }
        )
        if stock:
            cls.put_in_stock(product, stock)
        return product

    @classmethod
    def put_in_stock(cls, product, quantity, lot=None, warehouse=None):
        cls.env["stock.quant"]._update_available_quantity(
            product, (warehouse or cls.warehouse).lot_stock_id, quantity, lot_id=lot
        )

    @classmethod
    def make_lot(cls, product, name, stock=0):
        lot = cls.env["stock.lot"].create({"name": name, "product_id": product.id})
        if stock:
            cls.put_in_stock(product, stock, lot)
        return lot

    def order(self, *lines, warehouse=None, confirm=True):
        """Give a sale order over ``(product, quantity)`` lines; see :meth:`commit`."""
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "warehouse_id": (warehouse or self.warehouse).id,
                "order_line": [
                    (0, 0, {"product_id": product.id, "product_uom_qty": quantity})
                    for product, quantity in lines
                ],
            }
        )
        if confirm:
            order.action_confirm()
            self.commit()
        return order

    def delivery(self, *lines, **values):
        """Give the delivery of a confirmed order."""
        return self.order(*lines, **values).picking_ids

    def accepted(self, *lines):
        """Give a delivery whose request the partner has accepted."""
        picking = self.delivery(*lines)
        self.answer(picking, Outcome.ACCEPTED, remote_id="77")
        return picking

    def commit(self):
        """Run what a transaction does right before it is stored."""
        self.env.cr.flush()

    # ------------------------------------------------------------- partners

    def messages(self, picking, message_type="fulfilment_request"):
        """Give the outgoing messages about a delivery, oldest first."""
        return self.env["dist.message"].search(
            [
                ("res_model", "=", "stock.picking"),
                ("res_id", "=", picking.id),
                ("direction", "=", "out"),
                ("message_type", "=", message_type),
            ],
            order="id",
        )

    def leave(self, message):
        """Have a message sent, as far as the ledger knows."""
        self.env["dist.attempt"].create(
            {
                "message_id": message.id,
                "step": "send",
                "outcome": "accepted",
                "round": message.round,
            }
        )

    def answer(self, picking, outcome, message_type="fulfilment_request", **verdict):
        """Let the partner answer the latest message of a type at once."""
        message = self.messages(picking, message_type)[-1]
        self.leave(message)
        message.state = "done" if outcome is not Outcome.REJECTED else "exception"
        self.env[f"dist.handler.{message_type}"]._settle(
            [Answered(message, Verdict(outcome, **verdict))]
        )
        self.commit()

    def respond(self, picking, status, **values):
        """Let the partner say something about a request later on."""
        arrived = Arrived(
            picking.dist_backend_id,
            FulfilmentResponse.parse(
                {"request_key": picking.dist_request_key, "status": status, **values}
            ),
        )
        self.env["dist.handler.fulfilment_response"]._apply([arrived])
        self.commit()
        return arrived

    def shipment(self, picking, *lines, key="SHP-1", **values):
        """Give a confirmation over ``(move, quantity)`` pairs or plain lines."""
        return Arrived(
            picking.dist_backend_id,
            ShipmentConfirmation.parse(
                {
                    "confirmation_key": key,
                    "request_key": picking.dist_request_key,
                    "shipped_at": SHIPPED_AT,
                    "lines": [
                        line
                        if isinstance(line, dict)
                        else {"line_key": str(line[0].id), "quantity": line[1]}
                        for line in lines
                    ],
                    **values,
                }
            ),
        )

    def ship(self, picking, *lines, **values):
        """Let the partner confirm a shipment; gives what the handler noted."""
        arrived = self.shipment(picking, *lines, **values)
        self.confirm([arrived])
        return arrived

    def confirm(self, batch):
        """Hand a batch of confirmations over, as the pipeline does."""
        with self.env.cr.savepoint():
            self.env["dist.handler.shipment_confirmation"]._apply(batch)
        self.commit()

    def ship_in_full(self, picking, **values):
        return self.ship(
            picking, *((move, move.quantity) for move in picking.move_ids), **values
        )

    def snapshot(self, *rows, taken_at="2026-03-02T06:00:00+00:00", **values):
        """Give a stock snapshot of rows as dicts."""
        return Arrived(
            values.pop("backend", self.backend),
            InventorySnapshot.parse(
                {
                    "snapshot_key": f"INV-{taken_at}",
                    "taken_at": taken_at,
                    "warehouse": "BOB",
                    "rows": list(rows),
                    **values,
                }
            ),
        )

    def store(self, *snapshots):
        """Hand snapshots over in one batch."""
        with self.env.cr.savepoint():
            self.env["dist.handler.inventory_snapshot"]._apply(list(snapshots))
