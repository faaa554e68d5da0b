"""Stock at a 3PL against Odoo's: by warehouse, product, lot and stock status."""

from odoo import api, fields, models
from odoo.addons.dist_connector_base.core.errors import DistError
from odoo.addons.dist_connector_base.reconcile import Compared, Key
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..reconcile import on_the_way_sql, stock_sql

#: The cause on the adjustments that are made: a count found it.
REASON = "cycle_count"


class PartnerStockSource(models.AbstractModel):
    _name = "dist.reconciliation.source.partner_stock"
    _inherit = "dist.reconciliation.source"
    _description = "Stock at Partners"

    _dist_title = "Stock"
    _dist_message_type = "inventory_snapshot"
    _dist_keys = (
        Key("warehouse_id", "int"),
        Key("product_id", "int"),
        Key("lot_name", "varchar"),
        Key("stock_status", "varchar"),
        Key("owner_ref", "varchar"),
    )
    _dist_fields = (Compared("quantity", "Quantity"),)
    _dist_way_keys = ("warehouse_id", "product_id", "stock_status")

    # ------------------------------------------------------------- schedule

    @api.model
    def _newest(self, backend):
        self._settle(backend)
        if backend.stock_absent == "stands":
            ((moment,),) = self.env.execute_query(
                SQL(
                    "SELECT max(taken_at) FROM dist_partner_stock"
                    " WHERE backend_id = %s",
                    backend.id,
                )
            )
        else:
            moment = self._complete(backend)
        if not moment:
            raise UserError(
                self.env._("%s has told no complete stock yet.", backend.name)
            )
        return moment

    @api.model
    def _complete(self, backend):
        """Give the moment of the newest snapshot, which must be complete.

        Pages of a younger one replace the rows of the older one as they come, so the
        older one cannot be compared any more.
        """
        newest = self.env["dist.partner.snapshot"].search(
            [("backend_id", "=", backend.id)], order="taken_at desc"
        )
        seen = set()
        for snapshot in newest:
            if snapshot.warehouse_id in seen:
                continue
            seen.add(snapshot.warehouse_id)
            if snapshot.state == "arriving":
                raise UserError(
                    self.env._(
                        "The stock of %(moment)s is still arriving: %(got)s of "
                        "%(pages)s pages are here. Compare when it is complete.",
                        moment=fields.Datetime.to_string(snapshot.taken_at),
                        got=snapshot.pages_got,
                        pages=snapshot.pages or "?",
                    )
                )
        return newest[:1].taken_at

    @api.model
    def _settle(self, backend):
        minutes = self._flow(backend).recon_settle_minutes
        self.env["dist.partner.snapshot"]._settle_quiet(backend, minutes)

    @api.model
    def _due(self):
        """Give the backends to compare: daily ones, and those with a new snapshot."""
        after = self.env["dist.flow"].search(
            [
                ("message_type", "=", self._dist_message_type),
                ("recon_when", "=", "after"),
                ("backend_id.active", "=", True),
            ]
        )
        snapshots = self.env["dist.partner.snapshot"]
        for backend in after.backend_id:
            self._settle(backend)
        fresh = snapshots._read_group(
            [("backend_id", "in", after.backend_id.ids), ("compared", "=", False)],
            ["backend_id"],
            ["state:array_agg"],
        )
        ready = [backend.id for backend, states in fresh if "arriving" not in states]
        return super()._due() | self.env["dist.backend"].browse(ready)

    # ------------------------------------------------------------ two sides

    @api.model
    def _theirs(self, run):
        return stock_sql.theirs(run.backend_id)

    @api.model
    def _ours(self, run):
        return stock_sql.ours(run.backend_id)

    @api.model
    def _ours_changed(self, run, diff):
        return stock_sql.moved(run.backend_id, diff)

    @api.model
    def _on_the_way(self, run, diff):
        return on_the_way_sql.on_the_way(run, diff)

    @api.model
    def _unit_value(self, run):
        return SQL(
            "(SELECT (cost.standard_price ->> %s)::numeric FROM product_product cost"
            " WHERE cost.id = d.product_id)",
            str(run.company_id.id),
        )

    @api.model
    def _told(self, run):
        """What a whole list does not tell is zero; else only told products count."""
        return stock_sql.told(run.backend_id, SQL.identifier("p"))

    @api.model
    def _compared(self, run):
        ((count,),) = self.env.execute_query(stock_sql.left_out(run.backend_id))
        run.left_out_count = count
        run.left_out_note = self.env._(
            "products of ours were not told: their stock there is not known."
        )
        self.env["dist.partner.snapshot"].search(
            [("backend_id", "=", run.backend_id.id), ("compared", "=", False)]
        ).compared = True

    # -------------------------------------------------------------- actions

    @api.model
    def _allowed(self, line):
        if line.kind == "late":
            return ("recount", "republish", "assign", "exception")
        whole = line.lot_name or line.product_id.tracking == "none"
        allowed = ("republish", "recount", "accept", "assign", "exception")
        return ("adopt", *allowed) if whole and line.product_id else allowed

    @api.model
    def _adopt(self, lines, reason):
        """Book the differences as an adjustment for each warehouse, with its cause.

        :raises UserError: Odoo's stock changed since the comparison, or a place or a
            lot is missing
        """
        self._check_unchanged(lines)
        keys = []
        for warehouse, own in lines.grouped("warehouse_id").items():
            try:
                keys.append(self._adjust(warehouse, own, reason).adjustment_key)
            except DistError as exc:
                raise UserError(exc.advice) from exc
        return ", ".join(keys)

    @api.model
    def _adjust(self, warehouse, lines, reason):
        lookup = self.env["dist.sku.lookup"].sudo()
        owners = self.env["dist.owner.lookup"].sudo()
        company = warehouse.company_id
        adjustment = (
            self.env["dist.adjustment"]
            .sudo()
            .create(
                {
                    "backend_id": lines.backend_id.id,
                    "company_id": company.id,
                    "warehouse_id": warehouse.id,
                    "adjustment_key": f"RECON-{lines[0].reconciliation_id.id}"
                    f"-{min(lines.ids)}",
                    "reference": reason,
                    "adjusted_at": fields.Datetime.now(),
                    "state": "applied",
                    "value": sum(lines.mapped("value")),
                    "decided_by_id": self.env.uid,
                    "decided_at": fields.Datetime.now(),
                    "decision_note": reason,
                    "line_ids": [
                        (
                            0,
                            0,
                            {
                                "product_id": line.product_id.id,
                                "quantity": line.difference,
                                "reason_code": REASON,
                                "reason": reason,
                                "status": line.stock_status,
                                "owner_id": owners._owner(
                                    company, line.owner_ref, ""
                                ).id,
                                "lot_id": lookup._lot(
                                    line.product_id,
                                    line.lot_name,
                                    company,
                                    "",
                                    create=line.difference > 0,
                                ).id,
                                "value": line.value,
                            },
                        )
                        for line in lines
                    ],
                }
            )
        )
        adjustment._book()
        return adjustment

    @api.model
    def _check_unchanged(self, lines):
        """Refuse when Odoo's stock is not what was compared: it may be settled now.

        :raises UserError: naming the first such line
        """
        self.env.flush_all()
        for backend, own in lines.grouped("backend_id").items():
            now = {
                tuple(key): quantity
                for *key, quantity in self.env.execute_query(
                    stock_sql.ours_now(backend, own.product_id.ids)
                )
            }
            for line in own:
                key = (
                    line.warehouse_id.id,
                    line.product_id.id,
                    line.lot_name or "",
                    line.stock_status,
                    line.owner_ref or "",
                )
                if line.uom_id.compare(float(now.get(key, 0)), line.ours):
                    raise UserError(
                        self.env._(
                            "Odoo's stock of %s changed since the comparison. Compare "
                            "again: it may be settled.",
                            line.display_name,
                        )
                    )

    @api.model
    def _republish(self, lines):
        """Fetch a new snapshot where the partner lets us; else it has to be asked."""
        flow = self._flow(lines.backend_id[:1])
        if flow and flow.fetch_minutes:
            flow._enqueue_fetch()
            return self.env._("A new snapshot is being fetched.")
        return self.env._("Ask the partner to send its stock again.")
