"""One comparison, set-wise: a few statements whatever the number of rows.

The stages are statements of their own on temporary tables, so that each side is read
once and the control totals of a side do not depend on the join. Every row of both
sides counts in the totals; a line is stored for a difference only.
"""

from odoo.tools import SQL

from ..core.errors import FatalError

OURS = SQL.identifier("dist_recon_ours")
THEIRS = SQL.identifier("dist_recon_theirs")
DIFF = SQL.identifier("dist_recon_diff")
KNOWN = SQL.identifier("dist_recon_known")
#: What one step of a comparison may use of the database server's memory.
WORK_MEMORY = "128MB"


class Comparison:
    """The comparison that belongs to one ``dist.reconciliation`` record."""

    def __init__(self, run, source):
        self.run = run
        self.env = run.env
        self.source = source
        self.keys = SQL(", ").join(
            SQL.identifier(key.name) for key in source._dist_keys
        )

    def go(self):
        """Read both sides, store the differences and the control totals.

        :raises FatalError: when the differences do not add up to the difference of
            the totals: the source gave a key twice
        """
        self.env.flush_all()
        self._read_sides()
        self._find_differences()
        self._explain()
        self._carry_over()
        self._store_lines()
        self._store_totals()
        self.source._compared(self.run)
        self._drop()
        self.env.invalidate_all()

    # --------------------------------------------------------------- stages

    def _read_sides(self):
        self._drop()
        # For this transaction: both sides are hashed in memory, not sorted on disk;
        # compiling a query would take longer than it runs.
        self._run(
            "SELECT set_config('work_mem', %s, true), set_config('jit', 'off', true),"
            " set_config('enable_mergejoin', 'off', true),"
            " set_config('default_statistics_target', '10', true)",
            WORK_MEMORY,
        )
        for table, query in (
            # theirs first: what they do not speak of may not count on our side
            (THEIRS, self.source._theirs(self.run)),
            (OURS, self.source._ours(self.run)),
        ):
            self._run("CREATE TEMPORARY TABLE %s ON COMMIT DROP AS %s", table, query)
            self._run("ANALYZE %s", table)

    def _find_differences(self):
        """Join both sides; keep the rows that differ, also those within tolerance."""
        self._run(
            """CREATE TEMPORARY TABLE %s (
                   field varchar, key varchar, %s, ours numeric, theirs numeric,
                   difference numeric, ours_told bool, theirs_told bool,
                   ours_changed timestamp, theirs_changed timestamp,
                   tolerated bool, explained bool) ON COMMIT DROP""",
            DIFF,
            SQL(", ").join(
                SQL("%s %s", SQL.identifier(key.name), SQL(key.type))
                for key in self.source._dist_keys
            ),
        )
        for compared in self.source._dist_fields:
            self._find_differences_of(compared)
        self._run("ANALYZE %s", DIFF)

    def _find_differences_of(self, compared):
        name = SQL.identifier(compared.name)
        self._run(
            """INSERT INTO %(diff)s
               SELECT %(field)s, jsonb_build_array(%(keys)s)::text, %(keys)s,
                      v.ours, v.theirs, v.theirs - v.ours, v.ours_told, v.theirs_told,
                      v.ours_changed, v.theirs_changed,
                      abs(v.theirs - v.ours) <= %(amount)s
                          AND abs(v.theirs - v.ours) <= abs(v.ours) * %(percent)s / 100,
                      false
                 FROM (SELECT %(keys)s, coalesce(o.%(name)s, 0) AS ours,
                              coalesce(t.%(name)s, 0) AS theirs,
                              o.%(name)s IS NOT NULL AS ours_told,
                              t.%(name)s IS NOT NULL AS theirs_told,
                              o.changed_at AS ours_changed,
                              t.changed_at AS theirs_changed
                         FROM %(ours)s o FULL JOIN %(theirs)s t USING (%(keys)s)
                        WHERE coalesce(o.%(name)s, 0) != coalesce(t.%(name)s, 0)
                      ) AS v""",
            diff=DIFF,
            field=compared.name,
            name=name,
            keys=self.keys,
            ours=OURS,
            theirs=THEIRS,
            amount=self.run.tolerance_amount or 0,
            percent=self.run.tolerance_percent or 0,
        )

    def _explain(self):
        """Note when our side changed last, and what documents on their way explain."""
        if changed := self.source._ours_changed(self.run, DIFF):
            self._run(
                """UPDATE %s d SET ours_changed = c.changed_at FROM (%s) AS c
                    WHERE %s""",
                DIFF,
                changed,
                self._same("d", "c", [key.name for key in self.source._dist_keys]),
            )
        way = self.source._on_the_way(self.run, DIFF)
        if way is None:
            return
        names = self.source._dist_way_keys
        partition = SQL(", ").join(SQL.identifier("x", name) for name in names)
        # the differences of one product share what is on its way: no unit of it
        # explains two of them
        self._run(
            """UPDATE %(diff)s d SET explained = true
                 FROM (SELECT x.key, x.field, x.difference < 0 AS less,
                              sum(abs(x.difference)) OVER (
                                  PARTITION BY %(partition)s, x.difference < 0
                                  ORDER BY abs(x.difference), x.key) AS so_far,
                              w.down, w.up
                         FROM %(diff)s x JOIN (%(way)s) AS w ON %(same)s
                        WHERE NOT x.tolerated) AS e
                WHERE d.key = e.key AND d.field = e.field
                  AND e.so_far <= CASE WHEN e.less THEN e.down ELSE e.up END""",
            diff=DIFF,
            way=way,
            partition=partition,
            same=self._same("x", "w", names),
        )

    def _carry_over(self):
        """Close what is settled, and hand what is not over to this run."""
        self._run(
            """CREATE TEMPORARY TABLE %s ON COMMIT DROP AS
               SELECT id, key, field, first_seen, seen_count, user_id, state, action,
                      reason, asked_by_id, difference, exception_id
                 FROM dist_reconciliation_line
                WHERE current AND source = %s AND backend_id = %s
                  AND company_id = %s""",
            KNOWN,
            self.run.source,
            self.run.backend_id.id,
            self.run.company_id.id,
        )
        self._run("ANALYZE %s", KNOWN)
        self._run(
            """UPDATE dist_reconciliation_line p
                  SET current = false, next_id = %(run)s,
                      state = CASE WHEN d.key IS NULL THEN 'settled' ELSE 'carried' END,
                      settled_at = CASE WHEN d.key IS NULL THEN %(now)s::timestamp END
                 FROM %(known)s k
                      LEFT JOIN %(diff)s d
                          ON d.key = k.key AND d.field = k.field AND NOT d.tolerated
                WHERE p.id = k.id AND (d.key IS NOT NULL OR %(told)s)""",
            run=self.run.id,
            now=self.run.started_at,
            known=KNOWN,
            diff=DIFF,
            told=self.source._told(self.run) or SQL("true"),
        )

    def _store_lines(self):
        self._run(
            """INSERT INTO dist_reconciliation_line (
                   reconciliation_id, source, backend_id, flow_id, company_id, current,
                   field, key, %(keys)s, ours, theirs, difference, value,
                   ours_changed_at, theirs_changed_at, kind, first_seen, seen_count,
                   user_id, state, action, reason, asked_by_id, exception_id,
                   create_date, create_uid)
               SELECT %(run)s, %(source)s, %(backend)s, %(flow)s, %(company)s, true,
                      d.field, d.key, %(dkeys)s, d.ours, d.theirs, d.difference,
                      round(abs(d.difference) * coalesce(%(unit)s, 0), 2),
                      d.ours_changed, d.theirs_changed, d.kind,
                      coalesce(k.first_seen, %(now)s::timestamp),
                      coalesce(k.seen_count, 0) + 1, coalesce(k.user_id, %(owner)s),
                      CASE WHEN d.same THEN k.state ELSE 'open' END,
                      CASE WHEN d.same THEN k.action END,
                      CASE WHEN d.same THEN k.reason END,
                      CASE WHEN d.same THEN k.asked_by_id END,
                      k.exception_id, %(now)s::timestamp, %(uid)s
                 FROM (SELECT d.*, %(kind)s AS kind, k.id AS known_id,
                              k.difference = d.difference AND (
                                  k.state IN ('accepted', 'approval')
                                  OR (k.state = 'asked' AND k.action = 'recount')
                              ) IS TRUE AS same
                         FROM %(diff)s d
                              LEFT JOIN %(known)s k
                                  ON k.key = d.key AND k.field = d.field
                        WHERE NOT d.tolerated) AS d
                      LEFT JOIN %(known)s k ON k.id = d.known_id""",
            keys=self.keys,
            dkeys=SQL(", ").join(
                SQL.identifier("d", key.name) for key in self.source._dist_keys
            ),
            run=self.run.id,
            source=self.run.source,
            backend=self.run.backend_id.id,
            flow=self.run.flow_id.id or None,
            company=self.run.company_id.id,
            unit=self.source._unit_value(self.run),
            now=self.run.started_at,
            uid=self.env.uid,
            # whoever looks after the partner, until somebody else takes it
            owner=self.run.backend_id.user_id.id or None,
            kind=self._kind(),
            diff=DIFF,
            known=KNOWN,
        )

    def _kind(self):
        """Give the expression that classifies a difference ``d``.

        Late is what time or a document on its way explains: our side moved after the
        partner counted, and not longer ago than the lag allows.
        """
        return SQL(
            """CASE WHEN d.explained THEN 'late'
                    WHEN d.ours_changed > coalesce(d.theirs_changed, %(as_of)s)
                     AND d.ours_changed > %(now)s::timestamp
                             - make_interval(secs => %(lag)s) THEN 'late'
                    WHEN NOT d.theirs_told THEN 'missing'
                    WHEN NOT d.ours_told THEN 'extra'
                    WHEN d.ours_changed > d.theirs_changed THEN 'ours_newer'
                    WHEN d.theirs_changed > d.ours_changed THEN 'theirs_newer'
                    ELSE 'different' END""",
            as_of=self.run.as_of,
            now=self.run.started_at,
            lag=self.run.lag_hours * 3600,
        )

    def _store_totals(self):
        """Store count and sum of each field on both sides; the lines must foot.

        :raises FatalError: when they do not
        """
        for compared in self.source._dist_fields:
            name = SQL.identifier(compared.name)
            ((*totals, listed, tolerated),) = self._run(
                """SELECT o.*, t.*,
                          (SELECT coalesce(sum(difference), 0)
                             FROM dist_reconciliation_line
                            WHERE reconciliation_id = %(run)s AND field = %(field)s),
                          (SELECT coalesce(sum(difference), 0) FROM %(diff)s
                            WHERE tolerated AND field = %(field)s)
                     FROM (SELECT count(%(name)s), coalesce(sum(%(name)s), 0)
                             FROM %(ours)s) AS o,
                          (SELECT count(%(name)s), coalesce(sum(%(name)s), 0)
                             FROM %(theirs)s) AS t""",
                run=self.run.id,
                field=compared.name,
                name=name,
                ours=OURS,
                theirs=THEIRS,
                diff=DIFF,
            )
            if totals[3] - totals[1] != listed + tolerated:
                raise FatalError(
                    f"the differences of {compared.label} add up to "
                    f"{listed + tolerated}, the totals differ by "
                    f"{totals[3] - totals[1]}: a key stands twice on one side",
                    path=f"reconciliation source {self.run.source}",
                )
            self._run(
                """INSERT INTO dist_reconciliation_total (
                       reconciliation_id, company_id, field, label, count_ours,
                       sum_ours, count_theirs, sum_theirs, sum_listed, sum_tolerated)
                   VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)""",
                self.run.id,
                self.run.company_id.id,
                compared.name,
                compared.label,
                *totals,
                listed,
                tolerated,
            )

    # -------------------------------------------------------------- private

    @staticmethod
    def _same(left, right, names):
        return SQL(" AND ").join(
            SQL("%s = %s", SQL.identifier(left, name), SQL.identifier(right, name))
            for name in names
        )

    def _drop(self):
        for table in (OURS, THEIRS, DIFF, KNOWN):
            self._run("DROP TABLE IF EXISTS pg_temp.%s", table)

    def _run(self, query, *args, **kwargs):
        self.env.cr.execute(SQL(query, *args, **kwargs))
        return self.env.cr.fetchall() if self.env.cr.description else None
