"""The clock of REP_REPORT: months open where people live, are late, listed, closed, and come back when they were deleted."""

import time
from datetime import date
from decimal import Decimal

import pytest

from engine.people import MOSCOW
from engine.storage import cancelled

FUEL = ("ГСМ; 12.11.2026; чек 17", "18000", "1")


def opened(company, month="2026-11"):
    """Logins of the representatives whose month is open."""
    known = [email.partition("@")[0] for email in company.config.representatives]
    return [login for login in known if company.reports(company.user(login), month)]


def known_as(company, monkeypatch, login, **changed):
    """IT edits config/representatives.yaml."""
    email = f"{login}@sferotek.example"
    known = company.config.representatives[email]
    monkeypatch.setitem(company.config.representatives, email, known.model_copy(update=changed))


def money(company, report, name):
    return f"{company.value(report, name):.2f}"


@pytest.mark.slow
def test_e_rp_11_a_month_begins_where_people_live_and_once(company):
    """RP-T1, A-18: at nine o'clock from Kamchatka to Kaliningrad; after a downtime too."""
    company.at("29.11.2026 23:50")
    company.run_clock()
    assert opened(company) == []
    company.at("30.11.2026 00:05")
    company.run_clock()
    assert opened(company) == ["ignateva"]
    with company.layer_down():
        company.at("01.12.2026 11:00")
    company.portal.reset_counters()
    company.run_clock()
    counted = company.portal.requests()
    company.run_clock()
    assert len(opened(company)) == len(company.config.representatives) == 15
    reports = [company.report_month(email.partition("@")[0]) for email in company.config.representatives]
    assert {len(company.titles(report)) for report in reports} == {1}
    due = company.deadline(company.report_month("shmidt"), "Подготовьте")
    assert f"{due.astimezone(MOSCOW):%d.%m.%Y %H:%M}" == "03.12.2026 19:00"
    assert counted["writing"] <= 7, "98 commands: two full batches, and five"
    assert company.failures() == []


@pytest.mark.slow
def test_who_does_not_report_is_told_listed_and_owes_the_advance(company, monkeypatch):
    """RP-T8, RP-T9, RP-T10, RP-T11, E-RP-4."""
    company.at("30.11.2026 09:05")
    company.run_clock()
    report, director = company.report_month("lapina"), company.holder("COMMERCIAL_DIRECTOR")
    late, coordinator = company.report_month("uvarov"), company.holder("COORDINATOR")
    company.at("03.12.2026 12:00")
    company.write_report(late, FUEL)
    company.accept_report(late, until="COORD")
    company.at("04.12.2026 09:50")
    company.run_clock()
    assert company.value(report, "rp_late") is None
    company.at("04.12.2026 10:05")
    company.run_clock()
    assert company.value(report, "rp_late") == 1
    assert company.value(late, "rp_late") == 0
    assert any("не сдан в срок" in text for text in company.notifications(company.user("lapina")))
    assert any("не сдан в срок" in text for text in company.notifications(coordinator))
    nobodys = company.new_deal("REP_REPORT", by=coordinator, title="Отчёт", rp_month="2026-11")
    company.settle()
    assert company.value(nobodys, "block") == "Не заполнено: Представитель"
    company.at("08.12.2026 10:05")
    company.run_clock()
    [told] = [text for text in company.notifications(director) if "Не сдали отчёт за ноябрь 2026: 14" in text]
    assert "Лапина Вера (Санкт-Петербург)" in told
    assert "Уваров" not in told
    company.at("15.12.2026 17:50")
    company.run_clock()
    assert company.stage(report) == "NEW"
    company.at("15.12.2026 18:05")
    company.run_clock()
    assert [company.stage(one) for one in (report, late)] == ["LOSE", "COORD"]
    assert [money(company, report, f"rp_{name}") for name in ("balance", "hold", "carryout")] == [
        "-20000.00", "20000.00", "-20000.00",
    ]  # fmt: skip
    assert company.titles(report) == []

    company.at("30.12.2026 09:05")
    company.run_clock()
    december = company.report_month("lapina", "2026-12")
    assert money(company, december, "rp_carry") == "-20000.00"
    company.write_report(december, rp_visits=["15.12.2026; ООО «Вектор»; визит; ждём"])
    company.accept_report(december)
    company.fill(december, rp_done=Decimal("15000"), rp_consent=True)
    company.close_task(december, "Удержите")
    company.settle()
    assert money(company, december, "rp_carryout") == "-25000.00", "−20 000 − 20 000 + 15 000"

    company.write_report(report, FUEL)
    company.move(report, "COORD", by=company.user("lapina"))
    company.settle()
    assert company.stage(report) == "LOSE", "only the coordinator lets it in"
    company.move(report, "COORD", by=coordinator)
    company.settle()
    assert company.stage(report) == "COORD", company.value(report, "block")
    assert company.value(report, "rp_late") > 10
    company.accept_report(report)
    company.fill(report, rp_done=Decimal("0"))
    company.close_task(report, "Удержите")
    company.settle()
    assert company.stage(report) == "WON"
    assert money(company, report, "rp_carryout") == "-2000.00"
    assert money(company, december, "rp_carryout") == "-7000.00", "the correction went on"
    assert any("поправка перенесена дальше" in text for text in company.comments(december))
    assert any("передано изменение остатка" in text for text in company.comments(report))
    company.at("29.01.2027 09:05")
    company.run_clock()
    january = company.report_month("lapina", "2027-01")
    assert money(company, january, "rp_carry") == "-7000.00"
    company.write_report(january, rp_visits=["15.01.2027; ООО «Вектор»; визит; ждём"])
    company.accept_report(january)
    company.fill(january, rp_done=Decimal("0"))
    company.close_task(january, "Удержите")
    company.settle()
    chief = company.holder("CHIEF_ACCOUNTANT")
    assert sum("третий месяц подряд" in text for text in company.notifications(chief)) == 1
    assert company.failures() == []


