"""The kinds of CRM objects: their numbers, tables, native fields, stages, events. Six are the portal's own, the others are
its smart processes (`store.types`), whose fields follow from the settings of the type.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from .native_fields import (
    COMPANY_FIELDS,
    CONTACT_FIELDS,
    DEAL_FIELDS,
    DYNAMIC_FIELDS,
    INVOICE_FIELDS,
    LEAD_FIELDS,
    QUOTE_FIELDS,
    SWITCHED_FIELDS,
    NativeField,
    described_in,
)


@dataclass(frozen=True)
class Entity:
    """`stage_list` and `stage_prefix`: the dictionary of the stages and what their codes begin with, by funnel; `history`:
    the table of their moves."""

    type_id: int
    code: str
    short: str
    table: str
    uf_entity: str
    event: str
    default_title: str
    field_table: str
    stage_list: str = ""
    stage_prefix: str = ""
    history: str = ""

    @cached_property
    def fields(self) -> dict[str, NativeField]:
        return described_in(self.field_table)

    @cached_property
    def universal(self) -> dict[str, NativeField]:
        """What crm.item.* knows."""
        return {name: field for name, field in self.fields.items() if field.only != "older"}

    @cached_property
    def older(self) -> dict[str, NativeField]:
        """What crm.deal.* and its siblings know."""
        return {name: field for name, field in self.fields.items() if field.only != "item"}

    @property
    def title(self) -> str:
        """What one of them is called."""
        return self.default_title.removesuffix(" #{id}")

    @property
    def has_stages(self) -> bool:
        return bool(self.stage_list)

    @property
    def has_funnels(self) -> bool:
        return self.has_stages and "categoryId" in self.fields

    @property
    def has_sum(self) -> bool:
        """Whether product rows can hang on it."""
        return "opportunity" in self.fields

    @property
    def has_multifields(self) -> bool:
        return "hasPhone" in self.fields

    @property
    def is_dynamic(self) -> bool:
        """A smart process or an invoice: they share their events and the numbers of their funnels."""
        return self.event == DYNAMIC

    def stages_of(self, category_id: int | None) -> str:
        """The dictionary of the stages of a funnel."""
        return self.stage_list.format(category_id) if category_id else self.stage_list.removesuffix("_{}")

    def prefix_of(self, category_id: int | None) -> str:
        return self.stage_prefix.format(category_id) if category_id else ""


# What the events of invoices and smart processes begin with.
DYNAMIC = "ONCRMDYNAMICITEM"

LEAD = Entity(
    1, "lead", "L", "leads", "CRM_LEAD", "ONCRMLEAD", "Лид #{id}", LEAD_FIELDS,
    stage_list="STATUS", history="lead_history",
)  # fmt: skip
DEAL = Entity(
    2, "deal", "D", "deals", "CRM_DEAL", "ONCRMDEAL", "Сделка #{id}", DEAL_FIELDS,
    stage_list="DEAL_STAGE_{}", stage_prefix="C{}:", history="stage_history",
)  # fmt: skip
CONTACT = Entity(3, "contact", "C", "contacts", "CRM_CONTACT", "ONCRMCONTACT", "Контакт #{id}", CONTACT_FIELDS)
COMPANY = Entity(4, "company", "CO", "companies", "CRM_COMPANY", "ONCRMCOMPANY", "Компания #{id}", COMPANY_FIELDS)
QUOTE = Entity(
    7, "quote", "Q", "quotes", "CRM_QUOTE", "ONCRMQUOTE", "Предложение #{id}", QUOTE_FIELDS, stage_list="QUOTE_STATUS"
)  # fmt: skip
INVOICE = Entity(
    31, "smart_invoice", "SI", "invoices", "CRM_SMART_INVOICE", DYNAMIC, "Счёт #{id}", INVOICE_FIELDS,
    stage_list="SMART_INVOICE_STAGE_{}", stage_prefix="DT31_{}:", history="invoice_history",
)  # fmt: skip

# The portal's own kinds; `numbered`, `called` and `marked` know the smart processes as well.
BY_TYPE_ID = {entity.type_id: entity for entity in (LEAD, DEAL, CONTACT, COMPANY, QUOTE, INVOICE)}
BY_CODE = {entity.code: entity for entity in BY_TYPE_ID.values()}
BY_SHORT = {entity.short: entity for entity in BY_TYPE_ID.values()}
# An invoice can be written out for a deal and for a quote.
_PARENTS = {INVOICE: (2, 7)}
_MARK = re.compile(r"T[0-9a-f]+")


def numbered(portal, type_id: int | None) -> Entity | None:
    """The kind with this `entityTypeId`."""
    if type_id in BY_TYPE_ID:
        return BY_TYPE_ID[type_id]
    found = portal.store.types.having(entityTypeId=type_id)
    return smart(found[0]) if found else None


def called(portal, code: str) -> Entity | None:
    """The kind that timelines and triggers call so: `deal`, `dynamic_130`."""
    number = code.removeprefix("dynamic_")
    return numbered(portal, int(number)) if number != code and number.isdecimal() else BY_CODE.get(code)


def marked(portal, short: str) -> Entity | None:
    """The kind with this short mark: `D`, and for smart processes the number in hexadecimal digits, `T82`."""
    return numbered(portal, int(short[1:], 16)) if _MARK.fullmatch(short) else BY_SHORT.get(short)


def every(portal) -> Iterator[Entity]:
    yield from BY_TYPE_ID.values()
    yield from map(smart, portal.store.types.all())


def smart(row: dict) -> Entity:
    """The kind that a smart process is."""
    enabled = tuple(name for name in SWITCHED_FIELDS if row[name] == "Y")
    return _smart(row["id"], row["entityTypeId"], row["title"], enabled)


@lru_cache(maxsize=256)
def _smart(row_id: int, type_id: int, title: str, enabled: tuple[str, ...]) -> Entity:
    fields = DYNAMIC_FIELDS + "".join(SWITCHED_FIELDS[name] for name in enabled)
    return Entity(
        type_id,
        f"dynamic_{type_id}",
        f"T{type_id:x}",
        f"items_{type_id}",
        f"CRM_{row_id}",
        DYNAMIC,
        f"{title} #{{id}}",
        fields,
        stage_list=f"DYNAMIC_{type_id}_STAGE_{{}}",
        stage_prefix=f"DT{type_id}_{{}}:",
        history=f"history_{type_id}",
    )


def parents(portal, entity: Entity) -> dict[str, NativeField]:
    """The fields `parentId<N>` of a kind: those that the relations of smart processes put above it."""
    above = list(_PARENTS.get(entity, ()))
    for row in portal.store.types.all():
        if row["entityTypeId"] == entity.type_id:
            related = row["relations"]["parent"]
            above += [one["entityTypeId"] for one in related if one["isPredefined"] == "N"]
        elif any(one["entityTypeId"] == entity.type_id for one in row["relations"]["child"]):
            above.append(row["entityTypeId"])
    known = filter(None, (numbered(portal, number) for number in above))
    return {field.name: field for field in map(_parent_field, known)}


@lru_cache(maxsize=256)
def _parent_field(entity: Entity) -> NativeField:
    number, title = entity.type_id, entity.title
    return NativeField(f"parentId{number}", "crm_entity", f"PARENT_ID_{number}", parent=number, own_title=title)
