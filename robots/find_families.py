"""Find the family of goods: the section of the portal's catalogue in which their product stands."""

from collections.abc import Iterable

from engine.deal import Row
from engine.run import Run
from rules import split

PAGE = 50


def find_families(run: Run, rows: Iterable[Row]) -> dict[str, str]:
    """Product of a row → the name of its section; without a product or a section, its own name without sizes.

    https://apidocs.bitrix24.com/api-reference/crm/outdated/products/crm-product-list.html
    """
    rows = list(rows)
    ids = sorted({row.product_id for row in rows if row.product_id})
    sections = run.fact(f"families {ids}", lambda: _sections(run, ids)) if ids else {}
    return {row.product: sections.get(str(row.product_id)) or split.family(row.product) for row in rows}


def _sections(run: Run, ids: list[int]) -> dict[str, str]:
    """Product id (as a fact keeps it: text) → the name of its section."""
    section_of = {one["ID"]: one["SECTION_ID"] for one in _ask(run, "crm.product.list", ids, "SECTION_ID")}
    wanted = sorted({int(section) for section in section_of.values() if section})
    names = {one["ID"]: one["NAME"] for one in _ask(run, "crm.productsection.list", wanted, "NAME")}
    return {str(product): names[section] for product, section in section_of.items() if section in names}


def _ask(run: Run, method: str, ids: list[int], field: str) -> Iterable[dict]:
    for start in range(0, len(ids), PAGE):
        some = {"filter": {"ID": ids[start : start + PAGE]}, "select": ["ID", field]}
        yield from run.engine.ask(method, some).result
