"""Builders for what comes in at a 3PL warehouse: purchases, confirmations, returns."""

from odoo.addons.dist_connector_base.core.canonical import (
    ReceiptConfirmation,
    ReceiptResponse,
)
from odoo.addons.dist_connector_base.core.wire import Outcome

from .common import Arrived, ThirdPartyCase

PROFILE = """
profile: test_inbound_{answer}
version: "1"
title: House that receives
transport: folder
operations:
  tell:
    file: {{folder: in, name: "ASN_{{receipt_key}}.json"}}
    body: {{key: receipt_key}}
  drop:
    file: {{folder: in, name: "ASC_{{receipt_key}}.json"}}
    body: {{key: receipt_key}}
  ask:
    file: {{folder: in, name: "ORD_{{request_key}}.json"}}
    body: {{key: request_key}}
  authorise:
    file: {{folder: in, name: "RMA_{{return_key}}.json"}}
    body: {{key: return_key}}
flows:
  fulfilment_request: {{direction: out, send: ask, answer: {answer}}}
  receipt_notice: {{direction: out, send: tell, answer: {answer}}}
  receipt_cancel: {{direction: out, send: drop, answer: {answer}}}
  return_authorisation: {{direction: out, send: authorise}}
"""

RECEIVED_AT = "2026-03-02T10:00:00+00:00"


class InboundCase(ThirdPartyCase):
    """The warehouse BOB, which is told what comes, with places for what is not good."""

    profile_code = "test_inbound_{answer}"
    profile_text = PROFILE

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.supplier = cls.env["res.partner"].create(
            {"name": "Tea Estate", "country_id": cls.env.ref("base.in").id}
        )
        beside = cls.warehouse.view_location_id
        cls.damaged, cls.quarantine = (
            cls.env["stock.location"].create(
                {"name": name, "location_id": beside.id, "usage": "internal"}
            )
            for name in ("Damaged", "Quarantine")
        )
        for status in ("damaged", "quarantine"):
            cls.make_place(status, getattr(cls, status))

    @classmethod
    def make_place(cls, code, location, kind="status", warehouse=None):
        return cls.env["dist.place"].create(
            {
                "warehouse_id": (warehouse or cls.warehouse).id,
                "kind": kind,
                "code": code,
                "location_id": location.id,
            }
        )

    @classmethod
    def make_user(cls, *groups):
        return cls.env["res.users"].create(
            {
                "name": "Worker",
                "login": "worker_inbound",
                "group_ids": [(4, cls.env.ref(group).id) for group in groups],
            }
        )

    # ------------------------------------------------------------ purchases

    def purchase(self, *lines, **values):
        """Give a confirmed purchase order over ``(product, quantity)`` lines."""
        order = self.env["purchase.order"].create(
            {
                "partner_id": self.supplier.id,
                "picking_type_id": self.warehouse.in_type_id.id,
                "order_line": [
                    (
                        0,
                        0,
                        {
                            "product_id": product.id,
                            "product_qty": quantity,
                            "price_unit": 2,
                        },
                    )
                    for product, quantity in lines
                ],
                **values,
            }
        )
        order.button_confirm()
        self.commit()
        return order

    def receipt(self, *lines):
        """Give the receipt of a confirmed purchase order."""
        return self.purchase(*lines).picking_ids

    def announced(self, *lines):
        """Give a receipt that the partner expects."""
        picking = self.receipt(*lines)
        self.answer_receipt(picking, Outcome.ACCEPTED, remote_id="900")
        return picking

    # ------------------------------------------------------------- partners

    def answer_receipt(
        self, picking, outcome, message_type="receipt_notice", **verdict
    ):
        """Let the partner answer the latest message of a type at once."""
        self.answer(picking, outcome, message_type, **verdict)

    def respond_receipt(self, picking, status, **values):
        """Let the partner say something about an advice later on."""
        arrived = Arrived(
            picking.dist_backend_id,
            ReceiptResponse.parse(
                {"receipt_key": picking.dist_receipt_key, "status": status, **values}
            ),
        )
        self.env["dist.handler.receipt_response"]._apply([arrived])
        self.commit()
        return arrived

    def confirmation(self, picking, *lines, key="REC-1", **values):
        """Give a confirmation over ``(move, quantity)`` pairs or plain lines."""
        return Arrived(
            picking.dist_backend_id or self.backend,
            ReceiptConfirmation.parse(
                {
                    "confirmation_key": key,
                    "receipt_key": picking.dist_receipt_key or None,
                    "received_at": RECEIVED_AT,
                    "lines": [
                        line
                        if isinstance(line, dict)
                        else {
                            "line_key": str(line[0].id),
                            "sku": line[0].product_id.default_code,
                            "quantity": line[1],
                        }
                        for line in lines
                    ],
                    **values,
                }
            ),
        )

    def receive(self, picking, *lines, **values):
        """Let the partner confirm a receipt; gives what the handler noted."""
        arrived = self.confirmation(picking, *lines, **values)
        self.take([arrived])
        return arrived

    def take(self, batch, message_type="receipt_confirmation"):
        """Hand a batch over, as the pipeline does."""
        with self.env.cr.savepoint():
            self.env[f"dist.handler.{message_type}"]._apply(batch)
        self.commit()

    def receive_in_full(self, picking, **values):
        return self.receive(
            picking, *((m, m.product_qty) for m in picking.move_ids), **values
        )

    def backorder_of(self, picking):
        return self.env["stock.picking"].search([("backorder_id", "=", picking.id)])

    def held(self, product, location=None, lot=None):
        """Give how much lies in a location itself, of one lot if it is named."""
        domain = [
            ("product_id", "=", product.id),
            ("location_id", "=", (location or self.warehouse.lot_stock_id).id),
        ]
        if lot:
            domain.append(("lot_id.name", "=", lot))
        return sum(self.env["stock.quant"].search(domain).mapped("quantity"))
