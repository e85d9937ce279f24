"""crm.requisite.* and crm.requisite.bankdetail.*: legal and bank details. Everything reads as strings."""

from ..errors import RestError
from ..listing import Columns, as_text, page_of_texts
from ..registry import method
from ..store import Table
from ..values import canonical

DOCS = "https://apidocs.bitrix24.com/api-reference/crm/requisites/universal/crm-requisite-{}.html"
BANK_DOCS = "https://apidocs.bitrix24.com/api-reference/crm/requisites/bank-detail/crm-requisite-bank-detail-{}.html"
INTEGERS = {"ID", "ENTITY_TYPE_ID", "ENTITY_ID", "PRESET_ID", "SORT", "COUNTRY_ID", "CREATED_BY_ID", "MODIFY_BY_ID"}
SHARED = "ID ENTITY_TYPE_ID ENTITY_ID NAME CODE XML_ID ACTIVE SORT DATE_CREATE DATE_MODIFY CREATED_BY_ID MODIFY_BY_ID"


def _columns(names: str) -> Columns:
    return Columns({name: "integer" if name in INTEGERS else "string" for name in names.split()})


COLUMNS = _columns(
    SHARED + " PRESET_ID ORIGINATOR_ID ADDRESS_ONLY RQ_NAME RQ_FIRST_NAME RQ_LAST_NAME RQ_SECOND_NAME RQ_COMPANY_NAME "
    "RQ_COMPANY_FULL_NAME RQ_COMPANY_REG_DATE RQ_DIRECTOR RQ_ACCOUNTANT RQ_CEO_NAME RQ_CEO_WORK_POS RQ_CONTACT "
    "RQ_EMAIL RQ_PHONE RQ_INN RQ_KPP RQ_IFNS RQ_OGRN RQ_OGRNIP RQ_OKPO RQ_OKTMO RQ_OKVED RQ_VAT_PAYER RQ_BASE_DOC"
)
BANK_COLUMNS = _columns(
    SHARED + " COUNTRY_ID RQ_BANK_NAME RQ_BANK_ADDR RQ_BIK RQ_ACC_NUM RQ_ACC_CURRENCY RQ_COR_ACC_NUM COMMENTS"
)
INTEGERS = {"ID", "ENTITY_TYPE_ID", "ENTITY_ID", "PRESET_ID", "SORT", "COUNTRY_ID", "CREATED_BY_ID", "MODIFY_BY_ID"}
READ_ONLY = {"ID", "DATE_CREATE", "DATE_MODIFY", "CREATED_BY_ID", "MODIFY_BY_ID"}


def _declare(prefix: str, docs: str, columns: Columns, table_name: str, check, title: str) -> None:
    """The same verbs for requisites and for bank details."""

    def table(portal) -> Table:
        return getattr(portal.store, table_name)

    def held(portal, params) -> dict:
        row = table(portal).get(params.integer("id"))
        if row is None:
            raise RestError("", f"The {title} with ID '{params.get('id')}' is not found")
        return row

    @method(f"{prefix}.list", scope="crm", docs=docs.format("list"))
    def list_(portal, caller, params):
        return page_of_texts(portal, table(portal), params, columns)

    @method(f"{prefix}.get", scope="crm", docs=docs.format("get"))
    def get(portal, caller, params):
        return {name: as_text(value) for name, value in held(portal, params).items()}

    @method(f"{prefix}.add", scope="crm", docs=docs.format("add"), writes=True)
    def add(portal, caller, params):
        values = _written(columns, params.fields())
        check(portal, values)
        now = portal.clock.iso()
        row = dict.fromkeys(columns) | {"ACTIVE": "Y", "SORT": 500, "DATE_CREATE": now, "CREATED_BY_ID": caller.user_id}
        return table(portal).add(row | values)["ID"]

    @method(f"{prefix}.update", scope="crm", docs=docs.format("update"), writes=True)
    def update(portal, caller, params):
        row, values = held(portal, params), _written(columns, params.fields())
        stamps = {"DATE_MODIFY": portal.clock.iso(), "MODIFY_BY_ID": caller.user_id}
        table(portal).update(row["ID"], values | stamps)
        return True

    @method(f"{prefix}.delete", scope="crm", docs=docs.format("delete"), writes=True)
    def delete(portal, caller, params):
        table(portal).remove(held(portal, params)["ID"])
        return True


def _check_requisite(portal, values: dict) -> None:
    if values.get("ENTITY_TYPE_ID") not in (3, 4):
        raise RestError("", "ENTITY_TYPE_ID is not defined or invalid.")
    owners = portal.store.companies if values["ENTITY_TYPE_ID"] == 4 else portal.store.contacts
    if values.get("ENTITY_ID") not in owners:
        raise RestError("", "ENTITY_ID is not defined or invalid.")
    if not values.get("PRESET_ID"):
        raise RestError("", "PRESET_ID is not defined or invalid.")
    if not values.get("NAME"):
        raise RestError("", "NAME is not defined or invalid.")


def _check_bank_detail(portal, values: dict) -> None:
    if values.get("ENTITY_ID") not in portal.store.requisites:
        raise RestError("", "ENTITY_ID is not defined or invalid.")
    if not values.get("NAME"):
        raise RestError("", "NAME is not defined or invalid.")
    values["ENTITY_TYPE_ID"] = 8


def _written(columns: Columns, given: dict) -> dict:
    by_name = {str(name).upper(): value for name, value in given.items()}
    return {
        name: canonical(kind, by_name[name])
        for name, kind in columns.items()
        if name in by_name and name not in READ_ONLY
    }


_declare("crm.requisite", DOCS, COLUMNS, "requisites", _check_requisite, "Requisite")
_declare("crm.requisite.bankdetail", BANK_DOCS, BANK_COLUMNS, "bank_details", _check_bank_detail, "BankDetail")
