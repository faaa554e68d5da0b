"""Documents that a map can carry, made from the map itself.

The strategy walks the compiled map: every field that it names may get a value of the
field's kind, codes come from the map's tables, lists get entries. A regrouped map
generates the message's grouping and lets the shape make the document of it.
"""

import datetime as dt
import typing
from decimal import Decimal

from hypothesis import strategies as st

from addons.dist_connector_base.core.canonical import (
    DOCUMENTS,
    Party,
    SalesReport,
)
from addons.dist_connector_base.core.errors import DataError
from addons.dist_edi.core.map.codes import CodeTables
from addons.dist_edi.core.map.plan import LoopRule, _bare
from addons.dist_edi.core.map.shapes import SHAPES

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
WORDS = st.text(LETTERS + "abcxyz -.,", min_size=1, max_size=30).map(
    lambda text: " ".join(text.split())
)
WORDS = WORDS.filter(lambda text: text.strip() == text and text)
KEYS = st.text(LETTERS, min_size=1, max_size=12)
DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2049, 12, 31))
MOMENTS = st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2049, 12, 31)).map(
    lambda moment: moment.replace(second=0, microsecond=0, tzinfo=dt.timezone.utc)
)


def numbers(places):
    """Positive numbers with at most so many decimals."""
    return st.integers(1, 9_999_999).map(lambda digits: Decimal(digits).scaleb(-places))


class MapStrategy:
    """Makes documents for one map."""

    def __init__(self, mapping):
        self.map = mapping
        self.codes = CodeTables(mapping.codes)

    def documents(self):
        cls = DOCUMENTS[self.map.document]
        if not self.map.shape:
            return self.part(cls, self.map.rules).map(cls.parse)
        shape = SHAPES[self.map.shape]
        plain = self.part(shape.model, self.map.rules)
        made = plain.map(lambda data: valid(cls, shape.to_document(plain_copy(data))))
        return made.filter(lambda document: document is not None)

    def part(self, model, rules, fixed=None):
        """A dict for a model, with the fields that the rules name."""
        fields = {}
        self.collect(model, rules, fields)
        model = _bare(model)
        required, optional = {}, {}
        fields = {
            name: st.fixed_dictionaries({}, optional=held.inner).filter(bool)
            if isinstance(held, Group)
            else held
            for name, held in fields.items()
        }
        for name, strategy in fields.items():
            info = model.model_fields[name]
            # LIN without a number and without a product would be an empty segment
            needed = info.is_required() or name in ("line_number", "line_key")
            # Without CUX between them, LOC belongs to the NAD before it
            needed = needed or (name, model) == ("currency", SalesReport)
            (required if needed else optional)[name] = strategy
        for name, value in (fixed or {}).items():
            optional.pop(name, None)
            required[name] = st.just(value)
        made = st.fixed_dictionaries(required, optional=optional)
        return made.map(tidy) if model is Party else made

    def collect(self, model, rules, fields):
        taken = {}
        for rule in rules:
            trigger = rule.trigger if isinstance(rule, LoopRule) else rule
            fields_at = {address for address, _target in trigger.targets}
            for address, values in trigger.qualifiers:
                if address in fields_at:
                    continue
                taken.setdefault((trigger.tag, address), set()).update(values)
        for rule in rules:
            if isinstance(rule, LoopRule):
                self.loop(model, rule, fields)
            else:
                self.segment(model, rule, fields, taken)

    def loop(self, model, rule, fields):
        path = rule.each or rule.into
        if path is None:
            return self.collect(model, rule.rules, fields)
        held = resolve(model, path)
        if rule.each:
            held = _bare(typing.get_args(held)[0])
        inner = self.part(held, rule.rules, rule.where)
        if rule.each:
            # Lists of one field in several loops (pallets, cartons) stay in order
            found = st.lists(inner, min_size=0, max_size=3)
            if resolve_info(model, path).is_required():
                found = st.lists(inner, min_size=1, max_size=3)
            if path[0] in fields:
                found = st.tuples(fields[path[0]], found).map(
                    lambda two: two[0] + two[1]
                )
            fields[path[0]] = found
        else:
            fields[path[0]] = inner.filter(bool)

    def segment(self, model, rule, fields, taken):
        if rule.lines:
            fields[rule.lines[0]] = st.lists(WORDS, min_size=1, max_size=2).map(
                "\n".join
            )
            return
        if rule.each:
            held = _bare(typing.get_args(resolve(model, rule.each))[0])
            inner = {}
            for address, target in rule.targets:
                banned = taken.get((rule.tag, address), set())
                self.put(inner, held, target, banned)
            required = {
                name: strategy
                for name, strategy in inner.items()
                if held.model_fields[name].is_required()
            }
            rest = {name: s for name, s in inner.items() if name not in required}
            entry = st.fixed_dictionaries(required, optional=rest)
            needed = 1 if resolve_info(model, rule.each).is_required() else 0
            fields[rule.each[0]] = st.lists(entry, min_size=needed, max_size=3)
            return
        for _address, target in rule.targets:
            self.put(fields, model, target, set())
        for target in rule.pairs.targets.values() if rule.pairs else ():
            self.put(fields, model, target, set())
        for name in rule.where:
            fields.setdefault(name, st.just(rule.where[name]))

    def put(self, fields, model, target, banned):
        path = target.use.path
        if target.use.has("read") and not target.use.has("code"):
            return
        strategy = self.value(resolve(model, path), target, banned)
        if len(path) == 1:
            if path[0] in fields and target.use.has("length"):
                strategy = st.one_of(fields[path[0]], strategy)
            if path[0] not in fields or target.use.has("length"):
                fields[path[0]] = strategy
        else:
            outer = fields.setdefault(path[0], Group())
            if isinstance(outer, Group):
                outer.inner[path[1]] = strategy

    def value(self, held, target, banned):
        filters = {step.name: step.argument for step in target.use.filters}
        if "code" in filters:
            return self.code(filters["code"], banned)
        if "length" in filters:
            size = int(filters["length"])
            return st.text("0123456789", min_size=size, max_size=size)
        if "sscc" in filters:
            return st.text("0123456789", min_size=18, max_size=18).filter(
                lambda text: not text.startswith("00")
            )
        if target.kind == "number":
            if held is int:
                return st.integers(1, 999)
            if target.use.path[-1:] in (("rate",), ("percent",)):
                return st.integers(1, 9999).map(lambda digits: Decimal(digits) / 100)
            return numbers(2 if {"implied", "round"} & set(filters) else 4)
        if target.kind == "day":
            return DAYS
        if target.kind == "moment":
            precise = any(name in filters for name in ("clock", "dtm"))
            return MOMENTS if precise or self.has_clock(target) else MIDNIGHTS
        return self.words(held, target)

    def has_clock(self, target):
        return any(
            held.use.path == target.use.path and held.use.has("clock")
            for rule in every_segment(self.map.rules)
            for _address, held in rule.targets
        )

    def words(self, held, target):
        if typing.get_origin(held) is typing.Literal:
            return st.sampled_from(typing.get_args(held))
        return {
            "currency": st.sampled_from(["EUR", "USD", "SEK"]),
            "gtin": st.text("0123456789", min_size=13, max_size=13),
            "number": KEYS,
        }.get(target.use.path[-1] if target.use.path else "", KEYS)

    def code(self, table, banned):
        held = self.map.codes[table]
        known = [
            meaning
            for code, meaning in held.items()
            if code != "*"
            and meaning
            and self.codes.partner(table, meaning) not in banned
        ]
        if "*" in held and len(known) < 2:
            known += ["QQ", "US"] if table == "country" else ["QQ", "XYZ"]
        return st.sampled_from(sorted(set(known)))


