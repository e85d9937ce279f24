"""The portal's state: tables of rows, indexed by id and by every field that a list ever asked to be equal to something.

Rows are plain dicts with canonical values (see values.py), so dates compare as text. A row is changed only through its
table, which keeps the indexes true. All access happens under the portal's one lock.
"""

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import itemgetter

from .filters import Condition, Where, comparable


class Rows(Sequence):
    """Rows of a table by their ids: counted, cut and turned round without touching those that nobody sees."""

    def __init__(self, rows: dict[int, dict], ids: list[int], places: range | None = None):
        self._rows, self._ids = rows, ids
        self._places = range(len(ids)) if places is None else places

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, place: int | slice) -> "dict | Rows":
        if isinstance(place, slice):
            return Rows(self._rows, self._ids, self._places[place])
        return self._rows[self._ids[self._places[place]]]

    def __iter__(self) -> Iterator[dict]:
        """Those that are there now, whatever happens to the table meanwhile."""
        return iter([self._rows[self._ids[place]] for place in self._places])


class Table:
    """Rows by id. Ids only grow. Equality on a field builds its index at the first question and keeps it from then on;
    the fields named in `ordered` answer ranges (`>=updatedTime`) from a sorted list, likewise."""

    def __init__(self, key: str = "id", ordered: Iterable[str] = (), first_id: int = 1):
        self.key = key
        self.rows: dict[int, dict] = {}
        self._next_id = first_id
        self._equal: dict[str, dict[object, set[int]]] = {}
        self._ordered: dict[str, list[tuple]] = {}
        self._orderable = frozenset(ordered)
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

    def find(self, where: Where) -> Rows:
        """Rows that pass the filter, in the order of ids. What an index answers is not asked of each row again."""
        low, high, found, unanswered = 0, len(self._ids), None, []
        for condition in () if where.any_of else where.conditions:
            if condition.field == self.key and _is_bound(condition, int):
                span = _span(self._ids, condition)
                low, high = max(low, span.start), min(high, span.stop)
            elif (answer := self._answer(condition)) is not None:
                found = answer if found is None else found & answer
            else:
                unanswered.append(condition)
        left = where if where.any_of else Where(tuple(unanswered), where.nested)
        if found is None and not left.asks:
            return Rows(self.rows, self._ids, range(low, high))
        if found is None:
            ids = self._ids[low:high]
        else:
            ids = sorted(found if (low, high) == (0, len(self._ids)) else found.intersection(self._ids[low:high]))
        return Rows(self.rows, [row_id for row_id in ids if left.holds(self.rows[row_id])] if left.asks else ids)

    # -- indexes

    def _answer(self, condition: Condition) -> set[int] | None:
        """The ids that an index gives for a condition; None where there is no index for it."""
        if condition.operation in ("=", "@"):
            found = [self._matching(condition.field, value) for value in condition.values]
            return found[0] if len(found) == 1 else set().union(*found)
        if condition.field in self._orderable and _is_bound(condition, str):
            entries = self._sorted(condition.field)
            return {row_id for _, row_id in entries[_span(entries, condition, itemgetter(0))]}
        return None

    def _sorted(self, field: str) -> list[tuple]:
        if field not in self._ordered:
            filled = ((comparable(row.get(field)), row_id) for row_id, row in self.rows.items())
            self._ordered[field] = sorted(entry for entry in filled if entry[0] is not None)
        return self._ordered[field]

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
            if (only is None or field in only) and comparable(row.get(field)) is not None:
                insort(entries, (comparable(row[field]), row_id))

    def _unindex(self, row: dict, only: Iterable[str] | None = None) -> None:
        row_id = row[self.key]
        for field, index in self._equal.items():
            if only is None or field in only:
                for entry in _entries(row.get(field)):
                    index[entry].discard(row_id)
        for field, entries in self._ordered.items():
            if (only is None or field in only) and comparable(row.get(field)) is not None:
                del entries[bisect_left(entries, (comparable(row[field]), row_id))]


def _is_bound(condition: Condition, kind: type) -> bool:
    return condition.operation in (">", ">=", "<", "<=") and isinstance(condition.values[0], kind)


def _span(values: list, condition: Condition, key: Callable | None = None) -> slice:
    """Where the values on this side of a bound stand in a sorted list."""
    operation = condition.operation
    cut = (bisect_left if operation in (">=", "<") else bisect_right)(values, condition.values[0], key=key)
    return slice(cut, len(values)) if operation in (">", ">=") else slice(0, cut)


def _entries(value: object) -> list:
    if isinstance(value, list):
        return [comparable(element) for element in value if not isinstance(element, (dict, list))] if value else [None]
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
        self.quotes = Table("id", ordered=("updatedTime",))
        self.invoices = Table("id", ordered=("updatedTime",))
        self.invoice_history = Table("ID", ordered=("CREATED_TIME",))
        self.item_categories = Table("id")
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
        self.lists = Table("ID")
        self.list_fields = Table("ID")
        self.list_options = Table("ID")
        self.list_sections = Table("ID")
        self.list_elements = Table("ID")
        self.list_values = Table("ID")
        self.feed_posts = Table("ID", ordered=("DATE_PUBLISH",))
        self.feed_entries = Table("ID", first_id=101)
        self.feed_tags = Table("ID")
        self.feed_comments = Table("ID")
        self.workflow_templates = Table("ID")
        self.workflows = Table("number")
        self.workflow_tasks = Table("ID")
        self.requisite_presets = Table("ID")
        self.preset_fields = Table("ID")
        self.requisite_links = Table("ID")
        self.currencies = Table("ID")
        self.types = Table("id")
        self.triggers = Table("id")
        self.userfield_labels = Table("ID")
        self.duplicate_fields = Table("id")
        self.calendar_sections = Table("ID")
        self.calendar_events = Table("ID")
        self.calendar_settings = Table("ID")
        self.workdays = Table("ID", ordered=("STARTED",))
        self.absences = Table("ID")
        self.leaves = Table("ID")
        self.time_settings = Table("ID")
        self.network_ranges = Table("ID")
        self.mailboxes = Table("id")
        self.letters = Table("id", ordered=("date",))
        self.mail_contacts = Table("id")
        self.mail_services = Table("ID")
        self.roles = Table("ID")
        self.required_fields = Table("id")
        self.recycle_bin = Table("id")

    def open_kind(self, items: str, history: str) -> None:
        """Tables for the items of a new smart process and for their stages."""
        setattr(self, items, Table("id", ordered=("updatedTime", "createdTime", "movedTime")))
        setattr(self, history, Table("ID", ordered=("CREATED_TIME",)))

    def close_kind(self, items: str, history: str) -> None:
        delattr(self, items)
        delattr(self, history)
