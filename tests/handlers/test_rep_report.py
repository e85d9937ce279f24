"""REP_REPORT as people see it: a month that is reported, checked, paid or withheld."""

from decimal import Decimal

import pytest

FUEL, HOTEL = ("ГСМ; 12.11.2026; чек 17", "18000", "1"), ("Проживание; 13.11.2026; счёт 4", "4500.40", "1")


@pytest.fixture
def november(company):
    """The month of every representative is opened; `november("lapina")` is the report of one."""
    company.at("30.11.2026 09:05")
    company.run_clock()
    return company.report_month


def sums(company, report, *names):
    return [f"{company.value(report, f'rp_{name}'):.2f}" for name in names]


def money(amount):
    return Decimal(amount)


def test_a_month_from_its_report_to_its_payment(company, november):
    """RP-T1…RP-T7."""
    report, rep = november("lapina"), company.user("lapina")
    person = company.user_name(rep)
    assert company.card(report)["title"] == f"Отчёт представителя — {person} — ноябрь 2026"
    assert sums(company, report, "advance", "carry") == ["20000.00", "0.00"]
    assert company.value(report, "rp_vplan") == 20
    assert company.open_tasks(report) == [f"Подготовьте отчёт за ноябрь 2026 → {person}, 03.12.2026 18:00"]
    assert company.checklist(report, "Подготовьте") == ["расходы", "сканы", "задачи", "посещения"]
    assert f"{company.value(report, 'stage_plan'):%d.%m %H:%M}" == "03.12 18:00"

    company.write_report(report, FUEL, HOTEL, rp_visits=["12.11.2026; ООО «Вектор»", "01.12.2026; поздно", "без даты"])
    company.close_task(report, "Подготовьте")
    company.settle()
    assert company.stage(report) == "COORD"
    assert sums(company, report, "claim") == ["22500.40"]
    assert company.value(report, "rp_vcount") == 1
    assert company.value(report, "rp_late") == 0
    assert company.value(report, "rp_tdone") == "1 / 0"
    coordinator = company.user_name(company.holder("COORDINATOR"))
    assert company.open_tasks(report) == [f"Проверьте отчёт представителя → {coordinator}, 02.12.2026 18:00"]

    company.accept_report(report, until="ACCOUNT")
    assert company.titles(report) == ["Проверьте документы и расчёты"]
    company.accept_report(report, until="DIRECTOR")
    assert "К выплате: 2\u00a0500,40\u00a0₽" in company.task(report, "Согласуйте")["description"]
    company.accept_report(report)
    assert company.titles(report) == ["Выплатите 2\u00a0500,40\u00a0₽"]
    [paper] = company.register(doc_source=report)
    assert company.stage(paper) == "TRIP_DOC"
    assert company.value(paper, "doc_sum") == money("22500.40")
    [name] = company.files(report)
    assert name.startswith("Отчёт территориального представителя")
    assert any("К выплате: 2\u00a0500,40" in text for text in company.notifications(rep))

    company.close_task(report, "Выплатите")
    company.settle()
    assert company.titles(report) == ["Выплатите 2\u00a0500,40\u00a0₽"], "R-16: its result is missing"
    company.fill(report, rp_done=money("2500.40"))
    company.close_task(report, "Выплатите")
    company.settle()
    assert company.stage(report) == "WON"
    assert sums(company, report, "carryout") == ["0.00"]
    assert company.failures() == []


@pytest.mark.slow
def test_what_is_withheld_is_limited_and_the_rest_goes_on(company, november, monkeypatch):
    """A-09, C-11: without a limit 2 749,25; with 2 000 the rest is carried (to December: tests/jobs/test_rep_report.py)."""
    known = company.config.representatives["lapina@sferotek.example"]
    monkeypatch.setitem(
        company.config.representatives, "lapina@sferotek.example", known.model_copy(update={"limit": Decimal(2000)})
    )
    limited, free = november("lapina"), november("abramova")
    company.fill(free, rp_carry=money("50000"))
    company.settle()
    assert sums(company, free, "carry") == ["0.00"], "nobody but the accountant says what was left"
    for report in (limited, free):
        company.fill(report, rp_carry=money("-1200"), by=company.holder("ACCOUNTANT"))
        company.settle()
        company.write_report(report, ("ГСМ; 12.11.2026; чек 17", "18450.75", "1"))
        company.accept_report(report)
    assert sums(company, limited, "balance", "hold", "pay") == ["-2749.25", "2000.00", "0.00"]
    assert sums(company, free, "balance", "hold") == ["-2749.25", "2749.25"]
    assert company.titles(free) == ["Удержите 2\u00a0749,25\u00a0₽"]
    company.fill(free, rp_balance=money("-1"), rp_hold=money("1"), rp_ok=money("1"), rp_vplan=1, rp_late=None)
    company.settle()
    assert [company.value(free, name) for name in ("rp_ok", "rp_vplan", "rp_late")] == [money("18450.75"), 20, 0], (
        "R-22"
    )
    assert sums(company, free, "balance", "hold") == ["-2749.25", "2749.25"], "as the director agreed"
    for report, done in ((limited, "2000"), (free, "2749.25")):
        company.fill(report, rp_done=money(done), rp_consent=True)
        company.close_task(report, "Удержите")
    company.settle()
    assert [company.stage(one) for one in (limited, free)] == ["WON", "WON"]
    assert sums(company, limited, "carryout") == ["-749.25"]
    assert company.failures() == []


