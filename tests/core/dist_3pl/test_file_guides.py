"""The guides for partners say of each file what the profile says, and no more."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from lxml import etree

from addons.dist_connector_base.core.errors import DistError
from addons.dist_connector_base.core.profile.mapping import Each, Group, Leaf, When
from tests.partners import csv_files, xml_files

from .conftest import PROFILES, Backend

README = PROFILES.parent / "readme"
#: Vocabularies whose words both sides agree on once for all; the others (carriers,
#: units ...) are each backend's own.
AGREED = (
    "adjustment_reason",
    "charge",
    "condition",
    "disposition",
    "fee",
    "hold_reason",
    "priority",
    "receipt_reason",
    "receipt_status",
    "return_reason",
    "status",
    "tracking",
)


class Section(NamedTuple):
    """What a guide says of one file."""

    text: str
    names: list[str]
    required: set[str]
    example: str


def sections(path: Path) -> dict[str, Section]:
    """Read a guide: the first words of a file's name to what is said of it."""
    found = {}
    for part in path.read_text("utf-8").split("\n## ")[1:]:
        match = re.match(r"([A-Z]+)_: ", part)
        if not match:
            continue
        cells = [
            [cell.strip() for cell in line.strip("|").split("|")]
            for line in part.splitlines()
            if line.startswith("| `")
        ]
        assert all(len(row) == 4 for row in cells), part[:40]
        names = [row[0].strip("`") for row in cells]
        required = {row[0].strip("`") for row in cells if row[3] != "no"}
        example = "\n".join(
            line[4:] for line in part.splitlines() if line.startswith("    ")
        )
        found[match[1]] = Section(part, names, required, example)
    return found


class Guide:
    """A guide beside its profile."""

    def __init__(self, form):
        self.house = Backend(f"{form}_sftp", {"client": "ACME"})
        self.sections = sections(README / f"FILES_{form.upper()}.md")
        profile = self.house.profile
        self.ours = {
            operation.file.name.text.partition("_")[0]: operation
            for operation in profile.operations.values()
            if operation.file
        }
        self.theirs = {
            flow.file.pattern.partition("_")[0]: (name, flow)
            for name, flow in profile.flows.items()
            if flow.file
        }


@pytest.fixture(scope="module", params=["csv", "xml"])
def guide(request):
    return Guide(request.param)


@pytest.fixture(scope="module")
def csv():
    return Guide("csv")


@pytest.fixture(scope="module")
def xml():
    return Guide("xml")


def test_every_file_is_described(guide):
    assert set(guide.sections) == {*guide.ours, *guide.theirs}
    told = {
        prefix: "(we write)" in section.text.splitlines()[0]
        for prefix, section in guide.sections.items()
    }
    assert {prefix for prefix, we in told.items() if we} == set(guide.ours)


def test_the_agreed_words_stand_in_the_guide(guide):
    for vocabulary in AGREED:
        for word in guide.house.profile.code_maps.get(vocabulary, {}):
            places = [
                prefix
                for prefix, section in guide.sections.items()
                if re.search(rf"\b{word}\b", section.text)
            ]
            assert places, f"{vocabulary} {word} is nowhere explained"


def test_the_examples_of_what_the_partner_writes_can_be_read(guide):
    for prefix, (message_type, _flow) in guide.theirs.items():
        example = guide.sections[prefix].example
        assert guide.house.read(message_type, example.encode(), "file"), prefix


# ------------------------------------------------------------------------------ CSV


def test_each_column_of_a_csv_file_is_described(csv):
    formats = {prefix: op.format for prefix, op in csv.ours.items()}
    formats |= {prefix: flow.format for prefix, (_n, flow) in csv.theirs.items()}
    for prefix, form in formats.items():
        columns = [*form.columns, *form.optional]
        assert csv.sections[prefix].names == columns, prefix
        header = csv.sections[prefix].example.splitlines()[0]
        assert header.split(";") == columns, prefix


def test_a_csv_file_without_something_required_is_refused(csv):
    for prefix, (message_type, _flow) in csv.theirs.items():
        section = csv.sections[prefix]
        header, first = section.example.splitlines()[:2]
        cells = dict(zip(header.split(";"), first.split(";"), strict=True))
        for name in section.required - {"final"}:
            row = ";".join({**cells, name: ""}.values())
            with pytest.raises(DistError):
                csv.house.read(message_type, f"{header}\n{row}\n".encode(), "file")
        for name in set(section.names) - section.required:
            row = ";".join({**cells, name: ""}.values())
            assert csv.house.read(message_type, f"{header}\n{row}\n".encode(), "file")


