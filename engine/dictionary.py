"""Our names and the portal's ids, both ways: funnels, stages, fields, the options of lists.

Read from the portal at start. Source of the shapes: crm.category.list, crm.item.fields
(https://apidocs.bitrix24.com/api-reference/crm/universal/crm-item-fields.html).
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal

from bitrix.client import Command, Portal
from config import Company, ConfigError, Field, Process
from config.models import PREFIX
from rules import money

DEAL, COMPANY = 2, 4
NATIVE = {
    "title": "title",
    "amount": "opportunity",
    "company": "companyId",
    "contact": "contactId",
    "responsible": "assignedById",
}
KEPT = ("id", "title", "categoryId", "stageId", "assignedById", "createdBy", "updatedBy", "movedBy", "createdTime",
        "updatedTime", "movedTime", "lastActivityTime", "opportunity", "currencyId", "companyId", "contactId", "originId")  # fmt: skip


class NotProvisioned(ConfigError):
    """The portal lacks a funnel or a field that config/processes/ names."""


class Dictionary:
    """Translates between handlers' words and the portal's ids."""

    def __init__(self, company: Company, categories: dict[str, int], options: dict[str, dict[str, str]]):
        self.company = company
        self._shared = {name: one for process in company.processes.values() for name, one in process.fields.items()}
        self._category = categories
        self._custom = {one.code for one in custom_fields(company)}
        self._in_funnel: dict[int, list[Process]] = {}
        for code, category in categories.items():
            self._in_funnel.setdefault(category, []).append(company.processes[code])
        self._option_id = options
        self._option_text = {code: {str(v): k for k, v in texts.items()} for code, texts in options.items()}

    @classmethod
    def read(cls, portal: Portal, company: Company) -> "Dictionary":
        """Ask the portal (one request). Raises NotProvisioned with everything that is missing."""
        funnels, fields, of_companies = portal.batch(
            [
                Command("crm.category.list", {"entityTypeId": DEAL}, "funnels"),
                Command("crm.item.fields", {"entityTypeId": DEAL, "useOriginalUfNames": "Y"}, "fields"),
                Command("crm.item.fields", {"entityTypeId": COMPANY, "useOriginalUfNames": "Y"}, "company_fields"),
            ]
        )
        for answer in (funnels, fields, of_companies):
            if isinstance(answer, Exception):
                raise answer
        categories, lacking = {}, []
        for process in company.processes.values():
            category = _category_of(process, funnels.result["categories"])
            if category is not None:
                categories[process.code] = category
            elif process.enabled:
                lacking.append(f"funnel «{process.funnel}»")
        options = {}
        for wanted, known in (
            (custom_fields(company), fields.result["fields"]),
            (company.company_fields.values(), of_companies.result["fields"]),
        ):
            for field in wanted:
                if field.code not in known:
                    lacking.append(f"field {field.code}")
                elif field.type == "enumeration":
                    items = known[field.code].get("items") or []
                    options[field.code] = {str(item["VALUE"]).strip(): str(item["ID"]) for item in items}
        if lacking:
            raise NotProvisioned(
                "The portal is not set up for these processes: missing " + ", ".join(lacking[:20])
                + (f" and {len(lacking) - 20} more" if len(lacking) > 20 else "") + ". Create them (docs/guide.md, set-up)."
            )  # fmt: skip
        return cls(company, categories, options)

    def process(self, category: int | str | None, item: Mapping | None = None) -> Process | None:
        """The process whose funnel this category is; None for funnels that are not ours.

        Where several share the funnel, the fields of the card tell them apart (`selector`); without a card, and for one
        that does not say, it is the first of them.
        """
        several = self._in_funnel.get(int(category), []) if category is not None else []
        if len(several) > 1 and item is not None:
            several = [one for one in several if self._is_selected(one, item)] or several
        return several[0] if several else None

    def _is_selected(self, process: Process, item: Mapping) -> bool:
        field = process.fields[process.selector.field]
        return self.decode(field, item.get(self.key(field))) == process.selector.value

    def category(self, process: str) -> int:
        return self._category[process]

    def stage_id(self, process: str, stage: str) -> str:
        """OFFER of SOFT → `C7:OFFER` (no prefix in the default funnel)."""
        category = self._category[process]
        return f"C{category}:{stage}" if category else stage

    def stage(self, stage_id: str) -> str:
        """`C7:OFFER` → OFFER."""
        return stage_id.rpartition(":")[2]

    def field(self, process: str | None, name: str) -> Field:
        """The field that handlers call `name` in this process. KeyError names the unknown one.

        Deals share their fields on the portal: one that stands in the table of another process is on this card as well.
        """
        own = self.company.processes[process].fields if process else {}
        field = own.get(name) or self.company.deal_fields.get(name) or self._shared.get(name)
        if field is None:
            raise KeyError(f"{process} has no field {name}: see config/processes/ and config/deal_fields.yaml")
        return field

    def company_field(self, name: str) -> Field:
        """The field of companies that handlers call `name`: config/company_fields.yaml."""
        return self.company.company_fields[name]

    def decode(self, field: Field, value: object) -> object:
        """The portal's value as Python's: Decimal, date, aware datetime, bool, text of the option, ids as int.

        What cannot be read so (an amount in another currency, a word for a number) stays the portal's own text.
        """
        if field.multiple:
            read = [self._readable(field, one) for one in (value or []) if one not in (None, "")]
            return [one for one in read if one is not None]
        return None if value in (None, "", []) else self._readable(field, value)

    def _readable(self, field: Field, value: object) -> object:
        try:
            return self._decode_one(field, value)
        except (ValueError, ArithmeticError):
            return str(value)

    def _decode_one(self, field: Field, value: object) -> object:
        match field.type:
            case "boolean":
                return str(value) in ("Y", "1", "True")
            case "integer":
                return int(Decimal(str(value)))
            case "employee" | "company" | "contact":
                return int(Decimal(str(value))) or None
            case "double":
                return Decimal(str(value))
            case "money":
                return money.parse(str(value)) if "|" in str(value) else Decimal(str(value))
            case "date":
                return date.fromisoformat(str(value)[:10])
            case "datetime":
                return datetime.fromisoformat(str(value))
            case "enumeration":
                return self._option_text.get(field.code, {}).get(str(value), str(value))
            case "deal":
                return linked_deal(value)
            case _:
                return value

    def encode(self, field: Field, value: object) -> object:
        """Python's value as the portal takes it; None empties the field."""
        if field.multiple:
            return [self._encode_one(field, one) for one in value or []]
        return "" if value is None else self._encode_one(field, value)

    def encoded(self, process: str | None, values: dict) -> dict:
        """Fields under our names as `crm.item.*` takes them."""
        fields = {name: self.field(process, name) for name in values}
        return {self.key(field): self.encode(field, values[name]) for name, field in fields.items()}

    def _encode_one(self, field: Field, value: object) -> object:
        match field.type:
            case "boolean":
                return "Y" if value else "N"
            case "money" if field.code != "OPPORTUNITY":
                return money.bitrix(value)
            case "date" | "datetime":
                return value.isoformat()
            case "enumeration":
                return self._option_id[field.code][value]
            case "deal":
                return f"D_{value}"
            case "double" | "money":
                return str(value)
            case _:
                return value

    def key(self, field: Field) -> str:
        """Under which key `crm.item.*` with useOriginalUfNames=Y carries the field."""
        return NATIVE.get(field.name, field.code)

    def keep(self, item: dict) -> dict:
        """Of an item of crm.item.list what the layer remembers: no download addresses, they carry secrets."""
        kept = {key: item[key] for key in KEPT if key in item}
        kept |= {
            key: _without_addresses(value) if isinstance(value, dict | list) else value
            for key, value in item.items()
            if key.startswith(PREFIX) or key in self._custom
        }
        return kept


