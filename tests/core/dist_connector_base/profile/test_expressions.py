"""Expressions: JMESPath's meaning, exact numbers, and a path for every fault."""

import datetime as dt
from decimal import Decimal

import jmespath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from addons.dist_connector_base.core.errors import DataError, MappingError
from addons.dist_connector_base.core.profile.context import Context
from addons.dist_connector_base.core.profile.expressions import (
    ExpressionError,
    compile_expression,
)
from addons.dist_connector_base.core.profile.scope import Scope


def evaluate(text, data, **context):
    scope = Scope(Context(**context), "in", data)
    return compile_expression(text).run(data, scope)


def refused(text, data, kind=DataError, **context):
    with pytest.raises(kind) as caught:
        evaluate(text, data, **context)
    return caught.value


NAMES = st.sampled_from(["a", "b", "c"])
DATA = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "a", "x"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner),
    max_leaves=25,
)
EXPRESSIONS = st.recursive(
    NAMES
    | st.sampled_from(["@", "a.b", "a[0]", "b[-1]", "a[]", "[*].a", "*.b", "a[::2]"])
    | st.sampled_from(["`1`", "'x'", "`null`", "`[]`", "a[?b]", "[?a == `1`].b"]),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda p: f"({p[0]}) || ({p[1]})"),
        st.tuples(inner, inner).map(lambda p: f"({p[0]}) && ({p[1]})"),
        st.tuples(inner, inner).map(lambda p: f"({p[0]}) == ({p[1]})"),
        st.tuples(inner, inner).map(lambda p: f"({p[0]}) | ({p[1]})"),
        st.tuples(inner, inner).map(lambda p: f"[{p[0]}, {p[1]}]"),
        st.tuples(inner, inner).map(lambda p: f"{{x: {p[0]}, y: {p[1]}}}"),
        inner.map(lambda e: f"!({e})"),
        inner.map(lambda e: f"({e})[]"),
        st.tuples(NAMES, inner).map(lambda p: f"{p[0]}[?{p[1]}]"),
    ),
    max_leaves=6,
)


@settings(max_examples=600, deadline=None)
@given(EXPRESSIONS, DATA)
def test_expressions_mean_what_jmespath_says(text, data):
    try:
        theirs = jmespath.search(text, data)
    except TypeError:  # their interpreter cannot compare what it cannot order
        return
    assert evaluate(text, data) == theirs


def test_one_is_not_true_and_zero_is_not_false():
    data = {"one": 1, "yes": True, "zero": 0, "no": False}
    assert evaluate("[one == yes, zero == no, one == `1.0`]", data) == [
        False,
        False,
        True,
    ]


def test_decimals_are_compared_and_added_exactly():
    data = {"rows": [{"q": Decimal("0.1")}, {"q": Decimal("0.2")}, {"q": "1.5"}]}
    assert evaluate("sum(rows[].q)", data) == Decimal("1.8")
    assert evaluate("rows[?q < `0.15`] | length(@)", data) == 1


def test_a_formula_in_a_sum_is_found():
    data = {"rows": [{"q": "1"}, {}, {"q": "=1+1"}]}
    error = refused("sum(rows[].q)", data)
    assert error.path == "rows[2].q"
    assert "'=1+1'" in error.message


