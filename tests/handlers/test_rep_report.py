"""REP_REPORT as people see it: a month that is reported, checked, paid or withheld."""

from decimal import Decimal

SCANS = [["Чеки за ноябрь.pdf", "JVBERi0xLjQ="]]
VISITS = [
    "12.11.2026; ООО «Вектор»; переговоры; заявка",
    "13.11.2026; ПАО «Рассвет»; образцы; договорились",
    "без даты",
]
DONE = {"rp_tasks": "Переговоры с клиентами города", "rp_visits": VISITS}


def month_begins(company, login, moment="30.11.2026 09:05", zone="Europe/Moscow"):
    """The clock opens the month of the representatives; the card of that one."""
    company.at(moment, zone)
    company.run_clock()
    return report_of(company, login)


def report_of(company, login, month="2026-11"):
    """The newest report of the representative for the month."""
    return company.reports(company.user(login), month)[-1]


def fill_in(company, report, *rows, **fields):
    """The representative writes the report."""
    company.fill(report, **{**DONE, "rp_scans": SCANS if rows else [], "rp_noexp": not rows, **fields})
    if rows:
        company.set_rows(report, *rows)
    company.settle()


def led_to(company, report, stage):
    """Everybody accepts the report by closing their task, up to that stage."""
    for title, reached in (
        ("Подготовьте", "COORD"),
        ("Проверьте отчёт", "ACCOUNT"),
        ("Проверьте документы", "DIRECTOR"),
        ("Согласуйте", "SETTLE"),
    ):
        company.close_task(report, title)
        company.settle()
        if company.stage(report) == stage:
            return
        assert company.stage(report) == reached, company.value(report, "block")


def money(text):
    return Decimal(text)


def test_a_month_from_its_report_to_its_payment(company):
    """RP-T1…RP-T7."""
    report = month_begins(company, "lapina")
    person = company.user_name(company.user("lapina"))
    assert company.card(report)["title"] == f"Отчёт представителя — {person} — ноябрь 2026"
    assert company.value(report, "rp_advance") == money("20000.00")
    assert company.value(report, "rp_vplan") == 20
    assert company.open_tasks(report) == [f"Подготовьте отчёт за ноябрь 2026 → {person}, 03.12.2026 18:00"]
    assert company.checklist(report, "Подготовьте") == ["расходы", "сканы", "задачи", "посещения"]

    fill_in(
        company, report, ("ГСМ; 12.11.2026; чек 17", "18000", "1"), ("Проживание; 13.11.2026; счёт 4", "4500.40", "1")
    )
    company.close_task(report, "Подготовьте")
    company.settle()
    assert company.stage(report) == "COORD"
    assert company.value(report, "rp_claim") == money("22500.40")
    assert company.value(report, "rp_vcount") == 2
    assert company.titles(report) == ["Проверьте отчёт представителя"]

    company.close_task(report, "Проверьте отчёт")
    company.settle()
    assert company.titles(report) == ["Проверьте документы и расчёты"]
    company.close_task(report, "Проверьте документы")
    company.settle()
    assert company.titles(report) == ["Согласуйте отчёт представителя"]
    assert "К выплате: 2\u00a0500,40\u00a0₽" in company.task(report, "Согласуйте")["description"]
    company.close_task(report, "Согласуйте")
    company.settle()
    assert company.titles(report) == ["Выплатите 2\u00a0500,40\u00a0₽"]
    assert len(company.register(doc_source=report)) == 1

    company.fill(report, rp_done=money("2500.40"))
    company.close_task(report, "Выплатите")
    company.settle()
    assert company.stage(report) == "WON"
    assert company.value(report, "rp_carryout") == money("0.00")
    assert company.failures() == []