MIDNIGHTS = DAYS.map(
    lambda day: dt.datetime(day.year, day.month, day.day, tzinfo=dt.timezone.utc)
)


def valid(cls, data):
    """The document, or None where a package is empty or a line has no product."""
    packages = list(data.get("packages") or [])
    while packages:
        package = packages.pop()
        packages += package.get("packages") or []
        if not package.get("lines") and not package.get("packages"):
            return None
    try:
        return cls.parse(data)
    except DataError:
        return None


class Group:
    """Fields of a part that is addressed by a dotted path."""

    def __init__(self):
        self.inner = {}


def every_segment(rules):
    for rule in rules:
        if isinstance(rule, LoopRule):
            yield from every_segment(rule.rules)
        else:
            yield rule


def resolve(model, path):
    held = _bare(model)
    for step in path:
        held = _bare(held.model_fields[step].annotation)
    return held


def resolve_info(model, path):
    return _bare(model).model_fields[path[0]]


def tidy(data):
    """What no message can tell apart: a code and its scheme come together."""
    if ("code" in data) != ("scheme" in data):
        return {
            name: held for name, held in data.items() if name not in ("code", "scheme")
        }
    return data


def plain_copy(value):
    if isinstance(value, dict):
        return {name: plain_copy(held) for name, held in value.items()}
    if isinstance(value, list):
        return [plain_copy(held) for held in value]
    return value