@pytest.mark.slow
def test_an_open_next_month_takes_what_is_carried_over(company, monkeypatch):
    """RP-T7, A-09: the carry of a closed month; one that is closed late changes the next one's «Остаток с прошлого месяца»."""
    known_as(company, monkeypatch, "abramova", limit=Decimal(2000))
    company.at("30.11.2026 09:05")
    company.run_clock()
    november, limited = company.report_month("lapina"), company.report_month("abramova")
    company.fill(limited, rp_carry=Decimal("-1200"), by=company.holder("ACCOUNTANT"))
    company.settle()
    company.write_report(limited, ("ГСМ; 12.11.2026; чек 17", "18450.75", "1"))
    company.accept_report(limited)
    company.fill(limited, rp_done=Decimal(2000), rp_consent=True)
    company.close_task(limited, "Удержите")
    company.settle()
    company.write_report(november, FUEL)
    company.accept_report(november)
    company.at("30.12.2026 09:05")
    company.run_clock()
    december = company.report_month("lapina", "2026-12")
    assert money(company, december, "rp_carry") == "0.00"
    assert money(company, company.report_month("abramova", "2026-12"), "rp_carry") == "-749.25"
    company.fill(november, rp_done=Decimal("1500"), rp_consent=True)
    company.close_task(november, "Удержите")
    company.settle()
    assert money(company, december, "rp_carry") == "-500.00"


