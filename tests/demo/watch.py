"""Wait for both sides, and let Odoo look at its partners more often than it would."""

import time
from collections.abc import Callable

from ..support.stage import Stage
from .books import Books


def say(text: str) -> None:
    """Tell how far the day is."""
    print(f"[{time.strftime('%H:%M:%S')}] {text}", flush=True)


class Watch:
    """Says how far Odoo is, read from its database."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    def number(self, query: str, *values) -> int:
        """Give the one number of a query."""
        with Books(self.stage.build, self.stage.database) as odoo:
            return odoo.number(query, *values)

    def sent(self) -> bool:
        """Say whether everything for the partners has left or has an owner."""
        return not self.number(
            """SELECT count(*) FROM dist_message
                WHERE direction = 'out' AND state IN ('ready', 'received')"""
        )

    def quiet(self) -> bool:
        """Say whether no message is due and no job is on its way."""
        return not self.number(
            """SELECT (SELECT count(*) FROM dist_message
                        WHERE state IN ('ready', 'received'))
                    + (SELECT count(*) FROM queue_job
                        WHERE state IN ('pending', 'enqueued', 'started'))"""
        )

    def idle(self) -> bool:
        """Say whether nothing is due, and no partner owes an answer."""
        return self.quiet() and not self.number(
            """SELECT count(*) FROM dist_message
                WHERE state = 'waiting' AND direction = 'out'"""
        )

    def wait(self, done: Callable[[], bool], what: str, seconds: float = 180) -> bool:
        """Wait; say so, and give False, when it took too long."""
        end = time.monotonic() + seconds
        while not done():
            if time.monotonic() > end:
                say(f"gave up waiting: {what} ({self.stage.in_work()})")
                return False
            if self.quiet():
                self.stage.fetch_all()
            time.sleep(2)
        return True
