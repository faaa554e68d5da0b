"""Parcels and tracking numbers."""

from odoo.tests import tagged

from .common import ThirdPartyCase


@tagged("post_install", "-at_install")
class TestParcels(ThirdPartyCase):
    def parcels(self):
        return [
            {
                "tracking_number": "1Z1",
                "carrier": "UPS",
                "sscc": "123456789012345675",
                "weight_kg": "1.25",
                "contents": [{"sku": "TEA", "quantity": 3}],
            },
            {"tracking_number": "1Z2"},
        ]

    def test_every_parcel_has_its_row(self):
        picking = self.accepted((self.tea, 5))
        self.ship_in_full(picking, parcels=self.parcels(), carrier="DHL")
        parcels = picking.dist_parcel_ids.sorted("id")
        self.assertEqual(parcels.mapped("tracking_number"), ["1Z1", "1Z2"])
        self.assertEqual(parcels.mapped("carrier"), ["UPS", "DHL"])
        self.assertEqual(parcels[0].weight_kg, 1.25)
        self.assertEqual(parcels[0].content_ids.product_id, self.tea)
        self.assertEqual(parcels[0].content_ids.quantity, 3)
        self.assertEqual(parcels[0].confirmation_key, "SHP-1")

    def test_tracking_numbers_are_joined_on_the_delivery(self):
        picking = self.accepted((self.tea, 5))
        self.ship_in_full(picking, parcels=self.parcels())
        self.assertEqual(picking.carrier_tracking_ref, "1Z1,1Z2")

    def test_the_carrier_is_not_asked_for_a_label(self):
        product = self.env["product.product"].create(
            {"name": "Freight", "type": "service"}
        )
        carrier = self.env["delivery.carrier"].create(
            {
                "name": "Books labels",
                "product_id": product.id,
                "integration_level": "rate_and_ship",
                "fixed_price": 7,
            }
        )
        self.warehouse.out_type_id.print_label = True
        picking = self.accepted((self.tea, 5))
        picking.carrier_id = carrier
        self.ship_in_full(picking)
        self.assertEqual(picking.state, "done")
        self.assertFalse(picking.carrier_price)
