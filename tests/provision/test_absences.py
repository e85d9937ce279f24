"""Lists of absences as personnel departments keep them (R-12)."""

from datetime import date, datetime

from engine.absences import Told
from engine.people import MOSCOW, Person
from provision.absences import employee, read
from tests.rules.test_lists import mistakes, sheet

PEOPLE = [
    Person(1, "Королёва Анна", "koroleva@sferotek.example", True, (), MOSCOW, None),
    Person(2, "Ким Виктория", "kim@sferotek.example", True, (), MOSCOW, None),
    Person(3, "Иванов Иван", "ivanov@sferotek.example", True, (), MOSCOW, None),
    Person(4, "Иванов Иван", "ivanov2@sferotek.example", True, (), MOSCOW, None),
    Person(5, "Ким Виктория", "kim.old@sferotek.example", False, (), MOSCOW, None),
]
KIM = Told(2, date(2026, 11, 24), date(2026, 11, 27), "Отпуск")
KOROLEVA = Told(1, date(2026, 12, 1), date(2026, 12, 14))


def test_dates_and_texts_under_any_heading_lines():
    content = sheet(
        ["График отпусков на 2026 год"],
        [],
        ["№", "Причина", "Сотрудник", "Должность", "С", "По"],
        [1, "Отпуск", "kim@Sferotek.example", "менеджер", datetime(2026, 11, 24), datetime(2026, 11, 27)],
        [],
        [2, None, " Королева  Анна Сергеевна ", "менеджер", "01.12.2026", "2026-12-14"],
        [3],
    )
    assert read(content, PEOPLE) == [KIM, KOROLEVA]


def test_a_csv_of_another_program():
    text = "СОТРУДНИК,С,По,Причина\r\nКим Виктория,24.11.2026 0:00:00,27.11.2026,Отпуск\r\nКоролёва Анна,01.12.26,20261214,\r\n"
    assert read(text.encode("cp1251"), PEOPLE) == [KIM, KOROLEVA]


def test_everything_that_is_wrong_is_said_at_once_by_line_and_with_what_to_do():
    content = sheet(
        ["Сотрудник", "С", "По"],
        ["Ким Виктория", "24.11.2026", "27.11.2026"],
        ["Пупкин Василий", "24.11.2026", "31.11.2026"],
        ["Иванов Иван Иванович", "24.11.2026", "27.11.2026"],
        [None, "24.11.2026", ""],
        ["Пупкин Пётр", "27.11.2026", "24.11.2026"],
    )
    assert mistakes(read, content, PEOPLE) == [
        "line 3: The portal has no employee «Пупкин Василий». Write an e-mail, or surname and name as on the portal.",
        "line 3: «По» is no day: «31.11.2026». Write it as 24.11.2026.",
        "line 4: The portal has 2 employees «Иванов Иван Иванович»: ivanov@sferotek.example, ivanov2@sferotek.example. "
        "Write the e-mail instead of the name.",
        "line 5: «Сотрудник» is empty. Write an e-mail, or surname and name as on the portal.",
        "line 5: «По» is empty. Write it as 24.11.2026.",
        "line 6: The portal has no employee «Пупкин Пётр». Write an e-mail, or surname and name as on the portal.",
        "line 6: «С» 27.11.2026 is later than «По» 24.11.2026. Exchange the two days.",
    ]


def test_of_namesakes_who_works_here_still_is_meant():
    assert employee(PEOPLE, "Ким Виктория").id == 2
    assert employee(PEOPLE, "KIM.OLD@sferotek.example").id == 5
