"""One case from the order to the invoice: one correlation id, one line of time."""

import json
import tempfile
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import get_args
from unittest.mock import patch

from odoo.addons.dist_connector_base.core.canonical import DOCUMENTS
from odoo.addons.dist_connector_base.models.dist_attempt import DistAttempt
from odoo.addons.dist_connector_base.pipeline import expect, ledger
from odoo.tests import Form, new_test_user, tagged

from .common import ThirdPartyCase

HOUSE = """
profile: test_timeline
version: "1"
title: House that answers with files
transport: folder
settings:
  root: {label: Folder}
operations:
  ask:
    file: {folder: in, name: "ORD_{request_key}.json"}
    body: {key: request_key}
  drop:
    file: {folder: in, name: "CAN_{request_key}.json"}
    body: {key: request_key}
flows:
  fulfilment_request: {direction: out, send: ask, answer: later}
  fulfilment_cancel: {direction: out, send: drop, answer: later}
  fulfilment_response:
    direction: in
    file: {folder: out, pattern: ACK*, archive: done}
    map: {request_key: key, status: status, reason_code: code}
  shipment_confirmation:
    direction: in
    file: {folder: out, pattern: SHP*, archive: done}
    map:
      confirmation_key: number
      request_key: key
      shipped_at: at
      completes_request: complete
      lines:
        each: lines
        map: {line_key: line, quantity: quantity}
expectations:
  answered:
    opened_by: fulfilment_request
    met_by: [fulfilment_response, shipment_confirmation]
    within: 1 hour
    message: The warehouse has not said whether it takes the order.
"""


