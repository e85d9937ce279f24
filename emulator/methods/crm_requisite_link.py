"""crm.requisite.link.*: which requisites of the client and of the own company an object uses; one link an object."""

from ..descriptions import columns, described
from ..errors import RestError
from ..listing import page_of_texts
from ..objects import items, rights
from ..objects.entities import numbered
from ..registry import Params, Unchanged, method, whole

DOCS = "https://apidocs.bitrix24.com/api-reference/crm/requisites/links/crm-requisite-link-{}.html"
FIELDS = described("""
ENTITY_TYPE_ID integer required fixed | ID типа объекта
ENTITY_ID integer required fixed | ID объекта
REQUISITE_ID integer required | Привязка к реквизитам
BANK_DETAIL_ID integer required | Привязка к банковским реквизитам
MC_REQUISITE_ID integer required | Привязка к реквизитам моей компании
MC_BANK_DETAIL_ID integer required | Привязка к банковским реквизитам моей компании
""")
COLUMNS = columns(FIELDS)
OWN = ("REQUISITE_ID", "BANK_DETAIL_ID", "MC_REQUISITE_ID", "MC_BANK_DETAIL_ID")
# Deal, old invoice, estimate, invoice.
LINKED_TYPES = {2, 5, 7, 31}
COMPANY, CONTACT = 4, 3


@method("crm.requisite.link.fields", scope="crm", docs=DOCS.format("fields"))
def fields(portal, caller, params):
    return FIELDS


@method("crm.requisite.link.list", scope="crm", docs=DOCS.format("list"))
def list_(portal, caller, params):
    return page_of_texts(portal, portal.store.requisite_links, params, COLUMNS)


@method("crm.requisite.link.get", scope="crm", docs=DOCS.format("get"))
def get(portal, caller, params):
    """The object's numbers are numbers, those of the requisites are strings."""
    held = _held(portal, *_place(portal, params))
    if held is None:
        raise RestError("", "Not found")
    return {name: str(held[name]) if name in OWN else held[name] for name in FIELDS}


@method("crm.requisite.link.register", scope="crm", docs=DOCS.format("register"), writes=True)
def register(portal, caller, params):
    """A link of that object which is there already is written over."""
    given = params.fields()
    values = {name: whole(given.get(name)) for name in FIELDS}
    _check(portal, values)
    held = _held(portal, values["ENTITY_TYPE_ID"], values["ENTITY_ID"])
    if held is not None:
        portal.store.requisite_links.update(held["ID"], values)
    else:
        portal.store.requisite_links.add({"ID": None} | values)
    return True


@method("crm.requisite.link.unregister", scope="crm", docs=DOCS.format("unregister"), writes=True)
def unregister(portal, caller, params):
    type_id, entity_id = _place(portal, params)
    held, may = _held(portal, type_id, entity_id), rights.rule_of_cards(portal, "update")
    if held is None:
        return Unchanged(False)
    if may is not None and not may(type_id, entity_id):
        raise rights.denied_plainly()
    portal.store.requisite_links.remove(held["ID"])
    return True


def _place(portal, params: Params) -> tuple[int, int]:
    type_id, entity_id = params.integer("entityTypeId"), params.integer("entityId")
    if not _linkable(portal, type_id):
        raise RestError("", "entityTypeId is not defined or invalid.")
    if not entity_id or entity_id < 0:
        raise RestError("", "entityId is not defined or invalid.")
    return type_id, entity_id


def _held(portal, type_id: int, entity_id: int) -> dict | None:
    return next(iter(portal.store.requisite_links.having(ENTITY_TYPE_ID=type_id, ENTITY_ID=entity_id)), None)


def _linkable(portal, type_id: int | None) -> bool:
    return type_id in LINKED_TYPES or bool(portal.store.types.having(entityTypeId=type_id))


def _check(portal, values: dict) -> None:
    if not _linkable(portal, values["ENTITY_TYPE_ID"]):
        raise RestError("", "ENTITY_TYPE_ID is not defined or invalid")
    if not values["ENTITY_ID"] or values["ENTITY_ID"] < 0:
        raise RestError("", "ENTITY_ID is not defined or invalid")
    for name in OWN:
        if values[name] is None or values[name] < 0:
            raise RestError("", f"{name} is not defined or invalid")
    entity = numbered(portal, values["ENTITY_TYPE_ID"])
    row = items.get(portal, entity, values["ENTITY_ID"]) if entity else None
    if row is None:
        raise RestError("", "Entity is not found")
    if not rights.may(portal, entity, "update", row):
        raise rights.denied_plainly()
    _check_client(portal, row, values["REQUISITE_ID"])
    _check_own_company(portal, values["MC_REQUISITE_ID"])
    _check_bank_detail(portal, values["BANK_DETAIL_ID"], values["REQUISITE_ID"], "")
    _check_bank_detail(portal, values["MC_BANK_DETAIL_ID"], values["MC_REQUISITE_ID"], " of your company")


def _check_client(portal, row: dict, requisite_id: int) -> None:
    """The requisite must be the client's: the company's or, where there is none, the contact's."""
    if not requisite_id:
        return
    requisite = portal.store.requisites.get(requisite_id)
    if requisite is None:
        raise RestError("", f"The Requisite with ID '{requisite_id}' is not found")
    owners = {COMPANY: row.get("companyId") or 0, CONTACT: row.get("contactId") or 0}
    asked = COMPANY if owners[COMPANY] or not owners[CONTACT] else CONTACT
    if (requisite["ENTITY_TYPE_ID"], requisite["ENTITY_ID"]) != (asked, owners[asked]):
        kind = "Company" if asked == COMPANY else "Contact"
        text = f"The Requisite with ID '{requisite_id}' is not assigned to {kind} with ID '{owners[asked]}'"
        raise RestError("", text)


def _check_own_company(portal, requisite_id: int) -> None:
    if not requisite_id:
        return
    requisite = portal.store.requisites.get(requisite_id)
    of_company = requisite is not None and requisite["ENTITY_TYPE_ID"] == COMPANY
    company = portal.store.companies.get(requisite["ENTITY_ID"]) if of_company else None
    if company is None or company.get("isMyCompany") != "Y":
        raise RestError("", f"The Requisite of your company with ID '{requisite_id}' is not found")


def _check_bank_detail(portal, detail_id: int, requisite_id: int, whose: str) -> None:
    if not detail_id:
        return
    detail = portal.store.bank_details.get(detail_id)
    if detail is None:
        raise RestError("", f"The BankDetail{whose} with ID '{detail_id}' is not found")
    if detail["ENTITY_ID"] != requisite_id:
        text = (
            f"The BankDetail{whose} with ID '{detail_id}' is not assigned to Requisite{whose} with ID '{requisite_id}'"
        )
        raise RestError("", text)
