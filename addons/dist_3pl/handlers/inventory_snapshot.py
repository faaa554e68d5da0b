"""Inventory snapshots: what the partners say they hold, loaded set-wise."""

from collections import Counter, defaultdict
from itertools import starmap

from odoo import models
from odoo.addons.dist_connector_base.core.errors import DataError, MappingError

from ..reconcile.snapshot_order import is_alone, is_whole, moment, sort_out
from ..reconcile.snapshot_rows import SnapshotRows

#: Names that are told one by one in an exception; more are only counted.
TOLD = 20


class InventorySnapshotHandler(models.AbstractModel):
    _name = "dist.handler.inventory_snapshot"
    _inherit = "dist.handler"
    _description = "Inventory snapshot"
    _dist_needs_order = False

    def _apply(self, batch):
        """Store the stock levels of all snapshots of the batch, set-wise.

        A list that tells all of a warehouse in one message replaces its stock; of
        pages and parts each row counts by its moment. An older snapshot changes
        nothing that a younger one told. Rows whose SKU or unit is not ours are told
        in an exception; the others count all the same.
        """
        self.env.flush_all()
        warehouses = self._warehouses(batch)
        docs = sort_out(self.env, batch, warehouses)
        with SnapshotRows(self.env, batch, warehouses) as rows:
            if docs.lists:
                rows.replace(docs.lists)
            if docs.others:
                rows.store(docs.others)
            faults = rows.faults()
        for place, inbound in enumerate(batch):
            self._warn(inbound, faults.get(place, ()), warehouses[place])
        self.env["dist.partner.stock"].invalidate_model(flush=False)
        self._arrive(batch, warehouses, set(docs.lists))

    def _warehouses(self, batch):
        """Give the warehouse of each snapshot: the one of its code, or the only one.

        :return: list of ids in the order of the batch; None where it is none, False
            where it is none of several
        """
        backends = {inbound.backend.id for inbound in batch}
        run_by = defaultdict(dict)
        for warehouse in (
            self.env["stock.warehouse"]
            .sudo()
            .search_fetch(
                [("dist_backend_id", "in", list(backends))],
                ["code", "dist_backend_id"],
            )
        ):
            run_by[warehouse.dist_backend_id.id][warehouse.code] = warehouse.id
        found = []
        for inbound in batch:
            own = run_by[inbound.backend.id]
            only = (
                next(iter(own.values())) if len(own) == 1 else (False if own else None)
            )
            found.append(own.get(inbound.document.warehouse) or only)
        return found

    def _arrive(self, batch, warehouses, lists):
        """Count the pages of each snapshot, and compare those that are complete now.

        :param lists: places in the batch of those that replaced a warehouse's stock
        """
        pages, rows, heads = Counter(), Counter(), {}
        for doc, (inbound, warehouse) in enumerate(zip(batch, warehouses, strict=True)):
            backend, document = inbound.backend, inbound.document
            if backend.stock_absent == "stands":
                continue
            key = (
                backend.id,
                backend.company_id.id,
                warehouse or None,
                moment(inbound),
            )
            pages[key] += 1
            rows[key] += len(document.rows)
            of, whole, replaced = heads.get(key, (0, False, False))
            heads[key] = (
                max(of, 1 if is_alone(inbound) else document.pages or 0),
                whole or is_whole(inbound),
                replaced or doc in lists,
            )
        complete = self.env["dist.partner.snapshot"]._arrive(
            [
                (*key, of, rows[key], whole, pages[key], replaced)
                for key, (of, whole, replaced) in heads.items()
            ]
        )
        for backend in {inbound.backend for inbound in batch}:
            flow = backend.id in complete and backend._flow("inventory_snapshot")
            if flow and flow.recon_when == "after":
                self.env["dist.reconciliation"]._enqueue_start("partner_stock", backend)

    # ----------------------------------------------------------------- tell

    def _warn(self, inbound, faults, warehouse):
        """Open one exception for all rows that could not be stored.

        :param faults: iterable of ``(what, SKU, unit)``
        """
        named = defaultdict(set)
        for what, sku, unit in faults:
            named[what].add((sku, unit) if what == "unit" else sku)
        if warehouse is False:
            named["warehouse"].add(inbound.document.warehouse)
        if not named:
            return
        units = list(starmap("{} ({})".format, named["unit"]))
        texts = [
            text
            for what, text in (
                ("unknown", self.env._("Unknown SKU: %s", _listed(named["unknown"]))),
                (
                    "twice",
                    self.env._("Several products carry: %s", _listed(named["twice"])),
                ),
                ("unit", self.env._("Not the product's unit: %s", _listed(units))),
                (
                    "owner",
                    self.env._(
                        "No contact has the owner's reference: %s",
                        _listed(named["owner"]),
                    ),
                ),
                (
                    "warehouse",
                    self.env._(
                        "None of the warehouses that it runs: %s",
                        _listed(named["warehouse"]),
                    ),
                ),
            )
            if named[what]
        ]
        inbound.warn(self._error(named, texts))

    def _error(self, named, texts):
        if named["unit"] and len(texts) == 1:
            _sku, unit = min(named["unit"])
            return MappingError(
                texts[0], path="rows[].unit", vocabulary="unit", value=unit
            )
        if named["owner"] and len(texts) == 1:
            return MappingError(
                texts[0],
                path="rows[].owner",
                vocabulary="owner",
                value=min(named["owner"]),
            )
        if named["warehouse"] and len(texts) == 1:
            return DataError(
                texts[0],
                path="warehouse",
                next_step=self.env._(
                    "Give the warehouse the code that the partner uses, or correct "
                    "the code in the backend's settings."
                ),
            )
        return DataError(
            "; ".join(texts),
            path="rows[].sku",
            next_step=self.env._(
                "Create the products or correct their internal reference: each "
                "SKU names one product. The next snapshot brings their stock."
            ),
        )


def _listed(names):
    names = sorted(names)
    more = f" … (+{len(names) - TOLD})" if len(names) > TOLD else ""
    return ", ".join(names[:TOLD]) + more
