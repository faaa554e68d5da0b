"""XML as plain data, both ways; nothing in a document can make us read or build more.

An element is its text, or a group: attributes as ``_name``, child elements by name,
and ``_text`` where there is text beside them. What may repeat is agreed as a list and
always is one, so a document with one line looks like a document with two. Document
types and entities are refused before anything is parsed.
"""

import codecs
import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from lxml import etree

from ..errors import DataError, FatalError
from .bytes_text import decode_text, looks_like_html

MAX_DEPTH = 60
ATTRIBUTE = "_"
TEXT = "_text"

_DECLARED = re.compile(
    rb"<\?xml\s[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z][\w.-]{0,40})[\"']"
)
#: What may stand before the root: blanks, the declaration, instructions, comments.
_BEFORE_ROOT = re.compile(r"\s+|<\?.*?\?>|<!--.*?-->", re.DOTALL)
_NAME = re.compile(r"[A-Za-z_][\w.-]*")
#: Characters that XML 1.0 cannot hold in any way.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class XmlForm:
    """What was agreed.

    :ivar root: name of the root element; without it the data holds the root by name
    :ivar namespaces: prefix as the profile writes it → namespace; the prefix ``""``
        needs none in names. Without any, namespaces are not looked at
    :ivar lists: elements that may repeat: a name, or the end of a path (``Lines.Line``)
    :ivar charset: as agreed; without it, as the document says, UTF-8 at last
    :ivar declaration: whether we write ``<?xml ...?>``
    """

    root: str = ""
    namespaces: Mapping[str, str] = field(default_factory=dict)
    lists: tuple[str, ...] = ()
    charset: str = ""
    declaration: bool = True


def decode(payload: bytes, form: XmlForm) -> Any:
    """Read XML.

    :return: the content of the agreed root; without an agreed root, ``{root: content}``
    :raises DataError: malformed (line and column), a document type, another root or
        namespace than agreed, an element that repeats and is no list, too deep
    """
    text = decode_text(payload, form.charset or _charset(payload))
    refuse_document_type(text)
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )
    try:
        root = etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as exc:
        words = "is a web page" if looks_like_html(payload) else "is not XML"
        line, column = exc.position
        raise DataError(
            f"{words}: {exc.msg}", path=f"line {line}, column {column}"
        ) from exc
    reader = _Reader(form)
    name = reader.name(root)
    if form.root and name != form.root:
        raise DataError(f"is a <{name}>, a <{form.root}> was agreed", path="line 1")
    content = reader.content(root, (), 1)
    return content if form.root else {name: content}


