"""What the YAML of this folder may say, as frozen models. What must fit together is checked in loading.py."""

import difflib
import re
from datetime import date, time
from decimal import Decimal
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints
from pydantic import Field as Checked

CUSTOM, PREFIX = "UF_CRM_", "UF_CRM_SF_"
"""How the codes of custom fields begin, and those of our own."""
SAFE_STAGE_CODE = 16
"""The portal takes 22 characters together with the prefix of the funnel, `C1234:`."""
NATIVE = {
    "TITLE": "title", "OPPORTUNITY": "amount", "COMPANY_ID": "company", "CONTACT_ID": "contact",
    "ASSIGNED_BY_ID": "responsible", "ROWS": "rows",
}  # fmt: skip
"""Fields that every deal has by itself, and how handlers call them; ROWS are the product rows."""

FieldType = Literal[
    "string", "text", "integer", "double", "money", "boolean", "date", "datetime", "enumeration",
    "employee", "deal", "company", "contact", "file", "rows", "address", "url",
]  # fmt: skip
Semantics = Literal["process", "success", "failure"]

_AT = r"(?: (?:[01]\d|2[0-3]):[0-5]\d)?"
_ZONE = r"(?: ?@(?:исп|город|мск))?"
_SPANS = rf"[1-9]\d{{0,3}}(?:рч|рд|кд)|0рд|D[+−-]\d{{1,4}}(?:рд|кд){_AT}|D[+−-][1-9]\d{{0,3}}рч|мес\+[1-9]\d?рд{_AT}"
SPAN = re.compile(rf"(?:{_SPANS}){_ZONE}", re.ASCII)
"""What rules/deadline.py reads; a test holds the two together."""


def _is_span(text: str) -> str:
    if not SPAN.fullmatch(text):
        raise ValueError(
            f"«{text}» is no span of time; write 4рч, 2рд, 5кд, D−2рд 12:00 or мес+3рд, with @исп, @город or @мск"
        )
    return text


def _is_days(said: object) -> str:
    if not re.fullmatch(r"[1-9]\d{0,2}(?:рд|кд)", str(said)):
        raise ValueError(f"«{said}» is no number of days; write 5рд or 30кд")
    return str(said)


def _is_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        alike = difflib.get_close_matches(name, available_timezones(), n=1, cutoff=0.5) or ["Europe/Moscow"]
        raise ValueError(f"there is no time zone {name}. Did you mean {alike[0]}?") from None
    return name


def _is_email(text: str) -> str:
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", text):
        raise ValueError(f"{text} is no e-mail")
    return text.lower()


def _written_as(form: str, example: str) -> BeforeValidator:
    """pydantic takes any number for a date or a time: 10 would be ten seconds past midnight."""

    def check(value: object) -> object:
        if not isinstance(value, str) or not re.fullmatch(form, value, re.ASCII):
            raise ValueError(f"{value} is not written as {example}")
        return value

    return BeforeValidator(check)


Code = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]*$")]
StageCode = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$", max_length=22)]
FieldCode = Annotated[Code, StringConstraints(max_length=50)]
TaskCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{1,2}-[A-Z0-9]+$")]
RoleCode = Annotated[str, StringConstraints(pattern=r"^(H-)?[A-Z][A-Z_]*$")]
Email = Annotated[str, AfterValidator(_is_email)]
Span = Annotated[str, AfterValidator(_is_span), Checked(json_schema_extra={"pattern": f"^{SPAN.pattern}$"})]
Words = Annotated[str, StringConstraints(min_length=1)]
Days = Annotated[str, BeforeValidator(_is_days)]
Percent = Annotated[Decimal, Checked(gt=0, le=100)]
Day = Annotated[date, _written_as(r"\d{4}-\d\d-\d\d", "2026-12-31")]
Clock = Annotated[time, _written_as(r"\d\d:\d\d", "09:30")]


class Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


# — what the portal looks like —


class Stage(Model):
    """A column of a funnel. `plan`: its planned duration; `optional`: may be skipped freely (R-06).

    foreign      for the cards of another process in the same funnel: one of this process that gets there is returned
    reopened_by  of a stage that ends the process: who may take a card back to work besides heads (R-09)
    """

    code: StageCode
    title: Words
    semantics: Semantics = "process"
    plan: Span | None = None
    optional: bool = False
    foreign: bool = False
    reopened_by: RoleCode | None = None
    color: str | None = None


