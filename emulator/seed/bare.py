"""A portal just registered: one administrator, the integration's user, one department, the general funnel."""

from ..methods.crm_category import add_default_stages, add_funnel, add_item
from ..methods.user import employ
from ..objects.drive import add_object
from ..objects.entities import INVOICE, LEAD, QUOTE, Entity
from . import processes, settings

ADMIN = 2
# The stages of leads; three of them belong to the system.
LEAD_STAGES = (
    ("NEW", "Не обработан", "#2FC6F6", None, "Y"),
    ("IN_PROCESS", "В работе", "#9FA6B0", None, "N"),
    ("PROCESSED", "Обработан", "#ACE9FB", None, "N"),
    ("CONVERTED", "Качественный лид", "#7BD500", "S", "Y"),
    ("JUNK", "Некачественный лид", "#FF5752", "F", "Y"),
)
QUOTE_STAGES = (
    ("DRAFT", "Новое", "#39A8EF", None, "Y"),
    ("SENT", "Отправлено клиенту", "#2FC6F6", None, "N"),
    ("APPROVED", "Принято", "#7BD500", "S", "Y"),
    ("UNANSWERED", "Нет ответа", "#FF5752", "F", "N"),
    ("DECLAINED", "Отклонено", "#FF5752", "F", "Y"),
)


def plant(portal) -> None:
    store = portal.store
    store.departments.add({"ID": 1, "NAME": "Сферотек", "SORT": 500, "PARENT": None, "UF_HEAD": ADMIN})
    employ(
        portal,
        NAME="Воронка",
        EMAIL="voronka@sferotek.example",
        WORK_POSITION="Интеграция",
        UF_DEPARTMENT=[1],
        IS_ADMIN=True,
    )
    employ(
        portal,
        NAME="Администратор",
        LAST_NAME="Портала",
        EMAIL="admin@sferotek.example",
        UF_DEPARTMENT=[1],
        IS_ADMIN=True,
    )
    store.categories.add(
        {"id": 0, "name": "Общая", "sort": 300, "entityTypeId": 2, "isDefault": "Y", "originId": "", "originatorId": ""}
    )
    add_default_stages(portal, 0)
    _add_stages(portal, LEAD, LEAD_STAGES)
    settings.plant(portal)
    _add_stages(portal, QUOTE, QUOTE_STAGES)
    add_funnel(portal, INVOICE, isDefault="Y")
    drive = store.storages.add(
        {"ID": None, "NAME": "Общий диск", "ENTITY_TYPE": "common", "ENTITY_ID": "shared_files_s1"}
    )
    root = add_object(portal, ADMIN, drive["ID"], None, "folder", drive["NAME"])
    store.storages.update(drive["ID"], {"ROOT_OBJECT_ID": root["ID"]})
    processes.plant(portal, ADMIN)


def _add_stages(portal, entity: Entity, stages: tuple) -> None:
    for place, (code, name, color, semantics, system) in enumerate(stages, start=1):
        add_item(portal, entity.stage_list, code, name, place * 10, color, semantics, system)
