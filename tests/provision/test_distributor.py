"""Rates of the branches and price lists, as IT enters them: flask rates, flask prices."""

import io
from datetime import date, datetime
from decimal import Decimal

import pytest
from click.testing import CliRunner
from openpyxl import Workbook
from pydantic import SecretStr

import commands
from reports import table


def typed(company, *words):
    """(exit code, what was said) of `flask rates …`."""
    plain = {
        name: one.get_secret_value() if isinstance(one, SecretStr) else one
        for name, one in dict(company.settings).items()
    }
    environment = {name.upper(): str(one) for name, one in plain.items() if one is not None}
    command = next(one for one in commands.COMMANDS if one.name == words[0])
    done = CliRunner().invoke(command, words[1:], env=environment)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.output


@pytest.fixture
def enter(company, tmp_path):
    """`enter("rates", "load", text)`: a CSV of that text is loaded."""

    def load(*words, text, **options):
        path = tmp_path / "table.csv"
        path.write_bytes(text.encode("cp1251"))
        return typed(
            company, *words, str(path), *(part for name, value in options.items() for part in (f"--{name}", value))
        )

    return load


def test_rates_are_set_corrected_removed_and_listed(company):
    volga = company.new_branch("Волга", city="Казань")
    company.new_branch("Ока")
    assert typed(company, "rates", "set", "волга", "1,25", "--from", "01.01.2026") == (
        0,
        f"Волга (Казань) (№ {volga}): 1,25% с 01.01.2026\n",
    )
    code, said = typed(company, "rates", "set", str(volga), "1.5", "--from", "01.01.2027", "--note", "приказ 7")
    assert (code, said) == (0, f"Волга (Казань) (№ {volga}): 1,25% с 01.01.2026 по 31.12.2026; 1,5% с 01.01.2027\n")
    for words, why in {
        (
            "set",
            "Волга",
            "2",
            "--from",
            "01.06.2026",
        ): "Ставка 2% с 01.06.2026 перекрывает начало ставки 1,5% с 01.01.2027",
        ("set", "Волга", "10.5", "--from", "01.02.2027"): "Ставка 10,5% не принята: укажите от 0 до 10%",
        ("set", "Волго", "1", "--from", "01.02.2027"): "«Волго»: такого филиала на портале нет.",
        ("correct", "Волга", "01.01.2027", "--from", "01.12.2026"): "пересекаются",
        ("remove", "Волга", "02.01.2027"): "С 02.01.2027 не начинается ни одна ставка",
        ("set", "Волга", "1", "--from", "завтра"): "«завтра» — не дата",
    }.items():
        code, said = typed(company, "rates", *words)
        assert (code, why in said) == (1, True), said
    assert typed(company, "rates", "correct", "Волга", "01.01.2026", "--to", "30.11.2026", "--rate", "0.1250")[0] == 0
    assert company.rates(volga) == ["0,125% с 01.01.2026 по 30.11.2026", "1,5% с 01.01.2027 (приказ 7)"]
    said = typed(company, "rates", "list", "--on", "15.12.2026")[1].splitlines()
    assert [line.split() for line in said[1:]] == [
        [str(volga), "Волга", "(Казань)", "—", "—", "—"],
        [str(volga + 1), "Ока", "—", "—", "—"],
    ]
    assert typed(company, "rates", "remove", "Волга", "01.01.2027")[0] == 0
    assert company.rates(volga) == ["0,125% с 01.01.2026 по 30.11.2026"]


@pytest.mark.slow
def test_the_first_rates_come_in_a_table_all_or_none(company, enter):
    volga, oka = company.new_branch("Волга"), company.new_branch("Ока", branch_on=date(2026, 3, 15))
    wrong = "Филиал;Ставка, %;Действует с\nВолга;1,25;01.01.2026\nВолго;1;01.01.2026\nОка;11;01.01.2026\n"
    code, said = enter("rates", "load", text=wrong)
    assert code == 1
    assert "строка 3: «Волго»: такого филиала на портале нет." in said
    assert "строка 4: Ставка 11% не принята: укажите от 0 до 10%" in said
    assert company.rates(volga) == []
    right = "Филиал;Ставка, %;Действует с;По;Примечание\nВолга;1,25;01.01.2026;;приказ 7\nВолга;1,5;01.07.2026;;\nОка;0,75;;30.09.2026;\n"
    assert enter("rates", "load", "--dry", text=right)[0] == 0
    assert company.rates(volga) == []
    for _ in range(2):
        assert enter("rates", "load", text=right)[0] == 0
        assert company.rates(volga) == ["1,25% с 01.01.2026 по 30.06.2026 (приказ 7)", "1,5% с 01.07.2026"]
        assert company.rates(oka) == ["0,75% с 15.03.2026 по 30.09.2026"]
    assert (
        enter("rates", "load", text="Ставка\n1\n")[1]
        == "Error: Нет столбца «Филиал»: в первой строке должны стоять заголовки.\n"
    )


@pytest.mark.slow
def test_e_db_8_a_price_list_knows_its_products_and_no_price_of_nought(company, enter):
    names = [row["NAME"] for row in company.portal.act(1, "crm.product.list", {"select": ["ID", "NAME"]})][:2]
    code, said = enter(
        "prices", "load", text=f"Товар;Цена\n{names[0]};0\nЖелезная дорога;5\n", **{"from": "01.01.2026"}
    )
    assert code == 1
    assert f"строка 2: «{names[0]}»: цена должна быть больше нуля" in said
    assert "строка 3: «Железная дорога»: такого товара в каталоге портала нет" in said
    assert (
        enter("prices", "load", text=f"Товар;Цена\n{names[0]};4 200,50\n{names[1]};900\n", **{"from": "01.01.2026"})[0]
        == 0
    )
    assert enter("prices", "load", text=f"Товар;Цена\n{names[0]};4500\n", **{"from": "10.11.2026"})[0] == 0
    before, after = (typed(company, "prices", "list", "--on", day)[1] for day in ("01.11.2026", "01.12.2026"))
    assert ("4\xa0200,50\xa0₽" in before, "4\xa0500,00\xa0₽" in after, "900,00" in after) == (True, True, True)


def test_a_table_of_excel_is_read_as_people_see_it():
    book = Workbook()
    sheet = book.active
    sheet.append(["Филиал", "Ставка, %", "Действует с"])
    sheet.append(["Волга ", 0.0125, datetime(2026, 1, 1)])
    sheet["B2"].number_format = "0.00%"
    sheet.append([None, None, None])
    sheet.append(["Ока", 1.1, "01.02.2026"])
    file = io.BytesIO()
    book.save(file)
    first, second = table.read(file.getvalue(), "Филиал")
    assert (first.number, first["Филиал"], first["ставка"], first["действует"]) == (2, "Волга", "1.25", "2026-01-01")
    assert (second.number, second["Ставка"], second["По"]) == (4, "1.1", "")
    for content, why in {b"": "Файл пуст.", b"PK\x03\x04nonsense": "Файл не открывается как XLSX"}.items():
        with pytest.raises(table.NotATable, match=why):
            table.read(content)
    assert Decimal(first["ставка"]) == Decimal("1.25")
