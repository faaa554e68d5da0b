"""Routing: what an order wants, what the warehouses can do, and the words for why."""

from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple

import pytz
from odoo import api, fields, models

from ..core.routing import Option, Plan, Wish, decide

#: A warehouse that does not work within so many days has no day of shipping.
DAYS_AHEAD = 21


class Journey(NamedTuple):
    """What is to be shipped, and whereto.

    :ivar destination: ``res.partner``
    :ivar lines: list of ``(ref, product, quantity in the product's unit)``
    :ivar carrier: ``delivery.carrier`` or an empty record
    :ivar excluded: warehouses that are out, such as the one that refused
    """

    company: models.BaseModel
    destination: models.BaseModel
    lines: list
    carrier: models.BaseModel
    excluded: models.BaseModel


class DistRouting(models.AbstractModel):
    _name = "dist.routing"
    _description = "Fulfilment Routing"

    @api.model
    def _plan(self, journey: Journey) -> Plan:
        """Decide which warehouses ship.

        :return: a plan over ``stock.warehouse`` ids; without parts when no rule fits
        """
        wishes = [
            Wish(ref, product.id, product.default_code or product.name, exact(quantity))
            for ref, product, quantity in journey.lines
        ]
        return decide(wishes, self._options(journey))

    @api.model
    def _has_rules(self, company):
        """Say whether the company routes its orders at all."""
        return bool(
            self.env["dist.routing.rule"]
            .sudo()
            .search_count([("company_id", "=", company.id)], limit=1)
        )

    def _options(self, journey: Journey):
        """Give what each warehouse with a rule can do for the order."""
        # sudo: a salesperson routes by rules that only planners read
        rules = self.env["dist.routing.rule"].sudo()
        options = []
        for warehouse, own in (
            rules.search([("company_id", "=", journey.company.id)])
            .grouped("warehouse_id")
            .items()
        ):
            refusals = [
                own_._refusal(journey.destination, journey.carrier) for own_ in own
            ]
            fitting = [
                r for r, refused in zip(own, refusals, strict=True) if not refused
            ]
            rule = fitting[0] if fitting else own[0]
            refused = "" if fitting else refusals[0]
            if warehouse in journey.excluded:
                refused = self.env._("left out of this search")
            options.append(self._option(journey, warehouse, rule, refused))
        return options

    def _option(self, journey: Journey, warehouse, rule, refused):
        products = self.env["product.product"].concat(
            *(product for _ref, product, _quantity in journey.lines)
        )
        return Option(
            ref=warehouse.id,
            name=warehouse.name,
            sequence=rule.sequence,
            refused=refused,
            barred=rule._barred(products),
            stock=self._free(journey, warehouse, products) if not refused else {},
            cost_order=exact(rule.cost_order),
            cost_line=exact(rule.cost_line),
            leaves_at=self._leaves_at(rule),
            may_split=rule.may_split,
        )

    def _free(self, journey: Journey, warehouse, products):
        """Give what is free in a warehouse; what is not stored is always there."""
        stored = products.filtered("is_storable")
        free = {
            product.id: exact(product.free_qty)
            for product in stored.sudo().with_context(warehouse_id=warehouse.id)
        }
        for _ref, product, quantity in journey.lines:
            if not product.is_storable:
                free[product.id] = free.get(product.id, Decimal(0)) + exact(quantity)
        return free

    def _leaves_at(self, rule):
        """Give the earliest day of shipping, as the moment of its cut-off in UTC.

        The working days are those of the rule's calendar, else of the company's.
        """
        backend = rule.warehouse_id.dist_backend_id
        zone = pytz.timezone(backend.tz or rule.company_id.partner_id.tz or "UTC")
        now = pytz.utc.localize(fields.Datetime.now()).astimezone(zone)
        hour, minute = divmod(round(rule.cutoff_hour * 60), 60)
        cutoff = time(hour, minute) if rule.cutoff_hour else time.max
        first = now.date() + timedelta(days=1 if now.time() > cutoff else 0)
        start = zone.localize(datetime.combine(first, time.min))
        calendar = rule.calendar_id or rule.company_id.resource_calendar_id
        if calendar:
            intervals = calendar._work_intervals_batch(
                start, start + timedelta(days=DAYS_AHEAD), tz=zone
            )[False]
            days = sorted(begin.date() for begin, _end, _meta in intervals)
            if not days:
                return None
            first = days[0]
        leaves = zone.localize(datetime.combine(first, cutoff))
        return leaves.astimezone(pytz.utc).replace(tzinfo=None, microsecond=0)

    # ---------------------------------------------------------------- words

    @api.model
    def _why(self, verdict):
        """Say in one text why a warehouse was chosen or not."""
        return "; ".join(self._reason(code, detail) for code, detail in verdict.why)

    def _reason(self, code, detail):
        words = {
            "refused": "%s",
            "barred": "%s",
            "short": self.env._("in stock: %s"),
            "later": self.env._("ships later than %s"),
            "dearer": self.env._("costs more than %s"),
            "behind": self.env._("as good as %s, which stands first in the list"),
            "chosen": self.env._("has everything, ships first and for the least"),
            "chosen_part": self.env._("ships a part"),
            "chosen_short": self.env._("has the most of it; the rest waits here"),
        }[code]
        return words % detail if detail else words


def exact(number) -> Decimal:
    """Give a float of Odoo as the decimal that a person would read."""
    return Decimal(str(round(number or 0, 6)))
