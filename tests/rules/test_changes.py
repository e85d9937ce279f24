"""T14: what people type into «Изменения договора»."""

from datetime import date

import pytest

from rules import changes
from rules.changes import GROSS, NET, Change, Changes, WrongChanges


@pytest.mark.parametrize(("text", "read"), [
    ("", Changes()),
    ("п. 3.2\nБыло: 10 дней.\nСтало: 20 дней.", Changes((Change("п. 3.2", "10 дней.", "20 дней."),))),
    ("п. 3.2.\n\nбыло: 10 дней;\nне позже;\n\nСТАЛО:\n20 дней\nраздел 4:\nБыло: —\nСтало: а; б",
     Changes((Change("п. 3.2", "10 дней;\nне позже;", "20 дней"), Change("раздел 4", "—", "а; б")))),
    ("НДС: фиксирована цена с НДС", Changes(tax=GROSS)),
    ("НДС: Фиксирована цена без НДС.", Changes(tax=NET)),
    ("Действует с 01.01.2027 г.\nп. 1\nБыло: а\nСтало: б", Changes((Change("п. 1", "а", "б"),), since=date(2027, 1, 1))),
    ("п. 1\r\nБыло: а\r\nСтало: б\r\nДействует с: 2027-01-01", Changes((Change("п. 1", "а", "б"),), since=date(2027, 1, 1))),
])  # fmt: skip
def test_clauses_are_read_with_both_wordings(text, read):
    assert changes.read(text) == read


@pytest.mark.parametrize(("text", "why"), [
    ("Увеличить срок", "непонятно «Увеличить срок», пишется так"),
    ("Было: а\nСтало: б", "непонятно «Было: а»"),
    ("преамбула\nещё строка\nБыло: а\nСтало: б", "непонятно «преамбула»"),
    ("п. 1\nБыло: а", "п. 1: нет строки «Стало:»"),
    ("п. 1\nБыло: а\nСтало: б\nСтало: в", "п. 1: несколько строк «Стало:»"),
    ("п. 1\nБыло: а\nСтало:", "п. 1: после «Стало:» ничего не написано"),
    ("п. 1\nБыло:\nСтало: б", "п. 1: после «Было:» ничего не написано"),
    ("НДС: 22%", "НДС: напишите «фиксирована цена с НДС» или «фиксирована цена без НДС»"),
    ("НДС: фиксирована цена с НДС\nНДС: фиксирована цена без НДС", "НДС: напишите"),
    ("Действует с завтра", "Действует с: «завтра» — не дата"),
])  # fmt: skip
def test_what_cannot_be_understood_is_told_to_people(text, why):
    with pytest.raises(WrongChanges, match=f"^{why}"):
        changes.read(text)
