"""crm.requisite.* and crm.requisite.bankdetail.*: legal and bank details. Everything reads as strings."""

from collections.abc import Callable

from ..descriptions import columns, described, writable
from ..errors import RestError
from ..listing import Columns, as_text, page_of_texts
from ..objects import requisites, rights
from ..objects.requisites import REQUISITE
from ..registry import method
from ..store import Table
from ..values import canonical

DOCS = "https://apidocs.bitrix24.com/api-reference/crm/requisites/universal/crm-requisite-{}.html"
BANK_DOCS = "https://apidocs.bitrix24.com/api-reference/crm/requisites/bank-detail/crm-requisite-bank-detail-{}.html"
FIELDS = described("""
ID integer ro | ID
ENTITY_TYPE_ID integer required fixed | ID типа сущности
ENTITY_ID integer required fixed | ID сущности
PRESET_ID integer required fixed | ID пресета
DATE_CREATE datetime ro | Дата создания
DATE_MODIFY datetime ro | Дата изменения
CREATED_BY_ID user ro | Создал
MODIFY_BY_ID user ro | Изменил
NAME string | Название
CODE string | Код
XML_ID string | Внешний код
ORIGINATOR_ID string | ORIGINATOR_ID
ACTIVE char | Активен
ADDRESS_ONLY char | ADDRESS_ONLY
SORT integer | Сортировка
RQ_NAME string | Ф.И.О.
RQ_FIRST_NAME string | Имя
RQ_LAST_NAME string | Фамилия
RQ_SECOND_NAME string | Отчество
RQ_COMPANY_ID string | RQ_COMPANY_ID
RQ_COMPANY_NAME string | Сокращенное наименование организации
RQ_COMPANY_FULL_NAME string | Полное наименование организации
RQ_COMPANY_REG_DATE string | Дата государственной регистрации
RQ_DIRECTOR string | Ген. директор
RQ_ACCOUNTANT string | Гл. бухгалтер
RQ_CEO_NAME string | RQ_CEO_NAME
RQ_CEO_WORK_POS string | RQ_CEO_WORK_POS
RQ_CONTACT string | Контактное лицо
RQ_EMAIL string | E-Mail
RQ_PHONE string | Телефон
RQ_FAX string | Факс
RQ_IDENT_TYPE crm_status | RQ_IDENT_TYPE
RQ_IDENT_DOC string | Вид документа
RQ_IDENT_DOC_SER string | серия
RQ_IDENT_DOC_NUM string | номер
RQ_IDENT_DOC_PERS_NUM string | RQ_IDENT_DOC_PERS_NUM
RQ_IDENT_DOC_DATE string | дата выдачи
RQ_IDENT_DOC_ISSUED_BY string | кем выдан
RQ_IDENT_DOC_DEP_CODE string | код подразделения
RQ_INN string | ИНН
RQ_KPP string | КПП
RQ_USRLE string | RQ_USRLE
RQ_IFNS string | ИФНС
RQ_OGRN string | ОГРН
RQ_OGRNIP string | ОГРНИП
RQ_OKPO string | ОКПО
RQ_OKTMO string | ОКТМО
RQ_OKVED string | ОКВЭД
RQ_EDRPOU string | RQ_EDRPOU
RQ_DRFO string | RQ_DRFO
RQ_KBE string | RQ_KBE
RQ_IIN string | RQ_IIN
RQ_BIN string | RQ_BIN
RQ_ST_CERT_SER string | Серия св. о гос. регистрации
RQ_ST_CERT_NUM string | Номер св. о гос. регистрации
RQ_ST_CERT_DATE string | Дата св. о гос. регистрации
RQ_VAT_PAYER char | RQ_VAT_PAYER
RQ_VAT_ID string | RQ_VAT_ID
RQ_VAT_CERT_SER string | RQ_VAT_CERT_SER
RQ_VAT_CERT_NUM string | RQ_VAT_CERT_NUM
RQ_VAT_CERT_DATE string | RQ_VAT_CERT_DATE
RQ_RESIDENCE_COUNTRY string | RQ_RESIDENCE_COUNTRY
RQ_BASE_DOC string | RQ_BASE_DOC
RQ_REGON string | RQ_REGON
RQ_KRS string | RQ_KRS
RQ_PESEL string | RQ_PESEL
RQ_LEGAL_FORM string | RQ_LEGAL_FORM
RQ_SIRET string | RQ_SIRET
RQ_SIREN string | RQ_SIREN
RQ_CAPITAL string | RQ_CAPITAL
RQ_RCS string | RQ_RCS
RQ_CNPJ string | RQ_CNPJ
RQ_STATE_REG string | RQ_STATE_REG
RQ_MNPL_REG string | RQ_MNPL_REG
RQ_CPF string | RQ_CPF
""")
BANK_FIELDS = described("""
ID integer ro | ID
ENTITY_ID integer required fixed | ID объекта
COUNTRY_ID integer | ID страны
DATE_CREATE datetime ro | Дата создания
DATE_MODIFY datetime ro | Дата изменения
CREATED_BY_ID user ro | Создал
MODIFY_BY_ID user ro | Изменил
NAME string | Название
CODE string | Код
XML_ID string | Внешний код
ACTIVE char | Активен
SORT integer | Сортировка
RQ_BANK_NAME string | Наименование банка
RQ_BANK_ADDR string | Адрес банка
RQ_BANK_CODE string | RQ_BANK_CODE
RQ_AGENCY_NAME string | RQ_AGENCY_NAME
RQ_BANK_ROUTE_NUM string | RQ_BANK_ROUTE_NUM
RQ_BIK string | БИК
RQ_MFO string | RQ_MFO
RQ_ACC_NAME string | RQ_ACC_NAME
RQ_ACC_NUM string | Расчетный счёт
RQ_ACC_TYPE string | RQ_ACC_TYPE
RQ_IIK string | RQ_IIK
RQ_ACC_CURRENCY string | Валюта счёта
RQ_COR_ACC_NUM string | Кор. счёт
RQ_IBAN string | RQ_IBAN
RQ_SWIFT string | SWIFT
RQ_BIC string | RQ_BIC
RQ_CODEB string | RQ_CODEB
RQ_CODEG string | RQ_CODEG
RQ_RIB string | RQ_RIB
COMMENTS string | Комментарий
ORIGINATOR_ID string | Внешний источник
""")
BANK_COLUMNS = Columns({"ENTITY_TYPE_ID": "integer"} | columns(BANK_FIELDS))


