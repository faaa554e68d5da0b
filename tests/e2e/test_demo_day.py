"""The demo day, end to end: real Odoo, real partners, and a power cut."""

from setup.lib.build import Build

from ..demo.day import problems, run
from ..support.stage import Stage

#: Enough for every trouble of the scenario to strike.
ORDERS = 120


def test_books_agree_although_odoo_was_killed_in_the_middle_of_the_day(tmp_path):
    stage = Stage(Build.prepare(), "e2e_killed", tmp_path)
    try:
        stage.set_up()
        figures = run(stage, ORDERS, kill_after=ORDERS // 2)
    finally:
        stage.tear_down()
    assert problems(figures) == []
    assert figures["orders"] == ORDERS
