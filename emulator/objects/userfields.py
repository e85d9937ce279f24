"""Custom fields: their definitions, their two spellings, their values.

Spelling: https://apidocs.bitrix24.com/api-reference/crm/universal/index.html (useOriginalUfNames).
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from .. import files
from ..php import as_list
from ..values import canonical

TYPES = frozenset(
    {"string", "integer", "double", "boolean", "money", "date", "datetime", "enumeration", "employee"}
    | {"crm", "crm_status", "file", "url", "address", "iblock_section", "iblock_element"}
)


@dataclass(frozen=True)
class UserField:
    """What reading and writing values needs to know of a definition."""

    entity: str
    name: str
    kind: str
    multiple: bool
    mandatory: bool
    label: str

    @property
    def camel(self) -> str:
        return camel_name(self.name)

    def keep(self, portal, value: object, held: object) -> object:
        """The value as it is kept. Files are stored; `{id}` keeps a held one and what is left out is dropped."""
        if self.kind == "file":
            return files.keep(portal, value, held, self.multiple)
        return canonical(self.kind, value, self.multiple)

    def show(self, portal, value: object) -> object:
        """The value as crm.item.* reads it."""
        if self.kind == "file":
            shown = [files.show(portal, file_id) for file_id in as_list(value)]
            return shown if self.multiple else (shown[0] if shown else None)
        if self.kind == "boolean" and value is None:
            return "N"
        return [] if self.multiple and value is None else value

    def sought(self, value: object) -> object:
        """The value of a filter: flags are asked for as 1 or 0 only."""
        if self.kind != "boolean":
            return canonical(self.kind, value)
        if value in (1, "1", True):
            return "Y"
        return "N" if value in (0, "0", False, "", None) else "?"


def definitions(portal, uf_entity: str) -> dict[str, UserField]:
    """The custom fields of an entity by name, remembered until a definition changes."""
    cache = portal.userfield_cache
    if uf_entity not in cache:
        rows = portal.store.userfields.having(ENTITY_ID=uf_entity)
        cache[uf_entity] = {row["FIELD_NAME"]: _definition(row) for row in rows}
    return cache[uf_entity]


def _definition(row: dict) -> UserField:
    return UserField(
        row["ENTITY_ID"],
        row["FIELD_NAME"],
        row["USER_TYPE_ID"],
        row["MULTIPLE"] == "Y",
        row["MANDATORY"] == "Y",
        row["EDIT_FORM_LABEL"],
    )


def defaults(portal, uf_entity: str) -> dict:
    """What a new object holds: a flag that nobody set is kept as 0 (an older object holds nothing there)."""
    return {field.name: "N" for field in definitions(portal, uf_entity).values() if field.kind == "boolean"}


def options(portal, uf_entity: str, field_name: str) -> list[dict]:
    """The options of an enumeration in their order."""
    rows = portal.store.enum_options.having(ENTITY_ID=uf_entity, FIELD_NAME=field_name)
    return sorted(rows, key=lambda option: option["SORT"])


@lru_cache(maxsize=4096)
def camel_name(name: str) -> str:
    """`UF_CRM_3_DIGIT` → `ufCrm3Digit`; where letters and digits mix in the rest, only the prefix is turned."""
    rest = name.removeprefix("UF_CRM_")
    parts = rest.split("_")
    owner, own = (parts[0], parts[1:]) if parts[0].isdigit() and len(parts) > 1 else ("", parts)
    letters, digits = any(re.search("[A-Z]", part) for part in own), any(re.search(r"\d", part) for part in own)
    if letters and digits or (not owner and not letters):
        return f"ufCrm_{rest}"
    if digits:
        return f"ufCrm{owner}_{'_'.join(own)}"
    return f"ufCrm{owner}" + "".join(part.capitalize() for part in own)
