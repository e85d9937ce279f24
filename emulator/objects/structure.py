"""The company's structure: what stands above what, and the codes by which access and recipients are written.

Codes: https://apidocs.bitrix24.com/api-reference/lists/lists/lists-add.html (RIGHTS),
https://apidocs.bitrix24.com/api-reference/log/log-blogpost-add.html (DEST)
"""

from collections.abc import Iterable


def line(portal, department_id: int | None) -> list[int]:
    """A department and everything above it."""
    ids = []
    while (row := portal.store.departments.get(department_id)) is not None:
        ids.append(row["ID"])
        department_id = row["PARENT"]
    return ids


def codes_of(portal, user_id: int) -> set[str]:
    """Every code that means this person among others: U2, D5, DR1, UA for who is no guest, * for anybody."""
    row = portal.store.users.get(user_id)
    if row is None:
        return set()
    own = departments(portal, user_id)
    above = {one for department_id in own for one in line(portal, department_id)}
    codes = {"*", f"U{user_id}", *(f"D{one}" for one in own), *(f"DR{one}" for one in above)}
    return codes if row["USER_TYPE"] == "extranet" else codes | {"UA"}


def departments(portal, user_id: int | None) -> list[int]:
    row = portal.store.users.get(user_id)
    return list(row["UF_DEPARTMENT"] or []) if row else []


def colleagues(portal, user_id: int) -> set[int]:
    """Who works in one of the person's departments, the person too."""
    return {user_id} | _people(portal, departments(portal, user_id))


def colleagues_and_below(portal, user_id: int) -> set[int]:
    """The same with the departments below."""
    return {user_id} | _people(portal, _with_those_below(portal, departments(portal, user_id)))


def subordinates(portal, user_id: int) -> set[int]:
    """Who works in the departments that the person leads, and below them."""
    led = [row["ID"] for row in portal.store.departments.having(UF_HEAD=user_id)]
    return _people(portal, _with_those_below(portal, led)) - {user_id}


def _people(portal, department_ids: Iterable[int]) -> set[int]:
    return {row["ID"] for one in department_ids for row in portal.store.users.having(UF_DEPARTMENT=one)}


def _with_those_below(portal, department_ids: Iterable[int]) -> set[int]:
    found, ahead = set(), list(department_ids)
    while ahead:
        if (one := ahead.pop()) not in found:
            found.add(one)
            ahead += [row["ID"] for row in portal.store.departments.having(PARENT=one)]
    return found
