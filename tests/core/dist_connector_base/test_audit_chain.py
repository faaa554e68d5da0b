"""The hash chain of the audit trail."""

from addons.dist_connector_base.core.audit_chain import GENESIS, check_links, link


def chain(*contents):
    rows, previous = [], GENESIS
    for seq, content in enumerate(contents, 1):
        seal = link(previous, seq, content)
        rows.append((seq + 100, seq, previous, seal, content))
        previous = seal
    return rows


def told(rows, last=(0, GENESIS)):
    findings, _last = check_links(rows, last)
    return [(finding.entry_id, finding.text) for finding in findings]


def test_chain_holds_also_when_checked_in_parts():
    rows = chain("a", "b", "c")
    findings, last = check_links(rows[:2], (0, GENESIS))
    assert not findings
    assert told(rows[2:], last) == []


def test_changed_content_names_its_entry_alone():
    rows = chain("a", "b", "c")
    rows[1] = (*rows[1][:4], "x")
    assert told(rows) == [(102, "entry 102, number 2, was changed")]


def test_content_sealed_anew_breaks_the_entry_behind_it():
    rows = chain("a", "b", "c")
    rows[1] = (*rows[1][:3], link(rows[1][2], 2, "x"), "x")
    ((entry, text),) = told(rows)
    assert entry == 103 and "replaced or reordered" in text


def test_removed_entries_are_named_by_their_numbers():
    rows = chain("a", "b", "c", "d")
    ((entry, text),) = told([rows[0], rows[3]])
    assert entry == 104 and "number 2 to 3 was removed" in text


def test_number_is_part_of_the_seal():
    rows = chain("a")
    moved = [(101, 2, *rows[0][2:])]
    assert any("was changed" in text for _entry, text in told(moved, (1, GENESIS)))
