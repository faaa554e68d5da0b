"""Odoo databases with their filestores: made from templates, so in seconds.

A template is an ordinary database that nobody connects to. Its name carries a hash of
all that goes into it, so it is built again when, and only when, something changed.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from .errors import SetupError
from .postgres import Cluster
from .progress import step

BASE_MODULES = (
    "sale_management",
    "sale_stock",
    "purchase_stock",
    "stock_delivery",
    "stock_account",
    "product_expiry",
    "queue_job",
)
TEMPLATE_PREFIX = "template_"
BUILDING_PREFIX = "building_"
NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")

# Runs `odoo` once with these arguments on this database, until it has finished.
RunOdoo = Callable[[str, Sequence[str]], None]


class Databases:
    """The databases of one cluster, their filestores in one folder."""

    def __init__(self, cluster: Cluster, filestores: Path, run_odoo: RunOdoo) -> None:
        self.cluster = cluster
        self.filestores = filestores
        self.run_odoo = run_odoo

    def names(self) -> list[str]:
        """All databases but PostgreSQL's own."""
        query = "SELECT datname FROM pg_database WHERE NOT datistemplate ORDER BY 1"
        return [row[0] for row in self.cluster.sql(query) if row[0] != "postgres"]

    def exists(self, name: str) -> bool:
        """Whether there is a database of this name."""
        return name in self.names()

    def create(self, name: str, template: str | None = None) -> None:
        """Create an empty database, or a copy of `template` with its filestore.

        Raises SetupError when the name is taken, or not lower-case letters, digits
        and underscores (Odoo puts it into patterns and paths).
        """
        check_name(name)
        if self.exists(name):
            raise SetupError(f"database {name} exists; drop it first")
        # FILE_COPY copies files instead of logging every page: fast with fsync off.
        how = f"TEMPLATE {template} STRATEGY file_copy" if template else ""
        self.cluster.sql(f"CREATE DATABASE {name} {how}")
        target = self.filestores / name
        shutil.rmtree(target, ignore_errors=True)
        if template and (self.filestores / template).is_dir():
            # Files there are named by their content and never changed: link them.
            shutil.copytree(self.filestores / template, target, copy_function=os.link)

    def drop(self, name: str) -> None:
        """Drop a database with its filestore; nothing happens if it is not there."""
        check_name(name)
        self.cluster.sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        shutil.rmtree(self.filestores / name, ignore_errors=True)

    def rename(self, old: str, new: str) -> None:
        """Rename a database with its filestore."""
        target = self.filestores / new
        shutil.rmtree(target, ignore_errors=True)
        if (self.filestores / old).is_dir():
            (self.filestores / old).rename(target)
        self.cluster.sql(f"ALTER DATABASE {old} RENAME TO {new}")

    def install(self, name: str, modules: Iterable[str]) -> None:
        """Install modules in an existing database.

        Raises SetupError when one is not installed afterwards: Odoo itself only
        warns about a name it does not know.
        """
        wanted = sorted(set(modules) - self.installed(name))
        if not wanted:
            return
        self.run_odoo(name, ["-i", ",".join(wanted)])
        absent = sorted(set(wanted) - self.installed(name))
        if absent:
            raise SetupError(f"Odoo did not install {', '.join(absent)} in {name}")

    def installed(self, name: str) -> set[str]:
        """Names of the modules installed in a database (none if it is empty)."""
        table = "SELECT to_regclass('ir_module_module') IS NOT NULL"
        if self.cluster.sql(table, name) != [["t"]]:
            return set()
        query = "SELECT name FROM ir_module_module WHERE state = 'installed'"
        return {row[0] for row in self.cluster.sql(query, name)}

    def ensure_template(
        self, kind: str, value: str, modules: Sequence[str], source: str | None = None
    ) -> str:
        """The template of this kind for this hash; built from `source` if missing.

        Call under the build lock. Older templates of the same kind are dropped.
        """
        name = f"{TEMPLATE_PREFIX}{kind}_{value}"
        building = f"{BUILDING_PREFIX}{kind}"
        existing = self.names()
        if name in existing:
            return name
        self.drop(building)
        with step(f"building the {kind} database ({', '.join(modules)})"):
            self.create(building, source)
            self.install(building, modules)
            self.rename(building, name)
        for old in existing:
            if old.startswith(f"{TEMPLATE_PREFIX}{kind}_"):
                self.drop(old)
        return name


def check_name(name: str) -> None:
    """Raise SetupError for a name that would need quoting in SQL, paths or patterns."""
    if not NAME.fullmatch(name):
        raise SetupError(f"{name!r} is no database name: use a-z, 0-9 and _")
