"""Fields as the `…fields` methods describe them, from a table of text: `NAME type flags | title`, a field a line.

Flags: `required`, `ro` (only the portal writes it), `fixed` (it cannot change), `multiple`.
https://apidocs.bitrix24.com/api-reference/crm/data-types.html (crm_rest_field_description)
"""

from .listing import Columns

FLAGS = {"isRequired": "required", "isReadOnly": "ro", "isImmutable": "fixed", "isMultiple": "multiple"}


def described(table: str) -> dict[str, dict]:
    """Every field of the table by its name, in their order."""
    return dict(map(_field, table.strip().splitlines()))


def _field(line: str) -> tuple[str, dict]:
    about, _, title = line.partition(" | ")
    name, kind, *flags = about.split()
    marks = {shown: flag in flags for shown, flag in FLAGS.items()}
    return name, {"type": kind, **marks, "isDynamic": False, "title": title}


def columns(fields: dict[str, dict]) -> Columns:
    """What a list of such objects filters, sorts and selects by."""
    return Columns({name: "integer" if field["type"] == "int" else field["type"] for name, field in fields.items()})


def writable(fields: dict[str, dict], changing: bool = False) -> list[str]:
    """The fields that a client may write; `changing`: in an object that is there already."""
    closed = ("isReadOnly", "isImmutable") if changing else ("isReadOnly",)
    return [name for name, field in fields.items() if not any(field[mark] for mark in closed)]
