"""What the README of the EDI addon shows is what the command line prints."""

import os
import re
from pathlib import Path

from tests.core.dist_edi.cli.run import run

ROOT = Path(__file__).resolve().parents[4]
README = ROOT / "addons" / "dist_edi" / "README.md"
BLOCK = re.compile(
    r"```console\n\$ python -m addons\.dist_edi ([^\n]*)\n(.*?)```", re.S
)


def shown():
    text = README.read_text(encoding="utf-8")
    return [(found[1], found[2]) for found in re.finditer(BLOCK, text)]


def printed(command):
    """The output, as it stands below the command in the README."""
    ran = run(command)
    return ran.output if ran.output.endswith("\n") else ran.output + "\n"


def test_the_readme_shows_what_the_command_line_prints(monkeypatch):
    monkeypatch.chdir(ROOT)
    if os.environ.get("DIST_UPDATE_README"):
        text = README.read_text(encoding="utf-8")
        text = BLOCK.sub(
            lambda found: (
                "```console\n$ python -m addons.dist_edi "
                f"{found[1]}\n{printed(found[1])}```"
            ),
            text,
        )
        README.write_text(text, encoding="utf-8")
    blocks = shown()
    assert {command.split()[0] for command, _ in blocks} == {
        "validate",
        "render",
        "ack",
        "convert",
    }
    for command, output in blocks:
        assert printed(command) == output, command


def test_the_readme_shows_a_rejecting_997():
    acks = [output for command, output in shown() if command.startswith("ack")]
    assert any("ST*997*" in output and "AK5*R" in output for output in acks)
    assert any("AK4*2*" in output for output in acks)
