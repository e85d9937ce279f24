"""crm.multifield.fields: what a phone, an e-mail and the like are made of."""

from ..descriptions import described
from ..registry import method

FIELDS = described("""
ID int ro | ID
TYPE_ID string ro | Тип поля
VALUE string | Значение
VALUE_TYPE string | Тип значения
""")


@method(
    "crm.multifield.fields",
    scope="crm",
    docs="https://apidocs.bitrix24.com/api-reference/crm/auxiliary/multifield/crm-multifield-fields.html",
)
def fields(portal, caller, params):
    return FIELDS
