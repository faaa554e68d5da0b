"""Backends that speak SOAP: their WSDL, who we are, and one job at a time."""

import base64
from pathlib import Path

from odoo.exceptions import AccessError, ValidationError
from odoo.sql_db import db_connect
from odoo.tests import new_test_user, tagged

from ..core.wire import SoapRequest
from ..pipeline.context import open_rest
from ..pipeline.lanes import LANE_LOCK, MOST_LANES, lanes_of
from ..pipeline.privacy import Privacy
from ..transports.soap import SoapTransport
from .common import DistCase

WSDL = Path(__file__).with_name("stock.wsdl").read_bytes()
PROFILE = """
profile: soap_house
version: "1"
title: SOAP house
transport: soap
wsdl: stock.wsdl
parallel: 1
settings:
  base_url: {label: Address, default: "http://127.0.0.1:9"}
  user: {label: User, default: us}
base_url: "{settings.base_url}"
auth:
  scheme: arguments
  credential: password
  user: "{settings.user}"
  user_argument: User
  secret_argument: Password
operations:
  put_order:
    soap: PutOrder
    body:
      Number: request_key
      Line: {each: lines, map: {Sku: sku, Quantity: quantity}}
    answers:
      - {when: Success, then: accepted, remote_id: Id}
      - {when: Success == `false`, then: rejected, message: Message}
      - {status: 2xx, then: unknown}
flows:
  fulfilment_request: {direction: out, send: put_order}
"""


@tagged("post_install", "-at_install")
class TestSoapBackend(DistCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.profile = cls.env["dist.profile"].create({"document": PROFILE})
        cls.profile._approve()
        cls.backend = cls.env["dist.backend"].create(
            {"name": "SOAP house", "profile_id": cls.profile.id}
        )
        cls.env["dist.credential"].create(
            {"backend_id": cls.backend.id, "name": "password", "secret": "s3cret"}
        )

    def give_wsdl(self, content=WSDL):
        self.backend.write(
            {"wsdl": base64.b64encode(content), "wsdl_name": "stock.wsdl"}
        )

    def test_backend_without_a_wsdl_says_what_to_do(self):
        self.assertEqual(self.backend.wsdl_wanted, "stock.wsdl")
        action = self.backend.action_test_connection()
        self.assertIn("Upload the partner's WSDL", action["params"]["message"])

    def test_broken_wsdl_is_refused_when_it_is_uploaded(self):
        with self.assertRaisesRegex(ValidationError, "cannot be read"):
            self.give_wsdl(b"<html/>")

    def test_wsdl_without_the_profiles_operations_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "PutOrder"):
            self.give_wsdl(WSDL.replace(b'"PutOrder"', b'"GetOrder"'))

    def test_operator_does_not_change_it(self):
        operator = new_test_user(
            self.env, "op_wsdl", "base.group_user,dist_connector_base.group_operator"
        )
        with self.assertRaises(AccessError):
            self.backend.with_user(operator).wsdl = base64.b64encode(WSDL)

    def test_call_proves_who_we_are_and_the_attempt_does_not_tell(self):
        self.give_wsdl()
        request = SoapRequest(
            "PutOrder",
            {"Number": "R1", "Name": "Ada", "Line": [{"Sku": "A", "Quantity": 2}]},
        )
        masked = Privacy(self.backend).content(request)
        self.assertIn("R1", masked)
        self.assertNotIn("Ada", masked)
        with open_rest(self.backend, self.profile._parsed()) as transport:
            self.assertIsInstance(transport, SoapTransport)
            arguments = {**request.arguments}
            del arguments["Name"]
            _headers, _params, body = transport._envelope(
                SoapRequest("PutOrder", arguments)
            )
        self.assertIn(b"<ns0:Password>s3cret</ns0:Password>", body)
        self.assertIn(b"<ns0:User>us</ns0:User>", body)

    def test_one_job_at_a_time_whatever_else_is_allowed(self):
        self.backend.lanes = 8
        self.assertEqual(lanes_of(self.backend, "realtime"), 1)

    def test_second_server_does_not_poll_at_the_same_time(self):
        self.backend.profile_id = self._polled()
        flow = self.backend._flow("inventory_snapshot").with_context(dist_no_wake=True)
        with db_connect(self.env.cr.dbname).cursor() as other:
            other.execute(
                "SELECT pg_advisory_xact_lock(%s, %s)",
                (LANE_LOCK, (self.backend.id * MOST_LANES) % 2**31),
            )
            self.assertEqual(flow._job_fetch(), "all lanes to the partner are taken")
        self.assertNotIn("lanes", flow._job_fetch())

    def _polled(self):
        listed = """
  list_stock: {soap: PutOrder, safe: true, body: {Number: cursor}}
flows:
  inventory_snapshot:
    direction: in
    poll: {operation: list_stock}
    map:
      snapshot_key: Id
      taken_at: At
      warehouse: =W
      rows: [{sku: Id, quantity: Id}]
"""
        text = PROFILE.replace("\nflows:\n", listed).replace('"1"', '"2"')
        profile = self.env["dist.profile"].create({"document": text})
        profile._approve()
        return profile
