"""The portal's state: tables of rows, indexed by id and by every field that a list ever asked to be equal to something.

Rows are plain dicts with canonical values (see values.py), so dates compare as text. A row is changed only through its
table, which keeps the indexes true. All access happens under the portal's one lock.
"""

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator

from .filters import Where, comparable


class Table:
    """Rows by id. Ids only grow. Equality on a field builds its index at the first question and keeps it from then on;
    the fields named in `ordered` answer ranges (`>=updatedTime`) from a sorted list."""

    def __init__(self, key: str = "id", ordered: Iterable[str] = (), first_id: int = 1):
        self.key = key
        self.rows: dict[int, dict] = {}
        self._next_id = first_id
        self._equal: dict[str, dict[object, set[int]]] = {}
        self._ordered: dict[str, list[tuple]] = {field: [] for field in ordered}
        self._ids: list[int] = []

    def __len__(self) -> int:
        return len(self.rows)

    def __contains__(self, row_id: object) -> bool:
        return row_id in self.rows

    def next_id(self) -> int:
        self._next_id += 1
        return self._next_id - 1

    def add(self, row: dict) -> dict:
        """Store the row under its id, or under the next one if it has none."""
        row_id = row[self.key] = row[self.key] if row.get(self.key) is not None else self.next_id()
        self._next_id = max(self._next_id, row_id + 1)
        self.rows[row_id] = row
        insort(self._ids, row_id)
        self._index(row)
        return row

    def get(self, row_id: int | None) -> dict | None:
        return self.rows.get(row_id)

    def update(self, row_id: int, values: dict) -> dict:
        row = self.rows[row_id]
        self._unindex(row, values)
        row.update(values)
        self._index(row, values)
        return row

    def remove(self, row_id: int) -> dict | None:
        row = self.rows.pop(row_id, None)
        if row is not None:
            self._unindex(row)
            del self._ids[bisect_left(self._ids, row_id)]
        return row

    def remove_having(self, **equal: object) -> None:
        for row in self.having(**equal):
            self.remove(row[self.key])

    def all(self) -> Iterator[dict]:
        """Every row in the order of ids."""
        return (self.rows[row_id] for row_id in self._ids)

    def having(self, **equal: object) -> list[dict]:
        """Rows whose fields equal these values, in the order of ids."""
        sets = [self._matching(field, value) for field, value in equal.items()]
        return [self.rows[row_id] for row_id in sorted(set.intersection(*sets))]

    def find(self, where: Where) -> Iterator[dict]:
        """Rows that pass the filter, in the order of ids; the cheapest index narrows them down first."""
        for row_id in self._candidates(where):
            row = self.rows[row_id]
            if where.holds(row):
                yield row

    # -- indexes

    def _candidates(self, where: Where) -> Iterable[int]:
        choices: list[Iterable[int]] = [
            set().union(*(self._matching(field, value) for value in values)) for field, values in where.equalities()
        ]
        for field, low, high in where.ranges():
            if field in self._ordered:
                choices.append([row_id for _, row_id in self._between(field, low, high)])
            elif field == self.key and not isinstance(low or high, str):
                choices.append(self._narrowed_ids(low, high))
        return sorted(min(choices, key=len)) if choices else self._ids[:]

    def _narrowed_ids(self, low: int | None, high: int | None) -> list[int]:
        start = 0 if low is None else bisect_left(self._ids, low)
        stop = len(self._ids) if high is None else bisect_right(self._ids, high)
        return self._ids[start:stop]

    def _between(self, field: str, low: object, high: object) -> list[tuple]:
        entries = self._ordered[field]
        start = 0 if low is None else bisect_left(entries, (low,))
        stop = len(entries) if high is None else bisect_right(entries, (high, float("inf")))
        return entries[start:stop]

    def _matching(self, field: str, value: object) -> set[int]:
        if field not in self._equal:
            index = self._equal[field] = defaultdict(set)
            for row in self.rows.values():
                for entry in _entries(row.get(field)):
                    index[entry].add(row[self.key])
        return self._equal[field].get(comparable(value), set())

    def _index(self, row: dict, only: Iterable[str] | None = None) -> None:
        row_id = row[self.key]
        for field, index in self._equal.items():
            if only is None or field in only:
                for entry in _entries(row.get(field)):
                    index[entry].add(row_id)
        for field, entries in self._ordered.items():
            if (only is None or field in only) and row.get(field) is not None:
                insort(entries, (comparable(row[field]), row_id))

    def _unindex(self, row: dict, only: Iterable[str] | None = None) -> None:
        row_id = row[self.key]
        for field, index in self._equal.items():
            if only is None or field in only:
                for entry in _entries(row.get(field)):
                    index[entry].discard(row_id)
        for field, entries in self._ordered.items():
            if (only is None or field in only) and row.get(field) is not None:
                del entries[bisect_left(entries, (comparable(row[field]), row_id))]


def _entries(value: object) -> list:
    if isinstance(value, list):
        return [comparable(element) for element in value if not isinstance(element, (dict, list))] or [None]
    return [] if isinstance(value, dict) else [comparable(value)]


class Store:
    """All tables of one portal."""

    def __init__(self):
        self.users = Table("ID")
        self.departments = Table("ID")
        self.categories = Table("id", first_id=1)
        self.statuses = Table("ID")
        self.userfields = Table("ID")
        self.enum_options = Table("ID")
        self.leads = Table("id", ordered=("updatedTime",))
        self.deals = Table("id", ordered=("updatedTime", "createdTime", "movedTime"))
        self.contacts = Table("id", ordered=("updatedTime",))
        self.companies = Table("id", ordered=("updatedTime",))
        self.multifields = Table("id")
        self.product_rows = Table("id")
        self.products = Table("ID")
        self.product_sections = Table("ID")
        self.stage_history = Table("ID", ordered=("CREATED_TIME",))
        self.lead_history = Table("ID", ordered=("CREATED_TIME",))
        self.card_layouts = Table("ID")
        self.requisites = Table("ID")
        self.bank_details = Table("ID")
        self.addresses = Table("ID")
        self.comments = Table("ID", ordered=("CREATED",))
        self.activities = Table("ID", ordered=("LAST_UPDATED",))
        self.log_messages = Table("id")
        self.timeline_places = Table("id")
        self.notes = Table("id")
        self.activity_bindings = Table("id")
        self.communications = Table("ID")
        self.badges = Table("id")
        self.numerators = Table("id")
        self.document_templates = Table("id", ordered=("createTime", "updateTime"))
        self.documents = Table("id", ordered=("createTime", "updateTime"))
        self.tasks = Table("id", ordered=("changedDate", "createdDate", "closedDate", "deadline"))
        self.checklist_items = Table("ID")
        self.task_files = Table("ID")
        self.task_history = Table("ID")
        self.task_links = Table("ID")
        self.task_marks = Table("ID")
        self.task_places = Table("ID")
        self.task_results = Table("ID")
        self.task_stages = Table("ID")
        self.elapsed_items = Table("ID")
        self.notifications = Table("ID")
        self.chats = Table("ID")
        self.messages = Table("ID")
        self.storages = Table("ID")
        self.disk_objects = Table("ID")
        self.disk_versions = Table("ID")
        self.files = Table("id")
        self.requisite_presets = Table("ID")
        self.preset_fields = Table("ID")
        self.requisite_links = Table("ID")
        self.currencies = Table("ID")
        self.types = Table("id")
        self.type_items = Table("id")
        self.triggers = Table("id")
        self.userfield_labels = Table("ID")
        self.duplicate_fields = Table("id")
