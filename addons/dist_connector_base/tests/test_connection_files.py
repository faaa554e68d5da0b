"""The connection test of partners that exchange files, and of those with a WSDL."""

import tempfile
from pathlib import Path

from odoo.tests import tagged

from .common import DistCase

FOLDER = """
profile: folder_house
version: "1"
title: House of folders
transport: folder
settings:
  root: {label: Root folder}
operations:
  ask:
    file: {folder: in, name: "ORD_{request_key}.json"}
    body: {key: request_key}
flows:
  fulfilment_request: {direction: out, send: ask}
  shipment_confirmation:
    direction: in
    file: {folder: out, pattern: "SHP_*.json", archive: out/done}
    map:
      confirmation_key: number
      request_key: request
      shipped_at: at
      lines: {each: lines, map: {line_key: line, quantity: quantity}}
"""
SFTP = (
    FOLDER.replace("folder_house", "sftp_house")
    .replace("transport: folder", "transport: sftp")
    .replace(
        "  root: {label: Root folder}",
        '  host: {label: Server}\n  port: {label: Port, default: "22"}\n'
        "  user: {label: User}\n  host_key: {label: Host key}",
    )
    .replace(
        "operations:",
        'auth: {scheme: password, credential: api_token, user: "{settings.user}"}\n'
        "operations:",
        1,
    )
)


@tagged("post_install", "-at_install")
class TestConnectionFiles(DistCase):
    def use(self, document, **settings):
        """Give the backend a profile and its settings."""
        profile = self.env["dist.profile"].create({"document": document})
        profile._approve()
        self.backend.write({"profile_id": profile.id, "allow_private_network": True})
        for setting in self.backend.setting_ids:
            if setting.name in settings:
                setting.value = settings[setting.name]
        return self.backend._test_connection()

    def test_each_folder_is_listed(self):
        with tempfile.TemporaryDirectory() as root:
            for folder in ("in", "out", "out/done"):
                (Path(root) / folder).mkdir()
            steps = self.use(FOLDER, root=root)
        self.assertTrue(all(step.ok is not False for step in steps), steps)
        listed = [step.text for step in steps if step.name == "permission"]
        self.assertEqual(
            [text.split(":")[0] for text in listed], ["in", "out"], "by name"
        )

    def test_a_folder_that_is_not_there_is_named_with_what_to_do(self):
        with tempfile.TemporaryDirectory() as root:
            (Path(root) / "in").mkdir()
            last = self.use(FOLDER, root=root)[-1]
        self.assertEqual((last.name, last.ok), ("permission", False))
        self.assertIn("out", last.text)
        self.assertTrue(last.advice)

    def test_a_port_that_is_no_number_is_named(self):
        steps = self.use(
            SFTP, host="127.0.0.1", port="ssh", user="u", host_key="ssh-rsa A"
        )
        self.assertEqual((steps[-1].name, steps[-1].ok), ("settings", False))
        self.assertIn("'ssh'", steps[-1].text)

    def test_a_server_where_nobody_answers_stops_the_test_there(self):
        steps = self.use(
            SFTP, host="127.0.0.1", port="9", user="u", host_key="ssh-rsa A"
        )
        self.assertEqual((steps[-1].name, steps[-1].ok), ("reach", False))
        self.assertTrue(steps[-1].advice)
