"""Fees of a warehouse against what was agreed."""

from decimal import Decimal

import pytest

from addons.dist_3pl.core.charges import Facts, Rate, choose, expected, judge

PICK = Rate(1, "pick", "line", Decimal("0.50"), base=Decimal(2), included=Decimal(1))
FREIGHT = Rate(
    2,
    "freight",
    "parcel",
    Decimal("6.00"),
    tolerance_percent=Decimal(5),
    tolerance_amount=Decimal("0.50"),
)
RATES = [PICK, FREIGHT]
WORK = Facts(
    lines=Decimal(3),
    units=Decimal(12),
    parcels=Decimal(2),
    weight_kg=Decimal("4.2"),
    carrier="UPS",
)


def finding(fee, *amounts, facts=WORK, rates=RATES):
    return judge(
        fee, [Decimal(str(amount)) for amount in amounts], rates, facts
    ).finding


def test_what_was_agreed_is_base_and_price_beyond_what_is_included():
    assert expected(PICK, WORK) == Decimal("3.00")


@pytest.mark.parametrize(
    ("basis", "amount"),
    [("order", 1), ("line", 3), ("unit", 12), ("parcel", 2), ("kg", "4.20")],
)
def test_each_basis_is_what_we_know_of_the_work(basis, amount):
    assert expected(Rate(1, "x", basis, Decimal(1)), WORK) == Decimal(amount)


def test_a_fee_as_agreed_is_right():
    assert finding("pick", 3) == "ok"


@pytest.mark.parametrize(("billed", "found"), [(3.01, "too_high"), (2.99, "too_low")])
def test_a_blank_tolerance_allows_nothing_in_either_direction(billed, found):
    assert finding("pick", billed) == found


def test_both_tolerances_must_hold():
    # 5 % of 12.00 are 0.60, but no more than 0.50
    assert finding("freight", 12.50) == "ok"
    assert finding("freight", 12.55) == "too_high"
    # 0.50 would do, but 5 % of 6.00 are 0.30
    one = Facts(parcels=Decimal(1), carrier="UPS")
    assert finding("freight", 6.30, facts=one) == "ok"
    assert finding("freight", 6.40, facts=one) == "too_high"


def test_a_freight_billed_parcel_by_parcel_is_judged_in_the_sum():
    assert finding("freight", 6, 6) == "ok"
    assert finding("freight", 6) == "too_low"


def test_the_same_fee_once_more_is_a_duplicate():
    assert finding("freight", 12, 12) == "duplicate"


def test_a_credit_puts_it_right():
    assert finding("freight", 12, 12, -12) == "ok"


def test_work_that_we_do_not_know_is_told():
    assert finding("pick", 3, facts=None) == "unknown_reference"


def test_a_fee_without_a_rate_is_told():
    assert finding("storage", 3) == "no_rate"


def test_a_rate_by_weight_needs_a_weight():
    heavy = Rate(3, "freight", "order", Decimal(20), weight_from=Decimal(5))
    light = Rate(4, "freight", "order", Decimal(9), weight_to=Decimal(5))
    assert choose([heavy, light], "freight", WORK) is light
    at_the_limit = Facts(weight_kg=Decimal(5))
    assert choose([heavy, light], "freight", at_the_limit) is heavy
    assert choose([heavy, light], "freight", Facts()) is None
    assert finding("freight", 9, facts=Facts(), rates=[heavy, light]) == "no_rate"
    by_kg = Rate(5, "freight", "kg", Decimal(2))
    assert finding("freight", 9, facts=Facts(), rates=[by_kg]) == "no_basis"


def test_the_rate_of_the_carrier_is_taken_before_the_one_for_all():
    dhl = Rate(3, "freight", "parcel", Decimal(9), carrier="DHL")
    assert choose([dhl, FREIGHT], "freight", WORK) is FREIGHT
    assert choose([dhl, FREIGHT], "freight", Facts(carrier="DHL")) is dhl


def test_what_the_partner_counted_is_taken_where_the_rate_says_so():
    storage = Rate(3, "storage", "stated", Decimal("1.20"))
    facts = Facts(stated=Decimal(10))
    assert finding("storage", 12, facts=facts, rates=[storage]) == "ok"


def test_freight_without_a_rate_is_what_was_confirmed_with_the_shipment():
    told = Facts(confirmed=Decimal("7.50"))
    assert finding("freight", "7.50", facts=told, rates=[]) == "ok"
    assert finding("freight", "7.51", facts=told, rates=[]) == "too_high"
    assert finding("pick", "7.50", facts=told, rates=[]) == "no_rate"


def test_a_rate_for_freight_counts_before_what_was_confirmed():
    told = Facts(confirmed=Decimal("7.50"), parcels=Decimal(2))
    assert finding("freight", "12", facts=told, rates=[FREIGHT]) == "ok"


def test_confirmed_freight_may_be_billed_with_a_surcharge():
    surcharge = Rate(3, "freight", "confirmed", Decimal("1.05"))
    told = Facts(confirmed=Decimal("10"))
    assert finding("freight", "10.50", facts=told, rates=[surcharge]) == "ok"
    assert finding("freight", "10.50", facts=Facts(), rates=[surcharge]) == "no_basis"
