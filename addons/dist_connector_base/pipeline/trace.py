"""What ties the messages of one business case together, here and at partners."""


def correlation_of(record) -> str:
    """Give the correlation id of a record's business case; empty where it has none."""
    if not record or not hasattr(record, "_dist_correlation"):
        return ""
    return record.sudo()._dist_correlation()