def linked_deal(value: object) -> int | None:
    """The id in a field that links to a deal: `D_47` or `47`; None where it is empty or links to something else."""
    number = str(value or "").removeprefix("D_")
    return int(number) if number.isdecimal() else None


def links(ids: Iterable[int]) -> list[str]:
    """For an "@" filter of such a field: both spellings in which the portal may keep a link to a deal."""
    return [spelling for one in ids for spelling in (f"D_{one}", str(one))]


def custom_fields(company: Company) -> list[Field]:
    """The custom fields of deals that the portal must have: the common ones and those of every process that is enabled."""
    fields = {field.code: field for field in company.deal_fields.values()}
    for process in company.processes.values():
        if process.enabled:
            fields |= {field.code: field for field in process.fields.values()}
    return [field for code, field in fields.items() if field.is_custom]


def _category_of(process: Process, funnels: Iterable[Mapping]) -> int | None:
    """The number of the process's funnel: the one that config/ gives, else by our key, else by its title."""

    def first(name: str, value: str) -> int | None:
        return next((int(one["id"]) for one in funnels if str(one.get(name)) == value), None)

    if process.category is not None:
        return first("id", str(process.category))
    by_key = first("originId", process.code)
    return first("name", process.funnel) if by_key is None else by_key


def _without_addresses(value: object) -> object:
    if isinstance(value, list):
        return [_without_addresses(one) for one in value]
    if isinstance(value, dict):
        return {key: one for key, one in value.items() if not key.lower().startswith(("url", "download", "show"))}
    return value
