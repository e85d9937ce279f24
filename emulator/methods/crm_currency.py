"""crm.currency.*: currencies by their ISO codes, their rates to the base one, how each is written in a language.

Everything reads as strings.
"""

import re

from ..descriptions import columns, described
from ..errors import RestError
from ..filters import in_order, ordering
from ..listing import as_text
from ..objects import rights
from ..php import as_map
from ..registry import Page, Unchanged, method
from ..values import BadValue, canonical, flag

DOCS = "https://apidocs.bitrix24.com/api-reference/crm/currency/crm-currency-{}.html"
LOCAL_DOCS = "https://apidocs.bitrix24.com/api-reference/crm/currency/localizations/crm-currency-localizations-{}.html"
FIELDS = described("""
CURRENCY string | Валюта
AMOUNT_CNT int | Номинал
AMOUNT double | Курс обмена
BASE char ro | Базовая валюта
SORT int | Сортировка
DATE_UPDATE datetime ro | Дата изменения
LID string ro | Сайт
FORMAT_STRING string ro | Строка формата для вывода валюты
FULL_NAME string ro | Название
DEC_POINT string ro | Десятичная точка при выводе
THOUSANDS_SEP string ro | Свой разделитель тысяч при выводе
DECIMALS int ro | Количество десятичных знаков
LANG currency_localization multiple | Привязка к языку
""")
LOCALIZATION = described("""
FULL_NAME string | Название
FORMAT_STRING string | Строка формата для вывода валюты
DEC_POINT string | Десятичная точка при выводе
THOUSANDS_VARIANT string | Разделитель тысяч при выводе
THOUSANDS_SEP string | Свой разделитель тысяч при выводе
DECIMALS int | Количество десятичных знаков
HIDE_ZERO char | Не показывать незначащие нули
""")
COLUMNS, LOCAL_COLUMNS = columns(FIELDS), columns(LOCALIZATION)
REQUIRED = ("CURRENCY", "AMOUNT_CNT", "AMOUNT")
WRITTEN = ("AMOUNT_CNT", "AMOUNT", "SORT")
LANGUAGE, LANGUAGES = "ru", ("ru", "en")
# Of the portal's language, beside the currency itself.
LOCAL = ("FULL_NAME", "FORMAT_STRING", "DEC_POINT", "THOUSANDS_SEP", "DECIMALS")
PLAIN = {
    "FORMAT_STRING": "#",
    "DEC_POINT": ".",
    "THOUSANDS_SEP": " ",
    "THOUSANDS_VARIANT": "S",
    "DECIMALS": 2,
    "HIDE_ZERO": "N",
}
SEPARATORS = {"N": "", "C": ",", "D": ".", "S": " ", "B": "&nbsp;"}
CODE = re.compile(r"[A-Z]{3}")
OWN_WORDS = "the words of ERROR_CORE for a bad or taken code are the emulator's own"


@method("crm.currency.fields", scope="crm", docs=DOCS.format("fields"))
def fields(portal, caller, params):
    return FIELDS


@method("crm.currency.list", scope="crm", docs=DOCS.format("list"))
def list_(portal, caller, params):
    """All at once, without a filter; `total` is always 0."""
    keys = ordering(params.map("order"), COLUMNS.name) or [("SORT", False)]
    return Page([_show(row) for row in in_order(portal.store.currencies.all(), keys, "ID")], 0)


@method("crm.currency.get", scope="crm", docs=DOCS.format("get"))
def get(portal, caller, params):
    row = _currency(portal, params.get("id"))
    return _show(row) | {"LANG": _localizations(row)}


@method("crm.currency.add", scope="crm", docs=DOCS.format("add"), writes=True, differs=OWN_WORDS)
def add(portal, caller, params):
    _administrators_only(portal, caller)
    given = params.fields()
    for name in REQUIRED:
        if name not in given:
            raise RestError("ERROR_CORE", f'Undefined array key "{name}"')
    code = str(given["CURRENCY"]).upper()
    if not CODE.fullmatch(code):
        raise RestError("ERROR_CORE", "The currency code must consist of 3 Latin letters.")
    if portal.store.currencies.having(CURRENCY=code):
        raise RestError("ERROR_CORE", f"The currency {code} already exists.")
    add_currency(portal, code, _written(given), as_map(given.get("LANG")))
    if flag(given.get("BASE")) == "Y":
        _make_base(portal, code)
    _ring(portal, code, "ADD")
    return code


@method(
    "crm.currency.update",
    scope="crm",
    docs=DOCS.format("update"),
    writes=True,
    differs="an unknown code is answered as by crm.currency.get",
)
def update(portal, caller, params):
    _administrators_only(portal, caller)
    row, given = _currency(portal, params.get("id")), params.fields()
    localized = _localized(row, as_map(given.get("LANG")))
    portal.store.currencies.update(row["ID"], _written(given) | {"LANG": localized, "DATE_UPDATE": portal.clock.iso()})
    if flag(given.get("BASE")) == "Y":
        _make_base(portal, row["CURRENCY"])
    _ring(portal, row["CURRENCY"], "UPDATE")
    return True


@method(
    "crm.currency.delete",
    scope="crm",
    docs=DOCS.format("delete"),
    writes=True,
    differs="the currency of reports is the base one; an unknown code is answered as by crm.currency.get",
)
def delete(portal, caller, params):
    _administrators_only(portal, caller)
    if len(str(params.need("id"))) != 3:
        raise RestError("", "")
    row = _currency(portal, params.get("id"))
    if row["BASE"] == "Y":
        raise RestError("", "Cannot delete base currency.")
    portal.store.currencies.remove(row["ID"])
    _ring(portal, row["CURRENCY"], "DELETE")
    return True


