"""Secrets under encryption, each bound to its place."""

import pytest
from cryptography.fernet import Fernet

from addons.dist_connector_base.core.errors import ConfigurationError
from addons.dist_connector_base.core.vault import Vault

HERE = {"database": "a", "environment": "test"}


def key() -> str:
    return Fernet.generate_key().decode()


def test_secret_opens_where_it_was_stored():
    vault = Vault(key())
    assert vault.open(vault.seal("s", HERE), HERE) == "s"


@pytest.mark.parametrize("name", HERE)
def test_secret_does_not_open_elsewhere(name):
    vault = Vault(key())
    token = vault.seal("s", HERE)
    with pytest.raises(ConfigurationError, match=f"another {name}"):
        vault.open(token, HERE | {name: "elsewhere"})


def test_secret_stored_before_a_place_was_asked_for_does_not_open():
    vault = Vault(key())
    with pytest.raises(ConfigurationError):
        vault.open(vault.seal("s", HERE), HERE | {"backend": "1"})


def test_new_key_in_front_encrypts_and_the_old_one_can_go():
    old, new = key(), key()
    token = Vault(old).seal("s", HERE)
    both = Vault(f"{new},{old}")
    assert both.open(token, HERE) == "s"
    assert Vault(new).open(both.renew(token), HERE) == "s"
    with pytest.raises(ConfigurationError, match="another key"):
        Vault(new).open(token, HERE)
    with pytest.raises(ConfigurationError, match="another key"):
        Vault(new).renew(token)


@pytest.mark.parametrize("keys", ["", " , ", "not-a-fernet-key"])
def test_server_without_a_usable_key_says_so_and_does_not_show_it(keys):
    with pytest.raises(ConfigurationError) as caught:
        Vault(keys)
    assert "not-a-fernet-key" not in str(caught.value)
    assert caught.value.__cause__ is None and caught.value.__context__ is None