@pytest.mark.slow
def test_e_rp_1_e_rp_2_who_comes_and_who_goes_reports_a_part_of_the_month(company, monkeypatch):
    known_as(company, monkeypatch, "savelev", start=date(2026, 11, 20))
    known_as(company, monkeypatch, "abramova", end=date(2026, 12, 10), limit=Decimal(2000))
    known_as(company, monkeypatch, "tsoy", end=date(2026, 10, 31))
    company.at("30.11.2026 09:05")
    company.run_clock()
    assert "tsoy" not in opened(company)
    assert company.value(company.report_month("savelev"), "rp_vplan") == 7, "20 × 7 of 20 working days"
    november = company.report_month("abramova")
    company.at("10.12.2026 09:05")
    company.run_clock()
    assert opened(company, "2026-12") == ["abramova"]
    last = company.report_month("abramova", "2026-12")
    assert company.open_tasks(last) == ["Подготовьте отчёт за декабрь 2026 → Абрамова Людмила, 10.12.2026 18:00"]
    assert company.value(last, "rp_vplan") == 7, "20 × 8 of 22 working days"
    company.write_report(last)
    company.accept_report(last)
    assert money(company, last, "rp_hold") == "20000.00", "the limit of 2 000 is only for those who stay"
    company.dismiss(company.user("khasanov"))
    company.advance(minutes=15)
    company.run_clock()
    company.advance(minutes=15)
    company.run_clock()
    [his] = company.reports(company.user("khasanov"), "2026-12")
    assert company.open_tasks(his) == [
        f"Подготовьте отчёт за декабрь 2026 → {company.user_name(company.holder('COMMERCIAL_DIRECTOR'))}, 10.12.2026 18:00"
    ]
    assert company.stage(november) == "NEW"
    known_as(company, monkeypatch, "martynova", end=date(2026, 12, 9))
    company.advance(minutes=15)
    company.run_clock()
    company.advance(minutes=15)
    company.run_clock()
    [hers] = company.reports(company.user("martynova"), "2026-12")
    assert company.value(hers, "rp_vplan") == 6, "20 × 7 of 22; her `end` was entered a day late"
    assert company.failures() == []


@pytest.mark.slow
def test_e_rp_8_who_is_on_leave_reports_after_it_and_is_not_late(company):
    """R-12: with a deputy of their own in config/representatives.yaml the deputy does it in time."""
    company.on_leave("khasanov", "25.11.2026", "13.12.2026")
    company.on_leave("komissarov", "25.11.2026", "13.12.2026")
    company.at("30.11.2026 09:05")
    company.run_clock()
    report, other = company.report_month("khasanov"), company.report_month("komissarov")
    assert company.open_tasks(report) == ["Подготовьте отчёт за ноябрь 2026 → Хасанов Тимур, 16.12.2026 18:00"]
    assert company.open_tasks(other) == ["Подготовьте отчёт за ноябрь 2026 → Лапина Вера, 03.12.2026 18:00"]
    company.at("15.12.2026 18:05")
    company.run_clock()
    assert [company.stage(one) for one in (report, other)] == ["NEW", "LOSE"]
    company.at("16.12.2026 12:00")
    company.write_report(report, FUEL)
    company.close_task(report, "Подготовьте")
    company.settle()
    assert company.stage(report) == "COORD"
    assert company.value(report, "rp_late") == 0
    assert company.failures() == []


@pytest.mark.slow
def test_who_is_let_in_again_has_the_time_of_the_new_task(company):
    """RP-T10, RP-T11: the coordinator puts a report that was given up back to «Подготовка отчёта»."""
    company.at("30.11.2026 09:05")
    company.run_clock()
    report = company.report_month("lapina")
    company.at("15.12.2026 18:05")
    company.run_clock()
    assert company.stage(report) == "LOSE"
    company.at("16.12.2026 16:00")
    company.move(report, "NEW", by=company.holder("COORDINATOR"))
    company.settle()
    assert company.open_tasks(report) == ["Подготовьте отчёт за ноябрь 2026 (повтор 1) → Лапина Вера, 17.12.2026 18:00"]
    company.at("16.12.2026 18:05")
    company.run_clock()
    assert company.stage(report) == "NEW", "the new task is due tomorrow"
    company.at("17.12.2026 18:05")
    company.run_clock()
    assert company.stage(report) == "LOSE"
    assert company.failures() == []


@pytest.mark.slow
def test_e_rp_14_a_deleted_report_comes_back_unless_its_key_is_cancelled(company):
    company.at("30.11.2026 09:05")
    company.run_clock()
    report, other, closed = (company.report_month(login) for login in ("lapina", "uvarov", "martynova"))
    company.write_report(report, FUEL)
    company.write_report(closed, FUEL)
    company.accept_report(closed)
    company.fill(closed, rp_done=Decimal(2000), rp_consent=True)
    company.close_task(closed, "Удержите")
    company.settle()
    for one in (report, other, closed):
        company.delete(one)
    company.settle()
    key = f"REP_REPORT:2026-11:U{company.user('uvarov')}"
    assert any(key in text for text in company.notifications(company.holder("ADMIN")))
    with company.engine.storage.write() as tx:
        company.engine.storage.set_mark(tx, cancelled(key), "now")
    for moment in ("01.12.2026 06:05", "02.12.2026 06:05"):
        company.at(moment)
        company.run_clock()
        assert len(company.reports(company.user("lapina"), "2026-11")) == 1
        assert company.reports(company.user("uvarov"), "2026-11") == []
    again = company.report_month("lapina")
    assert company.card(again)["title"].endswith("ноябрь 2026 (восстановлен)")
    assert company.rows(again) == [FUEL]
    assert company.value(again, "rp_tasks") == "Переговоры с клиентами города"
    assert company.titles(again) == ["Подготовьте отчёт за ноябрь 2026"]
    closed = company.report_month("martynova")
    assert (company.stage(closed), company.titles(closed), company.value(closed, "block")) == ("WON", [], None)
    assert money(company, closed, "rp_carryout") == "0.00"
    assert company.failures() == []


