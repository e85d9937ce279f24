"""Who is dismissed leaves nothing behind."""

import pytest


@pytest.mark.slow
def test_a_17_all_of_a_dismissed_manager_is_with_the_deputy_in_the_morning_with_one_digest(company):
    """A-17, R-11: nine deals, fourteen open tasks; each keeps its deadline."""
    known = next(one for one in company.config.representatives.values() if one.deputy)
    manager, deputy = (company.user(email.partition("@")[0]) for email in (known.user, known.deputy))
    client = {"company": company.any_company(), "contact": company.any_contact()}
    company.twin_of(client["company"])
    deals = [company.new_deal(by=manager, title=f"Запрос {n}", **(client if n < 5 else {})) for n in range(9)]
    company.settle()
    tasks = {task["id"]: task["deadline"] for deal in deals for task in company.tasks(deal)}
    assert len(tasks) == 14
    company.dismiss(manager)
    company.at("24.11.2026 02:05")
    company.run_clock()
    assert {int(company.card(deal)["assignedById"]) for deal in deals} == {deputy}
    now = [task for deal in deals for task in company.tasks(deal)]
    assert {int(task["responsibleId"]) for task in now} == {deputy}
    assert {task["id"]: task["deadline"] for task in now} == tasks
    name = company.user_name(deputy)
    said = f"Сотрудник уволен. Сделка передана: {name}. Открытые задачи переданы: {name}."
    assert [company.comments(deal).count(said) for deal in deals] == [1] * 9
    for moment in ("24.11.2026 12:00", "25.11.2026 02:05", "25.11.2026 12:00"):
        company.at(moment)
        company.run_clock()
    digests = [text for text in company.notifications(deputy) if "уволенного" in text]
    assert digests == ["Вам переданы дела уволенного сотрудника: сделок — 9, задач — 14."]
    assert company.failures() == []
