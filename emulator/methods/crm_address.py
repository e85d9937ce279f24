"""crm.address.*: addresses of requisites, one of a type each; they have no id of their own. Everything reads as strings.

Types: 1 actual, 4 registered, 6 legal. https://apidocs.bitrix24.com/api-reference/crm/requisites/addresses/index.html
"""

from ..descriptions import columns, described, writable
from ..errors import RestError
from ..listing import Columns, page_of_texts
from ..objects.requisites import REQUISITE
from ..registry import method, whole
from ..values import canonical

DOCS = "https://apidocs.bitrix24.com/api-reference/crm/requisites/addresses/crm-address-{}.html"
FIELDS = described("""
TYPE_ID integer required fixed | TYPE_ID
ENTITY_TYPE_ID integer required fixed | ENTITY_TYPE_ID
ENTITY_ID integer required fixed | ENTITY_ID
ADDRESS_1 string | Улица, дом, корпус, строение
ADDRESS_2 string | Квартира / офис
CITY string | Город
POSTAL_CODE string | Почтовый индекс
REGION string | Район
PROVINCE string | Область
COUNTRY string | Страна
COUNTRY_CODE string | COUNTRY_CODE
LOC_ADDR_ID integer | Идентификатор адреса местоположения
ANCHOR_TYPE_ID integer ro | ANCHOR_TYPE_ID
ANCHOR_ID integer ro | ANCHOR_ID
""")
COLUMNS = Columns({"ID": "integer"} | columns(FIELDS))
SHOWN = list(FIELDS)  # without the ID, which the portal does not know


@method("crm.address.fields", scope="crm", docs=DOCS.format("fields"))
def fields(portal, caller, params):
    return FIELDS


@method("crm.address.list", scope="crm", docs=DOCS.format("list"))
def list_(portal, caller, params):
    return page_of_texts(portal, portal.store.addresses, params, COLUMNS, SHOWN)


@method("crm.address.add", scope="crm", docs=DOCS.format("add"), writes=True)
def add(portal, caller, params):
    """An address of that type which is there already is written over."""
    given = params.fields()
    requisite = portal.store.requisites.get(whole(given.get("ENTITY_ID")))
    if whole(given.get("ENTITY_TYPE_ID")) != REQUISITE or requisite is None or not whole(given.get("TYPE_ID")):
        raise RestError("", "TYPE_ID, ENTITY_TYPE_ID or ENTITY_ID is not defined or invalid.")
    anchor = {"ANCHOR_TYPE_ID": requisite["ENTITY_TYPE_ID"], "ANCHOR_ID": requisite["ENTITY_ID"]}
    held = _held(portal, given)
    if held is not None:
        portal.store.addresses.update(held["ID"], _written(given))
    else:
        held = portal.store.addresses.add(dict.fromkeys(COLUMNS) | _written(given) | anchor)
    _ring(portal, held, "REGISTER")
    return True


@method("crm.address.update", scope="crm", docs=DOCS.format("update"), writes=True)
def update(portal, caller, params):
    given = params.fields()
    held = _held(portal, given)
    if held is None:
        raise RestError("", "TypeAddress not found.")
    portal.store.addresses.update(held["ID"], _written(given))
    return True


@method("crm.address.delete", scope="crm", docs=DOCS.format("delete"), writes=True)
def delete(portal, caller, params):
    held = _held(portal, params.fields())
    if held is None:
        raise RestError("", "TypeAddress not found.")
    portal.store.addresses.remove(held["ID"])
    _ring(portal, held, "UNREGISTER")
    return True


def _ring(portal, row: dict, verb: str) -> None:
    names = ("TYPE_ID", "ENTITY_TYPE_ID", "ENTITY_ID", "ANCHOR_ID", "ANCHOR_TYPE_ID")
    portal.events.ring(f"ONCRMADDRESS{verb}", {"FIELDS": {name: row[name] for name in names}})


def _held(portal, given: dict) -> dict | None:
    place = {name: whole(given.get(name)) for name in ("TYPE_ID", "ENTITY_TYPE_ID", "ENTITY_ID")}
    return next(iter(portal.store.addresses.having(**place)), None)


def _written(given: dict) -> dict:
    return {name: canonical(COLUMNS[name], given[name]) for name in writable(FIELDS) if name in given}
