"""`setup/dev`: databases, servers and tests for people who work on the suite."""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
from pathlib import Path

from .build import Build
from .progress import say


def parser() -> argparse.ArgumentParser:
    """The command line; `setup/dev --help` shows it."""
    main = argparse.ArgumentParser(prog="setup/dev", description=__doc__)
    add = main.add_subparsers(dest="verb", required=True).add_parser
    add("build", help="build everything that is missing")
    add("env", help='print shell exports: eval "$(setup/dev env)"')
    create = add("createdb", help="create a database from the base template")
    create.add_argument("db")
    create.add_argument("-i", default="", help="modules to install, by commas")
    create.add_argument("--replace", action="store_true", help="drop it first")
    create.add_argument("--suite", action="store_true", help="with all our addons")
    update = add("update", help="update modules in a database (odoo -u)")
    update.add_argument("db")
    update.add_argument("modules", help="by commas")
    add("dropdb", help="drop a database").add_argument("db")
    add("listdb", help="list databases")
    serve = add("serve", help="run Odoo in the foreground")
    serve.add_argument("db")
    serve.add_argument("--port", type=int, default=0)
    serve.add_argument("--workers", type=int, default=0)
    serve.add_argument(
        "--set", action="append", default=[], metavar="OPTION=VALUE", help="any option"
    )
    serve.add_argument("rest", nargs="*", help="for odoo, after --")
    test = add("test", help="run addon tests by pytest-odoo in a database")
    test.add_argument("db")
    test.add_argument("rest", nargs=argparse.REMAINDER, help="for pytest")
    for verb in ("odoo", "psql"):
        one = add(verb, help=f"run {verb} on a database")
        one.add_argument("db")
        one.add_argument("rest", nargs=argparse.REMAINDER)
    run = add("run", help="run any program in the build's environment")
    run.add_argument("rest", nargs=argparse.REMAINDER)
    shot = add("shot", help="picture of a backend page of a running server")
    shot.add_argument("url", help="http://127.0.0.1:8069/odoo/...")
    shot.add_argument("file", type=Path)
    shot.add_argument("--wait", default="", help="CSS selector that must be there")
    add("stop", help="stop PostgreSQL")
    return main


def main(argv: list[str]) -> int:
    """Run one verb; gives its exit code."""
    given = parser().parse_args(argv)
    build = Build.prepare()
    return VERBS[given.verb](build, given)


def do_build(build: Build, given: argparse.Namespace) -> int:
    template = build.base_template()
    say(f"ready: PostgreSQL on port {build.cluster.port}, template {template}")
    return 0


def do_env(build: Build, given: argparse.Namespace) -> int:
    for name, value in build.env().items():
        if os.environ.get(name) != value:
            print(f"export {name}={shlex.quote(value)}")
    return 0


def do_createdb(build: Build, given: argparse.Namespace) -> int:
    if given.replace:
        build.dropdb(given.db)
    template = build.suite_template() if given.suite else None
    modules = [name for name in given.i.split(",") if name]
    build.createdb(given.db, modules, template)
    say(f"database {given.db} is ready")
    return 0


def do_update(build: Build, given: argparse.Namespace) -> int:
    build.run_odoo(given.db, ["-u", given.modules])
    say(f"updated {given.modules} in {given.db}")
    return 0


def do_dropdb(build: Build, given: argparse.Namespace) -> int:
    build.dropdb(given.db)
    return 0


def do_listdb(build: Build, given: argparse.Namespace) -> int:
    print("\n".join(build.databases.names()))
    return 0


def do_serve(build: Build, given: argparse.Namespace) -> int:
    port = given.port or build.http_port()
    extra = dict(option.split("=", 1) for option in given.set)
    config = build.config(given.db, port, workers=given.workers, extra=extra)
    say(f"http://127.0.0.1:{port}/odoo  (admin / admin)")
    return run(build, build.command(config, *given.rest))


def do_test(build: Build, given: argparse.Namespace) -> int:
    config = build.config(given.db, run_jobs=False)
    command = [str(build.python), "-m", "pytest", "-p", "odoo", "--odoo-http"]
    command += [f"--odoo-database={given.db}", *given.rest]
    return run(build, command, config)


def do_odoo(build: Build, given: argparse.Namespace) -> int:
    config = build.config(given.db, run_jobs=False)
    # The sub-command (shell, ...) has to stand before the options.
    command = build.command(config, "-d", given.db)
    sub = given.rest[:1] if given.rest and not given.rest[0].startswith("-") else []
    return run(build, [command[0], *sub, *command[1:], *given.rest[len(sub) :]])


def do_psql(build: Build, given: argparse.Namespace) -> int:
    return run(build, ["psql", "-d", given.db, *given.rest])


def do_run(build: Build, given: argparse.Namespace) -> int:
    rest = given.rest[1:] if given.rest[:1] == ["--"] else given.rest
    return run(build, rest)


def do_shot(build: Build, given: argparse.Namespace) -> int:
    script = build.root / "setup" / "lib" / "screenshot.py"
    command = [str(build.python), str(script), str(build.chromium or "chromium")]
    return run(build, [*command, given.url, str(given.file.resolve()), given.wait])


def do_stop(build: Build, given: argparse.Namespace) -> int:
    build.cluster.stop()
    return 0


def run(build: Build, command: list[str], config: Path | None = None) -> int:
    """Run in the foreground with the build's environment; gives the exit code."""
    done = subprocess.run(command, env=build.env(config), cwd=build.root, check=False)
    return done.returncode


VERBS = {name[3:]: verb for name, verb in list(globals().items()) if name[:3] == "do_"}
