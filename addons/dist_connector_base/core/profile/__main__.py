"""Tools for whoever writes a profile.

    python -m addons.dist_connector_base.core.profile check FILE...
    python -m addons.dist_connector_base.core.profile test FILE...
    python -m addons.dist_connector_base.core.profile schema > profile.schema.json

``check`` prints every fault as ``FILE:LINE: path: message`` and ends with 1 when there
is one. ``test`` runs the samples that stand in the profiles. ``schema`` prints the
JSON schema of the language for editors.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from .loader import ProfileError, load_profile
from .samples import run_samples
from .specs import Profile


def schema() -> dict[str, Any]:
    """Give the JSON schema of the profile language."""
    content = Profile.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **content}


def check(path: Path) -> list[str]:
    """Give the faults of a profile file, one line of text each."""
    try:
        load_profile(path.read_text("utf-8"), source=path.name)
    except ProfileError as exc:
        return [
            f"{path}:{p.line}: {p.path}: {p.message}" if p.path else
            f"{path}:{p.line}: {p.message}"
            for p in exc.problems
        ]  # fmt: skip
    except OSError as exc:
        return [f"{path}: cannot be read: {exc.strerror}"]
    except UnicodeDecodeError as exc:
        return [f"{path}: is not UTF-8 at byte {exc.start}"]
    return []


def test(path: Path) -> list[str]:
    """Give what is wrong with a profile file or its samples, one line of text each."""
    faults = check(path)
    if faults:
        return faults
    profile = load_profile(path.read_text("utf-8"), source=path.name)
    return [
        f"{path}: sample {result.name!r}: {fault}"
        for result in run_samples(profile)
        for fault in result.faults
    ]


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; give the exit status."""
    parser = argparse.ArgumentParser(prog="profile", description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("schema", help="print the JSON schema of the language")
    for name, words in (
        ("check", "print the faults of profiles"),
        ("test", "run the samples of profiles"),
    ):
        commands.add_parser(name, help=words).add_argument(
            "files", nargs="+", type=Path
        )
    given = parser.parse_args(arguments)
    if given.command == "schema":
        print(json.dumps(schema(), indent=2))
        return 0
    verb = test if given.command == "test" else check
    faults = [fault for path in given.files for fault in verb(path)]
    print("\n".join(faults) if faults else f"{len(given.files)} good")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