class Field(Model):
    """A field of a card. `code` is the portal's, `name` is what handlers call it: UF_CRM_SF_SO_NEED → so_need.

    A field that was on the portal before Voronka keeps its code: UF_CRM_1612345678 → uf_crm_1612345678.

    required_on    stages that cannot be entered while it is empty (R-07); `positive`: while it is not above zero
    calc           written by the layer only (R-22)
    button         acts when a person fills it, and is emptied by the layer (R-23)
    demands_stage  an optional stage that must be visited once the field says «Да»
    hidden         put on no form
    filled         on a stage that requires it the layer fills it in; the handler asks for it where it cannot
    default        what the portal fills a new card with; of a date a span like 14кд: the layer fills in the day that is so many
                   days after the entry of a stage that requires it, instead of asking for it
    """

    code: FieldCode
    label: Words
    type: FieldType
    options: tuple[Words, ...] = ()
    multiple: bool = False
    required_on: tuple[StageCode, ...] = ()
    positive: bool = False
    calc: bool = False
    button: bool = False
    demands_stage: StageCode | None = None
    hidden: bool = False
    filled: bool = False
    default: str | None = None

    @property
    def name(self) -> str:
        return NATIVE.get(self.code) or self.code.removeprefix(PREFIX).lower()

    @property
    def days_of_default(self) -> int | None:
        """14 of «14кд», of a date that the layer fills in."""
        span = re.fullmatch(r"([1-9]\d{0,3})кд", self.default or "") if self.type == "date" else None
        return int(span[1]) if span else None

    @property
    def portal_code(self) -> str:
        """SO_NEED of the YAML as the portal has it; its own fields as they are."""
        return self.code if self.code in NATIVE or self.is_custom else PREFIX + self.code

    @property
    def is_custom(self) -> bool:
        """Whether it must be made: no field that every deal has by itself."""
        return self.code.startswith(CUSTOM)


class Task(Model):
    """A task that the layer sets.

    role         who does it; empty in common_tasks.yaml, where whoever sets the task says for whom
    deadline     a span; empty where the handler counts the moment
    result       names of fields that must be filled before it is closed (R-16); `result_note` says the rest in words
    once         never set again when its stage is entered again (R-08)
    outlives     stays open when its stage is left forwards (R-28)
    fixed        people cannot move its deadline (R-15)
    """

    code: TaskCode
    title: Words
    role: RoleCode | None = None
    deadline: Span | None = None
    observers: tuple[RoleCode, ...] = ()
    checklist: tuple[Words, ...] = ()
    result: tuple[str, ...] = ()
    result_note: str = ""
    once: bool = False
    outlives: bool = False
    fixed: bool = False


class Selector(Model):
    """Which cards of a funnel are of this process: those whose `field`, a list, says `value`."""

    field: str
    value: Words


class Catalogue(Model):
    """A section of the portal's catalogue, from whose items people choose product rows."""

    section: Words
    items: tuple[Words, ...]


class Process(Model):
    """One process: its funnel, stages, fields and tasks, in the order in which people see them.

    category     the portal's number of a funnel that was there before Voronka; others are found by our key or their title
    selector     only where several processes share a funnel: by one field, and each names all stages of the funnel
    responsible  the role whose holder is responsible for the cards; `owner`: who hears of tasks that stay late (R-14)
    sequential   false where a stage is a kind, not a step
    enabled      false: the portal is not asked for it and nothing of it runs
    automated    false: only described so far, no handler acts on it
    catalogue    a section of the catalogue whose items are its product rows
    reports      the folder of its reports on the company's Disk: «ДЗ» is «Отчёты/ДЗ»
    """

    code: Code
    funnel: Words
    category: Annotated[int, Checked(ge=0)] | None = None
    selector: Selector | None = None
    sort: int
    responsible: RoleCode
    owner: RoleCode
    participants: tuple[RoleCode, ...] = ()
    sequential: bool = True
    enabled: bool = True
    automated: bool = False
    catalogue: Catalogue | None = None
    reports: Words | None = None
    stages: dict[str, Stage]
    fields: dict[str, Field]
    tasks: dict[str, Task]


# — people and places —


class City(Model):
    """A town of a branch. `extra_days_off`: days that its region has off besides the country's."""

    name: Words
    zone: Annotated[str, AfterValidator(_is_zone)]
    head_office: bool = False
    extra_days_off: tuple[Day, ...] = ()


class Role(Model):
    """Who fills a role, by e-mail. A role without people is filled from the card (its responsible, a field).

    field   the card's field that names who fills it; of one that is dismissed the responsible of the deal in `else_of` stands in
    pick    of several: the first, the one with the fewest open tasks, or one after the other
    by      `city`: the people of the card's city in `users_by_city` come first; `representative`: whom representatives.yaml names as
            coordinator of the card's «Представитель» does
    deputy  stands in for one who is away or dismissed
    """

    code: RoleCode
    name: Words
    users: tuple[Email, ...] = ()
    users_by_city: dict[str, tuple[Email, ...]] = {}
    field: str | None = None
    else_of: str | None = None
    pick: Literal["one", "least_loaded", "round_robin"] = "one"
    by: Literal["city", "representative"] | None = None
    deputy: Email | None = None


