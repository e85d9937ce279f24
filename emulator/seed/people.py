"""The company's departments, their heads and everybody who works there (people.yaml)."""

from ..methods.user import employ
from .files import read

HEAD_OFFICE = "Москва"
MAIL = "sferotek.example"


def plant(portal) -> None:
    departments = read("people.yaml")["departments"]
    ids: dict[str, int] = {row["NAME"]: row["ID"] for row in portal.store.departments.all()}
    users: dict[str, int] = {}
    for described in departments:
        name = described["name"]
        if name not in ids:
            parent = ids[described["parent"]]
            row = {"ID": None, "NAME": name, "SORT": 500, "PARENT": parent, "UF_HEAD": None}
            ids[name] = portal.store.departments.add(row)["ID"]
        for person in described["people"]:
            city = person.get("city") or described.get("city", HEAD_OFFICE)
            users[person["login"]] = _employ(portal, person, ids[name], city)
    for described in departments:
        portal.store.departments.update(ids[described["name"]], {"UF_HEAD": users[described["head"]]})


def _employ(portal, person: dict, department: int, city: str) -> int:
    last, first, second = person["name"].split()
    return employ(
        portal,
        LAST_NAME=last,
        NAME=first,
        SECOND_NAME=second,
        EMAIL=f"{person['login']}@{MAIL}",
        WORK_POSITION=person["position"],
        PERSONAL_CITY=city,
        PERSONAL_GENDER="F" if second.endswith("на") else "M",
        TIME_ZONE=person["zone"],
        UF_DEPARTMENT=[department],
    )["ID"]
