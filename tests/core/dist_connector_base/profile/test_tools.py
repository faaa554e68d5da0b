"""The tools of whoever writes a profile, and how fast a profile works."""

import json
import re
import time
from decimal import Decimal
from pathlib import Path

import jsonschema
import pytest

from addons.dist_connector_base.core.profile import (
    Context,
    decode,
    load_profile,
    map_in,
    skip_reason,
    split,
)
from addons.dist_connector_base.core.profile.__main__ import main, schema
from addons.dist_connector_base.core.profile.lines import read_yaml

from .conftest import NORDLAGER

PROFILES = Path(__file__).resolve().parents[4] / "addons/dist_3pl/profiles"
SHIPPED = sorted(PROFILES.glob("*.yaml"))


def plain(data):
    return json.loads(json.dumps(data, default=float))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_editors_accept_the_shipped_profiles(path):
    data = plain(read_yaml(path.read_text("utf-8")).data)
    jsonschema.validate(data, schema())


def test_editors_see_a_key_that_is_none():
    data = plain(read_yaml(NORDLAGER.replace("method: POST", "metod: POST")).data)
    with pytest.raises(jsonschema.ValidationError, match="metod"):
        jsonschema.validate(data, schema())


def test_check_prints_file_and_line(tmp_path, capsys):
    file = tmp_path / "nordlager.yaml"
    file.write_text(NORDLAGER.replace("method: POST", "metod: POST"))
    assert main(["check", str(file)]) == 1
    first = capsys.readouterr().out.splitlines()[0]
    line = NORDLAGER.count("\n", 0, NORDLAGER.index("method: POST")) + 1
    assert first.startswith(f"{file}:{line}: operations.send.metod: ")
    file.write_text(NORDLAGER)
    assert main(["check", str(file)]) == 0
    assert main(["check", str(tmp_path / "none.yaml")]) == 1


def test_small_documents_are_not_slow():
    """10,000 a second on an idle core; here only what no machine should miss."""
    text = next(p for p in SHIPPED if p.stem == "shipbob").read_text("utf-8")
    profile = load_profile(text)
    flow, ctx = profile.flows["inventory_snapshot"], Context({"warehouse": "W"})
    row = '{"inventory_id": 1, "sku": "A", "total_on_hand_quantity": %d}'
    started = time.process_time()
    total = Decimal(0)
    for number in range(2000):
        payload = ('{"items": [' + row % number + "]}").encode()
        for item in split(flow, decode(flow, payload, ctx), source="poll"):
            assert not skip_reason(flow, item, ctx)
            total += map_in(flow, item, ctx).rows[0].quantity
    seconds = time.process_time() - started
    assert total == sum(range(2000))
    assert 2000 / seconds > 2000


def test_the_example_of_the_guide_is_a_good_profile():
    root = Path(__file__).resolve().parents[4]
    guide = root / "addons/dist_connector_base/readme/PROFILES.md"
    blocks = re.findall(r"```yaml\n(.*?)```", guide.read_text("utf-8"), re.DOTALL)
    order = ("profile:", "code_maps:", "operations:", "  find_order:")
    order += ("  list_shipments:", "pace:", "webhook:", "flows:")
    text = "".join(next(b for b in blocks if b.startswith(words)) for words in order)
    profile = load_profile(text)
    assert profile.flows["shipment_confirmation"].fetch_minutes == 10
    assert profile.pace.reset_as == "epoch"
