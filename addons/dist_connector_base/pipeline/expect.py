"""Deadlines: what a batch of messages opens, what it meets, and what is overdue.

The pipeline calls :func:`note` once per run. The rules of a backend stand in memory;
a flow without any costs no query, and one with some a constant number of them.
"""

from collections.abc import Iterable

from odoo.tools import SQL

from ..core.errors import SequenceError

# Sent and waiting for the answer is sent; waiting behind another message is not.
_SENT = SQL("m.state = 'waiting' AND m.note NOT LIKE 'behind %%'")

# How an answer is found that was there before its question was committed. Each way
# has an index of its own.
_SAME = {
    "partition": SQL(
        "a.res_model = q.res_model AND a.res_id = q.res_id AND a.partition = q.subject"
    ),
    "key": SQL("a.key = q.subject"),
    "correlation": SQL("a.correlation = q.subject"),
}


def note(env, flow, message_ids: Iterable[int]) -> None:
    """Open and meet the expectations of messages whose results are written.

    :param flow: the flow that the messages are of
    """
    rules = env["dist.expectation.rule"]._of_backend(flow.backend_id.id)
    if not rules:
        return
    ids = list(message_ids)
    opens = [rule for rule in rules if _opens(rule, flow, "done")]
    if any(flow.message_type in rule.met_by for rule in rules):
        _meet(env, ids)
    if opens:
        _open(env, opens, ids)
    if flow.direction == "in":
        heard(env, [rule for rule in rules if rule.flow_id == flow.id])


def note_stored(env, flow, message_ids: Iterable[int]) -> None:
    """Open the expectations of messages that were just put in line.

    Nobody owes an answer to what a flow in shadow only prepares.
    """
    if flow.mode == "shadow":
        return
    rules = env["dist.expectation.rule"]._of_backend(flow.backend_id.id)
    opens = [rule for rule in rules if _opens(rule, flow, "stored")]
    if opens:
        _open(env, opens, list(message_ids))


def drop(env, message_ids: Iterable[int]) -> None:
    """Close the expectations of messages that never leave."""
    ids = list(message_ids)
    if ids:
        env["dist.expectation"]._drop([("message_id", "in", ids)])


def _opens(rule, flow, when: str) -> bool:
    return rule.kind == "answer" and rule.flow_id == flow.id and rule.when == when


def _open(env, rules, ids: list[int]) -> None:
    """Open one expectation per rule and message, in one statement.

    All messages of a run have one moment, so a rule has one deadline for them all.
    """
    now = env.cr.now()
    of_rule = env["dist.expectation.rule"].browse([rule.id for rule in rules])
    deadlines = SQL(", ").join(
        SQL("(%s, %s::timestamp)", rule.id, rule._deadline(now)) for rule in of_rule
    )
    stored = rules[0].when == "stored"
    opening = SQL("true") if stored else SQL("(m.state = 'done' OR %s)", _SENT)
    rows = env.execute_query(
        SQL(
            """INSERT INTO dist_expectation
                   (rule_id, backend_id, flow_id, company_id, message_id, subject,
                    met_by, severity, state, opened_at, deadline, correlation,
                    res_model, res_id, create_date, write_date)
               SELECT r.id, m.backend_id, m.flow_id, m.company_id, m.id,
                      CASE r.match WHEN 'key' THEN m.key
                                   WHEN 'correlation' THEN m.correlation
                                   ELSE m.partition END,
                      r.met_by, r.severity, 'open', %s, v.deadline, m.correlation,
                      m.res_model, m.res_id, %s, %s
                 FROM dist_message m
                CROSS JOIN (VALUES %s) AS v (rule_id, deadline)
                 JOIN dist_expectation_rule r ON r.id = v.rule_id
                WHERE m.id = ANY(%s) AND %s
               ON CONFLICT (rule_id, message_id) DO NOTHING
               RETURNING id""",
            now,
            now,
            now,
            deadlines,
            ids,
            opening,
        )
    )
    env["dist.expectation"].invalidate_model()
    if rows:
        _answered(env, [row_id for (row_id,) in rows], {r.match for r in rules})


def _meet(env, ids: list[int]) -> None:
    """Meet what these messages answer. A faulty answer is an answer, too."""
    rows = env.execute_query(
        SQL(
            """UPDATE dist_expectation AS e
                  SET state = 'met', met_at = %s, met_message_id = m.id,
                      late = e.deadline < %s
                 FROM dist_message m
                WHERE m.id = ANY(%s)
                  AND (m.direction = 'in' AND m.state != 'cancelled'
                       OR m.state = 'done' OR %s)
                  AND e.backend_id = m.backend_id AND e.state IN ('open', 'overdue')
                  AND e.subject IN (m.partition, m.key, m.correlation)
                  AND m.message_type = ANY(string_to_array(e.met_by, ','))
                  AND e.message_id != m.id
                  AND e.subject = (
                      SELECT CASE r.match WHEN 'key' THEN m.key
                                          WHEN 'correlation' THEN m.correlation
                                          ELSE m.partition END
                        FROM dist_expectation_rule r WHERE r.id = e.rule_id)
            RETURNING e.id, e.exception_id""",
            env.cr.now(),
            env.cr.now(),
            ids,
            _SENT,
        )
    )
    _close_met(env, rows)