@pytest.mark.slow
def test_an_incomplete_report_says_what_is_missing(company, november):
    """RP-T2, E-RP-3: without expenses visits and tasks are still asked for; expenses need their papers."""
    report = november("lapina")
    company.close_task(report, "Подготовьте")
    company.settle()
    assert company.stage(report) == "NEW"
    assert company.titles(report) == ["Подготовьте отчёт за ноябрь 2026"], "it is open again"
    said = company.messages(report, "Подготовьте")
    assert said[-1] == (
        "Не заполнено: Выполненные задачи, Посещения клиентов. Внесите расходы или отметьте «Расходов нет»."
    )
    company.set_rows(report, FUEL)
    company.move(report, "COORD")
    company.settle()
    assert company.stage(report) == "NEW"
    assert company.value(report, "block") == "Не заполнено: Выполненные задачи, Посещения клиентов, Сканы документов"
    company.set_rows(report)
    company.write_report(report)
    company.close_task(report, "Подготовьте")
    company.settle()
    assert company.stage(report) == "COORD"
    assert sums(company, report, "claim") == ["0.00"]
    company.accept_report(report)
    assert sums(company, report, "balance", "hold") == ["-20000.00", "20000.00"]


@pytest.mark.slow
def test_nothing_is_left_to_pay_or_to_withhold(company, november):
    """RP-T5: with a balance of 0 the report is printed and closed at once."""
    report, other = november("lapina"), november("martynova")
    for one in (report, other):
        company.write_report(one, ("ГСМ", "20000", "1"))
    company.accept_report(report, until="WON")
    company.accept_report(other, until="DIRECTOR")
    company.move(other, "WON", by=company.holder("COMMERCIAL_DIRECTOR"))
    skipping = november("uvarov")
    company.write_report(skipping, ("ГСМ", "22000", "1"))
    company.move(skipping, "DIRECTOR", by=company.holder("COMMERCIAL_DIRECTOR"))
    company.settle()
    assert sums(company, skipping, "claim", "ok") == ["22000.00"] * 2, (
        "what was claimed is known without the coordinator"
    )
    assert "Заявлено: 22\u00a0000,00\u00a0₽" in company.task(skipping, "Согласуйте")["description"]
    for one in (report, other):
        assert company.stage(one) == "WON", company.value(one, "block")
        assert sums(company, one, "done", "carryout", "balance") == ["0.00"] * 3
        assert company.titles(one) == []
        assert len(company.register(doc_source=one)) == 1
    assert company.failures() == []


