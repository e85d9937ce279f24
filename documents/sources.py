"""What a document needs to know besides the card: the client with its requisites, the contact, the manager, the contract.

Read from the portal as plain values. https://apidocs.bitrix24.com/api-reference/crm/requisites/index.html
"""

from datetime import date

from bitrix.client import Command
from bitrix.errors import NotFound
from documents import dealings, months
from engine.deal import Deal
from engine.dictionary import COMPANY, DEAL

CONTACT, REQUISITE = 3, 8
LEGAL, REGISTERED, ACTUAL = "6", "4", "1"
"""Types of addresses: https://apidocs.bitrix24.com/api-reference/crm/auxiliary/enum/crm-enum-address-type.html"""
WITH_DEALINGS, OF_A_MONTH, OF_REPRESENTATIVE = ("T18", "T19"), "T22", "T21"
REVIEWERS = {"coordinator": "COORDINATOR", "accountant": "ACCOUNTANT", "director": "COMMERCIAL_DIRECTOR"}
NAMES = {"useOriginalUfNames": "Y"}


def read(engine, deal: Deal, code: str, today: date) -> dict:
    """{company, contact, requisite, bank, addresses, user, contract}: the portal's own values, {} for what is not there.

    For templates that tell of deliveries and payments also `dealings`, as of `today`; for a bonus the `month` that was handed over;
    for the report of a representative `representative`: {fio, coordinator, accountant, director}.
    """
    commands = [Command("user.get", {"FILTER": {"ID": deal.responsible}}, "user")]
    if deal["company"]:
        of_company = {"ENTITY_TYPE_ID": COMPANY, "ENTITY_ID": deal["company"]}
        commands += [
            Command("crm.item.get", {"entityTypeId": COMPANY, "id": deal["company"], **NAMES}, "company"),
            Command("crm.item.fields", {"entityTypeId": COMPANY, **NAMES}, "fields"),
            Command("crm.requisite.list", {"filter": of_company, "order": {"SORT": "ASC", "ID": "ASC"}}, "requisite"),
        ]
    if deal["contact"]:
        commands.append(Command("crm.item.get", {"entityTypeId": CONTACT, "id": deal["contact"], **NAMES}, "contact"))
    if deal["contract"]:
        commands.append(Command("crm.item.get", {"entityTypeId": DEAL, "id": deal["contract"], **NAMES}, "contract"))
    if code == OF_REPRESENTATIVE:
        commands.append(Command("user.get", {"FILTER": {"ID": deal["rp_who"]}}, "representative"))
    said = _ask(engine, commands)
    requisite = _first(said.get("requisite"))
    of_requisite = {"filter": {"ENTITY_TYPE_ID": REQUISITE, "ENTITY_ID": requisite.get("ID")}}
    asked = [
        Command("crm.requisite.bankdetail.list", {"filter": {"ENTITY_ID": requisite.get("ID")}}, "bank"),
        Command("crm.address.list", of_requisite, "addresses"),
    ]
    further = _ask(engine, asked) if requisite else {}
    told: dict = {"dealings": dealings.read(engine, deal, today)} if code in WITH_DEALINGS else {}
    told |= {"month": months.read(engine, deal)} if code == OF_A_MONTH else {}
    if code == OF_REPRESENTATIVE:
        told["representative"] = _representative(engine, deal, _first(said.get("representative")))
    return told | {
        "company": _in_words(_item(said, "company"), (said.get("fields") or {}).get("fields", {})),
        "contact": _item(said, "contact"),
        "contract": _item(said, "contract"),
        "requisite": requisite,
        "bank": _first(further.get("bank")),
        "addresses": {str(one["TYPE_ID"]): _address(one) for one in further.get("addresses") or []},
        "user": _first(said.get("user")),
    }


def _representative(engine, deal: Deal, user: dict) -> dict:
    """Full name of whose month it is, and who checks it."""
    fio = " ".join(user[name] for name in ("LAST_NAME", "NAME", "SECOND_NAME") if user.get(name))
    return {"fio": fio} | {name: engine.people.in_role(role, deal).name for name, role in REVIEWERS.items()}


def _ask(engine, commands: list[Command]) -> dict:
    """Answers by label; what does not exist has none."""
    answers = {}
    for command, answer in zip(commands, engine.portal.submit(commands), strict=True):
        if isinstance(answer, NotFound):
            continue
        if isinstance(answer, Exception):
            raise answer
        answers[command.label] = answer.result
    return answers


def _item(said: dict, label: str) -> dict:
    return (said.get(label) or {}).get("item", {})


def _first(rows: list | None) -> dict:
    return rows[0] if rows else {}


def _in_words(company: dict, fields: dict) -> dict:
    """Options of lists by their words instead of their ids."""
    words = {
        name: {str(option["ID"]): option["VALUE"] for option in field.get("items") or []}
        for name, field in fields.items()
    }
    return {
        name: words[name].get(str(value), value) if words.get(name) and not isinstance(value, list) else value
        for name, value in company.items()
    }


def _address(row: dict) -> str:
    parts = (row.get(name) for name in ("POSTAL_CODE", "REGION", "PROVINCE", "CITY", "ADDRESS_1", "ADDRESS_2"))
    return ", ".join(dict.fromkeys(part for part in parts if part))
