"""The total of `setup/test` and the runner of `setup/bench` tell the truth."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from setup.lib.command_test import Result, conclude, split_arguments
from setup.lib.errors import SetupError
from setup.lib.lint import project_files, read_hooks, run_hook
from setup.lib.report import Counts, read_counts, write_counts
from tests.bench.figure import Figure, medians
from tests.bench.run import select

ROOT = Path(__file__).resolve().parents[2]
JUNIT = """\
<testsuites><testsuite tests="9" failures="1" errors="1" skipped="1">
<testcase classname="a" name="one"/>
<testcase classname="b" name="one"/>
<testcase classname="a" name="two"><failure/></testcase>
<testcase classname="a" name="two"/>
<testcase classname="a" name="three"><error/></testcase>
<testcase classname="a" name="four"><skipped/></testcase>
</testsuite></testsuites>
"""


def test_counts_are_read_from_pytest(tmp_path):
    (tmp_path / "core.xml").write_text(JUNIT)
    assert read_counts(tmp_path / "core.xml") == Counts(passed=2, failed=2, skipped=1)


def test_counts_of_a_part_that_died_are_none(tmp_path):
    (tmp_path / "half.xml").write_text(JUNIT[:30])
    assert read_counts(tmp_path / "half.xml") == Counts()
    assert read_counts(tmp_path / "absent.xml") == Counts()


def test_counts_survive_being_written(tmp_path):
    write_counts(tmp_path / "lint.json", Counts(4, 1))
    assert read_counts(tmp_path / "lint.json") == Counts(4, 1)


def test_total_is_the_last_line_and_sums_all_parts(capsys):
    parts = [
        Result("core", Counts(10, 0, 2), 0, 1.0),
        Result("odoo", Counts(5, 1), 1, 2.0),
    ]
    assert conclude(parts, may_be_empty=False) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "15 passed, 1 failed"


def test_clean_run_ends_with_zero(capsys):
    assert conclude([Result("core", Counts(3), 0, 1.0)], may_be_empty=False) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "3 passed, 0 failed"


@pytest.mark.parametrize(
    ("result", "reason"),
    [
        (Result("odoo", Counts(), 5, 1.0), "ran no tests"),
        (Result("odoo", Counts(), 2, 1.0), "ended with exit code 2"),
        (Result("odoo", Counts(7), -9, 1.0), "ended with exit code -9"),
    ],
)
def test_part_that_went_wrong_in_silence_fails(result, reason, capsys):
    clean = Result("core", Counts(3), 0, 1.0)
    assert conclude([clean, result], may_be_empty=False) == 1
    assert reason in capsys.readouterr().out


def test_selecting_tests_may_leave_a_part_empty(capsys):
    parts = [Result("core", Counts(3), 0, 1.0), Result("odoo", Counts(), 5, 1.0)]
    assert conclude(parts, may_be_empty=True) == 0
    assert conclude(parts[1:], may_be_empty=True) == 1
    assert "no test ran at all" in capsys.readouterr().out


def test_arguments_after_the_dashes_are_for_pytest():
    assert split_arguments(["core", "--", "-k", "x"]) == (["core"], ["-k", "x"])
    assert split_arguments(["core"]) == (["core"], [])


def test_checks_have_the_versions_of_the_test_requirements():
    wanted = set(re.findall(r"^(\S+==\S+)", read("test-requirements.txt"), re.M))
    used = set(re.findall(r'\["(\S+?)"\]', read(".pre-commit-config.yaml")))
    assert used
    assert used <= wanted


def test_requirements_are_pinned_with_a_reason():
    for name in ("requirements.txt", "test-requirements.txt", "bench-requirements.txt"):
        lines = [ln for ln in read(name).splitlines() if ln and ln[0] != "#"]
        assert lines
        for line in lines:
            assert re.fullmatch(r"\S+?(==\S+|>=\S+,<\S+)  # \S.*", line), line


def test_hook_fails_when_it_would_change_a_file(tmp_path):
    hooks, _excluded = read_hooks(ROOT / ".pre-commit-config.yaml")
    formatter = next(hook for hook in hooks if hook.id == "ruff-format")
    (tmp_path / "ugly.py").write_text("x=1\n")
    complaint = run_hook(formatter, tmp_path, ["ugly.py"])
    assert complaint is not None
    assert "would change ugly.py" in complaint
    assert run_hook(formatter, tmp_path, ["ugly.py"]) is None


def test_checked_files_are_those_of_the_project():
    names = project_files(ROOT)
    assert "setup/lib/lint.py" in names
    assert not [name for name in names if name.startswith((".build/", ".git/"))]


def test_unknown_benchmark_lists_the_names():
    figures = {"light_messages": None, "webhook_intake": None}
    with pytest.raises(SetupError, match="there are: light_messages, webhook_intake"):
        select(figures, ["light"])
    assert list(select(figures, ["webhook_intake"])) == ["webhook_intake"]
    assert list(select(figures, [])) == list(figures)


def test_figure_is_time_of_ours_over_time_of_the_reference():
    line = Figure("x", 0.5, 2.0, "s/message", 0.3, "so").line()
    figure = json.loads(line)
    assert figure["ratio"] == 0.25
    assert list(figure) == ["name", "ours", "reference", "ratio", "unit", "aim", "how"]


def test_medians_are_taken_in_turns_and_of_three_at_least():
    order = []

    def ours():
        order.append("ours")
        return float(len(order))

    def reference():
        order.append("reference")
        return 7.0

    assert medians(ours, reference) == (3.0, 7.0)
    assert order[:4] == ["ours", "reference", "ours", "reference"]
    with pytest.raises(ValueError, match="at least 3"):
        medians(ours, reference, runs=2)


def read(name: str) -> str:
    return (ROOT / name).read_text()
