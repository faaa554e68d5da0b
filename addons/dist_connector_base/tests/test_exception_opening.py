"""An exception opens with its impact, its severity, its owner and its deadline."""

from datetime import datetime
from unittest.mock import patch

from odoo.tests import new_test_user, tagged

from ..core.errors import BusinessError, DataError, FatalError, TransientError
from ..core.impact import Impact
from ..handlers.dist_handler import DistHandler
from .common import DistCase, shipment


@tagged("post_install", "-at_install")
class TestOpening(DistCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.env["res.partner"].create({"name": "Corner Shop"})
        cls.owner = new_test_user(
            cls.env, "owner", groups="dist_connector_base.group_operator"
        )
        cls.team = cls.env["dist.team"].create(
            {"name": "Warehouse desk", "member_ids": cls.owner.ids}
        )

    def setUp(self):
        super().setUp()
        self.impacts = {}
        self.startPatcher(
            patch.object(
                DistHandler,
                "_dist_impact",
                lambda _self, messages: {
                    message.id: self.impacts[message.key]
                    for message in messages
                    if message.key in self.impacts
                },
            )
        )

    def failing(self, *numbers, error=None):
        self.handler.faults = {
            number: error or BusinessError("no") for number in numbers
        }
        return self.arrive(
            *(shipment(number, f"R{number}") for number in numbers)
        ).exception_ids

    # --------------------------------------------------------------- impact

    def test_it_says_what_it_means_for_the_business(self):
        euro = self.env.ref("base.EUR")
        self.env.company.currency_id.rate_ids.unlink()
        euro.active = True
        euro.rate_ids.unlink()
        self.env["res.currency.rate"].create(
            {"currency_id": euro.id, "name": "2020-01-01", "rate": 0.5}
        )
        self.impacts["S1"] = Impact(
            value=600.0,
            currency_id=euro.id,
            customer_id=self.customer.id,
            promised_at=datetime(2030, 1, 1, 12),
            top_seller=True,
        )
        exception = self.failing("S1")
        self.assertEqual(exception.order_value, 600.0)
        self.assertEqual(exception.order_currency_id, euro)
        self.assertEqual(exception.impact_value, 1200.0, "in the company's currency")
        self.assertEqual(exception.customer_id, self.customer)
        self.assertEqual(exception.promised_at, datetime(2030, 1, 1, 12))
        self.assertTrue(exception.top_seller)
        self.assertEqual(exception.severity, "critical")

    def test_a_handler_that_cannot_tell_the_impact_hides_no_exception(self):
        with (
            patch.object(DistHandler, "_dist_impact", side_effect=KeyError("x")),
            self.assertLogs("odoo.addons.dist_connector_base", "ERROR"),
        ):
            exception = self.failing("S1")
        self.assertEqual(exception.state, "open")
        self.assertEqual(exception.impact_value, 0)

    def test_a_failed_stock_update_of_a_top_seller_outranks_late_catalogue_rows(self):
        self.backend.user_id = self.owner
        catalogue = self.env["dist.flow"].create(
            {
                "backend_id": self.backend.id,
                "message_type": "price_list",
                "direction": "in",
            }
        )
        self.assertEqual(catalogue.criticality, "low")
        exceptions = self.env["dist.exception"]
        for number in range(100):
            exceptions._open_for_cause(
                self.backend,
                catalogue,
                DataError("late", path=f"row of article {chr(19968 + number)}"),
            )
        self.impacts["S1"] = Impact(top_seller=True)
        stock = self.failing("S1", error=BusinessError("stock not taken"))
        alerts = exceptions.search([("backend_id", "=", self.backend.id)])
        self.assertEqual(len(alerts), 101)
        self.assertEqual(alerts[0], stock)
        values = exceptions._digest_values(self.owner)
        self.assertEqual(values["causes"][0]["cause"], stock.cause)

    def test_of_two_with_one_severity_the_dearer_order_comes_first(self):
        for number, value in (("S1", 10.0), ("S2", 900.0), ("S3", 20.0)):
            self.impacts[number] = Impact(
                value=value, currency_id=self.env.company.currency_id.id
            )
        found = self.env["dist.exception"].search(
            [("id", "in", self.failing("S1", "S2", "S3").ids)]
        )
        self.assertEqual(found.mapped("message_key"), ["S2", "S3", "S1"])

    def test_the_oldest_can_be_listed_first(self):
        first, second = self.failing("S1"), self.failing("S2")
        first.first_seen = "2020-01-01 00:00:00"
        found = self.env["dist.exception"].search(
            [("id", "in", (first + second).ids)], order="age_hours desc"
        )
        self.assertEqual(found, first + second)

    # -------------------------------------------------------------- routing

    def test_the_first_rule_that_fits_gives_team_owner_and_deadline(self):
        rules = self.make_rules()
        exception = self.failing("S1")
        self.assertEqual(exception.rule_id, rules[-1])
        self.assertEqual(exception.team_id, self.team)
        self.assertEqual(exception.user_id, self.owner)

    def make_rules(self):
        team = {"team_id": self.team.id}
        other = self.make_backend(name="Elsewhere")
        return self.env["dist.exception.rule"].create(
            [
                {"name": "partner", "sequence": 1, "backend_id": other.id, **team},
                {"name": "type", "sequence": 1, "message_type": "invoice", **team},
                {"name": "kind", "sequence": 2, "error_class": "data", **team},
                {"name": "severe", "sequence": 3, "min_severity": "critical", **team},
                {"name": "dear", "sequence": 4, "min_value": 100000, **team},
                {
                    "name": "ours",
                    "sequence": 5,
                    "message_type": "shipment_confirmation",
                    "error_class": "business",
                    "user_id": self.owner.id,
                    "sla_hours": 2,
                    **team,
                },
            ]
        )

    def test_a_dear_order_goes_to_those_who_care_for_dear_orders(self):
        self.make_rules()
        self.impacts["S1"] = Impact(
            value=200000, currency_id=self.env.company.currency_id.id
        )
        self.assertEqual(self.failing("S1").rule_id.name, "dear")

    def test_without_a_rule_it_is_the_responsibles_of_the_partner(self):
        self.env["dist.exception.rule"].search([]).unlink()
        self.backend.user_id = self.owner
        self.assertEqual(self.failing("S1").user_id, self.owner)
        self.backend.user_id = False
        exception = self.failing("S2")
        self.assertFalse(exception.user_id)
        self.assertEqual(
            exception.team_id, self.env.ref("dist_connector_base.dist_team_default")
        )

    def test_the_deadline_counts_working_hours(self):
        self.make_rules()
        self.team.calendar_id = self.env["resource.calendar"].create(
            {
                "name": "Mornings",
                "tz": "UTC",
                "attendance_ids": [
                    (5, 0, 0),
                    *(
                        (
                            0,
                            0,
                            {
                                "name": "m",
                                "dayofweek": str(day),
                                "hour_from": 8,
                                "hour_to": 12,
                                "day_period": "morning",
                            },
                        )
                        for day in range(5)
                    ),
                ],
            }
        )
        rules = self.env["dist.exception.rule"]
        vals = {
            "company_id": self.env.company.id,
            "backend_id": self.backend.id,
            "message_type": "shipment_confirmation",
            "error_class": "business",
            "severity": "low",
        }
        # a Friday, one hour before the week ends
        with patch.object(
            type(self.env.cr), "now", lambda _cr: datetime(2026, 1, 30, 11)
        ):
            rules._route([vals])
        self.assertEqual(vals["sla_deadline"], datetime(2026, 2, 2, 9))

    def test_severity_sets_the_deadline_where_no_rule_does(self):
        self.env["dist.exception.rule"].search([]).unlink()
        exceptions = self.env["dist.exception"]
        flow = self.flow("shipment_confirmation")
        fast = exceptions._open_for_cause(self.backend, flow, FatalError("a"))
        slow = exceptions._open_for_cause(self.backend, flow, TransientError("b"))
        self.assertGreater(fast.severity_rank, slow.severity_rank)
        self.assertLess(fast.sla_deadline, slow.sla_deadline)

    def test_what_is_too_late_can_be_found(self):
        late, early = self.failing("S1"), self.failing("S2")
        late.sla_deadline = "2020-01-01 00:00:00"
        early.sla_deadline = "2999-01-01 00:00:00"
        both = [("id", "in", (late + early).ids)]
        find = self.env["dist.exception"].search
        self.assertEqual(find([*both, ("breached", "=", True)]), late)
        self.assertEqual(find([*both, ("breached", "=", False)]), early)
        self.assertEqual((late.breached, early.breached), (True, False))
        early._resolve("closed")
        self.assertFalse(early.breached)

    # ---------------------------------------------------------------- bursts

    def test_a_burst_of_a_thousand_costs_few_queries(self):
        few = self.count_queries(20, "A")
        many = self.count_queries(1000, "B")
        self.assertLess(many, few + 60, "each exception costs queries of its own")

    def count_queries(self, count, prefix):
        bodies = [shipment(f"{prefix}{number}") for number in range(count)]
        messages = self.arrive(*bodies, run=False)
        failures = [(message, BusinessError("no")) for message in messages]
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.env["dist.exception"]._open_for_messages(failures)
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_the_same_message_fails_twice_in_one_run_and_is_one_exception(self):
        (message,) = self.arrive(shipment(), run=False)
        exceptions = self.env["dist.exception"]
        found = exceptions._open_for_messages(
            [(message, BusinessError("a")), (message, BusinessError("b"))]
        )
        self.assertEqual(len(set(found.ids)), 1)
        self.assertEqual(found[0].occurrences, 2)
        again = exceptions._open_for_message(message, BusinessError("c"))
        self.assertEqual((again, again.occurrences), (found[0], 3))

    def test_a_cause_reads_the_same_for_all_its_documents(self):
        exceptions = self.failing(
            "S1", "S2", error=DataError("4 is no number", path="lines[3].quantity")
        )
        self.assertEqual(
            set(exceptions.mapped("cause")), {"Faulty document: lines.quantity"}
        )