@pytest.mark.slow
def test_e_rp_14_a_deleted_double_does_not_come_back_and_nobody_says_so(company, alone):
    """Another report stands for the month; nor does one whose key was cancelled before it was deleted."""
    company.at("30.11.2026 09:05")
    company.run_clock()
    first, who = company.report_month("lapina"), company.user("lapina")
    second = company.new_deal("REP_REPORT", by=who, title="Ещё отчёт", rp_month="2026-11", rp_who=who)
    company.settle()
    company.delete(second)
    company.settle()
    admin = company.holder("ADMIN")
    assert not any("создан заново" in text for text in company.notifications(admin))
    with company.engine.storage.write() as tx:
        company.engine.storage.set_mark(tx, cancelled(f"REP_REPORT:2026-11:U{who}"), "now")
    company.delete(first)
    company.settle()
    assert not any("создан заново" in text for text in company.notifications(admin))
    company.at("01.12.2026 06:05")
    company.run_clock()
    assert company.reports(who, "2026-11") == []
    assert company.failures() == []


@pytest.mark.slow
def test_nobody_is_silent_of_a_month_that_nobody_was_asked_for(company, monkeypatch):
    """RP-T9: the list of representatives was filled in after November had been opened; they have not all handed it in."""
    known = dict(company.config.representatives)
    for email in known:
        monkeypatch.delitem(company.config.representatives, email)
    company.at("30.11.2026 19:05")
    company.run_clock()
    for email, one in known.items():
        monkeypatch.setitem(company.config.representatives, email, one)
    company.at("08.12.2026 10:05")
    company.run_clock()
    assert opened(company) == []
    told = company.notifications(company.holder("COMMERCIAL_DIRECTOR"))
    assert not any("за ноябрь 2026" in text for text in told), told
    assert company.failures() == []


@pytest.mark.slow
def test_a_report_of_somebody_dismissed_is_told_to_be_late(company, alone):
    """RP-T8, R-11: whoever has it now and the coordinator hear of it."""
    company.at("30.11.2026 09:05")
    company.run_clock()
    report = company.report_month("lapina")
    company.at("02.12.2026 12:00")
    company.dismiss(company.user("lapina"))
    company.at("04.12.2026 10:05")
    company.run_clock()
    assert company.value(report, "rp_late") == 1
    title = company.card(report)["title"]
    told = company.notifications(company.holder("COORDINATOR"))
    assert any(title in text and "не сдан в срок" in text for text in told)
    assert company.failures() == []


