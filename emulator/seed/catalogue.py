"""The catalogue of goods: a section for every group of goods.yaml, and its goods in it; sections that config/ asks for."""

from config import company

from ..methods.crm_product import COLUMNS, PRODUCT, SECTION, SECTION_COLUMNS
from .files import read


def plant(portal) -> list[dict]:
    """The groups of goods.yaml, each of their goods now with the `id` of its product."""
    groups = read("goods.yaml")
    for process in company().processes.values():
        if process.catalogue:
            goods = [{"name": item, "price": 0} for item in process.catalogue.items]
            _plant_group(portal, {"group": process.catalogue.section, "goods": goods})
    return [{**group, "goods": _plant_group(portal, group)} for group in groups]


def _plant_group(portal, group: dict) -> list[dict]:
    section = portal.store.product_sections.add(dict.fromkeys(SECTION_COLUMNS) | SECTION | {"NAME": group["group"]})
    return [{**one, "id": _plant_one(portal, one, section["ID"])} for one in group["goods"]]


def _plant_one(portal, goods: dict, section_id: int) -> int:
    values = {"NAME": goods["name"], "PRICE": goods["price"], "SECTION_ID": section_id}
    return portal.store.products.add(dict.fromkeys(COLUMNS) | PRODUCT | values)["ID"]
