"""The command line: what an EDI clerk does with a file, without Odoo.

    python -m addons.dist_edi validate FILE
    python -m addons.dist_edi render FILE [--html]
    python -m addons.dist_edi ack FILE [--type 997]
    python -m addons.dist_edi convert FILE

Inside a wheel the package is ``odoo.addons.dist_edi``. ``-`` reads standard input.
Exit codes: 0 all well, 1 the file has errors, 2 the command could not be carried out.
"""

import argparse
import datetime as dt
import sys
from pathlib import Path

from ...dist_connector_base.core.errors import DistError
from . import commands


def main(arguments: list[str] | None = None) -> int:
    """Run one command.

    :param arguments: as in ``sys.argv[1:]``
    :return: the exit code
    """
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        result = options.run(options)
        _write(options, result.output)
    except DistError as exc:
        print(f"error: {exc}\n{exc.next_step}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        # The reader of our output (head, less) has seen enough
        sys.stderr.close()
        return 0
    except OSError as exc:
        print(f"error: {exc.filename}: {exc.strerror}", file=sys.stderr)
        return 2
    for line in result.remarks:
        print(line, file=sys.stderr)
    return 1 if result.has_errors else 0


def _write(options: argparse.Namespace, output: str | bytes) -> None:
    data = output.encode("utf-8") if isinstance(output, str) else output
    if options.output:
        Path(options.output).write_bytes(data)
    else:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()


def _moment(text: str) -> dt.datetime:
    moment = dt.datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.timezone.utc)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m addons.dist_edi",
        description="Check, read, acknowledge and convert X12 and EDIFACT files.",
    )
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="COMMAND")

    validate = _verb(verbs, "validate", commands.validate, "say what is wrong, where")
    validate.add_argument("--json", action="store_true", help="findings as JSON lines")

    render = _verb(verbs, "render", commands.render, "show it so that people can read")
    render.add_argument("--html", action="store_true", help="one page of HTML")

    ack = _verb(verbs, "ack", commands.ack, "make the acknowledgement it earns")
    ack.add_argument("--type", choices=("997", "999", "TA1", "CONTRL"), dest="kind")
    _numbers(ack)

    convert = _verb(
        verbs, "convert", commands.convert, "EDI to canonical JSON, or JSON to EDI"
    )
    convert.add_argument(
        "--to",
        metavar="MESSAGE",
        default="x12",
        help="for JSON: 850, ORDERS, or just x12 or edifact (default x12)",
    )
    convert.add_argument("--release", help="004010, D.96A (default)")
    convert.add_argument("--map", metavar="FILE", help="a partner's map")
    convert.add_argument(
        "--zone", help="the partner's time zone, such as America/New_York"
    )
    convert.add_argument("--sender", default="ZZ:SENDER", metavar="QUALIFIER:ID")
    convert.add_argument("--receiver", default="ZZ:RECEIVER", metavar="QUALIFIER:ID")
    _numbers(convert)
    return parser


def _verb(verbs, name: str, run, text: str) -> argparse.ArgumentParser:
    verb = verbs.add_parser(name, help=text, description=text.capitalize() + ".")
    verb.add_argument("file", metavar="FILE", help="the file, or - for standard input")
    verb.add_argument("-o", "--output", metavar="FILE", help="write there")
    verb.add_argument(
        "--overlay",
        action="append",
        default=[],
        metavar="FILE",
        help="a partner's differences from the guide (may be repeated)",
    )
    verb.set_defaults(run=run)
    return verb


def _numbers(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--control", type=int, default=1, metavar="N", help="first control number"
    )
    verb.add_argument(
        "--now", type=_moment, metavar="TIME", help="date and time in the envelope"
    )