@tagged("post_install", "-at_install")
class TestTimeline(ThirdPartyCase):
    @classmethod
    def make_backend(cls, name="Bob", answer="at_once", company=None):
        profile = cls.env["dist.profile"].create({"document": HOUSE})
        profile._approve()
        backend = cls.env["dist.backend"].create(
            {"name": name, "profile_id": profile.id, "tz": "UTC"}
        )
        cls.root = cls.enterClassContext(tempfile.TemporaryDirectory())
        backend.setting_ids.value = cls.root
        (Path(cls.root) / "in").mkdir()
        return backend

    def setUp(self):
        super().setUp()
        self.startPatcher(patch.object(DistAttempt, "_own_cursor", self._same_cursor))

    @contextmanager
    def _same_cursor(self):
        yield self.env.cr

    # ------------------------------------------------------------- builders

    def run_flow(self, message_type):
        flow = self.backend._flow(message_type).with_context(dist_no_wake=True)
        for _time in range(3):
            if flow._job_run() == "nothing to do":
                break
        self.env.invalidate_all()

    def arrive(self, message_type, **content):
        flow = self.backend._flow(message_type)
        (message_id,) = ledger.insert_arrivals(
            self.env,
            flow,
            [ledger.Arrival(json.dumps(content).encode(), via="file", source="F.json")],
        )
        self.run_flow(message_type)
        return self.env["dist.message"].browse(message_id)

    def shipped(self, picking, quantity, number="S1", complete=True):
        line = picking.dist_request_line_ids
        return self.arrive(
            "shipment_confirmation",
            number=number,
            key=picking.dist_request_key,
            at="2026-03-02T10:00:00+00:00",
            complete=complete,
            lines=[{"line": line.line_key, "quantity": quantity}],
        )

    def timeline(self, record):
        action = record.action_dist_timeline()
        return self.env["dist.timeline"].search(action["domain"], order="id")

    def kinds(self, record):
        return self.timeline(record).mapped("kind")

    def chain(self, order):
        return self.env["dist.message"].search(
            [("correlation", "=", order.name), ("company_id", "=", order.company_id.id)]
        )

    # ---------------------------------------------------------------- tests

    def test_an_order_shows_what_happened_where_when_and_by_which_message(self):
        order = self.order((self.tea, 5))
        picking = order.picking_ids
        self.run_flow("fulfilment_request")
        self.arrive(
            "fulfilment_response", key=picking.dist_request_key, status="accepted"
        )
        shipment = self.shipped(picking, 5)
        self.assertEqual(picking.state, "done", shipment.note)
        order._create_invoices().action_post()
        self.assertEqual(
            set(self.kinds(order)),
            {"ordered", "requested", "sent", "acknowledged", "shipped", "invoiced"},
        )
        line = self.timeline(order).filtered(lambda step: step.kind == "shipped")
        self.assertEqual(line.moment, datetime(2026, 3, 2, 10), "the partner's time")
        self.assertEqual(line.message_id, shipment)
        self.assertEqual((line.where, line.about), ("Bob", picking.name))
        self.assertEqual(line.action_open()["res_id"], shipment.id)

    def test_transfers_and_invoices_show_the_same_case(self):
        order = self.order((self.tea, 5))
        self.run_flow("fulfilment_request")
        self.shipped(order.picking_ids, 5)
        invoice = order._create_invoices()
        invoice.action_post()
        self.assertEqual(self.kinds(order.picking_ids), self.kinds(order))
        self.assertEqual(self.kinds(invoice), self.kinds(order))
        self.assertEqual(order.dist_message_count, 2)
        self.assertEqual(invoice.dist_message_count, 2)
        messages = self.env["dist.message"].search(
            invoice.action_dist_messages()["domain"]
        )
        self.assertEqual(messages, self.chain(order))

    def test_a_gap_is_marked_where_the_answer_should_stand(self):
        order = self.order((self.tea, 5))
        self.run_flow("fulfilment_request")
        gap = self.timeline(order).filtered(lambda step: step.kind == "expected")
        self.assertEqual(gap.state, "due")
        self.env.cr.execute(
            "UPDATE dist_expectation SET deadline = deadline - interval '1 day'"
        )
        self.env.invalidate_all()
        expect.find_overdue(self.env(su=True), 100)
        self.env.flush_all()
        self.env.invalidate_all()
        gap = self.timeline(order).filtered(lambda step: step.kind == "expected")
        self.assertEqual(gap.state, "missing")
        self.assertIn("has not said whether", gap.text)
        self.assertEqual(order.dist_missing_count, 1)
        self.arrive(
            "fulfilment_response",
            key=order.picking_ids.dist_request_key,
            status="accepted",
        )
        late = self.timeline(order).filtered(lambda step: step.kind == "acknowledged")
        self.assertEqual(late.state, "late")
        self.assertFalse(order.dist_missing_count)

    def test_cancel_asked_and_refused_stand_in_the_timeline(self):
        order = self.order((self.tea, 5))
        picking = order.picking_ids
        self.run_flow("fulfilment_request")
        self.arrive(
            "fulfilment_response", key=picking.dist_request_key, status="accepted"
        )
        picking.action_cancel()
        self.run_flow("fulfilment_cancel")
        self.arrive(
            "fulfilment_response",
            key=picking.dist_request_key,
            status="cancel_refused",
            code="PICKED",
        )
        steps = self.timeline(order)
        self.assertLessEqual(
            {"cancel_asked", "cancel_refused"}, set(steps.mapped("kind"))
        )
        refused = steps.filtered(lambda step: step.kind == "cancel_refused")
        self.assertEqual((refused.text, refused.state), ("PICKED", "refused"))

    def test_the_order_is_the_root_of_backorders_and_returns(self):
        order = self.order((self.tea, 5))
        first = order.picking_ids
        self.run_flow("fulfilment_request")
        self.shipped(first, 3, complete=False)
        backorder = first.backorder_ids
        second = self.shipped(backorder, 2, number="S2")
        self.assertEqual(backorder.state, "done", second.note)
        self.assertEqual(
            set(self.chain(order).mapped("message_type")),
            {
                "fulfilment_request",
                "shipment_confirmation",
            },
        )
        self.assertEqual(len(self.chain(order)), 3)
        wizard = Form(
            self.env["stock.return.picking"].with_context(
                active_id=first.id, active_ids=first.ids, active_model="stock.picking"
            )
        ).save()
        wizard.product_return_moves.quantity = 1
        returned = wizard._create_return()
        self.assertEqual(returned._dist_correlation(), order.name)

    def test_the_name_of_the_order_file_finds_the_whole_case(self):
        order = self.order((self.tea, 5))
        key = order.picking_ids.dist_request_key
        self.run_flow("fulfilment_request")
        self.shipped(order.picking_ids, 5)
        found = self.env["dist.message"].search([("case", "ilike", f"ORD_{key}.json")])
        self.assertEqual(found, self.chain(order))
        self.assertEqual(len(found), 2)

    def test_a_purchase_order_receipt_and_bill_are_one_case(self):
        vendor = self.env["res.partner"].create({"name": "Tea Garden"})
        purchase = self.env["purchase.order"].create(
            {
                "partner_id": vendor.id,
                "picking_type_id": self.warehouse.in_type_id.id,
                "order_line": [
                    (
                        0,
                        0,
                        {"product_id": self.tea.id, "product_qty": 3, "price_unit": 1},
                    )
                ],
            }
        )
        purchase.button_confirm()
        receipt = purchase.picking_ids
        receipt.move_ids.write({"quantity": 3, "picked": True})
        receipt.button_validate()
        purchase.action_create_invoice()
        bill = purchase.invoice_ids
        bill.invoice_date = "2026-03-02"
        bill.action_post()
        for record in (purchase, receipt, bill):
            self.assertEqual(
                set(self.kinds(record)), {"ordered", "received", "invoiced"}
            )

    def test_a_purchase_for_one_sale_order_belongs_to_it(self):
        order = self.order((self.tea, 5))
        purchase = self.env["purchase.order"].create(
            {"partner_id": self.customer.id, "name": "P-CASE"}
        )
        self.assertEqual(purchase._dist_correlation(), "P-CASE")
        purchase.reference_ids = order.stock_reference_ids
        self.assertEqual(purchase._dist_correlation(), order.name)

    def test_every_handler_speaks_of_milestones_that_exist(self):
        kinds = dict(self.env["dist.milestone"]._fields["kind"].selection)
        handlers = [name for name in self.registry if name.startswith("dist.handler.")]
        for name in handlers:
            for kind in self.env[name]._dist_milestones.values():
                self.assertIn(kind, kinds, name)
        for message_type in ("fulfilment_response", "receipt_response"):
            document = DOCUMENTS[message_type]
            for status in get_args(document.model_fields["status"].annotation):
                answer = document.model_construct(status=status, reason_code=None)
                handler = self.env[f"dist.handler.{message_type}"]
                self.assertIn(handler._dist_milestone("applied", answer).kind, kinds)

    def test_a_return_belongs_to_the_order_that_was_delivered(self):
        order = self.order((self.tea, 5))
        coming_back = self.env["dist.return"].new({"delivery_id": order.picking_ids.id})
        self.assertEqual(coming_back._dist_correlation(), order.name)

    def test_a_salesperson_sees_the_timeline_of_an_order(self):
        order = self.order((self.tea, 5))
        self.run_flow("fulfilment_request")
        seller = new_test_user(
            self.env, "seller", groups="sales_team.group_sale_salesman_all_leads"
        )
        mine = order.with_user(seller)
        self.assertGreater(mine.dist_timeline_count, 2)
        steps = (
            self.env["dist.timeline"]
            .with_user(seller)
            .search(mine.action_dist_timeline()["domain"])
        )
        self.assertIn("Bob", steps.mapped("where"))
        request = steps.filtered(lambda step: step.kind == "sent")
        self.assertEqual(request.action_open()["res_model"], "stock.picking")

    def test_two_companies_never_see_each_others_timelines(self):
        order = self.order((self.tea, 5))
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env,
            "stranger",
            groups="base.group_user",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        steps = self.env["dist.timeline"].with_user(stranger)
        self.assertFalse(steps.search([("correlation", "=", order.name)]))
        self.assertTrue(self.timeline(order))

    def test_many_confirmed_orders_are_noted_in_one_statement(self):
        orders = self.env["sale.order"]
        for _number in range(3):
            orders += self.order((self.tea, 1), confirm=False)
        self.env.flush_all()
        self.env["dist.milestone"]._note(orders[0], "ordered")
        count = self.env.cr.sql_log_count
        self.env["dist.milestone"]._note(orders, "ordered")
        self.assertEqual(self.env.cr.sql_log_count - count, 1)