class Representative(Model):
    """A territorial representative (spec §4.4), by the e-mail of their user; representatives.yaml says what each is."""

    user: Email
    city: Words
    coordinator: Email | None = None
    advance: Annotated[Decimal, Checked(ge=0)] = Decimal(0)
    limit: Annotated[Decimal, Checked(ge=0)] | None = None
    start: Day
    end: Day | None = None
    visits: Annotated[int, Checked(ge=0)] = 20
    deputy: Email | None = None


# — reference lists —


class TermsLine(Model):
    """A line of terms of payment: a share of the price, and how many days after which event it is due.

    share    all, advance («Аванс, %»), rest (what the advance leaves), retained and unretained («удержание R%»)
    event    invoice, ready (notice of readiness), shipped, received, signed, documents, retention (date of its return)
    days     as the card says where it is left out
    working  working days; calendar days otherwise
    """

    share: Literal["all", "advance", "rest", "retained", "unretained"] = "all"
    event: Literal["invoice", "ready", "shipped", "received", "signed", "documents", "retention"]
    days: Annotated[int, Checked(ge=0)] | None = None
    working: bool = False


class Terms(Model):
    """Terms of payment (spec §15.4): which figures they need, and whether goods leave only when paid for.

    default_days  for a line whose days nobody gave
    lines         what is paid when; terms by schedule have none, «График оплаты» of the card says them
    """

    code: Code
    title: Words
    has_advance: bool = False
    has_deferral: bool = False
    by_schedule: bool = False
    before_shipment: bool = False
    default_days: Annotated[int, Checked(ge=0)] | None = None
    lines: tuple[TermsLine, ...] = ()


class VatRate(Model):
    """A rate of VAT in percent from a day on; None is «НДС не облагается», which `text` says to people."""

    starts: Annotated[Day, Checked(alias="from")]
    rate: Annotated[Decimal, Checked(ge=0, lt=100)] | None
    text: str = ""


class Vat(Model):
    """VAT (C-03). `modes`: which rates a legal entity has by its «Режим НДС»; `rate_date`: the first known day decides."""

    rate_date: tuple[Literal["shipment_fact", "shipment_plan", "doc_date"], ...]
    rates: dict[str, tuple[VatRate, ...]]
    modes: dict[str, str]
    none_basis: str

    def kind_of(self, mode: str) -> str:
        """The kind of rate of a legal entity with that «Режим НДС»."""
        return self.modes[mode]


class DistributorReport(Model):
    """What the columns of a branch's report may be called; distributor_report.yaml says what each is."""

    product: Annotated[tuple[Words, ...], Checked(min_length=1)]
    quantity: Annotated[tuple[Words, ...], Checked(min_length=1)]
    unit: tuple[Words, ...] = ()
    totals: tuple[Words, ...] = ()


class DocumentKind(Model):
    """A template of a document. `registry`: the stage of the register that it goes to; `valid_days`: see documents.yaml."""

    code: Annotated[str, StringConstraints(pattern=r"^T\d\d$")]
    title: Words
    registry: StageCode
    valid_days: Annotated[int, Checked(gt=0)] | None = None

    @property
    def option(self) -> str:
        """The words of «Сформировать документ» for it."""
        return self.title


class DocumentType(Model):
    """What the register does with one of its stages: numbers, states, links, terms, readers; see document_types.yaml."""

    stage: StageCode
    prefix: Words | None = None
    within_contract: bool = False
    signed: Words
    link: str | None = None
    prolong: str | None = None
    days: Annotated[int, Checked(gt=0)] | None = None
    needs_end: bool = False
    read_by: tuple[Words, ...] = ()
    read_by_side: dict[str, tuple[Words, ...]] = {}
    read_by_source: dict[str, tuple[Words, ...]] = {}

    @property
    def has_term(self) -> bool:
        """Whether it ends by itself, and is asked about before."""
        return self.days is not None

    def readers(self, side: str | None, source: str | None) -> list[str]:
        """Departments that read it: of the type, of the other side of it, of the process of its source deal."""
        return [*self.read_by, *self.read_by_side.get(side or "", ()), *self.read_by_source.get(source or "", ())]


class OurCompany(Model):
    """A legal entity that the company trades through. `prefix` begins the numbers of its deals; our_companies.yaml says the rest."""

    code: Code
    name: Words
    full_name: Words
    inn: str
    kpp: str
    ogrn: str
    okpo: str = ""
    address: Words
    post_address: str = ""
    phone: Words
    email: Email
    bank: Words
    bik: str
    account: str
    cor_account: str
    legal_form: Words = "ООО"
    director: Words
    director_post: Words = "Генеральный директор"
    director_sex: Literal["М", "Ж"] | None = None
    director_gen: str = ""
    director_post_gen: str = ""
    basis: Words = "Устава"
    accountant: Words
    prefix: str
    vat_mode: str
    stamp: bool = False


