"""Tools for whoever writes a profile.

    python -m addons.dist_connector_base.core.profile check FILE...
    python -m addons.dist_connector_base.core.profile schema > profile.schema.json

``check`` prints every fault as ``FILE:LINE: path: message`` and ends with 1 when there
is one. ``schema`` prints the JSON schema of the language for editors.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from .loader import ProfileError, load_profile
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


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; give the exit status."""
    parser = argparse.ArgumentParser(prog="profile", description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("schema", help="print the JSON schema of the language")
    checker = commands.add_parser("check", help="print the faults of profiles")
    checker.add_argument("files", nargs="+", type=Path)
    given = parser.parse_args(arguments)
    if given.command == "schema":
        print(json.dumps(schema(), indent=2))
        return 0
    faults = [fault for path in given.files for fault in check(path)]
    print("\n".join(faults) if faults else f"{len(given.files)} good")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