def declare(
    prefix: str,
    docs: str,
    fields: dict[str, dict],
    table_name: str,
    title: str,
    check: Callable,
    *,
    listed: Columns | None = None,
    event: str = "",
    before_delete: Callable = lambda portal, row: None,
    rule: Callable = lambda portal, action: None,
) -> None:
    """The same verbs for requisites, bank details and templates. `check(portal, values)` refuses, as does
    `before_delete(portal, row)`, or it takes away what hangs on the row; `listed`: the columns, where they are not just
    the described fields; `event`: how the events are called, where there are any; `rule(portal, action)`: the test of a
    row for who calls, None where nobody is limited."""
    columns_ = listed or columns(fields)

    def table(portal) -> Table:
        return getattr(portal.store, table_name)

    def check_right(portal, action: str, row: dict) -> None:
        may = rule(portal, action)
        if may is not None and not may(row):
            raise rights.denied_plainly()

    def held(portal, params, action: str) -> dict:
        row = table(portal).get(params.integer("id"))
        if row is None:
            raise RestError("", f"The {title} with ID '{params.get('id')}' is not found")
        check_right(portal, action, row)
        return row

    def ring(portal, row_id: int, verb: str) -> None:
        if event:
            portal.events.ring(f"{event}{verb}", {"FIELDS": {"ID": row_id}})

    @method(f"{prefix}.fields", scope="crm", docs=docs.format("fields"))
    def fields_(portal, caller, params):
        return fields

    @method(f"{prefix}.list", scope="crm", docs=docs.format("list"))
    def list_(portal, caller, params):
        return page_of_texts(portal, table(portal), params, columns_, readable=rule(portal, "read"))

    @method(f"{prefix}.get", scope="crm", docs=docs.format("get"))
    def get(portal, caller, params):
        return {name: as_text(value) for name, value in held(portal, params, "read").items()}

    @method(f"{prefix}.add", scope="crm", docs=docs.format("add"), writes=True)
    def add(portal, caller, params):
        values = _written(columns_, writable(fields), params.fields())
        check(portal, values)
        check_right(portal, "add", values)
        stamps = {"DATE_CREATE": portal.clock.iso(), "DATE_MODIFY": "", "CREATED_BY_ID": caller.user_id}
        row = dict.fromkeys(columns_) | {"ACTIVE": "Y", "SORT": 500} | stamps
        row_id = table(portal).add(row | values)["ID"]
        ring(portal, row_id, "ADD")
        return row_id

    @method(f"{prefix}.update", scope="crm", docs=docs.format("update"), writes=True)
    def update(portal, caller, params):
        row, values = (
            held(portal, params, "update"),
            _written(columns_, writable(fields, changing=True), params.fields()),
        )
        stamps = {"DATE_MODIFY": portal.clock.iso(), "MODIFY_BY_ID": caller.user_id}
        table(portal).update(row["ID"], values | stamps)
        ring(portal, row["ID"], "UPDATE")
        return True

    @method(f"{prefix}.delete", scope="crm", docs=docs.format("delete"), writes=True)
    def delete(portal, caller, params):
        row = held(portal, params, "delete")
        before_delete(portal, row)
        table(portal).remove(row["ID"])
        ring(portal, row["ID"], "DELETE")
        return True


def _check_requisite(portal, values: dict) -> None:
    if values.get("ENTITY_TYPE_ID") not in (3, 4):
        raise RestError("", "ENTITY_TYPE_ID is not defined or invalid.")
    owners = portal.store.companies if values["ENTITY_TYPE_ID"] == 4 else portal.store.contacts
    if values.get("ENTITY_ID") not in owners:
        raise RestError("", "ENTITY_ID is not defined or invalid.")
    if values.get("PRESET_ID") not in portal.store.requisite_presets:
        raise RestError("", "PRESET_ID is not defined or invalid.")
    if not values.get("NAME"):
        raise RestError("", "NAME is not defined or invalid.")


def _check_bank_detail(portal, values: dict) -> None:
    if values.get("ENTITY_ID") not in portal.store.requisites:
        raise RestError("", "ENTITY_ID is not defined or invalid.")
    if not values.get("NAME"):
        raise RestError("", "NAME is not defined or invalid.")
    values["ENTITY_TYPE_ID"] = REQUISITE


def _written(columns_: Columns, names: list[str], given: dict) -> dict:
    by_name = {str(name).upper(): value for name, value in given.items()}
    return {name: canonical(columns_[name], by_name[name]) for name in names if name in by_name}


declare(
    "crm.requisite",
    DOCS,
    FIELDS,
    "requisites",
    "Requisite",
    _check_requisite,
    event="ONCRMREQUISITE",
    before_delete=requisites.take_away,
    rule=requisites.rule,
)
declare(
    "crm.requisite.bankdetail",
    BANK_DOCS,
    BANK_FIELDS,
    "bank_details",
    "BankDetail",
    _check_bank_detail,
    listed=BANK_COLUMNS,
    event="ONCRMBANKDETAIL",
    rule=requisites.rule_of_bank_details,
)
