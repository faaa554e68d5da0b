"""What a shipment cost, on the delivery, the sale order and against the bill."""

from odoo import fields
from odoo.addons.dist_connector_base.core.canonical import ServiceCharge
from odoo.addons.dist_connector_base.core.errors import BusinessError, MappingError
from odoo.tests import tagged

from .common import Arrived, ThirdPartyCase


def cost(amount, currency="USD"):
    """Give a canonical amount of money."""
    return {"amount": amount, "currency": currency}


@tagged("post_install", "-at_install")
class TestShippingCost(ThirdPartyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.euro = cls.env.ref("base.EUR")
        cls.euro.active = True
        cls.env["res.currency.rate"].search(
            [("currency_id", "=", cls.euro.id)]
        ).unlink()
        for day, rate in (("2026-01-01", 0.8), ("2026-03-02", 0.5)):
            cls.env["res.currency.rate"].create(
                {"currency_id": cls.euro.id, "name": day, "rate": rate}
            )
        cls.carrier = cls.env["delivery.carrier"].create(
            {
                "name": "Parcel",
                "product_id": cls.make_product("FREIGHT").id,
                "delivery_type": "base_on_rule",
                "invoice_policy": "real",
            }
        )

    def sold(self, *lines, carrier=None):
        """Give an accepted delivery of an order that ships with the carrier."""
        order = self.order(*lines, confirm=False)
        order.carrier_id = self.carrier if carrier is None else carrier
        order.action_confirm()
        self.commit()
        picking = order.picking_ids
        picking._dist_write({"dist_state": "accepted"})
        return picking

    def freight_lines(self, picking):
        return picking.sale_id.order_line.filtered("is_delivery")

    def bill(self, amount, picking, currency="USD"):
        document = ServiceCharge.parse(
            {
                "charge_key": f"F-{amount}-{currency}",
                "charge_date": "2026-03-05",
                "fee": "freight",
                "amount": amount,
                "currency": currency,
                "reference_type": "request",
                "reference": picking.dist_request_key,
            }
        )
        arrived = Arrived(self.backend, document)
        self.env["dist.handler.service_charge"]._apply([arrived])
        return arrived.linked

    # --------------------------------------------------------------- booking

    def test_the_cost_stands_on_the_delivery(self):
        picking = self.sold((self.tea, 5))
        self.ship_in_full(picking, shipping_cost=cost("7.50"))
        self.assertEqual(
            (picking.carrier_price, picking.dist_shipping_cost), (7.5, 7.5)
        )

    def test_real_cost_goes_to_the_sale_order(self):
        picking = self.sold((self.tea, 5))
        self.ship_in_full(picking, shipping_cost=cost("7.50"))
        self.assertEqual(self.freight_lines(picking).mapped("price_unit"), [7.5])

    def test_estimated_cost_does_not(self):
        self.carrier.invoice_policy = "estimated"
        picking = self.sold((self.tea, 5))
        self.ship_in_full(picking, shipping_cost=cost("7.50"))
        self.assertFalse(self.freight_lines(picking))
        self.assertEqual(picking.carrier_price, 7.5)

    def test_margins_and_free_shipping_are_those_of_the_delivery_method(self):
        self.carrier.write({"margin": 0.1, "fixed_margin": 1})
        picking = self.sold((self.tea, 5))
        self.ship_in_full(picking, shipping_cost=cost("10"))
        self.assertAlmostEqual(picking.carrier_price, 12.0)
        self.assertEqual(picking.dist_shipping_cost, 10.0)
        self.carrier.write(
            {"free_over": True, "amount": 1, "margin": 0, "fixed_margin": 0}
        )
        free = self.sold((self.tea, 5))
        self.ship_in_full(free, key="SHP-2", shipping_cost=cost("10"))
        self.assertEqual((free.carrier_price, free.dist_shipping_cost), (0.0, 10.0))

    def test_a_delivery_without_a_carrier_keeps_its_cost(self):
        picking = self.sold((self.tea, 5), carrier=self.carrier.browse())
        self.ship_in_full(picking, shipping_cost=cost("7.50"))
        self.assertEqual(picking.carrier_price, 7.5)
        self.assertFalse(self.freight_lines(picking))

    def test_parcels_add_up_where_the_shipment_names_no_cost(self):
        picking = self.sold((self.tea, 5))
        self.ship_in_full(
            picking,
            parcels=[
                {"tracking_number": "A", "shipping_cost": cost("4.25")},
                {"tracking_number": "B", "shipping_cost": cost("3")},
            ],
        )
        self.assertEqual(picking.carrier_price, 7.25)
        self.assertEqual(
            picking.dist_parcel_ids.sorted("id").mapped("shipping_cost"), [4.25, 3.0]
        )

    def test_shipments_of_one_request_add_up_on_the_order(self):
        picking = self.sold((self.tea, 5))
        self.ship(
            picking,
            (picking.move_ids, 3),
            completes_request=False,
            shipping_cost=cost("4"),
        )
        backorder = picking.backorder_ids
        self.ship(
            backorder, (picking.move_ids, 2), key="SHP-2", shipping_cost=cost("3")
        )
        self.assertEqual((picking.carrier_price, backorder.carrier_price), (4.0, 3.0))
        self.assertEqual(sum(self.freight_lines(picking).mapped("price_unit")), 7.0)

    def test_a_replay_books_nothing_twice(self):
        picking = self.sold((self.tea, 5))
        arrived = self.ship_in_full(picking, shipping_cost=cost("7.50"))
        with self.assertRaises(BusinessError):
            self.confirm([arrived])
        self.assertEqual(picking.carrier_price, 7.5)
        self.assertEqual(len(self.freight_lines(picking)), 1)

    # -------------------------------------------------------------- currency

    def test_another_currency_is_converted_at_the_day_of_shipment(self):
        picking = self.sold((self.tea, 5))
        self.ship_in_full(picking, shipping_cost=cost("10", "EUR"))
        # 1 USD = 0.5 EUR on 2 March, when it was shipped
        self.assertEqual(picking.dist_shipping_cost, 20.0)
        self.assertEqual(picking.dist_shipping_cost_ids.amount, 10.0)
        self.assertEqual(self.freight_lines(picking).price_unit, 20.0)

    def test_a_currency_that_is_not_in_use_is_for_a_person(self):
        picking = self.sold((self.tea, 5))
        with self.assertRaises(MappingError):
            self.ship_in_full(picking, shipping_cost=cost("10", "XTS"))
        self.assertEqual(picking.state, "assigned")

    def test_a_currency_without_a_rate_is_never_taken_one_to_one(self):
        self.env["res.currency.rate"].search(
            [("currency_id", "=", self.euro.id)]
        ).unlink()
        picking = self.sold((self.tea, 5))
        with self.assertRaisesRegex(BusinessError, "no rate"):
            self.ship_in_full(picking, shipping_cost=cost("10", "EUR"))

    def test_an_order_that_takes_no_more_cost_is_told_and_the_goods_are_booked(self):
        picking = self.sold((self.tea, 5))
        order = picking.sale_id
        order._create_delivery_line(self.carrier, 5)
        order.locked = True
        arrived = self.ship_in_full(picking, shipping_cost=cost("7.50"))
        self.assertEqual((picking.state, picking.carrier_price), ("done", 7.5))
        self.assertIn("was not added", arrived.warnings[0].message)

    # ------------------------------------------------------------------ bill

    def test_freight_billed_as_confirmed_is_right(self):
        picking = self.sold((self.tea, 5))
        self.ship_in_full(picking, shipping_cost=cost("7.50"))
        charge = self.bill("7.50", picking)
        self.assertEqual((charge.finding, charge.expected), ("ok", 7.5))

    def test_freight_billed_higher_than_confirmed_is_in_dispute(self):
        picking = self.sold((self.tea, 5))
        self.ship_in_full(picking, shipping_cost=cost("7.50"))
        charge = self.bill("9", picking)
        self.assertEqual(
            (charge.state, charge.finding, charge.difference),
            ("disputed", "too_high", 1.5),
        )

    def test_the_rate_card_may_allow_for_what_was_confirmed(self):
        self.env["dist.rate.card"].create(
            {
                "name": "Pass through",
                "backend_id": self.backend.id,
                "currency_id": self.env.ref("base.USD").id,
                "valid_from": fields.Date.to_date("2026-01-01"),
                "line_ids": [
                    (0, 0, {"fee": "freight", "basis": "confirmed", "price": 1.1})
                ],
            }
        )
        picking = self.sold((self.tea, 5))
        self.ship_in_full(picking, shipping_cost=cost("10"))
        self.assertEqual(self.bill("11", picking).finding, "ok")

    def test_a_bill_in_another_currency_is_compared_at_the_day_of_shipment(self):
        picking = self.sold((self.tea, 5))
        self.ship_in_full(picking, shipping_cost=cost("10"))
        self.assertEqual(self.bill("5", picking, "EUR").finding, "ok")
