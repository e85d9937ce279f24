"""Everybody's mailbox, and what customers wrote."""

from ..objects import letters
from ..objects.entities import COMPANY

WRITTEN = 20
SUBJECT = "Запрос коммерческого предложения"
TEXT = "Добрый день! Просим направить коммерческое предложение. С уважением, {}"


def plant(portal) -> None:
    for user in portal.store.users.all():
        if user["EMAIL"] and user["USER_TYPE"] == "employee":
            letters.add_mailbox(portal, user)
    for company in list(portal.store.companies.all())[:WRITTEN]:
        _write(portal, company)


def _write(portal, company: dict) -> None:
    """A letter from the company to whoever is responsible for it."""
    held = portal.store.multifields.having(entityTypeId=COMPANY.type_id, entityId=company["id"], typeId="EMAIL")
    boxes = letters.mailboxes(portal, company["assignedById"])
    if held and boxes:
        content = {"from": held[0]["value"], "to": boxes[0]["email"], "cc": "", "subject": SUBJECT}
        letters.arrive(portal, [boxes[0]["email"]], content | {"body": TEXT.format(company["title"])})
