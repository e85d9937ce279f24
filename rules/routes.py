"""Where a transport goes, as far as two of them can be compared: the town of an address."""

import re

_TOWN = re.compile(r"(?:г|гор|пгт|пос|рп|с)\.?\s+(\D.*)|(?:город|село|посёлок|поселок|станица)\s+(\D.*)", re.IGNORECASE)
_WIDER = re.compile(r"\d{6}|россия|рф|.*(?:обл\.?|область|край|республика|р-н|район|ао|округ)|респ\.?.*", re.IGNORECASE)


def town(address: str | None) -> str:
    """«644000, Омская обл., г. Омск, ул. Мира, 5» → «Омск»; without a town in it the first part that is no region."""
    parts = [part.strip() for part in (address or "").split(",") if part.strip()]
    named = [match[1] or match[2] for part in parts if (match := _TOWN.fullmatch(part))]
    first = [part for part in parts if not _WIDER.fullmatch(part)] or parts
    name = " ".join((named or first or [""])[0].split())
    return name.capitalize() if name.isupper() else name[:1].upper() + name[1:]
