"""Getting Odoo 19: one that is already there, else Debian's package, else git."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from .errors import SetupError
from .packages import DEBIAN_ODOO_NEEDS, GIT_NEED, ensure_packages
from .process import capture, run_logged
from .progress import say, step

SERIES = "19.0"
DEBIAN_PACKAGE = "odoo-19"
DEBIAN_SUITE = "sid"
GIT_URL = "https://github.com/odoo/odoo.git"
# Debian leaves this file out; without it every page logs an error and no tour passes.
LEFT_OUT_BY_DEBIAN = "addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"


def ensure_odoo(site: Path, work: Path, log: Path) -> Path:
    """Make `site` hold the package `odoo` with our metadata for it; give its path.

    `site` ends on the venv's import path (see venv.py). `work` is scratch space.
    An unfinished earlier attempt is thrown away: `site` is renamed into place.
    """
    if is_current(site):
        write_metadata(site)
        return site
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    new_site = work / "site"
    existing = existing_odoo(build_folder=site.parent)
    if existing is not None:
        link_odoo(existing, new_site)
    elif not (is_debian() and unpacked_debian_odoo(work, new_site, log)):
        link_odoo(clone_odoo(site.parent / "odoo-git", log), new_site)
    shutil.rmtree(site, ignore_errors=True)
    write_metadata(new_site)
    new_site.rename(site)
    shutil.rmtree(work)
    return site


def is_current(site: Path) -> bool:
    """Whether `site` holds a finished Odoo, and the one of ODOO_SRC if that is set."""
    if not (site / "odoo" / "release.py").is_file():
        return False
    source = os.environ.get("ODOO_SRC")
    wanted = Path(source).expanduser().resolve() / "odoo" if source else None
    return wanted is None or (site / "odoo").resolve() == wanted


def existing_odoo(build_folder: Path) -> Path | None:
    """Folder of an Odoo the user already has: ODOO_SRC, or what `python3` imports.

    An importable Odoo of another series, or of our own build, is passed over; a wrong
    ODOO_SRC is a SetupError, because somebody chose it.
    """
    source = os.environ.get("ODOO_SRC")
    if source:
        folder = Path(source).expanduser().resolve()
        if not (folder / "odoo" / "release.py").is_file():
            raise SetupError(f"ODOO_SRC={source} holds no Odoo (no odoo/release.py)")
        return folder
    probe = "import odoo.release as r; print(r.__file__)"
    found = subprocess.run(
        [shutil.which("python3") or sys.executable, "-c", probe],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
    )
    if found.returncode:
        return None
    folder = Path(found.stdout.strip()).resolve().parent.parent
    if folder.is_relative_to(build_folder):
        return None
    if series(folder) != SERIES:
        say(f"passing over the Odoo {series(folder)} in {folder}")
        return None
    return folder


def series(source: Path) -> str:
    """The series (`19.0`) of an Odoo tree; empty if it cannot be told."""
    release = (source / "odoo" / "release.py").read_text()
    match = re.search(r"version_info\s*=\s*\(\s*(\d+)\s*,\s*(\d+)", release)
    return ".".join(match.groups()) if match else ""


def link_odoo(source: Path, site: Path) -> None:
    """Link an Odoo tree into `site`; SetupError when it is of another series."""
    if series(source) != SERIES:
        raise SetupError(f"the Odoo in {source} is not {SERIES}; set ODOO_SRC to one")
    site.mkdir(parents=True)
    (site / "odoo").symlink_to(source / "odoo")
    say(f"using the Odoo in {source}")


def write_metadata(site: Path) -> None:
    """Tell pip which Odoo this is, and that it asks for no packages.

    What Odoo needs is in setup/odoo-requirements.txt. Debian's own metadata asks for
    `psycopg2`, which has to be compiled; we take `psycopg2-binary`.
    """
    info = site / f"odoo-{SERIES}.egg-info"
    info.mkdir(exist_ok=True)
    (info / "requires.txt").unlink(missing_ok=True)
    (info / "PKG-INFO").write_text(
        f"Metadata-Version: 2.1\nName: odoo\nVersion: {SERIES}\n"
    )


def extra_addons_path(site: Path) -> Path | None:
    """The second addons folder of a git tree (`addons/` beside `odoo/`), if any."""
    beside = (site / "odoo").resolve().parent / "addons"
    return beside if (beside / "web" / "__manifest__.py").is_file() else None


def is_debian() -> bool:
    """Whether apt can be asked for Debian's package (Ubuntu has no such suite)."""
    release = Path("/etc/os-release")
    text = release.read_text() if release.is_file() else ""
    return bool(re.search(r"^ID=debian$", text, re.M)) and bool(shutil.which("apt-get"))


def private_apt(folder: Path) -> list[str]:
    """apt options for a configuration of our own, one suite further.

    The machine's own Debian source is copied with the suite changed and its keyring
    kept, so mirrors and proxies stay as the administrator set them.
    """
    for name in ("lists/partial", "cache/archives/partial", "parts"):
        (folder / name).mkdir(parents=True)
    (folder / "parts" / "odoo.sources").write_text(debian_source())
    return [
        *("-o", f"Dir::State::Lists={folder}/lists"),
        *("-o", "Dir::Etc::SourceList=/dev/null"),
        *("-o", f"Dir::Etc::SourceParts={folder}/parts"),
        *("-o", f"Dir::Cache={folder}/cache"),
        # Downloading as the unprivileged _apt user fails in folders it cannot enter.
        *("-o", "APT::Sandbox::User="),
    ]


