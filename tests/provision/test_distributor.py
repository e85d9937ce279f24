"""Rates of the branches and price lists, as IT enters them: flask rates, flask prices."""

from datetime import date

import pytest
from click.testing import CliRunner
from pydantic import SecretStr

import commands
from provision.distributor import WHY
from rules import branch_rates


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
        f"Волга (Казань) ({volga}): 1,25% from 01.01.2026\n",
    )
    code, said = typed(company, "rates", "set", str(volga), "1.5", "--from", "01.01.2027", "--note", "приказ 7")
    assert (code, said) == (0, f"Волга (Казань) ({volga}): 1,25% from 01.01.2026 to 31.12.2026; 1,5% from 01.01.2027\n")
    for words, why in {
        (
            "set",
            "Волга",
            "2",
            "--from",
            "01.06.2026",
        ): "The rate 2% from 01.06.2026 covers the beginning of the rate 1,5% from "
        "01.01.2027. Correct that one: flask rates correct.",
        ("set", "Волга", "10.5", "--from", "01.02.2027"): "The rate 10,5% is not from 0 to 10%.",
        (
            "set",
            "Волга",
            "0.12345",
            "--from",
            "01.02.2027",
        ): "The rate 0,12345% has more than 4 digits after the comma.",
        (
            "set",
            "Волго",
            "1",
            "--from",
            "01.02.2027",
        ): "The portal has no branch «Волго». flask rates list says which there are.",
        (
            "correct",
            "Волга",
            "01.01.2027",
            "--from",
            "01.12.2026",
        ): "The rates 1,25% from 01.01.2026 to 31.12.2026 and 1,5% from 01.12.2026 overlap. Correct the days.",
        (
            "correct",
            "Волга",
            "01.01.2027",
            "--to",
            "31.12.2026",
        ): "The rate 1,5% from 01.01.2027 to 31.12.2026 ends before it begins.",
        ("remove", "Волга", "02.01.2027"): "No rate begins on 02.01.2027. flask rates list says when they do.",
        ("set", "Волга", "один", "--from", "завтра"): "RATE is no number: «один». Write it as 1,25.\n"
        "--from is no day: «завтра». Write it as 24.11.2026.",
    }.items():
        code, said = typed(company, "rates", *words)
        assert (code, said) == (1, f"Error: {why}\n")
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
    wrong = "Филиал;Ставка, %;Действует с\nВолга;1,25;01.01.2026\nВолго;1;01.13.2026\nОка;11;01.01.2026\n"
    code, said = enter("rates", "load", text=wrong)
    assert code == 1
    assert said == (
        "Error: line 3: The portal has no branch «Волго». flask rates list says which there are.\n"
        "line 3: «Действует с» is no day: «01.13.2026». Write it as 24.11.2026.\n"
        "line 4: The rate 11% is not from 0 to 10%.\n"
        "Nothing was written. Mend this and load the list again.\n"
    )
    assert company.rates(volga) == []
    right = "Филиал;Ставка, %;Действует с;По;Примечание\nВолга;1,25;01.01.2026;;приказ 7\nВолга;1,5;01.07.2026;;\nОка;0,75;;30.09.2026;\n"
    assert enter("rates", "load", "--dry-run", text=right)[0] == 0
    assert company.rates(volga) == []
    for _ in range(2):
        assert enter("rates", "load", text=right)[0] == 0
        assert company.rates(volga) == ["1,25% с 01.01.2026 по 30.06.2026 (приказ 7)", "1,5% с 01.07.2026"]
        assert company.rates(oka) == ["0,75% с 15.03.2026 по 30.09.2026"]
    covers = "Волга;2;01.02.2026\nОка;1;01.04.2026\nВолга;3;01.03.2026\n"
    assert enter("rates", "load", text=f"Ставки филиалов\nФилиал;Ставка;С\n{covers}")[1] == (
        "Error: lines 3, 5: Волга: The rate 3% from 01.03.2026 covers the beginning of the rate 1,5% from 01.07.2026. "
        "Correct that one: flask rates correct.\nNothing was written. Mend this and load the list again.\n"
    )
    assert company.rates(oka) == ["0,75% с 15.03.2026 по 30.09.2026"]
    assert enter("rates", "load", text="Ставка\n1\n")[1] == (
        "Error: None of the first 30 lines has the headings «Филиал», «Ставка». Write them above the list.\n"
        "Nothing was written. Mend this and load the list again.\n"
    )


@pytest.mark.slow
def test_e_db_8_a_price_list_knows_its_products_and_no_price_of_nought(company, enter):
    names = [row["NAME"] for row in company.portal.act(1, "crm.product.list", {"select": ["ID", "NAME"]})][:2]
    code, said = enter(
        "prices",
        "load",
        text=f"Товар;Цена\n{names[0]};0\nЖелезная дорога;дорого\n{names[1]};1\n{names[1]};2\n;3\n",
        **{"from": "01.01.2026"},
    )
    assert code == 1
    assert said == (
        "Error: line 2: «Цена» is «0»: the price must be greater than nought.\n"
        "line 3: The portal's catalogue has no product «Железная дорога». Write its name, number or external code.\n"
        "line 3: «Цена» is no number: «дорого». Write it as 1,25.\n"
        f"line 5: «{names[1]}» stands in line 4 already. Leave one of the two.\n"
        "line 6: Neither «Артикул» nor «Товар» is filled in.\n"
        "Nothing was written. Mend this and load the list again.\n"
    )
    assert (
        enter("prices", "load", text=f"Товар;Цена\n{names[0]};4 200,50\n{names[1]};900\n", **{"from": "01.01.2026"})[0]
        == 0
    )
    assert enter("prices", "load", text=f"Товар;Цена\n{names[0]};4500\n", **{"from": "10.11.2026"})[0] == 0
    before, after = (typed(company, "prices", "list", "--on", day)[1] for day in ("01.11.2026", "01.12.2026"))
    assert ("4\xa0200,50\xa0₽" in before, "4\xa0500,00\xa0₽" in after, "900,00" in after) == (True, True, True)


def test_whatever_is_wrong_with_a_rate_has_its_english_words():
    assert WHY.keys() == branch_rates.WHY.keys()
