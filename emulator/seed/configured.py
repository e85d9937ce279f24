"""The funnels, stages and fields that config/ describes, as if they had been applied to a bare portal."""

from config import Field, Process, company

from ..methods.crm_category import add_stage
from ..methods.crm_userfield import add_field
from ..objects import items
from ..objects.entities import COMPANY, DEAL, Entity

ORIGINATOR = "voronka"
COLORS = {
    "process": ("#39A8EF", "#2FC6F6", "#55D0E0", "#47E4C2", "#FFA900"),
    "success": "#7BD500",
    "failure": "#FF5752",
}
SEMANTICS = {"process": None, "success": "S", "failure": "F"}
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