def debian_source(root: Path = Path("/etc/apt")) -> str:
    """The machine's main Debian source, as a deb822 stanza for the other suite."""
    for path in sorted((root / "sources.list.d").glob("*.sources")):
        for stanza in re.split(r"\n\s*\n", path.read_text()):
            suites = re.search(r"^Suites:\s*(\S+)", stanza, re.M)
            security = suites and suites[1].endswith("-security")
            if suites and not security and "debian" in stanza:
                return changed_suite(stanza)
    for path in [root / "sources.list", *sorted(root.glob("sources.list.d/*.list"))]:
        for line in path.read_text().splitlines() if path.is_file() else []:
            match = re.match(r"deb\s+(?:\[(.*?)\]\s+)?(\S*debian\S*)\s+(\S+)\s", line)
            if match and "security" not in match[2] + match[3]:
                signed = re.search(r"signed-by=(\S+)", match[1] or "")
                keyring = f"\nSigned-By: {signed[1]}" if signed else ""
                return (
                    f"Types: deb\nURIs: {match[2]}\nSuites: {DEBIAN_SUITE}\n"
                    f"Components: main{keyring}\n"
                )
    raise SetupError("no Debian source in /etc/apt; set ODOO_SRC to an Odoo 19 tree")


def changed_suite(stanza: str) -> str:
    """The stanza for our suite, without comments and with `main` only."""
    lines = [line for line in stanza.splitlines() if not line.startswith("#")]
    text = re.sub(r"(?m)^Suites:.*$", f"Suites: {DEBIAN_SUITE}", "\n".join(lines))
    return re.sub(r"(?m)^Components:.*$", "Components: main", text) + "\n"


def unpacked_debian_odoo(work: Path, site: Path, log: Path) -> bool:
    """Unpack Debian's package; False (said aloud) where that suite no longer has it."""
    ensure_packages(DEBIAN_ODOO_NEEDS, log)
    try:
        unpack_debian_odoo(work, site, log)
    except SetupError as error:
        if "Unable to locate package" not in str(error):
            raise
        say(f"{error}; cloning it instead")
        return False
    return True


def unpack_debian_odoo(work: Path, site: Path, log: Path) -> None:
    """Download Debian's package, unpack it beside the system, mend its links."""
    with step("getting Odoo 19 from Debian (123 MB)"):
        options = private_apt(work / "apt")
        download = work / "download"
        download.mkdir()
        # By default apt only warns when it reaches no server.
        strict = ["-o", "APT::Update::Error-Mode=any"]
        update = ["apt-get", *options, *strict, "update", "-q"]
        run_logged(update, log, what="reading Debian's package list")
        get = ["apt-get", *options, "download", "-q", DEBIAN_PACKAGE]
        run_logged(get, log, what=f"downloading {DEBIAN_PACKAGE}", cwd=download)
        package = next(download.glob("*.deb"))
        unpack = ["dpkg", "-x", package, work / "tree"]
        run_logged(unpack, log, what=f"unpacking {package.name}")
    packages = work / "tree/usr/lib/python3/dist-packages"
    site.mkdir()
    # Only this one: the package also ships folders named `addons` and `setup`.
    (packages / "odoo").rename(site / "odoo")
    mend_links(site / "odoo")
    left_out = site / "odoo" / LEFT_OUT_BY_DEBIAN
    if not left_out.exists():
        left_out.parent.mkdir(parents=True, exist_ok=True)
        left_out.write_text("")


def mend_links(tree: Path) -> int:
    """Point links that lead out of `tree` to /usr/share where they are meant to go.

    Gives how many were mended. A target that is not installed stays dangling.
    """
    mended = 0
    for folder, _folders, files in os.walk(tree):
        for name in files:
            path = Path(folder, name)
            if not path.is_symlink() or path.exists():
                continue
            target = Path("/usr/share", os.readlink(path).partition("/share/")[2])
            if target.is_file():
                path.unlink()
                path.symlink_to(target)
                mended += 1
    return mended


def clone_odoo(target: Path, log: Path) -> Path:
    """Clone the branch 19.0 without its history; renamed into place when complete."""
    if (target / "odoo" / "release.py").is_file():
        return target
    ensure_packages((GIT_NEED,), log)
    url = os.environ.get("ODOO_GIT_URL", GIT_URL)
    new = target.with_name(target.name + ".new")
    shutil.rmtree(new, ignore_errors=True)
    with step(f"cloning Odoo {SERIES} with git"):
        clone = ["git", "clone", "-q", "--depth=1", "--branch", SERIES, url, new]
        run_logged(clone, log, what="cloning Odoo")
    new.rename(target)
    commit = capture(["git", "-C", target, "rev-parse", "HEAD"], what="reading git")
    say(f"Odoo {SERIES} at {commit.strip()}")
    return target