@pytest.mark.slow
def test_every_reviewer_may_send_a_report_back_with_a_word(company, november):
    """RP-T6, E-RP-5, E-RP-6: returns are counted for each; what was cut or raised has its reason; what was claimed stays."""
    report, coordinator = november("lapina"), company.holder("COORDINATOR")
    company.write_report(report, FUEL, ("Связь; 02.12.2026; чек 9", "500", "1"))
    company.close_task(report, "Подготовьте")
    company.settle()
    company.move(report, "REWORK", by=coordinator)
    company.settle()
    assert company.stage(report) == "COORD"
    assert "что доработать" in company.value(report, "block")
    company.say_in_task(report, "Проверьте отчёт", "Нет чека за связь")
    company.advance(minutes=2)
    company.move(report, "REWORK", by=coordinator)
    company.settle()
    assert company.titles(report) == ["Доработайте отчёт"]
    assert "Нет чека за связь" in company.task(report, "Доработайте")["description"]
    assert any("Координатор: Нет чека за связь" in text for text in company.comments(report))
    company.set_rows(report, FUEL, ("Связь; 02.12.2026; чек 9", "400", "1"))
    company.settle()
    company.close_task(report, "Доработайте")
    company.settle()
    assert company.titles(report) == ["Проверьте отчёт представителя (повтор 1)"]
    said = company.task(report, "Проверьте отчёт")["description"].replace("\u00a0", " ")
    assert "Заявлено: 18 500,00 ₽. Сейчас в отчёте: 18 400,00 ₽." in said
    company.set_rows(report, FUEL, ("Связь; 02.12.2026; чек 9", "500", "1"))
    company.settle()

    company.accept_report(report, until="ACCOUNT")
    assert "02.12.2026" in company.task(report, "Проверьте документы")["description"], "E-RP-5"
    company.set_rows(report, FUEL, ("Связь; 02.12.2026; чек 9", "700", "1"))
    company.settle()
    assert sums(company, report, "claim", "ok", "cut") == ["18500.00", "18700.00", "-200.00"], "E-RP-6"
    company.close_task(report, "Проверьте документы")
    company.settle()
    assert company.stage(report) == "ACCOUNT"
    assert company.messages(report, "Проверьте документы")[-1] == "Заполните в сделке: Почему не принято"
    company.fill(report, rp_cutnote="ошибка в сумме чека")
    company.settle()
    company.accept_report(report, until="DIRECTOR")
    director = company.holder("COMMERCIAL_DIRECTOR")
    company.move(report, "REWORK", by=director)
    company.settle()
    assert company.value(report, "rp_returns") == "Координатор: 1\nКоммерческий директор: 1"
    assert company.titles(report) == ["Доработайте отчёт (повтор 1)"]
    company.close_task(report, "Доработайте")
    company.settle()
    assert company.stage(report) == "COORD"
    assert sums(company, report, "claim") == ["18500.00"]
    assert company.failures() == []


@pytest.mark.slow
def test_a_card_dragged_twice_in_a_minute_is_returned_or_reopened_all_the_same(company, november):
    """R-07, RP-T6, R-09: what held it up was put right afterwards; whence it came still counts."""
    report, coordinator = november("lapina"), company.holder("COORDINATOR")
    company.write_report(report, ("ГСМ; 12.11.2026; чек 17", "22500.40", "1"))
    company.accept_report(report, until="COORD")
    for _ in range(2):
        company.move(report, "REWORK", by=coordinator)
        company.settle()
    assert company.stage(report) == "REWORK"
    company.say_in_task(report, "Проверьте отчёт", "Нет чека за связь")
    company.close_task(report, "Заполните обязательные поля")
    company.settle()
    assert company.titles(report) == ["Доработайте отчёт"]
    assert "Нет чека за связь" in company.task(report, "Доработайте")["description"]
    assert company.value(report, "rp_returns") == "Координатор: 1"
    company.close_task(report, "Доработайте")
    company.settle()
    company.accept_report(report)
    company.fill(report, rp_done=money("2500.40"))
    company.close_task(report, "Выплатите")
    company.settle()
    assert company.stage(report) == "WON"

    company.set_rows(report, ("ГСМ; 12.11.2026; чек 17", "22000.40", "1"))
    for _ in range(2):
        company.move(report, "ACCOUNT", by=company.holder("COMMERCIAL_DIRECTOR"))
        company.settle()
    assert company.stage(report) == "ACCOUNT"
    company.fill(report, rp_cutnote="чек на 22 000,40")
    company.close_task(report, "Заполните обязательные поля")
    company.settle()
    assert sums(company, report, "before") == ["2500.40"], "what was paid is not paid again"
    assert company.value(report, "rp_done") is None
    company.accept_report(report)
    assert company.titles(report) == ["Удержите 500,00\u00a0₽ (повтор 1)"]
    assert company.failures() == []


@pytest.mark.slow
def test_what_was_agreed_upon_is_counted_anew_when_its_figures_change(company, november):
    """E-RP-7: the accountant corrects the advance; nobody else may."""
    report, accountant = november("lapina"), company.holder("ACCOUNTANT")
    company.write_report(report, FUEL)
    company.accept_report(report)
    assert company.titles(report) == ["Удержите 2\u00a0000,00\u00a0₽"]
    company.fill(report, rp_advance=money("1"))
    company.settle()
    assert sums(company, report, "advance") == ["20000.00"]
    assert company.stage(report) == "SETTLE"
    company.fill(report, rp_advance=money("16000"), by=accountant)
    company.settle()
    assert company.stage(report) == "ACCOUNT"
    assert company.titles(report) == ["Проверьте документы и расчёты (повтор 1)"]
    company.accept_report(report)
    assert company.titles(report) == ["Выплатите 2\u00a0000,00\u00a0₽ (повтор 1)"]
    names = sorted(company.files(report))
    assert len(names) == 2
    assert any("(версия 2)" in name for name in names)
    assert len(company.register(doc_source=report)) == 1
    company.set_rows(report, ("ГСМ; 12.11.2026; чек 17", "17000", "1"))
    company.settle()
    assert company.stage(report) == "ACCOUNT"


