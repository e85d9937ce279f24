"""The day it is where a card's city is (R-20)."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from config import company
from engine.dictionary import linked_deal, links
from engine.run import Run
from robots import remind_of_payment as reminders
from robots.remind_of_payment import remind_of_payment


def run_at(moment: datetime) -> Run:
    """A run that began at the moment, without anything around it."""
    row = SimpleNamespace(id=1, trigger="", family="1", depth=0, card=None, facts={"now": moment.isoformat()})
    return Run(SimpleNamespace(company=company()), row, None)


@pytest.mark.parametrize(
    ("city", "day"),
    [("Владивосток", 24), ("Москва", 24), ("Калининград", 23), (None, 24), ("Город без филиала", 24)],
)
def test_a_day_begins_at_midnight_of_the_city_not_of_greenwich(city, day):
    run = run_at(datetime(2026, 11, 23, 21, 30, tzinfo=UTC))
    assert run.today({"city": city}) == date(2026, 11, day)


def test_nobody_is_reminded_of_a_payment_that_is_late_already_in_the_city_of_the_card(monkeypatch):
    """SH-T7. In Vladivostok the 24th has begun, in Greenwich it is the 23rd."""
    asked = []
    monkeypatch.setattr(reminders, "create_task", lambda run, deal, code, **how: asked.append(how["day"]))
    run = run_at(datetime(2026, 11, 23, 15, tzinfo=UTC))
    for day in (23, 24):
        remind_of_payment(run, {"city": "Владивосток"}, date(2026, 11, day))
    assert asked == [date(2026, 11, 24)]


def test_a_link_is_looked_for_in_both_of_its_spellings():
    assert links([12]) == ["D_12", "12"]
    assert {linked_deal(one) for one in links([12])} == {12}
