"""The distributor's price list comes from a file, all of it or nothing."""

from datetime import date
from decimal import Decimal

import pytest
from openpyxl import Workbook

from robots.load_prices import WrongList, load_prices
from robots.price_rows import prices_on

SUIT, BOOTS = "Полукомбинезон «Мастер»", "Сапоги утеплённые «Ямал»"


def test_a_price_list_is_taken_whole_or_not_at_all(company, tmp_path):
    engine, table = company.engine, tmp_path / "прайс.csv"
    table.write_text(
        f"Прайс-лист дистрибьютора\nТовар;Цена;Действует с\n{SUIT};1 752,00;01.01.2026\nКаска;900;\n", encoding="cp1251"
    )
    with pytest.raises(WrongList) as wrong:
        load_prices(engine, table)
    assert wrong.value.mistakes == ("строка 4: товара «Каска» нет в каталоге портала",)
    assert prices_on(engine.storage, date(2026, 11, 1)) == []
    table.write_text(
        f"Товар;Цена;Действует с\n{SUIT};1 752,00;01.01.2026\n{SUIT};1 900,50;10.11.2026\n", encoding="utf-8"
    )
    assert load_prices(engine, table) == 2
    assert [one.price for one in prices_on(engine.storage, date(2026, 11, 1))] == [Decimal("1752.00")]
    book = Workbook()
    for row in (("Товар", "Цена", "Действует с"), (BOOTS, 5184.5, date(2026, 1, 1))):
        book.active.append(row)
    book.save(tmp_path / "прайс.xlsx")
    assert load_prices(engine, tmp_path / "прайс.xlsx") == 1
    assert {one.product: one.price for one in prices_on(engine.storage, date(2026, 12, 1))} == {
        SUIT: Decimal("1900.50"),
        BOOTS: Decimal("5184.50"),
    }
    for nonsense in (tmp_path / "нет.xlsx", tmp_path / "пусто.csv"):
        nonsense.write_bytes(b"")
        with pytest.raises(WrongList):
            load_prices(engine, nonsense)
