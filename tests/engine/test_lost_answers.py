"""Whatever becomes of a request: in the end every effect is there, once, and nobody was alarmed."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import pytest

from engine.deal import Row
from engine.triggers import on_field
from robots.close_tasks import open_tasks
from robots.comment import comment
from robots.create_task import open_task
from robots.fill_document import fill_document
from robots.move_card import move_card
from robots.notify import notify
from robots.open_deal import open_deal
from robots.say_in_task import say_in_task
from robots.set_fields import set_fields

AT_ONCE = "done when nobody waits, done after the cut"
# What becomes of the first request of each method, and of the second.
UNLUCKY = {
    "nothing is done, everything is done": [{"kind": "cut_before"}, {"kind": "cut_after"}],
    "half an answer, a page": [{"kind": "half"}, {"kind": "html"}],
    "an error that says 200, another address": [{"kind": "error200"}, {"kind": "redirect"}],
    "done when nobody waits, done after the cut": [{"kind": "late", "seconds": 0.2}, {"kind": "slow", "seconds": 0.5}],
    "a busy portal, a closed one": [
        {"kind": "refuse", "code": "QUERY_LIMIT_EXCEEDED", "status": 503},
        {"kind": "refuse", "code": "OVERLOAD_LIMIT", "status": 503},
    ],
    "a portal in trouble": [{"kind": "refuse", "code": "INTERNAL_SERVER_ERROR", "status": 500}] * 2,
}


@dataclass(frozen=True)
class Effect:
    """What a card asks for by its text, by which method, and what is then on the portal, each as often as it is there."""

    method: str
    do: Callable
    there: Callable


def children(company, deal: int) -> list[str]:
    filter_ = {"=UF_CRM_SF_PARENT": f"D_{deal}"}
    params = {"entityTypeId": 2, "filter": filter_, "useOriginalUfNames": "Y"}
    items = company.portal.act(1, "crm.item.list", params)["items"]
    assert [int(item["id"]) for item in items] == company.value(deal, "children")
    return [item["title"] for item in items]


def visits(company, deal: int) -> list[str]:
    params = {"entityTypeId": 2, "filter": {"OWNER_ID": deal}, "order": {"ID": "ASC"}}
    records = company.portal.act(1, "crm.stagehistory.list", params)["items"]
    return [company.dictionary.stage(record["STAGE_ID"]) for record in records]


def told(company, deal: int) -> list[str]:
    texts = company.notifications(company.card(deal)["assignedById"])
    return [text.rpartition("\n")[2] for text in texts if f"/{deal}/" in text]


ROWS = [Row("Каска", Decimal(900), Decimal(1))]

EFFECTS = {
    "a task": Effect(
        "tasks.task.add",
        lambda run, deal: open_task(run, deal, run.company.processes["SOFT"].tasks["SO-2"], to=deal.responsible),
        lambda company, deal: (
            [*company.titles(deal), *company.checklist(deal, "Оцените")][1:3]
            + [len(company.tasks(deal)), len(company.checklist(deal, "Оцените"))]
        ),
    ),
    "a comment": Effect(
        "crm.timeline.comment.add",
        lambda run, deal: comment(run, deal, "Слово"),
        lambda company, deal: company.comments(deal),
    ),
    "a child": Effect(
        "crm.item.add",
        lambda run, deal: open_deal(run, deal, "LOGISTICS", title="Перевозка"),
        children,
    ),
    "a message": Effect(
        "tasks.task.chat.message.send",
        lambda run, deal: say_in_task(run, open_tasks(run.engine, deal.id)[0], "Слово", deal_id=deal.id),
        lambda company, deal: company.messages(deal, "Свяжитесь"),
    ),
    "a notification": Effect("im.notify.system.add", lambda run, deal: notify(run, deal.responsible, "Слово"), told),
    "a field": Effect(
        "crm.item.update",
        lambda run, deal: set_fields(run, deal, address="Омск"),
        lambda company, deal: company.value(deal, "address"),
    ),
    "a move": Effect("crm.item.update", lambda run, deal: move_card(run, deal, "QUALIFY"), visits),
    "a document": Effect(
        "crm.item.update",
        lambda run, deal: fill_document(run, deal, "T17", rows=ROWS),
        lambda company, deal: [len(company.files(deal)), len(company.register(doc_source=deal))],
    ),
}
THERE = {
    "a task": ["Оцените клиента и потребности", "реквизиты/ИНН", 2, 6],
    "a comment": ["Слово"],
    "a child": ["Перевозка"],
    "a message": ["Слово"],
    "a notification": ["Слово"],
    "a field": "Омск",
    "a move": ["NEW", "QUALIFY"],
    "a document": [1, 1],
}


@pytest.fixture
def asking(claims):
    """«Потребности клиента» name what shall be done."""

    @on_field("SOFT", "so_need")
    def act(run, deal):
        EFFECTS[run.change.what["new"]].do(run, deal)


def card(company, asked: str) -> int:
    return company.new_deal(company=company.any_company(), contact=company.any_contact(), title=asked)


@pytest.mark.parametrize(
    "faults",
    [pytest.param(one, id=name, marks=[] if name == AT_ONCE else pytest.mark.slow) for name, one in UNLUCKY.items()],
)
def test_every_effect_is_there_once_after(company, asking, faults):
    """Two cards for each effect, all at once: requests that carry several are lost with all of them."""
    deals = [(asked, card(company, asked)) for asked in EFFECTS for _ in faults]
    company.settle()
    for method in sorted({effect.method for effect in EFFECTS.values()}):
        for fault in faults:
            company.portal.fault(method=method, **fault)
    for asked, deal in deals:
        company.fill(deal, so_need=asked)
    company.settle()
    assert company.failures() == []
    assert [EFFECTS[asked].there(company, deal) for asked, deal in deals] == [THERE[asked] for asked, _ in deals]


@pytest.mark.parametrize("asked", EFFECTS)
def test_alone_in_its_request_it_is_there_once_when_the_answer_is_lost(company, asking, asked):
    deal = card(company, asked)
    company.settle()
    company.portal.fault("cut_after", method=EFFECTS[asked].method)
    company.fill(deal, so_need=asked)
    company.settle()
    assert company.failures() == []
    assert EFFECTS[asked].there(company, deal) == THERE[asked]