@pytest.mark.slow
def test_how_representatives_did_is_a_report_of_month_quarter_and_year(company, monkeypatch):
    """E-RP-12: sales of a city with two representatives are their responsibles', nothing is counted twice."""
    known_as(company, monkeypatch, "tsoy", city="Казань", end=date(2026, 9, 30))
    company.at("31.12.2026 12:00")
    company.run_clock()
    report = company.report_month("lapina", "2026-12")
    company.write_report(report, ("ГСМ", "18000", "1"), rp_visits=["15.12.2026; ООО «Вектор»; визит; ждём"])
    company.accept_report(report, until="COORD")
    for city, by, amount in (
        ("Санкт-Петербург", company.manager_of("Санкт-Петербург"), 1_000_000),
        ("Москва", company.user("lapina"), 800_000),
        ("Казань", company.manager_of("Казань"), 500),
    ):
        company.new_deal("SOFT", "WON", by=by, city=city, amount=Decimal(amount))
    company.settle()
    company.at("26.01.2027 10:05")
    company.run_clock()
    told = company.notifications(company.holder("COMMERCIAL_DIRECTOR"))
    for title in ("декабрь 2026", "IV кв. 2026", "2026 год"):
        assert sum(f"Эффективность представителей за {title}[/url]" in text for text in told) == 1, title
    by_title = {one.title: one.sheets[0] for one in company.kept_reports()}
    rows = {row[0]: row for row in by_title["Эффективность представителей за декабрь 2026"].rows}
    assert rows["Лапина Вера"][2:4] == (20, 1)
    assert rows["Лапина Вера"][7:10] == (Decimal(18000), Decimal(18000), Decimal(0))
    assert rows["Лапина Вера"][13:16] == (Decimal(1_800_000), Decimal("1.0"), "да")
    assert rows["Хасанов Тимур"][13] == Decimal(500)
    assert rows["Комиссаров Леонид"][13] == 0
    assert rows["Уваров Илья"][15] == "не сдан"
    assert company.failures() == []


@pytest.mark.slow
def test_days_of_delay_are_days_where_the_representative_lives(company):
    """RP-T2, E-RP-11: on Kamchatka it is Monday while head office and UTC still have Sunday."""
    company.at("30.11.2026 09:05")
    company.run_clock()
    report = company.report_month("ignateva")
    company.at("07.12.2026 10:00", "Asia/Kamchatka")
    company.write_report(report, FUEL)
    company.accept_report(report, until="COORD")
    assert company.value(report, "rp_late") == 2, "due on Thursday, 03.12: Friday and Monday"
    assert "Сдан с опозданием, рабочих дней: 2." in company.task(report, "Проверьте отчёт")["description"]
    assert company.failures() == []


# — from month to month, to the kopeck —


@pytest.fixture
def alone(company, monkeypatch):
    """The company has one representative, «lapina»."""
    for email in list(company.config.representatives):
        if not email.startswith("lapina@"):
            monkeypatch.delitem(company.config.representatives, email)


def settled(company, report, done):
    """The accountant pays or withholds so much, and the report is closed."""
    company.fill(report, rp_done=Decimal(done), rp_consent=True)
    company.close_task(report, company.titles(report)[0].partition(" ")[0])
    company.settle()
    assert company.stage(report) == "WON", company.value(report, "block")


@pytest.mark.slow
def test_a_month_that_closes_while_the_next_is_being_opened_is_counted_once(company, alone):
    """RP-T1, RP-T7: the portal keeps the new card waiting, after the job has read what November leaves."""
    company.at("30.11.2026 09:05")
    company.run_clock()
    november = company.report_month("lapina")
    company.write_report(november, FUEL)
    company.accept_report(november)
    company.fill(november, rp_done=Decimal(1500), rp_consent=True)
    company.at("30.12.2026 09:05")
    company.portal.fault("refuse", method="crm.item.add", times=1000, code="OPERATION_TIME_LIMIT", status=429)
    until = time.monotonic() + 120
    while company.portal.faults_waiting()[0]["times"] == 1000 and time.monotonic() < until:
        company.engine.tick()
        time.sleep(0.1)
    company.close_task(november, "Удержите")
    while company.value(november, "rp_carryout") is None and time.monotonic() < until:
        company.engine.look()
        time.sleep(0.1)
    assert company.reports(company.user("lapina"), "2026-12") == [], "nobody has told December"
    company.portal.clear_faults()
    company.settle()
    december = company.report_month("lapina", "2026-12")
    assert money(company, november, "rp_carryout") == "-500.00"
    assert money(company, december, "rp_carry") == "-500.00"
    assert company.failures() == []


