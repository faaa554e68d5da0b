"""Signing in at a real OpenSSH server: keys of both sides, refusals, silence."""

import socket
import threading

import paramiko
import pytest

from addons.dist_connector_base.core.errors import (
    ConfigurationError,
    SecurityError,
    TransientError,
)
from addons.dist_connector_base.transports.sftp_session import (
    fingerprint,
    read_host_keys,
)
from tests.partners.sshd import Sshd


@pytest.mark.parametrize("kind", ["ed25519", "rsa"])
def test_user_signs_in_with_a_key(kind, sshd, sign_in, house):
    with sign_in(private_key=sshd.user_key(kind)) as files:
        assert files.list("out", "*") == []


@pytest.mark.parametrize("kind", ["ed25519", "rsa"])
def test_server_is_known_by_a_key_of_either_kind(kind, sshd, sign_in, house):
    with sign_in(host_keys=sshd.host_keys(kind)) as files:
        assert files.list("out", "*") == []


def test_lines_of_ssh_keyscan_are_taken(sshd, sign_in, house):
    scanned = f"# comment\n[{sshd.host}]:{sshd.port} {sshd.host_keys('ed25519')} note\n"
    with sign_in(host_keys=scanned) as files:
        assert files.list("out", "*") == []


def test_server_with_another_key_is_not_trusted(sshd, sign_in, house, tmp_path):
    with Sshd(tmp_path / "other", root=tmp_path / "root") as other:
        foreign = other.host_keys()
    with pytest.raises(SecurityError) as caught:
        sign_in(host_keys=foreign).__enter__()
    shown = [fingerprint(key) for key in read_host_keys(sshd.host_keys())]
    assert f"shows {', '.join(shown)}, and we know" in str(caught.value)
    assert "Ask the partner" in caught.value.next_step


def test_server_that_changed_its_key_is_not_trusted_any_more(tmp_path, sign_in):
    server = Sshd(tmp_path / "state", root=tmp_path / "root")
    with server:
        known, own, port = server.host_keys(), server.user_key(), server.port
    server.change_host_keys()
    with server:
        assert server.port == port
        transport = sign_in(port=port, host_keys=known, private_key=own)
        with pytest.raises(SecurityError, match="shows ssh-"):
            transport.__enter__()
        both = f"{known}\n{server.host_keys('ed25519')}"
        with sign_in(port=port, host_keys=both, private_key=own) as files:
            assert files.list(".", "*") == []


def test_server_without_the_known_kind_of_key_is_not_trusted(sign_in):
    ecdsa = f"ecdsa-sha2-nistp256 {paramiko.ECDSAKey.generate().get_base64()}"
    with pytest.raises(SecurityError, match="no key of a known type"):
        sign_in(host_keys=ecdsa).__enter__()


def test_key_the_partner_does_not_know_is_refused(sign_in, house, tmp_path):
    with Sshd(tmp_path / "other", root=tmp_path / "root") as other:
        foreign = other.user_key()
    with pytest.raises(ConfigurationError, match="refuses the user"):
        sign_in(private_key=foreign).__enter__()


def test_password_where_only_keys_are_taken_is_refused(sign_in):
    with pytest.raises(ConfigurationError, match="refuses the user"):
        sign_in(private_key="", password="secret-1").__enter__()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"host_keys": ""}, "no host key"),
        ({"host_keys": "ssh-ed25519"}, "line 1"),
        ({"host_keys": "ssh-ed25519 not*base64"}, "line 1"),
        ({"private_key": ""}, "neither a private key nor a password"),
        (
            {"private_key": "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n"},
            "cannot be read",
        ),
        ({"private_key": "my secret words"}, "cannot be read"),
    ],
)
def test_setting_that_cannot_work_is_told_before_connecting(changes, told, sign_in):
    with pytest.raises(ConfigurationError, match=told) as caught:
        sign_in(port=1, **changes).__enter__()
    assert "secret words" not in str(caught.value)


def test_refused_connection_is_tried_again(sign_in):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(TransientError, match="cannot be reached"):
        sign_in(port=port).__enter__()


def test_server_that_never_greets_is_tried_again(sign_in):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        silent = sign_in(port=listener.getsockname()[1], connect_timeout=0.5)
        with pytest.raises(TransientError):
            silent.__enter__()


def test_another_service_at_the_port_is_tried_again(sign_in):
    def mail(listener):
        sock, _address = listener.accept()
        sock.sendall(b"220 mail.example ESMTP\r\n" * 200)
        sock.close()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=mail, args=(listener,), daemon=True).start()
        with pytest.raises(TransientError):
            sign_in(port=listener.getsockname()[1], connect_timeout=1).__enter__()
