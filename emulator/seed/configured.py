"""The funnels, stages, fields, cards and folders that config/ describes, as if they had been applied to a bare portal."""

from config import Field, Process, company

from ..methods.crm_category import add_stage
from ..methods.crm_userfield import add_field
from ..objects import drive, items
from ..objects.entities import COMPANY, DEAL, Entity

ORIGINATOR, ADMINISTRATOR = "voronka", 1
COLORS = {
    "process": ("#39A8EF", "#2FC6F6", "#55D0E0", "#47E4C2", "#FFA900"),
    "success": "#7BD500",
    "failure": "#FF5752",
}
SEMANTICS = {"process": None, "success": "S", "failure": "F"}
OWN_ON_CARDS = ("TITLE", "OPPORTUNITY_WITH_CURRENCY", "STAGE_ID", "CLIENT", "ASSIGNED_BY_ID", "OBSERVER")
SYSTEM_STAGES = ("NEW", "WON", "LOSE")
# A field's type in config/ → the portal's type and its settings.
TYPES: dict[str, tuple[str, dict]] = {
    "text": ("string", {"ROWS": 5}),
    "deal": ("crm", {"DEAL": "Y"}),
    "company": ("crm", {"COMPANY": "Y"}),
    "contact": ("crm", {"CONTACT": "Y"}),
}


def plant(portal) -> None:
    for process in company().processes.values():
        plant_funnel(portal, process)
    fields = {field.code: field for field in company().deal_fields.values()}
    for process in company().processes.values():
        fields |= {field.code: field for field in process.fields.values()}
    plant_fields(portal, DEAL, fields.values())
    plant_fields(portal, COMPANY, company().company_fields.values())
    for category in portal.store.categories.all():
        if category["originId"]:
            plant_card(portal, category)
    plant_folders(portal)


def plant_funnel(portal, process: Process) -> None:
    """The process's category with its stages; processes of one funnel share the category."""
    store = portal.store
    shared = next((row for row in store.categories.all() if row["name"] == process.funnel), None)
    category = shared or store.categories.add(
        {
            "id": None,
            "name": process.funnel,
            "sort": process.sort,
            "entityTypeId": 2,
            "isDefault": "N",
            "originId": process.code,
            "originatorId": ORIGINATOR,
        }
    )
    present = {row["STATUS_ID"] for row in items.stages(portal, category["id"])}
    for position, stage in enumerate(process.stages.values()):
        if f"C{category['id']}:{stage.code}" not in present:
            color = stage.color or _color(stage.semantics, position)
            system = "Y" if stage.code in SYSTEM_STAGES else "N"
            sort = (position + 1) * 10
            add_stage(
                portal, category["id"], stage.code, stage.title, sort, color, SEMANTICS[stage.semantics], system
            )  # fmt: skip


def _color(semantics: str, position: int) -> str:
    colors = COLORS[semantics]
    return colors if isinstance(colors, str) else colors[position % len(colors)]


def plant_fields(portal, entity: Entity, fields) -> None:
    for sort, field in enumerate(fields, start=1):
        if field.code.startswith("UF_CRM_"):
            add_field(portal, entity, definition(field, sort * 10))


def plant_card(portal, category: dict) -> None:
    """What the cards of a funnel show: the portal's own, what people fill in, what is counted."""
    fields = _distinct(
        field for process in company().processes.values() if process.funnel == category["name"]
        for field in process.fields.values()
    )  # fmt: skip
    fields += company().deal_fields.values()
    shown = [field for field in fields if field.is_custom and not field.hidden]
    sections = [
        ("main", "О сделке", OWN_ON_CARDS),
        ("voronka_process", category["name"], [field.code for field in shown if not field.calc]),
        ("voronka_calc", "Заполняется само", [field.code for field in shown if field.calc]),
    ]
    made = [_section(*section) for section in sections if section[2]]
    place = {"entityTypeId": 2, "variant": category["id"], "scope": "C", "userId": 0}
    portal.store.card_layouts.add({"ID": None, "sections": made} | place)


def _distinct(fields) -> list[Field]:
    return list({field.code: field for field in fields}.values())


def _section(name: str, title: str, fields) -> dict:
    elements = [{"name": one, "optionFlags": "1"} for one in fields]
    return {"name": name, "title": title, "type": "section", "elements": elements}


def plant_folders(portal) -> None:
    """«Отчёты» on the company's Disk, and in it a folder for each process with reports."""
    [common] = portal.store.storages.having(ENTITY_TYPE="common")
    reports = drive.put(portal, ADMINISTRATOR, drive.root_of(portal, common["ID"]), drive.FOLDER, "Отчёты")
    for name in dict.fromkeys(process.reports for process in company().processes.values() if process.reports):
        drive.put(portal, ADMINISTRATOR, reports, drive.FOLDER, name)


def definition(field: Field, sort: int) -> dict:
    kind, settings = TYPES.get(field.type, (field.type, {}))
    options = [{"VALUE": value, "SORT": (place + 1) * 10} for place, value in enumerate(field.options)]
    return {
        "FIELD_NAME": field.code,
        "USER_TYPE_ID": kind,
        "MULTIPLE": "Y" if field.multiple else "N",
        "EDIT_FORM_LABEL": field.label,
        "LIST_COLUMN_LABEL": field.label,
        "SORT": sort,
        "SETTINGS": settings,
        "LIST": options,
    }