def test_the_examples_of_what_we_write_in_csv_are_what_the_house_takes(csv):
    for prefix in csv.ours:
        assert csv_files.read(prefix, csv.sections[prefix].example.encode()), prefix


# ------------------------------------------------------------------------------ XML


def written(node: Any, path: str = "") -> Iterator[str]:
    """Give the paths that a map of ours writes."""
    if isinstance(node, Group):
        for name, child in node.fields.items():
            if name == "_text":
                yield path
            elif name.startswith("_"):
                yield f"{path}/@{name[1:]}".lstrip("/")
            else:
                yield from written(child, f"{path}/{name}".lstrip("/"))
    elif isinstance(node, Each):
        yield from written(node.entry, path)
    elif isinstance(node, When):
        yield from written(node.inner, path)
    else:
        yield path


def read(node: Any, base: tuple[str, ...] = (), above: tuple[str, ...] = ()):
    """Give the paths that a map of theirs reads."""
    if isinstance(node, Group):
        for child in node.fields.values():
            yield from read(child, base, above)
    elif isinstance(node, Each):
        (over,) = chains(node.over.node)
        yield from read(node.entry, (*base, *over), base)
    elif isinstance(node, When):
        yield from read(node.inner, base, above)
    elif isinstance(node, Leaf):
        for chain in chains(node.expression.node):
            place = (*above, *chain[1:]) if chain[0] == ".." else (*base, *chain)
            yield "/".join(
                f"@{name[1:]}" if name.startswith("_") else name
                for name in place
                if name != "_text"
            )


def chains(node: Any) -> list[tuple[str, ...]]:
    """Give the chains of names in an expression; ``..`` is what is around it."""
    children = node.get("children") or []
    if node["type"] == "field":
        return [(node["value"],)]
    if node["type"] == "function_expression" and node["value"] == "parent":
        return [("..",)]
    if node["type"] == "subexpression":
        first, second = (chains(child) for child in children)
        return [(*one, *other) for one in first for other in second]
    return [chain for child in children for chain in chains(child)]


def test_each_element_of_an_xml_file_is_described(xml):
    for prefix, operation in xml.ours.items():
        paths = list(dict.fromkeys(written(operation.body)))
        assert xml.sections[prefix].names == paths, prefix
    for prefix, (_name, flow) in xml.theirs.items():
        paths = set(read(flow.map))
        assert set(xml.sections[prefix].names) == paths, prefix


def test_the_guide_names_the_elements_around_them(xml):
    for prefix, operation in xml.ours.items():
        assert f"`<{operation.format.root}>`" in xml.sections[prefix].text
    for prefix, (_name, flow) in xml.theirs.items():
        entry = f" of `<{flow.documents.text}>`" if flow.documents else ""
        assert f"`<{flow.format.root}>`{entry}" in xml.sections[prefix].text


def test_the_examples_hold_nothing_else(xml):
    for prefix, section in xml.sections.items():
        root = etree.fromstring(section.example.encode())
        entries = [root]
        if prefix in xml.theirs and xml.theirs[prefix][1].documents:
            entries = list(root)
        known = set(section.names)
        known |= {name[:at] for name in known for at in range(len(name))}
        for entry in entries:
            tree = etree.ElementTree(entry)
            for element in entry.iter():
                path = re.sub(r"\[\d+\]", "", tree.getelementpath(element)).strip(".")
                told = {
                    path,
                    *(f"{path}/@{name}".lstrip("/") for name in element.attrib),
                }
                assert told <= known | {""}, prefix


def test_the_examples_of_what_we_write_in_xml_are_what_the_house_takes(xml):
    for prefix in xml.ours:
        assert xml_files.read(prefix, xml.sections[prefix].example.encode()), prefix


def test_an_xml_file_without_something_required_is_refused(xml):
    for prefix, (message_type, _flow) in xml.theirs.items():
        section = xml.sections[prefix]
        for name in section.required - {"Final"}:
            root = etree.fromstring(section.example.encode())
            *rest, last = name.split("/")
            entry = root if xml.theirs[prefix][1].documents is None else root[0]
            place = entry.find("/".join(rest)) if rest else entry
            if last.startswith("@"):
                del place.attrib[last[1:]]
            else:
                place.remove(place.find(last))
            with pytest.raises(DistError):
                xml.house.read(message_type, etree.tostring(root), "file")