class Agreed(Model):
    """What documents of a template agree upon beyond the card; contracts.yaml says what each is."""

    months: Annotated[int, Checked(gt=0)] | None = None
    prolong_months: Annotated[int, Checked(gt=0)] | None = None
    until_fulfilled: bool = False
    framework: bool = False
    notice: Days
    notice_clause: Words | None = None
    penalty: Percent
    penalty_cap: Percent
    fine: Annotated[Decimal, Checked(gt=0)]
    deferral_limit: Annotated[Decimal, Checked(gt=0)] | None = None
    order: Days
    ready: Days
    quantity: Days
    quality: Days
    faults: Days
    replacement: Days
    acceptance: Days
    claim: Days
    originals: Days
    force_majeure: Days
    warranty_months: Annotated[int, Checked(gt=0)]
    secrecy_years: Annotated[int, Checked(gt=0)]
    payer: Words
    court: Words
    electronic: bool


# — numbers that the business may change —


class Calendar(Model):
    """What the production calendar of the package `holidays` does not know. `overrides` rule over everything."""

    short_days: tuple[Day, ...]
    overrides: dict[Day, Literal["off", "work", "short"]] = {}


class QuietHours(Model):
    """Notifications leave from `opens` until `closes` of the recipient's working day (R-13)."""

    opens: Clock
    closes: Clock


class Escalation(Model):
    """The ladder of a task that is late (R-14)."""

    remind_min_hours: Annotated[int, Checked(gt=0)]
    remind_at: Clock
    remind_before_hours: Annotated[int, Checked(gt=0)]
    head_after_hours: Annotated[int, Checked(gt=0)]
    owner_after_days: Annotated[int, Checked(gt=0)]
    digest_at: Clock


class Payments(Model):
    """How payments are counted (C-04, C-05)."""

    advance_offset: Literal["fifo", "proportional"]
    shift_weekend: bool


class LatePayments(Model):
    """Whom a payment concerns after how many days (SH-T9)."""

    head_days: Annotated[int, Checked(gt=0)]
    lawyer_days: Annotated[int, Checked(gt=0)]
    director_days: Annotated[int, Checked(gt=0)]


class Prolongation(Model):
    """How documents of the register that end are asked about (RG-2, RG-T9); limits.yaml says what each does."""

    decide_days: Annotated[int, Checked(gt=0)]
    decide_least_days: Annotated[int, Checked(gt=0)]
    remind_days: Annotated[int, Checked(gt=0)]
    head_days: Annotated[int, Checked(gt=0)]
    director_days: Annotated[int, Checked(gt=0)]


class Distributor(Model):
    """Bonuses for the distributor's branches (C-09, C-10); limits.yaml says what each number does."""

    rate_policy: Literal["first_day", "prorata_days"]
    bonus_base: Literal["gross", "net"]
    max_rate: Annotated[Decimal, Checked(gt=0, le=100)]
    include_partial: bool
    odd_sales_percent: Annotated[Decimal, Checked(gt=0)]
    confirms_itself: bool


class Limits(Model):
    """Days, hours, sums and counts; limits.yaml says what each does."""

    quiet_hours: QuietHours
    escalation: Escalation
    silence_days: Annotated[int, Checked(gt=0)]
    silence_head_days: Annotated[int, Checked(gt=0)]
    return_pause_seconds: Annotated[int, Checked(ge=0)]
    renewals: Annotated[int, Checked(ge=0)]
    soft_lost_check_min: Decimal
    lg_approve_from: Decimal
    lg_urgent: Span
    payments: Payments
    late_payments: LatePayments
    prolongation: Prolongation
    register_file_mb: Annotated[int, Checked(gt=0)]
    distributor: Distributor


class Company(Model):
    """Everything that config/ says.

    Fields stand under the names that handlers use; cities, terms and own companies under the words that a card shows;
    representatives under their e-mail;
    everything else under its code.
    """

    processes: dict[str, Process]
    deal_fields: dict[str, Field]
    company_fields: dict[str, Field]
    common_tasks: dict[str, Task]
    cities: dict[str, City]
    roles: dict[str, Role]
    representatives: dict[str, Representative]
    terms: dict[str, Terms]
    document_kinds: dict[str, DocumentKind]
    document_types: dict[str, DocumentType]
    our_companies: dict[str, OurCompany]
    contracts: dict[str, Agreed]
    calendar: Calendar
    limits: Limits
    vat: Vat
    distributor_report: DistributorReport

    def task(self, process: str | None, code: str) -> Task | None:
        """The task of that code: of the process' table, or one of every process."""
        own = self.processes[process].tasks if process in self.processes else {}
        return own.get(code) or self.common_tasks.get(code)
