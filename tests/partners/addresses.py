"""Where the partner ships to: the rule that refuses an address."""

import re
from collections.abc import Mapping

#: Postal codes as the carriers' label printers take them.
POSTAL_CODES = {
    "US": r"\d{5}(-\d{4})?",
    "CA": r"[A-Z]\d[A-Z] ?\d[A-Z]\d",
    "GB": r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}",
    "DE": r"\d{5}",
    "FR": r"\d{5}",
    "IT": r"\d{5}",
    "ES": r"\d{5}",
    "AT": r"\d{4}",
    "BE": r"\d{4}",
    "CH": r"\d{4}",
    "NL": r"\d{4} ?[A-Z]{2}",
}

#: User-assigned codes of ISO 3166-1: no country at all.
NO_COUNTRY = {"AA", "QM", "XX", "ZZ"}


def refusal(address: Mapping[str, str]) -> dict[str, str]:
    """Return field -> reason for what is wrong; empty when the address is served.

    :param address: ``street``, ``city``, ``zip``, ``country``
    """
    wrong = {
        field: f"The {field} is missing."
        for field in ("street", "city")
        if not (address.get(field) or "").strip()
    }
    country = (address.get("country") or "").strip()
    postal_code = (address.get("zip") or "").strip().upper()
    if not re.fullmatch(r"[A-Z]{2}", country) or country in NO_COUNTRY:
        wrong["country"] = f"{country!r} is not an ISO 3166-1 alpha-2 country."
    elif not re.fullmatch(POSTAL_CODES.get(country, ".+"), postal_code):
        wrong["zip"] = f"{postal_code!r} is not a postal code of {country}."
    return wrong