def _charset(payload: bytes) -> str:
    """Give the charset that the document itself tells."""
    for mark, name in (
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if payload.startswith(mark):
            return name
    found = _DECLARED.match(payload.removeprefix(codecs.BOM_UTF8).lstrip()[:300])
    return found[1].decode() if found else "utf-8"


def refuse_document_type(text: str) -> None:
    """Look at what stands before the root: there alone a document type can stand.

    :raises DataError: for one, since it can define entities that grow without end or
        read our files
    """
    at = 0
    while match := _BEFORE_ROOT.match(text, at):
        at = match.end()
    if text[at : at + 2] == "<!":
        raise DataError(
            "has a document type (DOCTYPE), which is not taken",
            path=f"line {text.count(chr(10), 0, at) + 1}",
            next_step="Ask the sender for XML without a DOCTYPE.",
        )


class _Reader:
    """Turns elements into data by one form."""

    def __init__(self, form: XmlForm) -> None:
        self._prefixes = {uri: prefix for prefix, uri in form.namespaces.items()}
        self._lists = [tuple(entry.split(".")) for entry in form.lists]

    def name(self, element: Any) -> str:
        """Give the agreed name of an element.

        :raises DataError: when it is in another namespace than was agreed
        """
        return self._name(element.tag, element)

    def _name(self, tag: str, element: Any, attribute: bool = False) -> str:
        uri, local = tag[1:].split("}", 1) if tag.startswith("{") else ("", tag)
        if not self._prefixes or (attribute and not uri):
            return local
        if uri not in self._prefixes and (uri or "" in self._prefixes.values()):
            where = f"in the namespace {uri[:120]!r}" if uri else "in no namespace"
            raise DataError(
                f"<{local}> is {where}, which was not agreed",
                path=f"line {element.sourceline}",
            )
        prefix = self._prefixes.get(uri, "")
        return f"{prefix}:{local}" if prefix else local

    def content(self, element: Any, path: tuple[str, ...], depth: int) -> Any:
        """Give an element's text, or its group; None when it is empty."""
        if depth > MAX_DEPTH:
            raise DataError(f"is nested deeper than {MAX_DEPTH} levels")
        group: dict[str, Any] = {
            ATTRIBUTE + self._name(name, element, attribute=True): value
            for name, value in element.attrib.items()
            if not name.startswith("{http://www.w3.org/2001/XMLSchema-instance}")
        }
        for child in element:
            self._add(group, child, path, depth)
        for name in self._listed(path):
            if len(element):
                group.setdefault(name, [])
        text = _text(element)
        if not group:
            return text
        if text is not None:
            group[TEXT] = text
        return group

    def _add(self, group: dict[str, Any], child: Any, path, depth: int) -> None:
        name = self.name(child)
        inner = (*path, name)
        value = self.content(child, inner, depth + 1)
        if self._is_list(inner):
            group.setdefault(name, []).append(value)
        elif name in group:
            raise DataError(
                f"<{name}> stands more than once, and is not agreed as a list",
                path=".".join(inner),
                next_step="Name it under lists in the profile's format, or ask the "
                "sender.",
            )
        else:
            group[name] = value

    def _is_list(self, path: tuple[str, ...]) -> bool:
        return any(path[-len(entry) :] == entry for entry in self._lists)

    def _listed(self, path: tuple[str, ...]) -> Iterator[str]:
        """Give the lists that are agreed by path to stand in an element."""
        for entry in self._lists:
            if len(entry) > 1 and path[-(len(entry) - 1) :] == entry[:-1]:
                yield entry[-1]


def _text(element: Any) -> str | None:
    parts = [element.text or "", *((child.tail or "") for child in element)]
    text = "".join(parts)
    return text if text and not text.isspace() else None


# --------------------------------------------------------------------- writing


def encode(data: Any, form: XmlForm) -> bytes:
    """Write the content of the agreed root; null leaves no element.

    :raises DataError: for what XML or the charset cannot hold, with its path
    :raises FatalError: when no root was agreed, or a name is no name
    """
    if not form.root:
        raise FatalError("XML cannot be written without the name of its root")
    nsmap = {prefix or None: uri for prefix, uri in form.namespaces.items()}
    root = etree.Element(_tag(form.root, form), nsmap=nsmap or None)
    _fill(root, data, form, "")
    charset = form.charset or "utf-8"
    text = etree.tostring(root, encoding="unicode")
    head = f'<?xml version="1.0" encoding="{charset.upper()}"?>\n'
    try:
        return ((head if form.declaration else "") + text).encode(
            charset, "xmlcharrefreplace"
        )
    except LookupError as exc:
        raise FatalError(f"{charset!r} is not a charset") from exc


def _tag(name: str, form: XmlForm, attribute: bool = False) -> str:
    prefix, colon, local = name.rpartition(":")
    if not _NAME.fullmatch(local) or (colon and prefix not in form.namespaces):
        raise FatalError(f"{name!r} is no name of an XML element")
    uri = form.namespaces.get(prefix if colon else "", "")
    # an attribute without a prefix is in no namespace (Namespaces in XML 1.0, 6.2)
    return f"{{{uri}}}{local}" if uri and (colon or not attribute) else local


def _fill(element: Any, value: Any, form: XmlForm, path: str) -> None:
    if not isinstance(value, dict):
        element.text = _written(value, path)
        return
    for name, held in value.items():
        where = f"{path}.{name}" if path else name
        if held is None:
            continue
        if name == TEXT:
            element.text = _written(held, where)
        elif name.startswith(ATTRIBUTE):
            tag = _tag(name.removeprefix(ATTRIBUTE), form, attribute=True)
            element.set(tag, _written(held, where))
        else:
            for entry in held if isinstance(held, list) else [held]:
                _fill(etree.SubElement(element, _tag(name, form)), entry, form, where)


def _written(value: Any, path: str) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dt.date):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, (str, int)):
        text = str(value)
        if match := _UNWRITABLE.search(text):
            raise DataError(f"XML cannot hold the character {match[0]!r}", path=path)
        return text
    raise FatalError(f"{type(value).__name__} cannot be written as XML ({path})")
