"""Jobs at work: each period once, whoever ticks; what was missed is made up for."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from engine import storage
from engine.schedule import Schedule, Subject, daily, every
from robots.comment import comment
from robots.notify import notify
from robots.set_fields import set_fields


@pytest.fixture
def job(claims):
    """`job("name", daily(…), find, act)`: a job of that name for the length of the test."""

    def claim(name: str, when, find, act=None):
        find.__module__ = f"jobs.{name}"
        one = when(find)
        if act is not None:
            one.each(act)
        return one

    return claim


@pytest.fixture
def card(company):
    deal = company.new_deal("SERVICE")
    company.settle()
    return deal


def of_day(card: int):
    """A finder: the card is concerned every time, under the period's date."""
    return lambda engine, period: [Subject("it", card, "SERVICE", {"day": f"{period.due_at:%d.%m}"})]


def say_day(run, deal) -> None:
    comment(run, deal, run.change.what["day"])


def test_several_schedules_on_one_database_begin_each_period_once(company, job, card):
    """R23."""
    company.at("24.11.2026 05:00")
    job("early", daily("04:00", zone="Europe/Moscow"), of_day(card), say_day)
    schedules = [Schedule(company.engine) for _ in range(6)]
    with ThreadPoolExecutor(6) as processes:
        list(processes.map(lambda schedule: schedule.tick(), schedules))
    company.settle()
    periods = storage.periods
    with company.engine.storage.read() as connection:
        begun = connection.scalars(sa.select(periods.c.period).where(periods.c.job == "early")).all()
    assert begun == ["2026-11-24T04:00+03:00"]
    assert company.comments(card) == ["24.11"]


def test_a_subject_that_comes_up_once_for_ever_does_so_whatever_the_period(company, job, card):
    job(
        "once", every(minutes=15, newest_only=False),
        lambda engine, period: [Subject("it", card, "SERVICE", {"day": "Однажды"}, once=True)], say_day,
    )  # fmt: skip
    company.run_clock()
    company.advance(hours=2)
    company.run_clock()
    assert company.comments(card) == ["Однажды"]


def test_three_days_down_are_made_up_for_day_by_day_or_by_the_newest_alone(company, job, card):
    """R22, A-18: no storm of reminders."""
    company.at("25.11.2026 12:00")
    other = company.new_deal("SERVICE")
    job("daily", daily("07:00", zone="Europe/Moscow"), of_day(card), say_day)
    job("newest", daily("07:00", zone="Europe/Moscow", newest_only=True), of_day(other), say_day)
    company.settle()
    before = len(company.comments(card)), len(company.comments(other))
    with company.layer_down():
        company.at("28.11.2026 12:00")
    company.engine.portal.call("server.time")
    company.run_clock()
    company.run_clock()
    assert company.comments(card)[before[0] :] == ["26.11", "27.11", "28.11"]
    assert company.comments(other)[before[1] :] == ["28.11"]


def test_a_reminder_missed_for_three_days_is_one_reminder(company, job):
    """A-18."""
    deal = company.new_deal()
    company.settle()
    manager = company.card(deal)["assignedById"]
    with company.layer_down():
        company.at("01.12.2026 12:00")
    company.engine.portal.call("server.time")
    company.run_clock()
    about_it = [text for text in company.notifications(manager) if f"/{deal}/" in text]
    assert len(about_it) <= 1, about_it


def test_the_clock_judges_nobody_before_it_is_seen_what_they_did_while_the_layer_was_down(company):
    """R22: the first look takes a while, and the task was closed in time."""
    deal = company.new_deal()
    company.settle()
    manager, due = company.card(deal)["assignedById"], company.deadline(deal, "Свяжитесь")
    with company.layer_down():
        company.at_moment(due - timedelta(minutes=30))
        company.close_task(deal, "Свяжитесь")
        company.at_moment(due + timedelta(minutes=20))
        company.portal.fault("refuse", method="crm.stagehistory.list", times=1000)
    company.engine.portal.call("server.time")
    company.engine.tick()
    time.sleep(2)  # what the clock began would be done by now
    company.portal.clear_faults()
    company.settle()
    assert company.titles(deal) == []
    assert not any("Просрочена задача" in text for text in company.notifications(manager) if f"/{deal}/" in text)
    assert "Срок задачи истёк." not in company.messages(deal, "Свяжитесь")


@pytest.mark.slow
def test_nobody_is_told_of_more_than_a_month(company, job, card):
    """DESIGN §2: late is not too old, but for 31 days."""
    company.at("01.12.2026 13:00")
    job("long", daily("05:00", zone="Europe/Moscow"), of_day(card), say_day)
    company.settle()
    begun = len(company.comments(card))
    assert begun == 8, "since go-live: 24.11 … 01.12"
    company.at("20.01.2027 12:00")
    company.run_clock()
    days = company.comments(card)[begun:]
    assert len(days) == 31
    assert (days[0], days[-1]) == ("21.12", "20.01")