@method("crm.currency.base.get", scope="crm", docs=DOCS.format("base-get"))
def base_get(portal, caller, params):
    return portal.store.currencies.having(BASE="Y")[0]["CURRENCY"]


@method("crm.currency.base.set", scope="crm", docs=DOCS.format("base-set"), writes=True)
def base_set(portal, caller, params):
    """Rates stay as they were; a code that is unknown changes nothing."""
    _administrators_only(portal, caller)
    code = str(params.get("id") or "")
    if not portal.store.currencies.having(CURRENCY=code):
        return Unchanged(False)
    _make_base(portal, code)
    return True


@method("crm.currency.localizations.fields", scope="crm", docs=LOCAL_DOCS.format("fields"))
def localizations_fields(portal, caller, params):
    return LOCALIZATION


@method("crm.currency.localizations.get", scope="crm", docs=LOCAL_DOCS.format("get"))
def localizations_get(portal, caller, params):
    row = _named(portal, params)
    return _localizations(row) if row else {}


@method("crm.currency.localizations.set", scope="crm", docs=LOCAL_DOCS.format("set"), writes=True)
def localizations_set(portal, caller, params):
    """Languages that are not named stay as they are."""
    _administrators_only(portal, caller)
    row, given = _named(portal, params), as_map(params.need("localizations"))
    localized = _localized(row, given) if row else {}
    if not row or localized == row["LANG"]:
        return Unchanged(False)
    portal.store.currencies.update(row["ID"], {"LANG": localized})
    return True


@method("crm.currency.localizations.delete", scope="crm", docs=LOCAL_DOCS.format("delete"), writes=True)
def localizations_delete(portal, caller, params):
    _administrators_only(portal, caller)
    row, doomed = _named(portal, params), {str(name) for name in params.list("lids")}
    if not row or not doomed & row["LANG"].keys():
        return Unchanged(False)
    kept = {language: parts for language, parts in row["LANG"].items() if language not in doomed}
    portal.store.currencies.update(row["ID"], {"LANG": kept})
    return True


def add_currency(portal, code: str, values: dict, localizations: dict) -> dict:
    """A new currency with the default localizations of the portal's languages where none are given."""
    row = {"ID": None, "CURRENCY": code, "SORT": 100, "BASE": "N", "DATE_UPDATE": portal.clock.iso()} | values
    row["LANG"] = _localized({"CURRENCY": code, "LANG": {}}, dict.fromkeys(LANGUAGES) | localizations)
    return portal.store.currencies.add(row)


def _administrators_only(portal, caller) -> None:
    if not rights.changes_settings(portal):
        raise RestError("", "Access denied.")


def _currency(portal, code: object) -> dict:
    found = portal.store.currencies.having(CURRENCY=str(code or ""))
    if not found:
        raise RestError("", "Not found")
    return found[0]


def _named(portal, params) -> dict | None:
    """The currency that localizations are asked of."""
    code = params.get("id")
    if not code:
        raise RestError("", "The parameter id is invalid or not defined.")
    return next(iter(portal.store.currencies.having(CURRENCY=str(code))), None)


def _make_base(portal, code: str) -> None:
    for row in portal.store.currencies.all():
        portal.store.currencies.update(row["ID"], {"BASE": "Y" if row["CURRENCY"] == code.upper() else "N"})


def _written(given: dict) -> dict:
    try:
        values = {name: canonical(COLUMNS[name], given[name]) for name in WRITTEN if name in given}
    except BadValue as bad:
        raise RestError("ERROR_CORE", f"Invalid value: {bad}") from None
    return {name: value for name, value in values.items() if value is not None}


def _localized(row: dict, given: dict) -> dict:
    """The localizations with those that are given written over them."""
    localized = dict(row["LANG"])
    for language, parts in given.items():
        before = localized.get(language) or {"FULL_NAME": row["CURRENCY"]} | PLAIN
        localized[str(language)] = before | _parts(as_map(parts))
    return localized


def _parts(given: dict) -> dict:
    """What is written of one language; a variant of the separator of thousands decides on the separator."""
    try:
        parts = {name: canonical(LOCAL_COLUMNS[name], given[name]) for name in LOCALIZATION if name in given}
    except BadValue as bad:
        raise RestError("ERROR_CORE", f"Invalid value: {bad}") from None
    parts = {name: value for name, value in parts.items() if value is not None}
    if parts.get("THOUSANDS_VARIANT") in SEPARATORS:
        parts["THOUSANDS_SEP"] = SEPARATORS[parts["THOUSANDS_VARIANT"]]
    return parts


def _localizations(row: dict) -> dict:
    return {language: {name: as_text(parts[name]) for name in parts} for language, parts in row["LANG"].items()}


def _show(row: dict) -> dict:
    mine = row["LANG"].get(LANGUAGE, {})
    return {
        "CURRENCY": row["CURRENCY"],
        "AMOUNT_CNT": str(row["AMOUNT_CNT"]),
        "AMOUNT": f"{row['AMOUNT']:.4f}",
        "SORT": str(row["SORT"]),
        "BASE": row["BASE"],
        "LID": LANGUAGE,
        **{name: as_text(mine.get(name)) for name in LOCAL},
        "DATE_UPDATE": row["DATE_UPDATE"],
    }


def _ring(portal, code: str, verb: str) -> None:
    portal.events.ring(f"ONCRMCURRENCY{verb}", {"FIELDS": {"ID": code}})