@pytest.mark.slow
def test_what_was_really_done_can_be_right(company, november):
    """RP-T7, E-RP-13: not more than was due, with consent; what was done in part goes on."""
    report = november("martynova")
    company.write_report(report, ("ГСМ; 12.11.2026; чек 17", "18000", "1"))
    company.accept_report(report)
    company.fill(report, rp_done=money("2500"))
    company.close_task(report, "Удержите")
    company.settle()
    assert company.stage(report) == "SETTLE"
    said = company.messages(report, "Удержите")[-1]
    assert "Согласие на удержание получено" in said
    assert "2\u00a0500,00\u00a0₽ больше, чем «К удержанию»" in said
    company.fill(report, rp_done=money("1500"), rp_consent=True)
    company.close_task(report, "Удержите")
    company.settle()
    assert company.stage(report) == "WON"
    assert sums(company, report, "carryout") == ["-500.00"]
    assert company.failures() == []


@pytest.mark.slow
def test_e_rp_4_a_debt_of_more_than_three_months_is_counted(company):
    """Four months that were given up: the third and the fourth are told, each as what it is."""
    who, chief = company.user("lapina"), company.holder("CHIEF_ACCOUNTANT")
    for month in ("2026-07", "2026-08", "2026-09", "2026-10"):
        said = {"rp_month": month, "rp_who": who, "rp_advance": money("100")}
        company.new_deal("REP_REPORT", "LOSE", by=who, title="Отчёт", **said)
        company.settle()
    told = [text.rpartition("Вера: ")[2].replace("\u00a0", " ") for text in company.notifications(chief)]
    assert [text for text in told if "подряд" in text] == [
        "третий месяц подряд итог расчётов отрицательный, сейчас −300,00 ₽.",
        "четвёртый месяц подряд итог расчётов отрицательный, сейчас −400,00 ₽.",
    ]
    assert company.failures() == []


@pytest.mark.slow
def test_a_report_that_was_made_by_hand_past_its_beginning_has_its_advance(company):
    """RP-T1, C-11: what the month's opening would have given is not forgotten."""
    who = company.user("lapina")
    said = {
        "rp_month": "2026-11",
        "rp_who": who,
        "rp_noexp": True,
        "rp_tasks": "Переговоры",
        "rp_visits": ["12.11.2026; ООО «Вектор»"],
    }
    report = company.new_deal("REP_REPORT", "COORD", by=who, title="Отчёт", **said)
    company.settle()
    assert sums(company, report, "advance", "carry") == ["20000.00", "0.00"]
    assert "Посещений: 1 из 20" in company.task(report, "Проверьте отчёт")["description"]
    company.accept_report(report)
    assert company.titles(report) == ["Удержите 20\u00a0000,00\u00a0₽"]
    assert company.failures() == []


@pytest.mark.slow
def test_a_payment_in_another_currency_is_asked_for_in_roubles(company):
    """R-21, RP-T7: nothing stops, and nobody counts dollars as roubles."""
    who, accountant = company.user("lapina"), company.holder("ACCOUNTANT")
    report = company.new_deal("REP_REPORT", by=who, title="Отчёт", rp_month="2026-11", rp_who=who)
    company.settle()
    company.write_report(report, ("ГСМ; 12.11.2026; чек 17", "22500.40", "1"))
    company.accept_report(report)
    code = company.dictionary.field("REP_REPORT", "rp_done").code
    said = {"entityTypeId": 2, "id": report, "fields": {code: "2500.40|USD"}, "useOriginalUfNames": "Y"}
    company.acts(accountant, "crm.item.update", said)
    company.close_task(report, "Выплатите")
    company.settle()
    assert company.failures() == []
    assert company.stage(report) == "SETTLE"
    assert "Валюта не поддерживается" in company.messages(report, "Выплатите")[-1]
    company.move(report, "WON", by=accountant)
    company.settle()
    assert company.stage(report) == "SETTLE"
    assert "Валюта не поддерживается" in company.value(report, "block")
    assert company.failures() == []
