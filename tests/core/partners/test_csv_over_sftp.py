"""The CSV warehouse behind OpenSSH's own server, as a customer reaches it."""

import base64
import io

import pytest

from tests.partners import csv_files
from tests.partners.client import SftpPartner
from tests.partners.sshd import Sshd, find_sshd

paramiko = pytest.importorskip("paramiko", reason="paramiko is not installed")

pytestmark = pytest.mark.skipif(not find_sshd(), reason="openssh-server is not here")


@pytest.fixture
def server(tmp_path):
    with Sshd(tmp_path / "sshd", root=tmp_path / "shared") as server:
        yield server


@pytest.fixture
def session(server):
    """An SFTP session that trusts the server's pinned key and nothing else."""
    client = paramiko.SSHClient()
    kind, encoded = server.host_keys("ed25519").split()
    key = paramiko.PKey.from_type_string(kind, base64.b64decode(encoded))
    client.get_host_keys().add(f"[{server.host}]:{server.port}", kind, key)
    client.connect(
        server.host,
        server.port,
        server.user,
        pkey=paramiko.Ed25519Key.from_private_key(io.StringIO(server.user_key())),
        allow_agent=False,
        look_for_keys=False,
    )
    yield client.open_sftp()
    client.close()


def test_order_put_over_sftp_is_shipped_and_told_in_out(server, session):
    with SftpPartner.start(server.root, delay=0.02, file_every=0.02) as partner:
        partner.stock({"A-1": 5})
        row = dict.fromkeys(csv_files.COLUMNS["ORD"].split(";"), "")
        row |= {
            "request_key": "CSV-OUT-00001",
            "ship_to_name": "Jan",
            "street": "Hafen 1",
            "city": "Hamburg",
            "zip": "20457",
            "country": "DE",
            "line_key": "1",
            "sku": "A-1",
            "quantity": "2",
            "unit": "EA",
        }
        content = csv_files.write("ORD", [row]).encode()
        session.putfo(io.BytesIO(content), "in/.new.part")
        session.rename("in/.new.part", "in/ORD_CSV-OUT-00001.csv")
        partner.settle()
        assert session.listdir("in/processed") == ["ORD_CSV-OUT-00001.csv"]
        told = {}
        for name in session.listdir("out"):
            if name.endswith(".csv"):
                with session.open(f"out/{name}") as file:
                    told[name[:3]] = csv_files.read(name[:3], file.read())
        assert told["ACK"][0]["status"] == "ACCEPTED"
        [shipped] = told["SHP"]
        [shipment] = partner.books()["CSV-OUT-00001"]["shipments"]
        assert [shipped["tracking"]] == shipment["parcels"]
