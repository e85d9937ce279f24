"""SOFT, «Софт-продажи»: from a request to its offer (spec §6.2; what follows the offer is not automated yet)."""

from collections.abc import Iterator

from config import company
from engine.deal import Deal
from engine.run import Run
from engine.triggers import on_command, on_created, on_field, on_rows, on_stage, on_task_closed, requires
from robots.close_tasks import close_tasks
from robots.comment import comment
from robots.create_task import create_task
from robots.fill_document import fill_document
from robots.find_contract import find_framework_contract
from robots.move_card import move_card
from robots.notify import notify
from robots.set_fields import set_fields
from rules import money

# — what tables cannot say about entering a stage —


@requires("SOFT", "CONTRACT")
def terms_that_need_a_figure(deal: Deal) -> Iterator[str]:
    """The share of the advance and the days of the deferral, where the terms of payment have them."""
    terms = company().terms.get(deal["terms"])
    if terms is not None and terms.has_advance and deal["terms_pct"] is None:
        yield "Аванс, %"
    if terms is not None and terms.has_deferral and deal["terms_days"] is None:
        yield "Отсрочка, дней"
    if terms is not None and terms.by_schedule and not deal["terms_sched"]:
        yield "График оплаты"
    if deal.amount <= 0:
        yield "Сумма"


@requires("SOFT", "SUPPLY")
def an_address_unless_it_is_fetched(deal: Deal) -> Iterator[str]:
    """Everything but «Самовывоз» needs an address."""
    if deal["delivery_way"] != "Самовывоз" and not deal["address"]:
        yield "Адрес доставки"


@requires("SOFT", "LOSE")
@requires("SOFT", "NOT_FIT")
def a_comment_on_another_reason(deal: Deal) -> Iterator[str]:
    """«Другое» says nothing by itself."""
    if deal["lost"] == "Другое" and not deal["lost_note"]:
        yield "Комментарий к отказу"


# — from the request to the offer —


@on_created("SOFT")
def take_up_the_request(run: Run, deal: Deal) -> None:
    """SO-T1. The manager contacts the client; a valid framework contract is found and linked."""
    create_task(run, deal, "SO-1")
    contract = find_framework_contract(run, deal)
    if contract is not None:
        with run.together():
            set_fields(run, deal, contract=contract.id)
            comment(run, deal, f"У клиента есть действующий рамочный договор: {contract.title}.")


@on_stage("SOFT", "QUALIFY")
def assess_the_client(run: Run, deal: Deal) -> None:
    """SO-T2. The client and its needs are assessed."""
    with run.together():
        close_tasks(run, deal, "SO-1", because="Стадия пройдена")
        create_task(run, deal, "SO-2")


@on_field("SOFT", "so_newmat")
def send_to_design(run: Run, deal: Deal) -> None:
    """SO-T3. New materials are needed: a deal that is being assessed goes to the designers."""
    if run.change.what["new"] and deal.stage == "QUALIFY":
        move_card(run, deal, "DESIGN")


@on_stage("SOFT", "DESIGN")
def work_on_materials(run: Run, deal: Deal) -> None:
    """SO-T3. The designers work on materials and a sample."""
    create_task(run, deal, "SO-3")


@on_task_closed("SOFT", "SO-3")
def go_on_with_what_design_found(run: Run, deal: Deal) -> None:
    """SO-T4. What the designers attached is named on the card, which goes on to logistics or to the offer."""
    comment(run, deal, f"Материалы проработаны. Файлов в карточке: {len(deal['files'])}.")
    if deal.stage == "DESIGN":
        move_card(run, deal, "ESTIMATE" if deal["so_needlog"] else "OFFER")


@on_stage("SOFT", "OFFER")
def prepare_the_offer(run: Run, deal: Deal) -> None:
    """SO-T8. The manager prepares and sends the offer."""
    create_task(run, deal, "SO-4")


@on_task_closed("SOFT", "SO-4")
def wait_for_the_answer(run: Run, deal: Deal) -> None:
    """SO-T8. The offer is sent: the manager gets the client's answer."""
    create_task(run, deal, "SO-5")


# — the button «Сформировать документ» —


@on_field("SOFT", "make_doc")
def make_the_chosen_document(run: Run, deal: Deal) -> None:
    """SO-T8, SO-T9. The chosen document is made, and the button is free for the next press."""
    make_document(run, deal, run.change.what["new"])


@on_command("SOFT", "make_document")
def make_the_document_a_rule_asked_for(run: Run, deal: Deal) -> None:
    """R-23. The same as the button, asked for by an automation rule of the portal: the offer unless the rule names a kind."""
    make_document(run, deal, run.change.what.get("kind") or company().document_kinds["T17"].option)


def make_document(run: Run, deal: Deal, kind: str) -> None:
    """The document lies on the card, or the card says why not."""
    with run.together():
        set_fields(run, deal, make_doc=None)
        fill_document(run, deal, kind)


# — the specification —


@on_rows("SOFT")
def tell_of_a_changed_specification(run: Run, deal: Deal) -> None:
    """SO-T21. After the contract stage a changed specification is shown with its difference, and support hears of it."""
    order = list(run.company.processes["SOFT"].stages)
    if (
        order.index(deal.stage) < order.index("CONTRACT")
        or run.company.processes["SOFT"].stages[deal.stage].semantics == "failure"
    ):
        return
    difference = "\n".join(_differences(run.change.what["before"], run.change.what["after"]))
    with run.together():
        comment(run, deal, f"Спецификация изменена:\n{difference}")
        notify(run, "SUPPORT", f"Изменена спецификация сделки:\n{difference}")


def _differences(before: list[dict], after: list[dict]) -> Iterator[str]:
    old, new = ({row["productName"]: row for row in rows} for rows in (before, after))
    for name in dict.fromkeys([*old, *new]):
        if name not in new:
            yield f"− {name}: удалено"
        elif name not in old:
            yield f"+ {name}: {_line(new[name])}"
        elif old[name] != new[name]:
            yield f"• {name}: было {_line(old[name])}, стало {_line(new[name])}"


def _line(row: dict) -> str:
    return f"{row['quantity'].replace('.', ',')} × {money.text(money.parse(row['price']))}"


# — a refusal —


@on_stage("SOFT", "LOSE")
def learn_from_a_refusal(run: Run, deal: Deal) -> None:
    """SO-T19. Everything open is closed; above the threshold the head finds out why the client refused."""
    close_tasks(run, deal, because="Клиент отказался", as_="cancelled")
    if deal.amount >= run.company.limits.soft_lost_check_min:
        create_task(run, deal, "SO-11")


@on_stage("SOFT", "NOT_FIT")
def close_a_request_that_does_not_fit(run: Run, deal: Deal) -> None:
    """SO-T19. Everything open is closed."""
    close_tasks(run, deal, because="Не целевой клиент", as_="cancelled")
