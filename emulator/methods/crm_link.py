"""crm.deal.contact.*, crm.lead.contact.*, crm.quote.contact.*, crm.contact.company.*, crm.company.contact.*: who is linked to whom.

The links are the lists `contactIds` and `companyIds` of the owner, the main link the first of the list; here they have an
order of their own, SORT. A change counts as an update of the owner.
"""

from dataclasses import dataclass

from ..descriptions import described
from ..errors import RestError
from ..objects import items, rights
from ..objects.entities import COMPANY, CONTACT, DEAL, LEAD, QUOTE, Entity
from ..php import as_list, as_map
from ..registry import Params, Unchanged, method, whole
from ..values import flag

DOCS = "https://apidocs.bitrix24.com/api-reference/crm/{}/crm-{}-{}-{}.html"
STEP = 10


@dataclass(frozen=True)
class Kind:
    """Links of one kind of object to another; `silent`: reading and clearing those of nobody is no mistake; `code`: the
    error of an owner that is not there."""

    owner: Entity
    target: Entity
    folder: str
    silent: bool = False
    code: str = ""

    @property
    def links(self) -> str:
        return f"{self.target.code}Ids"

    @property
    def key(self) -> str:
        return f"{self.target.code.upper()}_ID"

    def docs(self, verb: str) -> str:
        return DOCS.format(self.folder, self.owner.code, self.target.code, verb)

    def row(self, portal, params: Params, quoted: str = "") -> dict | None:
        owner_id = params.integer("id")
        if not owner_id or owner_id < 0:
            raise RestError("", f"The parameter {quoted}ownerEntityID{quoted} is invalid or not defined.")
        return items.get(portal, self.owner, owner_id)

    def need(self, portal, params: Params, quoted: str = "") -> dict:
        row = self.row(portal, params, quoted)
        if row is None:
            raise RestError(self.code, "Not found.")
        return row

    def change(self, portal, params: Params, quoted: str = "") -> dict:
        """The same for who calls to change."""
        return self.check_right(portal, self.need(portal, params, quoted))

    def check_right(self, portal, row: dict) -> dict:
        if not rights.may(portal, self.owner, "update", row):
            raise RestError("ACCESS_DENIED", "Access denied!")
        return row

    def target_id(self, given: object, called: str = "fields") -> int:
        """The one to link or unlink that `fields` names."""
        if not isinstance(given, (dict, list)):
            raise RestError("", f"The parameter '{called}' must be array.")
        target_id = whole(as_map(given).get(self.key), 0)
        if target_id <= 0:
            raise RestError("", "The parameter 'fields' is not valid.")
        return target_id

    def sorts(self, row: dict) -> dict[int, int]:
        """The linked ones by SORT; what has none goes by its place."""
        kept = row.get(items.ORDER[self.links]) or {}
        placed = {one: kept.get(one, (place + 1) * STEP) for place, one in enumerate(row.get(self.links) or [])}
        return dict(sorted(placed.items(), key=lambda pair: pair[1]))

    def main(self, row: dict) -> int | None:
        linked = row.get(self.links) or []
        return linked[0] if linked else None

    def write(self, portal, user_id: int, row: dict, sorts: dict[int, int], main: int | None) -> bool:
        """Keep these links; without the main one the first is it. False if that is what is kept already."""
        ordered = sorted(sorts, key=lambda one: (one != main, sorts[one]))
        values = {self.links: ordered, items.ORDER[self.links]: sorts if ordered else {}}
        if self.sorts(row) == sorts and self.main(row) == (ordered[0] if ordered else None):
            return False
        return items.update(portal, self.owner, user_id, row, values)