@pytest.mark.slow
def test_a_closed_month_that_is_reopened_keeps_its_corrections_and_what_was_paid(company, alone):
    """R-09, RP-T7, RP-T11: each rouble is counted once, whatever is closed and opened again in whichever order."""
    director, accountant = company.holder("COMMERCIAL_DIRECTOR"), company.holder("ACCOUNTANT")
    company.at("30.11.2026 09:05")
    company.run_clock()
    november = company.report_month("lapina")
    company.write_report(november, FUEL)
    company.accept_report(november)
    company.at("30.12.2026 09:05")
    company.run_clock()
    december = company.report_month("lapina", "2026-12")
    company.write_report(december, ("ГСМ; 12.12.2026; чек 18", "22500.40", "1"))
    company.accept_report(december)
    settled(company, december, "2500.40")
    settled(company, november, "1500")
    assert money(company, december, "rp_carryout") == "-500.00", "December was closed: the correction goes on"
    company.at("29.01.2027 09:05")
    company.run_clock()
    january = company.report_month("lapina", "2027-01")
    assert money(company, january, "rp_carry") == "-500.00"

    company.move(december, "ACCOUNT", by=director)
    company.settle()
    assert [money(company, december, f"rp_{name}") for name in ("carry", "before")] == ["-500.00", "2500.40"]
    assert company.value(december, "rp_done") is None
    company.fill(december, rp_cutnote="чек 18 на 22 000,40", by=accountant)
    company.set_rows(december, ("ГСМ; 12.12.2026; чек 18", "22000.40", "1"))
    company.settle()
    company.close_task(december, "Проверьте документы")
    company.settle()
    said = company.task(december, "Согласуйте")["description"].replace("\u00a0", " ")
    assert "Уже выплачено: 2 500,40 ₽" in said
    assert "Итог расчётов: −1 000,00 ₽" in said, "−500 + 22 000,40 − 20 000 − 2 500,40"
    company.accept_report(december)
    settled(company, december, "400")
    assert money(company, december, "rp_carryout") == "-600.00"
    assert money(company, january, "rp_carry") == "-600.00"
    assert company.failures() == []


@pytest.mark.slow
def test_two_reports_of_one_month_count_the_advance_and_the_carry_once(company, alone):
    """A person makes a second card of November: it goes on from the first one, and December from it."""
    company.at("30.11.2026 09:05")
    company.run_clock()
    first, who = company.report_month("lapina"), company.user("lapina")
    company.fill(first, rp_carry=Decimal(-1200), by=company.holder("ACCOUNTANT"))
    company.settle()
    second = company.new_deal("REP_REPORT", by=who, title="Ещё отчёт", rp_month="2026-11", rp_who=who)
    company.settle()
    assert [money(company, second, f"rp_{name}") for name in ("advance", "carry")] == ["0.00", "0.00"]
    assert company.value(second, "rp_vplan") == 0
    company.write_report(first, FUEL)
    company.accept_report(first)
    settled(company, first, "0")
    assert money(company, second, "rp_carry") == "-3200.00", "−1 200 + 18 000 − 20 000"
    company.write_report(second, ("Связь; 13.11.2026; чек 9", "500", "1"))
    company.accept_report(second)
    settled(company, second, "0")
    company.at("30.12.2026 09:05")
    company.run_clock()
    december = company.report_month("lapina", "2026-12")
    assert money(company, december, "rp_carry") == "-2700.00"
    company.delete(second)
    company.settle()
    assert money(company, december, "rp_carry") == "-3200.00", "what the second one said is gone"
    assert company.failures() == []


@pytest.mark.slow
def test_a_reopened_report_asks_anew_what_was_paid(company, alone):
    """R-09, R-16, RP-T7: 0 of a report that had nothing to pay is no result of the payment that it has now."""
    company.at("30.11.2026 09:05")
    company.run_clock()
    november = company.report_month("lapina")
    company.write_report(november, ("ГСМ; 12.11.2026; чек 17", "20000", "1"))
    company.accept_report(november, until="WON")
    company.move(november, "ACCOUNT", by=company.holder("COMMERCIAL_DIRECTOR"))
    company.settle()
    assert company.value(november, "rp_done") is None
    company.fill(november, rp_advance=Decimal(15000), by=company.holder("ACCOUNTANT"))
    company.settle()
    company.accept_report(november)
    assert company.titles(november) == ["Выплатите 5\u00a0000,00\u00a0₽ (повтор 1)"]
    company.close_task(november, "Выплатите")
    company.settle()
    assert company.stage(november) == "SETTLE", "nobody has said what was paid"
    settled(company, november, "5000")
    assert money(company, november, "rp_carryout") == "0.00"
    assert company.failures() == []
