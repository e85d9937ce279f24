"""A portal just registered: one administrator, the integration's user, one department, the general funnel."""

from ..methods.crm_category import add_default_stages
from ..methods.disk import add_object
from ..methods.user import employ

ADMIN = 2


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
    drive = store.storages.add(
        {"ID": None, "NAME": "Общий диск", "ENTITY_TYPE": "common", "ENTITY_ID": "shared_files_s1"}
    )
    root = add_object(portal, ADMIN, drive["ID"], None, "folder", drive["NAME"])
    store.storages.update(drive["ID"], {"ROOT_OBJECT_ID": root["ID"]})
