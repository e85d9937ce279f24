"""crm.product.* and crm.productsection.*: the catalogue of goods and its sections. Everything reads as strings.

The reference calls them outdated; they are the ones that the scope `crm` of a webhook reaches, catalog.* needs another.
"""

from ..errors import RestError
from ..listing import Columns, as_text, page_of_texts
from ..objects import rights
from ..registry import method
from ..store import Table
from ..values import canonical

DOCS = "https://apidocs.bitrix24.com/api-reference/crm/outdated/products/crm-product-{}.html"
SECTION_DOCS = "https://apidocs.bitrix24.com/api-reference/crm/outdated/product-section/crm-product-section-{}.html"
CATALOG = 1
COLUMNS = Columns(
    {
        "ID": "integer",
        "CATALOG_ID": "integer",
        "NAME": "string",
        "PRICE": "double",
        "CURRENCY_ID": "string",
        "SECTION_ID": "integer",
        "MEASURE": "integer",
        "ACTIVE": "boolean",
        "SORT": "integer",
        "XML_ID": "string",
    }
)
SECTION_COLUMNS = Columns(
    {"ID": "integer", "CATALOG_ID": "integer", "NAME": "string", "SECTION_ID": "integer", "XML_ID": "string"}
)
PRODUCT = {"CATALOG_ID": CATALOG, "CURRENCY_ID": "RUB", "ACTIVE": "Y", "SORT": 500}
SECTION = {"CATALOG_ID": CATALOG}


def _declare(prefix: str, docs: str, columns: Columns, table_name: str, defaults: dict, title: str) -> None:
    """The same verbs for goods and for sections."""

    def table(portal) -> Table:
        return getattr(portal.store, table_name)

    @method(f"{prefix}.list", scope="crm", docs=docs.format("list"))
    def list_(portal, caller, params):
        return page_of_texts(portal, table(portal), params, columns)

    @method(f"{prefix}.get", scope="crm", docs=docs.format("get"))
    def get(portal, caller, params):
        row = table(portal).get(params.integer("id"))
        if row is None:
            raise RestError("", f"{title} is not found")
        return {name: as_text(value) for name, value in row.items()}

    @method(f"{prefix}.add", scope="crm", docs=docs.format("add"), writes=True)
    def add(portal, caller, params):
        if not rights.changes_settings(portal):
            raise rights.denied_plainly()
        given = {str(name).upper(): value for name, value in params.fields().items()}
        if not given.get("NAME"):
            raise RestError("", "The field NAME is required.")
        written = {name: canonical(columns[name], given[name]) for name in columns if name in given and name != "ID"}
        return table(portal).add(dict.fromkeys(columns) | defaults | written)["ID"]


_declare("crm.product", DOCS, COLUMNS, "products", PRODUCT, "Product")
_declare("crm.productsection", SECTION_DOCS, SECTION_COLUMNS, "product_sections", SECTION, "Product section")
