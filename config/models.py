"""What the YAML of this folder may say, as frozen models; what they check among themselves stands in loading.py."""

from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict

FieldType = Literal[
    "string", "text", "integer", "double", "money", "boolean", "date", "datetime", "enumeration",
    "employee", "deal", "company", "contact", "file", "rows", "address", "url",
]  # fmt: skip
PREFIX = "UF_CRM_SF_"
NATIVE = {"TITLE": "title", "OPPORTUNITY": "amount", "COMPANY_ID": "company", "CONTACT_ID": "contact", "ASSIGNED_BY_ID": "responsible", "ROWS": "rows"}  # fmt: skip


class Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Stage(Model):
    """A column of a funnel. `plan`: its planned duration; `optional`: may be skipped freely (R-06)."""

    code: str
    title: str
    semantics: Literal["process", "success", "failure"] = "process"
    plan: str | None = None
    optional: bool = False
    color: str | None = None


class Field(Model):
    """A field of a card. YAML states the code; `name` is what handlers call it: UF_CRM_SF_SO_NEED → so_need."""

    code: str
    label: str
    type: FieldType
    options: tuple[str, ...] = ()
    options_from: Literal["our_companies", "terms", "document_kinds", "cities"] | None = None
    multiple: bool = False
    required_on: tuple[str, ...] = ()
    positive: bool = False
    calc: bool = False
    button: bool = False
    demands_stage: str | None = None
    hidden: bool = False
    default: str | None = None

    @property
    def name(self) -> str:
        return NATIVE.get(self.code) or self.code.removeprefix(PREFIX).lower()


class Task(Model):
    """A task of a process. `deadline` is empty where the handler counts it; `result`: fields to be filled before it is closed."""

    code: str
    title: str
    role: str
    deadline: str | None = None
    observers: tuple[str, ...] = ()
    checklist: tuple[str, ...] = ()
    result: tuple[str, ...] = ()
    result_note: str = ""
    once: bool = False
    outlives: bool = False
    fixed: bool = False


class Process(Model):
    """One process: its funnel, stages, fields and tasks. `sequential` is false where the stage is a kind, not a step."""

    code: str
    funnel: str
    sort: int
    responsible: str
    owner: str
    participants: tuple[str, ...] = ()
    sequential: bool = True
    enabled: bool = True
    automated: bool = False
    stages: dict[str, Stage]
    fields: dict[str, Field]
    tasks: dict[str, Task]


class City(Model):
    name: str
    zone: str
    head_office: bool = False
    extra_days_off: tuple[date, ...] = ()


class Role(Model):
    """Who fills a role. Without users it is the responsible of the nearest card whose process names the role."""

    code: str
    name: str
    users: tuple[str, ...] = ()
    users_by_city: dict[str, tuple[str, ...]] = {}
    pick: Literal["one", "least_loaded", "round_robin"] = "one"
    by: Literal["city"] | None = None
    deputy: str | None = None


class Terms(Model):
    """Terms of payment (spec §15.4)."""

    code: str
    title: str
    has_advance: bool = False
    has_deferral: bool = False
    by_schedule: bool = False
    before_shipment: bool = False


class DocumentKind(Model):
    """A kind of document: what «Сформировать документ» offers, and the register's stage for it."""

    code: str
    title: str
    registry: str


class OurCompany(Model):
    """A legal entity that the company trades through."""

    code: str
    name: str
    full_name: str
    inn: str
    kpp: str
    ogrn: str
    address: str
    bank: str
    bik: str
    account: str
    cor_account: str
    director: str
    prefix: str
    vat_mode: str = "Общая ставка"


class Calendar(Model):
    short_days: tuple[date, ...]
    overrides: dict[date, Literal["off", "work", "short"]] = {}


class Limits(Model):
    """Numbers that the business may change."""

    silence_days: int
    silence_head_days: int
    soft_lost_check_min: Decimal


class Company(Model):
    """Everything that config/ says."""

    processes: dict[str, Process]
    deal_fields: dict[str, Field]
    company_fields: dict[str, Field]
    common_tasks: dict[str, Task]
    cities: dict[str, City]
    roles: dict[str, Role]
    terms: dict[str, Terms]
    document_kinds: dict[str, DocumentKind]
    our_companies: dict[str, OurCompany]
    calendar: Calendar
    limits: Limits