def test_a_job_that_fails_holds_up_no_other_and_is_tried_again(company, job, card):
    """R30."""
    trouble = [ZeroDivisionError("no days")]

    def find(engine, period):
        if trouble:
            raise trouble[0]
        return of_day(card)(engine, period)

    company.at("21.01.2027 04:00")
    job("broken", daily("05:00", zone="Europe/Moscow", newest_only=True), find, say_day)
    job("whole", daily("05:30", zone="Europe/Moscow", newest_only=True), lambda e, p: [Subject("it", card, "SERVICE")],
        lambda run, deal: comment(run, deal, "Цел"))  # fmt: skip
    company.at("21.01.2027 06:00")
    company.run_clock()
    assert company.comments(card) == ["Цел"]
    trouble.clear()
    company.run_clock()
    assert company.comments(card) == ["Цел", "21.01"]


@pytest.mark.parametrize("kind", ["html", "cut_before", "revoked"])
def test_a_job_that_gets_no_answer_from_the_portal_waits_for_the_next_tick(company, job, card, kind):
    def find(engine, period):
        engine.ask("crm.requisite.list", {})
        return of_day(card)(engine, period)

    job(f"asking_{kind}", daily("05:00", zone="Europe/Moscow", newest_only=True), find, say_day)
    company.advance(days=1)
    company.portal.fault(kind, method="crm.requisite.list")
    company.engine.tick()
    company.portal.clear_faults()
    assert company.comments(card) == []
    company.run_clock()
    assert len(company.comments(card)) == 1


def test_a_subject_without_a_card_is_a_family_of_its_own(company, job):
    admin = company.holder("ADMIN")
    company.advance(days=1)
    job(
        "alone", daily("05:00", zone="Europe/Moscow", newest_only=True),
        lambda engine, period: [Subject(f"n{n}", what={"n": n}) for n in range(3)],
        lambda run, deal: notify(run, admin, f"Без карточки {run.change.what['n']}", urgent=True),
    )  # fmt: skip
    company.run_clock()
    assert sum("Без карточки" in text for text in company.notifications(admin)) == 3
    assert company.failures() == []


@pytest.mark.slow
def test_after_a_downtime_a_moment_finds_what_the_moments_before_it_have_done(company, job, card):
    """A month is opened, and a week later its cards are cut off: both were missed."""
    seen = []

    def cut_off(engine, period):
        seen.extend(deal["address"] for deal in engine.cards_on("SERVICE", "NEW") if deal.id == card)
        return ()

    company.at("22.01.2027 06:00")
    job("a_cut_off", daily("09:00", zone="Europe/Moscow", when=lambda day: day.day in (21, 29)), cut_off)
    job("open", daily("09:00", zone="Europe/Moscow", when=lambda day: day.day in (20, 23)), of_day(card),
        lambda run, deal: set_fields(run, deal, address=run.change.what["day"]))  # fmt: skip
    company.settle()
    with company.layer_down():
        company.at("29.01.2027 09:01")
    company.run_clock()
    assert seen == ["23.12", "20.01", "23.01"]


@pytest.mark.slow
def test_an_update_that_brings_a_job_does_not_do_the_work_of_last_month(company, job, card):
    with company.layer_down():
        company.at("10.02.2027 12:00")
        job("brought", daily("05:00", zone="Europe/Moscow"), of_day(card), say_day)
    company.run_clock()
    assert company.comments(card) == []
    company.at("12.02.2027 12:00")
    company.run_clock()
    assert company.comments(card) == ["11.02", "12.02"]


def test_the_periods_of_a_process_that_is_switched_off_pass_without_a_look(company, job, card, monkeypatch):
    looked = []

    def find(engine, period):
        looked.append(period.key)
        return of_day(card)(engine, period)

    company.at("13.02.2027 04:00")
    job("serving", daily("05:00", zone="Europe/Moscow", newest_only=True, of="SERVICE"), find, say_day)
    company.settle()
    before = len(looked), company.comments(card)
    on = company.engine.company
    off = on.processes["SERVICE"].model_copy(update={"enabled": False})
    monkeypatch.setattr(
        company.engine, "company", on.model_copy(update={"processes": {**on.processes, "SERVICE": off}})
    )
    company.at("13.02.2027 12:00")
    company.run_clock()
    assert company.engine.cards_on("SERVICE", "NEW") == []
    monkeypatch.setattr(company.engine, "company", on)
    company.run_clock()
    assert (len(looked), company.comments(card)) == before, "nor is it made good when it is on again"
    company.at("14.02.2027 12:00")
    company.run_clock()
    assert looked[before[0] :] == ["2027-02-14T05:00+03:00"]
