"""A company of the portal as handlers see it: `branch["branch_next"]`, never `UF_CRM_…`."""

from datetime import datetime

import sqlalchemy as sa

from engine import storage
from engine.dictionary import COMPANY, Dictionary

NATIVE = ("id", "title", "updatedTime", "updatedBy")


class CompanyCard:
    """What the layer knew of a company when a run began. Reading an unknown name is an error, an empty field is None."""

    def __init__(self, dictionary: Dictionary, raw: dict):
        self._dictionary, self.raw = dictionary, raw

    def __getitem__(self, name: str) -> object:
        field = self._dictionary.company_field(name)
        return self._dictionary.decode(field, self.raw.get(field.code))

    @property
    def id(self) -> int:
        return int(self.raw["id"])

    @property
    def title(self) -> str:
        return self.raw.get("title") or f"Компания №{self.id}"

    @property
    def updated_by(self) -> int:
        """Who changed the company last."""
        return int(self.raw.get("updatedBy") or 0)

    @property
    def updated_at(self) -> datetime:
        return datetime.fromisoformat(self.raw["updatedTime"])


def asked(dictionary: Dictionary, which: dict) -> dict:
    """Parameters of crm.item.list for companies that a filter lets through, with what is kept of them."""
    select = [*NATIVE, *(field.code for field in dictionary.company.company_fields.values())]
    return {"entityTypeId": COMPANY, "filter": which, "select": select, "useOriginalUfNames": "Y"}


def kept(dictionary: Dictionary, item: dict) -> dict:
    """Of an item of crm.item.list what the layer remembers."""
    return {key: item[key] for key in asked(dictionary, {})["select"] if key in item}


def load_company(tx: sa.Connection, company_id: int) -> dict | None:
    """A company as plain values for `CompanyCard`; None for one that nobody watches."""
    table = storage.companies
    return tx.scalar(sa.select(table.c.raw).where(table.c.company_id == company_id))