def _answered(env, expectation_ids: list[int], matches: Iterable[str]) -> int:
    """Meet expectations whose answer stands in the ledger already.

    A partner may answer faster than the job that sent the question is committed.

    :return: how many were met
    """
    met = []
    for match in sorted(matches):
        met += env.execute_query(
            SQL(
                """UPDATE dist_expectation AS q
                      SET state = 'met', met_at = a.received_at, met_message_id = a.id,
                          late = q.deadline < a.received_at
                     FROM dist_expectation_rule r, dist_message a
                    WHERE q.id = ANY(%s) AND q.state = 'open'
                      AND r.id = q.rule_id AND r.match = %s
                      AND a.backend_id = q.backend_id AND a.id > q.message_id
                      AND a.message_type = ANY(string_to_array(q.met_by, ','))
                      AND a.state != 'cancelled' AND %s
                RETURNING q.id, q.exception_id""",
                expectation_ids,
                match,
                _SAME[match],
            )
        )
    _close_met(env, met)
    return len(met)


def _close_met(env, rows) -> None:
    if not rows:
        return
    expectations = env["dist.expectation"]
    expectations.invalidate_model()
    late = [row_id for row_id, exception_id in rows if exception_id]
    close_exceptions(
        expectations.browse(late), env._("What was missing came, after its deadline.")
    )


def close_exceptions(expectations, text: str) -> None:
    """Close the exceptions of expectations, where nothing else is overdue in them."""
    exceptions = expectations.exception_id
    if not exceptions:
        return
    still = expectations.search(
        [("exception_id", "in", exceptions.ids), ("state", "=", "overdue")]
    )
    (exceptions - still.exception_id)._resolve("closed", text)


# ------------------------------------------------------------------- overdue


def find_overdue(env, limit: int) -> int:
    """Open exceptions for expectations whose time is over.

    :return: how many were looked at
    """
    expectations = env["dist.expectation"]
    due = expectations.search(
        [("state", "=", "open"), ("deadline", "<=", env.cr.now())], limit=limit
    ).try_lock_for_update()
    if not due:
        return 0
    _answered(env, due.ids, {rule.match for rule in due.rule_id})
    for expectation in due.filtered(lambda e: e.state == "open"):
        exception = env["dist.exception"]._open_for_message(
            expectation.message_id, _overdue_error(expectation)
        )
        exception._raise_severity(expectation.severity)
        expectation.write({"state": "overdue", "exception_id": exception.id})
    return len(due)


def _overdue_error(expectation) -> SequenceError:
    env, backend = expectation.env, expectation.backend_id
    return SequenceError(
        env._(
            "%(what)s %(subject)s went out at %(since)s, and by %(deadline)s (UTC) "
            "nothing had come.",
            what=expectation.rule_id.name,
            subject=expectation.subject or "",
            since=f"{expectation.opened_at:%Y-%m-%d %H:%M}",
            deadline=f"{expectation.deadline:%Y-%m-%d %H:%M}",
        ),
        path=f"expectation {expectation.rule_id.code}",
        next_step=_whom_to_ask(backend),
    )


def _whom_to_ask(backend) -> str:
    if backend.user_id:
        return backend.env._(
            "Ask %(partner)s; responsible here: %(user)s. This closes by itself when "
            "the answer comes.",
            partner=backend.name,
            user=backend.user_id.name,
        )
    return backend.env._(
        "Ask %s. This closes by itself when the answer comes.", backend.name
    )


# ---------------------------------------------------------------- heartbeats


def check_heartbeats(env) -> int:
    """Open an exception for each flow that fell silent, close those that speak again.

    :return: how many flows are silent
    """
    rules = env["dist.expectation.rule"].search(
        [
            ("kind", "=", "heartbeat"),
            ("flow_id.active", "=", True),
            ("backend_id.active", "=", True),
        ]
    )
    last = _last_arrivals(env, rules.flow_id.ids)
    now = env.cr.now()
    silent = 0
    for rule in rules:
        since = max(filter(None, (last.get(rule.flow_id.id), rule.armed_at)))
        if rule._next_due(since) > now:
            if rule.overdue:
                _spoke(rule)
        else:
            silent += 1
            if not rule.overdue:
                _fell_silent(rule, last.get(rule.flow_id.id))
    return silent


def heard(env, rules) -> None:
    """Close the heartbeat exceptions of a flow in which something just came."""
    overdue = [rule.id for rule in rules if rule.kind == "heartbeat" and rule.overdue]
    for rule in env["dist.expectation.rule"].browse(overdue):
        _spoke(rule)


def _last_arrivals(env, flow_ids: list[int]) -> dict:
    """Give when something last came in each flow, by an index and one row each."""
    rows = env.execute_query(
        SQL(
            """SELECT f.id, (SELECT m.received_at FROM dist_message m
                              WHERE m.flow_id = f.id AND m.direction = 'in'
                           ORDER BY m.id DESC LIMIT 1)
                 FROM unnest(%s) AS f (id)""",
            list(flow_ids),
        )
    )
    return dict(rows)


def _fell_silent(rule, last) -> None:
    env, backend, flow = rule.env, rule.backend_id, rule.flow_id
    words = flow.message_type.replace("_", " ")
    if last:
        since = env._("The last %(what)s came at %(at)s (UTC).", what=words, at=last)
    else:
        since = env._("No %s has ever come.", words)
    exception = env["dist.exception"]._open_for_cause(
        backend,
        flow,
        SequenceError(
            f"{rule.name} {since}",
            path=f"flow {flow.message_type}",
            next_step=_whom_to_ask(backend),
        ),
    )
    exception._raise_severity(rule.severity)
    rule.write({"overdue": True, "exception_id": exception.id})


def _spoke(rule) -> None:
    rule.exception_id._resolve(
        "closed", rule.env._("Something has come again in this flow.")
    )
    rule.write({"overdue": False, "exception_id": False})
