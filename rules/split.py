"""«Разложение обеспечения»: where each product of an order comes from, lines «товар: склад N / производство N / поставщик N»."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from rules import reading
from rules.shipping import Counted

HOW_TO_WRITE = "Каждая строка пишется так: «Костюм «Север»: склад 40 / производство 60 / поставщик 0»"
PLACES = {"склад": "stock", "производство": "make", "поставщик": "buy", "вручную": "manual"}
"""Words of the field; «вручную» is what has no product of the catalogue (E-SO-8)."""

_PLACE = re.compile(rf"(?P<place>{'|'.join(PLACES)})\s*(?P<quantity>[\d\s.,]+)(?:шт\.?)?", re.IGNORECASE)
_SIZE = r"(?:р(?:азмер|азм|-р)?\.?\s*|рост\.?\s*)?"
_SIZES = re.compile(
    rf"[\s,;/(]+(?:{_SIZE}\d{{2,3}}(?:\s*[-–—/]\s*\d{{2,3}})*|{_SIZE}[2-6]?X{{0,4}}[SML](?:\s*[-–/]\s*[2-6]?X{{0,4}}[SML])*)\)?$",
    re.IGNORECASE,
)


class WrongSplit(ValueError):
    """A split that cannot be read; the text tells people how to write it."""


@dataclass(frozen=True)
class Split:
    """How much of a product is on stock, is made, is bought, and is left to people."""

    product: str
    stock: Decimal = Decimal(0)
    make: Decimal = Decimal(0)
    buy: Decimal = Decimal(0)
    manual: Decimal = Decimal(0)

    @property
    def quantity(self) -> Decimal:
        return self.stock + self.make + self.buy + self.manual


def line(split: Split) -> str:
    """«Костюм: склад 40 / производство 60 / поставщик 0»; «вручную» only where there is something."""
    said = {place: getattr(split, name) for place, name in PLACES.items() if name != "manual" or split.manual}
    each = (f"{place} {reading.quantity_text(quantity)}" for place, quantity in said.items())
    return f"{split.product}: {' / '.join(each)}"


def text(splits: Iterable[Split]) -> str:
    """The whole field."""
    return "\n".join(map(line, splits))


def parse(text: str) -> list[Split]:
    """The field as splits; places that a line does not name get nothing. Raises WrongSplit."""
    return [_split(line.strip()) for line in text.splitlines() if line.strip()]


def check(splits: Sequence[Split], rows: Sequence[Counted]) -> list[str]:
    """What does not fit the order, a sentence a product; nothing when all of it is split."""
    ordered = _sums((row.product, row.quantity) for row in rows)
    found = _sums((split.product, split.quantity) for split in splits)
    said = {
        reading.name_key(name): name for name in (*(split.product for split in splits), *(row.product for row in rows))
    }
    return [
        f"{said[key]}: в заказе {reading.quantity_text(ordered.get(key, Decimal(0)))}, "
        f"разложено {reading.quantity_text(found.get(key, Decimal(0)))}"
        for key in dict.fromkeys((*ordered, *found))
        if ordered.get(key, 0) != found.get(key, 0)
    ]


def family(product: str) -> str:
    """The name without its size: «Костюм «Север», р. 52-54/170-176» and «Костюм «Север» 48-50» are made together."""
    name = " ".join(product.split())
    while (shorter := _SIZES.sub("", name).rstrip(" ,;/(")) != name and shorter:
        name = shorter
    return name


def _split(line: str) -> Split:
    product, colon, places = line.rpartition(":")
    found = [_PLACE.fullmatch(part.strip()) for part in places.split("/")]
    if not colon or not product.strip() or not all(found):
        raise WrongSplit(f"«Разложение обеспечения», строка «{line}» не читается. {HOW_TO_WRITE}.")
    quantities: dict[str, Decimal] = {}
    for match in found:
        name = PLACES[match["place"].lower()]
        try:
            quantities[name] = quantities.get(name, Decimal(0)) + reading.number(match["quantity"])
        except ValueError as wrong:
            raise WrongSplit(f"«Разложение обеспечения», строка «{line}»: {wrong}. {HOW_TO_WRITE}.") from None
    return Split(product.strip(), **quantities)


def _sums(pairs: Iterable[tuple[str, Decimal]]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for product, quantity in pairs:
        key = reading.name_key(product)
        sums[key] = sums.get(key, Decimal(0)) + quantity
    return sums
