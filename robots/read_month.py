"""Read a month of the distributor's direction as its cards say now, for the report (spec §9)."""

from collections.abc import Iterable
from datetime import date

import sqlalchemy as sa

from bitrix.client import Command
from engine import storage
from engine.deal import Deal, load_card
from engine.people import MOSCOW
from reports.distributors import BranchLine, ManagerLine, Sold
from robots.count_month import BRANCH, SUMMARY, name_of
from rules import distributor_month
from rules.bonus import ZERO
from rules.periods import Month

LEFT_OUT = "CANCELLED"
BEFORE = 5
"""Months before this one that the report shows."""


def read_month(engine, month: Month) -> dict:
    """{managers, branches, sold, months} as `reports.distributors.month_report` takes them: out of what the layer knows of the cards."""
    cards = [card for card in _cards(engine) if card["db_month"] == str(month) and card.stage != LEFT_OUT]
    summaries = sorted((card for card in cards if card.process == SUMMARY), key=lambda card: card.title)
    branches = sorted(
        (card for card in cards if card.process == BRANCH), key=lambda card: (card["db_mgr"] or 0, card.title)
    )
    before = [month - number for number in range(BEFORE, 0, -1)]
    sales = _sales(engine, before)
    lines = {card.id: _of_branch(engine, card, before, sales) for card in branches}
    numbers = _numbers(engine, {card["db_mgr"] for card in summaries if card["db_mgr"]})
    managers = [
        _of_manager(engine, card, [lines[one.id] for one in branches if one.parent == card.id], numbers) for card in summaries
    ]  # fmt: skip
    sold = [Sold(row.product, row.quantity, row.total) for card in branches if card.stage == "WON" for row in card.rows]
    return {"managers": managers, "branches": [*lines.values()], "sold": sold, "months": [one.title for one in before]}


def _cards(engine) -> Iterable[Deal]:
    cards = storage.cards
    which = sa.select(cards.c.deal_id).where(cards.c.process.in_((SUMMARY, BRANCH)), cards.c.deleted_at.is_(None))
    with engine.storage.read() as connection:
        ids = connection.scalars(which.order_by(cards.c.deal_id)).all()
        known = [load_card(connection, one) for one in ids]
    return [Deal(engine.dictionary, card) for card in known]


def _of_branch(engine, card: Deal, before: list[Month], sales: dict) -> BranchLine:
    stage = engine.company.processes[BRANCH].stages[card.stage].title
    figures = [card[name] if card.stage == "WON" else None for name in ("db_sales", "db_rate", "db_bonus")]
    return BranchLine(
        name_of(card), _name(engine, card["db_mgr"]), stage, _due(engine, card), *figures,
        card["db_got"], card["db_reminded"] or 0, tuple(sales.get((str(one), card["db_branch"])) for one in before),
    )  # fmt: skip


def _due(engine, card: Deal) -> date:
    person = engine.people.user(card["db_mgr"] or card.responsible)
    zone, city = (person.zone, person.city) if person else (MOSCOW, None)
    return distributor_month.of_manager(Month.parse(card["db_month"]), zone, engine.calendar_of(city)).due.date()


def _of_manager(engine, card: Deal, branches: list[BranchLine], numbers: dict[int, str]) -> ManagerLine:
    money = {name: card[name] or ZERO for name in ("ds_sales", "ds_bonus", "ds_corr", "ds_carry", "ds_pay")}
    in_time = sum(not one.is_late for one in branches)
    return ManagerLine(
        _name(engine, card["db_mgr"]), numbers.get(card["db_mgr"], ""), Month.parse(card["db_month"]).title,
        card["ds_total"] or 0, card["ds_done"] or 0, in_time, *money.values(),
    )  # fmt: skip


def _name(engine, user: int | None) -> str:
    person = engine.people.user(user) if user else None
    return person.name if person else ""


def _sales(engine, months: list[Month]) -> dict:
    table = storage.distributor_bonuses
    which = table.c.month.in_([str(one) for one in months])
    with engine.storage.read() as connection:
        return {(row.month, row.branch): row.sales for row in connection.execute(sa.select(table).where(which))}


def _numbers(engine, managers: set[int]) -> dict[int, str]:
    """Personnel numbers: the external code of the user, under which 1C knows them.

    https://apidocs.bitrix24.com/api-reference/user/user-get.html
    """
    asked = [Command("user.get", {"FILTER": {"ID": user}}, f"user{user}") for user in sorted(managers)]
    found = {}
    for user, answer in zip(sorted(managers), engine.portal.submit(asked) if asked else (), strict=True):
        if isinstance(answer, Exception):
            raise answer
        found[user] = str((answer.result or [{}])[0].get("XML_ID") or "")
    return found
