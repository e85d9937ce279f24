"""What config/ asks of a portal: funnels with their stages, custom fields, sections of cards, folders of its Disk, of its catalogue."""

from dataclasses import dataclass

from config import Catalogue, Company, Field, Stage
from engine.dictionary import custom_fields
from reports import FOLDER

COLORS = ("#39A8EF", "#2FC6F6", "#55D0E0", "#47E4C2", "#FFA900")
COLOR_OF = {"success": "#7BD500", "failure": "#FF5752"}
MEANING = {"process": None, "success": "S", "failure": "F"}
# A field's type in config/ → the portal's type and its settings. The portal's own default for `crm` is leads.
TYPES: dict[str, tuple[str, dict]] = {
    "text": ("string", {"ROWS": 5}),
    "deal": ("crm", {"DEAL": "Y"}),
    "company": ("crm", {"COMPANY": "Y"}),
    "contact": ("crm", {"CONTACT": "Y"}),
}
NATIVE_IN_CARDS = ("TITLE", "OPPORTUNITY_WITH_CURRENCY", "STAGE_ID", "CLIENT", "ASSIGNED_BY_ID", "OBSERVER")


@dataclass(frozen=True)
class Funnel:
    """One funnel and the processes in it. `key`: the portal's originId, by which it is found again.

    `category`: its number on the portal, if it was there before Voronka.
    """

    key: str
    category: int | None
    title: str
    sort: int
    stages: tuple[Stage, ...]
    fields: tuple[Field, ...]
    is_automated: bool


@dataclass(frozen=True)
class Section:
    """A part of a card: its title and the portal's names of its fields."""

    name: str
    title: str
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Wanted:
    funnels: tuple[Funnel, ...]
    deal_fields: tuple[Field, ...]
    company_fields: tuple[Field, ...]
    folders: tuple[str, ...]
    catalogue: tuple[Catalogue, ...] = ()


def of(company: Company) -> Wanted:
    """What this company asks for; processes with `enabled: false` ask for nothing."""
    enabled = [process for process in company.processes.values() if process.enabled]
    by_funnel: dict[tuple, list] = {}
    for process in enabled:
        by_funnel.setdefault((process.funnel, process.category), []).append(process)
    funnels = tuple(_funnel(title, processes) for (title, _), processes in by_funnel.items())
    reports = dict.fromkeys(process.reports for process in enabled if process.reports)
    folders = (FOLDER, *(f"{FOLDER}/{name}" for name in reports)) if reports else ()
    sections = {process.catalogue.section: process.catalogue for process in enabled if process.catalogue}
    of_companies = _custom(company.company_fields.values())
    return Wanted(funnels, tuple(custom_fields(company)), of_companies, folders, tuple(sections.values()))


def color_of(stage: Stage, place: int) -> str:
    """The colour of a stage that stands at this place of its funnel."""
    return stage.color or COLOR_OF.get(stage.semantics) or COLORS[place % len(COLORS)]


def portal_type(field: Field) -> tuple[str, dict]:
    """The portal's type of a field, and the settings that it needs."""
    return TYPES.get(field.type, (field.type, {}))


def sections(funnel: Funnel, company: Company) -> tuple[Section, ...]:
    """A card from top to bottom: the deal, what people fill in, what the layer counts."""
    own = _custom(funnel.fields)
    common = [field for field in _custom(company.deal_fields.values()) if not field.hidden]
    filled = [field.code for field in own if not (field.calc or field.hidden)]
    counted = [field.code for field in own if field.calc and not field.hidden]
    return (
        Section("main", "О сделке", NATIVE_IN_CARDS),
        Section("voronka_process", funnel.title, (*filled, *(field.code for field in common if not field.calc))),
        Section("voronka_calc", "Заполняется само", (*counted, *(field.code for field in common if field.calc))),
    )


def _funnel(title: str, processes: list) -> Funnel:
    stages = {code: stage for process in processes for code, stage in process.stages.items()}
    fields = {field.code: field for process in processes for field in process.fields.values()}
    order = sorted(stages.values(), key=lambda stage: list(MEANING).index(stage.semantics))
    first = processes[0]
    automated = any(process.automated for process in processes)
    return Funnel(first.code, first.category, title, first.sort, tuple(order), tuple(fields.values()), automated)


def _custom(fields) -> tuple[Field, ...]:
    """Those that are no fields of every deal by themselves."""
    return tuple(field for field in fields if field.is_custom)
