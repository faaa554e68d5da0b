"""A real SFTP server per module, and a partner's folders in it per test."""

import shutil

import pytest

from addons.dist_connector_base.transports.sftp import SftpSettings, SftpTransport
from tests.partners.sshd import Sshd, find_sshd


@pytest.fixture(scope="module")
def sshd(tmp_path_factory):
    if not find_sshd():
        pytest.skip("OpenSSH's sshd is not installed (package openssh-server)")
    folder = tmp_path_factory.mktemp("sshd")
    with Sshd(folder / "state", root=folder / "root") as server:
        yield server


@pytest.fixture
def house(sshd):
    """The partner's root with the folders of an agreement, emptied."""
    for folder in sshd.root.iterdir():
        shutil.rmtree(folder)
    for folder in ("in", "in/processed", "out"):
        (sshd.root / folder).mkdir()
    return sshd.root


@pytest.fixture
def sign_in(sshd):
    """Make a transport to the server; settings can be changed."""
    opened = []

    def make(**changes) -> SftpTransport:
        options = {
            name: changes.pop(name) for name in ("sleep", "now") if name in changes
        }
        settings = {
            "host": sshd.host,
            "port": sshd.port,
            "user": sshd.user,
            "host_keys": sshd.host_keys(),
            "private_key": sshd.user_key(),
            "timeout": 5.0,
            "connect_timeout": 5.0,
            "allow_private_network": True,
        }
        transport = SftpTransport(SftpSettings(**(settings | changes)), **options)
        opened.append(transport)
        return transport

    yield make
    for transport in opened:
        transport.close()
