"""Documents of 1C: each is passed on to the card that it names; what nobody can place is refused, and said on the card. Absences are about no card."""

from collections.abc import Iterator
from datetime import date

from engine.absences import Told
from engine.commands import DONE, OTHER, REFUSED
from engine.deal import Deal
from engine.people import Person, called
from engine.run import Run
from engine.triggers import on_command, on_signal
from robots.comment import comment
from robots.find_named_card import NoSuchCard, find_named_card

ABOUT = {"split": "SOFT", "shipment": "SOFT_SHIPMENT", "payment": None}


@on_command(None, "1c_split")
def pass_on_a_split(run: Run, nobody: None) -> None:
    """SO-T13. 1C says where the goods of an order come from: the order hears of it."""
    _pass_on(run, "split", "split", rows=run.change.what["rows"])


@on_command(None, "1c_shipment")
def pass_on_a_shipment(run: Run, nobody: None) -> None:
    """SH-T5. 1C says what has left the warehouse: the shipment hears of it."""
    what = run.change.what
    upd, waybill = what["upd"], what.get("waybill")
    _pass_on(run, "shipment", "shipped", date=what["date"], upd=upd, waybill=waybill, rows=what["rows"], sum=upd["sum"])


@on_command(None, "1c_payment")
def pass_on_a_payment(run: Run, nobody: None) -> None:
    """SH-T8. 1C says who has paid: the shipment or the order hears of it."""
    what = run.change.what
    _pass_on(run, "payment", "payment", date=what["date"], sum=what["sum"], number=what["number"], source="1С")


@on_command(None, "1c_absences")
def learn_who_is_away(run: Run, nobody: None) -> None:
    """R-12. 1C says who is away, and when: our own list learns all of it, or nothing where somebody is not to be found."""
    people, told, wrong = run.engine.people, [], []
    for number, row in enumerate(run.change.what["rows"], start=1):
        found = called(people.everybody(), row["employee"])
        first, last = date.fromisoformat(row["first"]), date.fromisoformat(row["last"])
        wrong += [f"rows[{number}]: {mistake}" for mistake in _mistakes(row, found)]
        told += [Told(person.id, first, last, row.get("reason") or "") for person in found]
    if wrong:
        run.answer(REFUSED, " ".join(["Отсутствия не приняты.", *wrong]))
        return
    new, gone = run.fact("learnt", lambda: [*people.absences.load(told, run.now)])
    run.answer(DONE, f"Отсутствия приняты. Новых: {new}, заменено прежних: {gone}.")


def _mistakes(row: dict, found: list[Person]) -> Iterator[str]:
    """What is wrong with one absence, whose employee may be any of those."""
    who, first, last = row["employee"], row["first"], row["last"]
    if not found:
        yield f"сотрудника «{who}» на портале нет. Впишите e-mail или фамилию и имя, как в Битрикс24."
    if len(found) > 1:
        mails = ", ".join(person.email or f"ID {person.id}" for person in found)
        yield f"сотрудников «{who}» несколько: {mails}. Впишите вместо имени e-mail."
    if first > last:
        yield f"«С» {_day(first)} позже, чем «По» {_day(last)}. Поменяйте даты местами."


def _pass_on(run: Run, kind: str, signal: str, **what: object) -> None:
    command = run.change.what["command"]
    try:
        card = find_named_card(run, run.change.what, ABOUT[kind])
    except NoSuchCard as reason:
        if reason.card is not None:
            run.signal(reason.card, "1c_said", text=f"1С: {_title(kind, run.change.what)} не принято. {reason}")
        run.answer(REFUSED, str(reason), card=reason.card)
    else:
        run.signal(card.id, signal, **what, command=command)


@on_command(None, OTHER)
def say_that_1c_contradicts_itself(run: Run, nobody: None) -> None:
    """The same document came with other content: nothing is changed, and the card says so."""
    what = run.change.what
    card = _card_of(run, what["kind"], what["first"]) or _card_of(run, what["kind"], what["other"])
    if card is not None:
        text = (
            f"1С прислала другие данные по документу {what['first']['document']} ({_title(what['kind'], what['first'])}): "
            f"{what['differs']}. Ничего не изменено, действуют первые данные. Если верны новые, "
            "попросите бухгалтерию прислать их новым документом."
        )
        run.signal(card, "1c_said", text=text)


def _card_of(run: Run, kind: str, content: dict) -> int | None:
    if kind not in ABOUT:
        return None
    try:
        return find_named_card(run, content, ABOUT[kind]).id
    except NoSuchCard as reason:
        return reason.card


@on_signal("SOFT", "1c_said")
@on_signal("SOFT_SHIPMENT", "1c_said")
def say_it_on_the_card(run: Run, deal: Deal) -> None:
    """The card says what became of a document of 1C that concerns it."""
    comment(run, deal, run.change.what["text"])


def _title(kind: str, content: dict) -> str:
    """«сообщение об оплате № 117 от 23.11.2026»."""
    match kind:
        case "payment":
            return f"сообщение об оплате № {content['number']} от {_day(content['date'])}"
        case "shipment":
            return f"сообщение об отгрузке по УПД № {content['upd']['number']} от {_day(content['upd']['date'])}"
        case _:
            return "разложение заказа"


def _day(text: str) -> str:
    return f"{date.fromisoformat(text):%d.%m.%Y}"
