"""A batch in one go; one bad item does not take its neighbours along."""

import pytest

from addons.dist_connector_base.core.batching import halve, waves


class Worker:
    """Does work on a batch, all or none; fails for the bad ones."""

    def __init__(self, *bad):
        self.bad, self.done, self.calls = set(bad), [], 0

    def __call__(self, items):
        self.calls += 1
        for item in items:
            if item in self.bad:
                raise ValueError(item)
        self.done += items


def test_hopeful_case_is_one_call():
    work = Worker()
    assert halve(list(range(100)), work) == []
    assert work.calls == 1


def test_bad_item_stands_alone_and_all_others_are_done_in_order():
    work = Worker(37)
    ((item, error),) = halve(list(range(100)), work)
    assert (item, str(error)) == (37, "37")
    assert work.done == [n for n in range(100) if n != 37]


def test_one_bad_item_among_many_costs_few_calls():
    work = Worker(37)
    halve(list(range(1024)), work)
    assert work.calls <= 2 * 10 + 1


def test_several_bad_items_are_told_in_order():
    assert [item for item, _error in halve("abcdef", Worker("b", "e"))] == ["b", "e"]


def test_error_that_is_no_items_fault_goes_through():
    with pytest.raises(ValueError, match="3"):
        halve([1, 2, 3], Worker(3), item_fault=lambda exc: False)


def test_nothing_to_do_is_no_call():
    work = Worker()
    assert halve([], work) == []
    assert work.calls == 0


def test_no_wave_holds_two_of_one_order():
    items = ["a1", "a2", "b1", "a3", "b2", "c1"]
    assert waves(items, lambda item: item[0]) == [
        ["a1", "b1", "c1"],
        ["a2", "b2"],
        ["a3"],
    ]


def test_items_without_a_partition_need_no_second_wave():
    assert waves([1, 2, 3], lambda item: None) == [[1, 2, 3]]
