"""Numbers (spec registry §7.3): each once, whoever asks at the same time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

from bitrix.clock import PortalClock
from config import company
from documents import numbers
from engine.clock import Clock

INVOICE, SPEC = company().document_types["INVOICE"], company().document_types["SPEC"]
DAY = date(2026, 11, 23)


def take(store, key, type_=INVOICE, day=DAY, our="SFEROTEK", contract=None):
    number = numbers.take(store, Clock(PortalClock()), type_, numbers.scope(type_, our, contract), day, key)
    return numbers.text(type_, day, number)


def test_numbers_are_counted_by_company_type_and_year(store):
    assert [take(store, "a"), take(store, "b")] == ["СЧ-2026/001", "СЧ-2026/002"]
    assert take(store, "c", our="SFEROTEK_TRADE") == "СЧ-2026/001"
    assert take(store, "d", day=date(2027, 1, 11)) == "СЧ-2027/001"


def test_inside_a_contract_they_go_on_over_the_years(store):
    assert [take(store, "a", SPEC, contract=7), take(store, "b", SPEC, date(2027, 1, 11), contract=7)] == ["1", "2"]
    assert take(store, "c", SPEC, contract=8) == "1"


def test_who_asks_again_gets_the_number_it_has(store):
    assert [take(store, "a"), take(store, "b"), take(store, "a")] == ["СЧ-2026/001", "СЧ-2026/002", "СЧ-2026/001"]


def test_a_number_that_people_gave_by_hand_is_passed_over(store):
    take(store, "a")
    assert numbers.pass_over(store, "a") == 2
    assert take(store, "a") == "СЧ-2026/002"
    assert take(store, "b") == "СЧ-2026/003"


def test_twenty_who_ask_at_once_get_twenty_numbers(store):
    with ThreadPoolExecutor(20) as pool:
        taken = list(pool.map(lambda key: take(store, str(key)), range(20)))
    assert sorted(taken) == [f"СЧ-2026/{number:03}" for number in range(1, 21)]


def test_the_thousandth_has_four_digits():
    assert numbers.text(INVOICE, DAY, 1000) == "СЧ-2026/1000"
