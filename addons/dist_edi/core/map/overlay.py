"""Overlays: a partner's map as differences from the common one."""

from .schema import Change, Entry, LoopEntry, SegmentEntry


def changed(
    entries: list[Entry], change: Change, origins: dict, origin: tuple
) -> list[Entry]:
    """Apply one change to a list of entries and give the new list.

    :param origins: file and path by entry; entries made here are added to it
    :param origin: file and path of the change
    :raises ValueError: when no entry has the path that the change names
    """
    head, _, rest = change.at.partition("/")
    result: list[Entry] = []
    found = False
    for entry in entries:
        if entry.name != head or found:
            result.append(entry)
            continue
        found = True
        if rest:
            if not isinstance(entry, LoopEntry):
                raise ValueError(f"{head} is no loop, {change.at} leads nowhere")
            deeper = change.model_copy(update={"at": rest})
            inner = changed(entry.segments, deeper, origins, origin)
            made = entry.model_copy(update={"segments": inner})
            origins[id(made)] = origins.get(id(entry))
            result.append(made)
        else:
            result += _at(entry, change, origins, origin)
    if not found:
        known = ", ".join(entry.name for entry in entries)
        raise ValueError(f"there is no entry {head}; there are {known}")
    return result


def _at(entry: Entry, change: Change, origins: dict, origin: tuple) -> list[Entry]:
    middle: list[Entry] = [] if change.remove or change.replace else [entry]
    if change.set:
        if not isinstance(entry, SegmentEntry):
            raise ValueError(f"{entry.name} is no segment, its elements cannot be set")
        elements = dict(entry.elements) | dict(change.set)
        made = entry.model_copy(update={"elements": list(elements.items())})
        origins[id(made)] = origin
        middle = [made]
    return [*change.before, *middle, *change.replace, *change.after]
