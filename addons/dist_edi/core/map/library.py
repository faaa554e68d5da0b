"""Maps: loading, overlays, and finding the one for a message or a document."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from ....dist_connector_base.core.canonical.base import DOCUMENTS, Document
from ....dist_connector_base.core.errors import ConfigurationError
from ..guide.tree import Loop
from ..guide.yamlfile import YamlFile, read_yaml
from .codes import CodeTables, merged
from .overlay import changed
from .plan import Compiler, Rule
from .reader import TreeReader
from .result import Mapped
from .schema import Entry, LoopEntry, MapFile, OverlayFile, SharedFile
from .shapes import SHAPES
from .writer import DocumentWriter, Written, meant_paths

#: Where the maps of the suite stand: ``x12/order.850.yaml``, ``edifact/...``.
MAPS = Path(__file__).resolve().parents[2] / "maps"


@dataclass(frozen=True)
class Map:
    """One map, ready for both directions.

    :ivar name: ``x12/order.850``
    :ivar zone: IANA name of the zone of times in the message
    """

    name: str
    standard: str
    message: str
    read_also: tuple[str, ...]
    document: str
    shape: str
    zone: str
    default: bool
    rules: list[Rule]
    codes: Mapping[str, Mapping[str, str]]
    ignore: frozenset[str]

    def read(
        self,
        tree: Loop,
        *,
        codes: Mapping[str, Mapping[str, str]] | None = None,
        zone: str | None = None,
        defaults: Mapping[str, Any] | None = None,
    ) -> Mapped:
        """Make the canonical document of a message.

        Never raises for what the message holds; see :meth:`Mapped.require`.

        :param codes: the agreement's code tables, laid over the map's
        :param zone: the zone of the partner's times, where the agreement knows it
        :param defaults: fields that the agreement fills where the message does not,
            such as the warehouse
        """
        tables = CodeTables(merged(codes or {}, self.codes))
        reader = TreeReader(self.rules, self.standard, tables, zone or self.zone)
        data = reader.data(tree)
        if self.shape:
            data = SHAPES[self.shape].to_document(data)
        data = {**(defaults or {}), **data}
        mapped = reader.document(data, self.document)
        mapped.unread = reader.unread(tree, self.ignore)
        return mapped

    def write(
        self,
        document: Document,
        *,
        codes: Mapping[str, Mapping[str, str]] | None = None,
        zone: str | None = None,
    ) -> Written:
        """Make the segments of a message, without ST/SE or UNH/UNT.

        :param codes: the agreement's code tables, laid over the map's
        :param zone: the zone in which the partner wants times
        """
        if document.doc_type != self.document:
            raise TypeError(f"{self.name} does not map a {document.doc_type}")
        tables = CodeTables(merged(codes or {}, self.codes))
        writer = DocumentWriter(self.rules, self.standard, tables, zone or self.zone)
        data = document.model_dump(mode="python", exclude_none=True)
        if self.shape:
            written = writer.write(SHAPES[self.shape].to_message(data))
            written.unmapped = writer.unmapped_names(meant_paths(document))
        else:
            written = writer.write(data)
            written.unmapped = writer.unmapped(meant_paths(document))
        return written


@cache
def load(name: str) -> Map:
    """Load a map of the suite by its name, such as ``x12/order.850``.

    :raises ConfigurationError: naming file, line and path
    """
    return load_file(MAPS / f"{name}.yaml", name)


def load_file(path: Path, name: str = "") -> Map:
    """Load a map, or a partner's overlay of one, from a file.

    :raises ConfigurationError: naming file, line and path
    """
    yaml_file = read_yaml(path, path.name)
    if isinstance(yaml_file.data, dict) and "extends" in yaml_file.data:
        return _overlaid(yaml_file, yaml_file.as_model(OverlayFile))
    return _compiled(yaml_file, yaml_file.as_model(MapFile), name)


def find(standard: str, message: str, document: str | None = None) -> Map:
    """Give the map for a message type, and for a document where several fit.

    :param message: ``850``, ``ORDERS``
    :raises ConfigurationError: when there is none
    """
    own = [name for name in _names_in(standard) if name.endswith(f".{message}")]
    # The name tells the message; only maps that read others too must be looked into
    for held in map(load, own or _names_in(standard)):
        if message in (held.message, *held.read_also) and (
            held.document == document if document else held.default
        ):
            return held
    what = f" of document {document}" if document else ""
    raise ConfigurationError(f"there is no map for {standard} {message}{what}")


def find_for(standard: str, document: str) -> Map:
    """Give the map that writes a document in a standard.

    :raises ConfigurationError: when there is none
    """
    for name in _names_in(standard):
        if name.startswith(f"{standard}/{document}."):
            return load(name)
    raise ConfigurationError(f"there is no map for a {document} in {standard}")


def _names_in(standard: str) -> list[str]:
    return [name for name in names() if name.startswith(f"{standard}/")]


def names() -> Iterator[str]:
    """Give the names of all maps of the suite, shared files left out."""
    for path in sorted(MAPS.glob("*/*.yaml")):
        if not path.stem.startswith("_"):
            yield f"{path.parent.name}/{path.stem}"


def all_maps() -> list[Map]:
    """Give all maps of the suite."""
    return [load(name) for name in names()]


@cache
def _shared(standard: str) -> tuple[SharedFile, YamlFile]:
    yaml_file = read_yaml(MAPS / standard / "_shared.yaml", f"{standard}/_shared.yaml")
    return yaml_file.as_model(SharedFile), yaml_file


def _places(entries: list[Entry], file: YamlFile, path: tuple) -> Iterator[tuple]:
    """Give each entry with the file and path where it stands."""
    for number, entry in enumerate(entries):
        here = (*path, number)
        yield id(entry), (file, here)
        if isinstance(entry, LoopEntry):
            yield from _places(entry.segments, file, (*here, "segments"))


def _origins(held: MapFile | SharedFile, file: YamlFile) -> dict[int, tuple]:
    found: dict[int, tuple] = {}
    for name, entries in held.fragments.items():
        found.update(_places(entries, file, ("fragments", name)))
    if isinstance(held, MapFile):
        found.update(_places(held.segments, file, ("segments",)))
    return found


def _compiled(
    yaml_file: YamlFile,
    held: MapFile,
    name: str,
    more: Mapping[int, tuple] | None = None,
) -> Map:
    shared, shared_yaml = _shared(held.standard)
    codes = merged(held.codes, shared.codes)
    origins = {
        **_origins(shared, shared_yaml),
        **_origins(held, yaml_file),
        **(more or {}),
    }

    def complain(message: str, entry: Any) -> ConfigurationError:
        file, path = origins.get(id(entry), (yaml_file, ()))
        return file.error(message, path)

    if held.document not in DOCUMENTS:
        raise yaml_file.error(f"no document {held.document!r}", ("document",))
    if held.shape and held.shape not in SHAPES:
        raise yaml_file.error(f"no shape {held.shape!r}", ("shape",))
    model = SHAPES[held.shape].model if held.shape else DOCUMENTS[held.document]
    compiler = Compiler({**shared.fragments, **held.fragments}, codes, complain)
    return Map(
        name=name or held.map,
        standard=held.standard,
        message=held.message,
        read_also=tuple(held.read_also),
        document=held.document,
        shape=held.shape,
        zone=held.zone,
        default=held.default,
        rules=compiler.rules(held.segments, model),
        codes=codes,
        ignore=frozenset(shared.ignore),
    )


def _overlaid(yaml_file: YamlFile, overlay: OverlayFile) -> Map:
    base_path = MAPS / f"{overlay.extends}.yaml"
    base_yaml = read_yaml(base_path, base_path.name)
    base = base_yaml.as_model(MapFile)
    more: dict[int, tuple] = _origins(base, base_yaml)
    segments = base.segments
    for number, change in enumerate(overlay.changes):
        here = ("changes", number)
        for kind in ("before", "after", "replace"):
            more.update(_places(getattr(change, kind), yaml_file, (*here, kind)))
        try:
            segments = changed(segments, change, more, (yaml_file, here))
        except ValueError as exc:
            raise yaml_file.error(str(exc), here) from exc
    merged_file = base.model_copy(
        update={
            "segments": segments,
            "zone": overlay.zone or base.zone,
            "codes": merged(overlay.codes, base.codes),
        }
    )
    compiled = _compiled(base_yaml, merged_file, overlay.map, more)
    return replace(compiled, default=False)