def _declare(kind: Kind, refused_item: str = "item") -> None:
    prefix = f"crm.{kind.owner.code}.{kind.target.code}"
    table = described(f"""
SORT integer | Сортировка
IS_PRIMARY char | Основной
{kind.key} integer required | {"Контакт" if kind.target is CONTACT else "Компания"}
""")

    @method(f"{prefix}.fields", scope="crm", docs=kind.docs("fields"))
    def fields(portal, caller, params):
        return table

    @method(f"{prefix}.add", scope="crm", docs=kind.docs("add"), writes=True)
    def add(portal, caller, params):
        row, target_id = kind.change(portal, params, "'"), kind.target_id(params.get("fields"))
        given, sorts = as_map(params.get("fields")), kind.sorts(row)
        if target_id in sorts:
            return Unchanged(False)
        main = target_id if flag(given.get("IS_PRIMARY")) == "Y" else kind.main(row)
        sorts[target_id] = whole(given.get("SORT"), max(sorts.values(), default=0) + STEP)
        return kind.write(portal, caller.user_id, row, sorts, main)

    @method(f"{prefix}.delete", scope="crm", docs=kind.docs("delete"), writes=True)
    def delete(portal, caller, params):
        """When the main link goes, the first of what is left becomes it."""
        row, target_id = kind.change(portal, params, "'"), kind.target_id(params.get("fields"), refused_item)
        sorts = kind.sorts(row)
        if sorts.pop(target_id, None) is None:
            return Unchanged(False)
        return kind.write(portal, caller.user_id, row, sorts, kind.main(row))

    @method(f"{prefix}.items.get", scope="crm", docs=kind.docs("items-get"))
    def items_get(portal, caller, params):
        row = kind.row(portal, params) if kind.silent else kind.need(portal, params)
        return [_show(kind, row, one, sort) for one, sort in kind.sorts(row or {}).items()]

    @method(f"{prefix}.items.set", scope="crm", docs=kind.docs("items-set"), writes=True)
    def items_set(portal, caller, params):
        """What is not passed is unlinked."""
        row, given = kind.change(portal, params), params.get("items")
        if not isinstance(given, (dict, list)):
            raise RestError("", "The parameter items must be array.")
        entries = _entries(kind, as_list(given))
        main = next((one for one, entry in entries.items() if flag(entry.get("IS_PRIMARY")) == "Y"), None)
        sorts = _sorts(kind, row, entries)
        changed = kind.write(portal, caller.user_id, row, sorts, main or next(iter(entries), None))
        return True if changed else Unchanged(True)

    @method(f"{prefix}.items.delete", scope="crm", docs=kind.docs("items-delete"), writes=True)
    def items_delete(portal, caller, params):
        row = kind.row(portal, params) if kind.silent else kind.need(portal, params)
        changed = row is not None and kind.write(portal, caller.user_id, kind.check_right(portal, row), {}, None)
        return True if changed else Unchanged(True)


def _entries(kind: Kind, given: list) -> dict[int, dict]:
    """The passed links by id; what names nobody is left out, a second one of the same, too."""
    entries: dict[int, dict] = {}
    for entry in map(as_map, given):
        target_id = whole(entry.get(kind.key), 0)
        if target_id > 0:
            entries.setdefault(target_id, entry)
    return entries


def _sorts(kind: Kind, row: dict, entries: dict[int, dict]) -> dict[int, int]:
    """Leads and deals count the passed ones; contacts and companies keep what was and go on after the highest."""
    given = {one: whole(entry.get("SORT")) for one, entry in entries.items()}
    if not kind.silent:
        numbered = enumerate(given.items(), start=1)
        return {one: place * STEP if sort is None else sort for place, (one, sort) in numbered}
    held = kind.sorts(row)
    known = {one: held.get(one) if sort is None else sort for one, sort in given.items()}
    highest = max([*held.values(), *(sort for sort in known.values() if sort is not None)], default=0)
    for one in [one for one, sort in known.items() if sort is None]:
        highest = known[one] = highest + STEP
    return known


def _show(kind: Kind, row: dict, target_id: int, sort: int) -> dict:
    main = "Y" if target_id == kind.main(row) else "N"
    return {kind.key: target_id, "SORT": sort, "ROLE_ID": 0, "IS_PRIMARY": main}


_declare(Kind(DEAL, CONTACT, "deals/contacts"))
_declare(Kind(QUOTE, CONTACT, "quote/contacts"))
_declare(Kind(LEAD, CONTACT, "leads/management-communication", code="NOT_FOUND"))
_declare(Kind(CONTACT, COMPANY, "contacts/company", silent=True), refused_item="fields")
_declare(Kind(COMPANY, CONTACT, "companies/contacts", silent=True))