def test_a_quantity_that_is_missing_is_no_zero():
    data = {"rows": [{"q": "1"}, {"q": ""}]}
    error = refused("sum_by(rows, &q)", data)
    assert (error.path, error.message) == ("rows[1].q", "is missing")
    assert evaluate("sum_by(rows, &q)", {"rows": [{"q": "1"}, {"q": 2}]}) == 3
    assert evaluate("sum_by(rows, &q)", {"rows": []}) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("decimal('1.234,50', ',')", Decimal("1234.50")),
        ("integer('12.0')", 12),
        ("round('2.345', `2`)", Decimal("2.35")),
        ("convert('16', 'oz', 'lb')", Decimal("1")),
        ("convert(`2`, 'm', 'cm')", Decimal("200")),
        ("multiply('1.1', '3')", Decimal("3.3")),
        ("divide('1', '4')", Decimal("0.25")),
        ("date('31.01.2026', '%d.%m.%Y')", dt.date(2026, 1, 31)),
        ("text(date('2027-01-01T00:00:00Z'))", "2027-01-01"),
        ("text(moment('2026-07-01 10:00:00'))", "2026-07-01T08:00:00Z"),
        ("text(moment('01.07.26', '%d.%m.%y', 'UTC'))", "2026-07-01T00:00:00Z"),
        ("text(moment('2026-07-01T10:00:00.1234567Z'))", "2026-07-01T10:00:00.123456Z"),
        ("format_date('2026-07-01T22:30:00Z', '%d.%m.%Y')", "02.07.2026"),
        ("concat('a', `1`, null, '-')", "a1-"),
        ("part('DE-12-X', '-', `1`)", "12"),
        ("right('00340012345678901234', `18`)", "340012345678901234"),
        ("right('12', `18`)", "12"),
        ("if(`0`, 'yes', 'no')", "yes"),
        ("upper('a')", "A"),
        ("setting('channel')", "7"),
        ("distinct(['a', 'b', 'a'])", ["a", "b"]),
        ("max(['2', '10'])", "2"),
        ("max([`2`, `10`])", Decimal(10)),
    ],
)
def test_functions_of_the_trade(text, value):
    found = evaluate(text, {}, timezone="Europe/Berlin", settings={"channel": "7"})
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("decimal(a)", "not a plain number"),
        ("integer('1.5')", "not a whole number"),
        ("convert('1', 'kg', 'm')", "weight cannot be given in m"),
        ("divide('1', '0')", "cannot be reckoned"),
        ("date('31.01.2026')", "not a date such as"),
        ("moment('soon')", "not a time such as"),
        ("moment('2026-01-01', null, 'Mars')", "not a time zone"),
        ("left('abc', a)", "cannot take this value"),
        ("concat(@)", "is not text"),
    ],
)
def test_what_a_function_cannot_take_is_a_data_error(text, words):
    assert words in refused(text, {"a": "1e5"}).message


def test_an_unknown_code_names_vocabulary_value_and_place():
    data = {"parcels": [{"by": {"carrier": "UPS"}}]}
    error = refused("code('carrier', parcels[0].by.carrier)", data, MappingError)
    assert (error.vocabulary, error.value) == ("carrier", "UPS")
    assert error.path == "parcels[0].by.carrier"


def test_rows_are_grouped_in_order_of_appearance():
    rows = [{"no": "2", "x": 1}, {"no": "1", "x": 2}, {"no": "2", "x": 3}]
    groups = evaluate("group_by(@, &no)", rows)
    assert [(g["key"], [r["x"] for r in g["rows"]]) for g in groups] == [
        ("2", [1, 3]),
        ("1", [2]),
    ]


@pytest.mark.parametrize(
    ("text", "of"),
    [
        ("spread(bills, &rows)", {"no": 1, "rows": [{"x": 1}, {"x": 2}]}),
        ("spread(bills, &rows, &{bill: no})", {"bill": 1}),
    ],
)
def test_rows_are_spread_with_what_they_stand_in(text, of):
    bills = [{"no": 1, "rows": [{"x": 1}, {"x": 2}]}, {"no": 2}]
    assert evaluate(text, {"bills": bills}) == [
        {"of": of, "row": {"x": 1}},
        {"of": of, "row": {"x": 2}},
    ]
    assert evaluate("spread(gone, &rows)", {}) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a.", "is not an expression"),
        ("cod('a', b)", "did you mean 'code'?"),
        ("code('a')", "takes 2 arguments, not 1"),
        ("group_by(@, no)", "argument 2"),
        ("sum(&a)", "argument 1"),
        ("a[::0]", "step 0"),
        ("(" * 3000, "longer than"),
        ("(" * 900 + "a" + ")" * 900, "nested too deeply"),
    ],
)
def test_a_wrong_expression_is_refused_when_it_is_compiled(text, words):
    with pytest.raises(ExpressionError, match=words.replace("?", r"\?")):
        compile_expression(text)


def test_an_expression_is_compiled_once():
    assert compile_expression("a.b.c") is compile_expression("a.b.c")


@settings(max_examples=200, deadline=None)
@given(st.text("ab@[]().*?&|!,{}:'`0 ", max_size=20), DATA)
def test_any_text_is_a_value_or_a_classified_fault(text, data):
    try:
        found = evaluate(text, data)
    except (ExpressionError, DataError) as exc:
        found = str(exc)
    assert not callable(found)
