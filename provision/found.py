"""What a portal has of what provisioning touches. A handful of requests, however large it is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from bitrix.client import Answer, Command, Portal
from bitrix.errors import NotExecuted, OutcomeUnknown, PortalError

DEAL = 2
ATTEMPTS = 5


def stage_list(funnel: int) -> str:
    """The dictionary that the stages of a funnel stand in."""
    return f"DEAL_STAGE_{funnel}" if funnel else "DEAL_STAGE"


@dataclass(frozen=True)
class FoundStage:
    """`code` without the prefix of its funnel; `meaning`: S, F or None."""

    id: int
    code: str
    title: str
    sort: int
    color: str
    meaning: str | None
    is_system: bool


@dataclass(frozen=True)
class FoundFunnel:
    id: int
    title: str
    sort: int
    key: str
    originator: str
    is_default: bool
    stages: tuple[FoundStage, ...]
    layout: list | None = None

    @property
    def stage_list(self) -> str:
        return stage_list(self.id)


@dataclass(frozen=True)
class FoundField:
    id: int
    code: str
    type: str
    label: str
    multiple: bool
    options: Mapping[str, int]
    settings: Mapping[str, object]


@dataclass(frozen=True)
class FoundSection:
    id: int
    items: frozenset[str]


@dataclass(frozen=True)
class Found:
    funnels: tuple[FoundFunnel, ...]
    deal_fields: dict[str, FoundField] = field(default_factory=dict)
    company_fields: dict[str, FoundField] = field(default_factory=dict)
    folders: dict[str, int] = field(default_factory=dict)
    """Path on the company's Disk → id; "" is its root."""
    catalogue: dict[str, FoundSection] = field(default_factory=dict)
    """Section of the catalogue → what it is and holds."""


def read(portal: Portal, folders: Iterable[str] = (), sections: Iterable[str] = ()) -> Found:
    """Ask the portal; of its Disk and its catalogue only for these folders and sections. Raises the PortalError of what it does not answer."""
    russian = {"filter": {"LANG": "ru"}}
    categories, statuses, of_deals, of_companies = _answers(
        portal,
        [
            Command("crm.category.list", {"entityTypeId": DEAL}),
            Command("crm.status.list", {"order": {"SORT": "ASC"}}),
            Command("crm.deal.userfield.list", russian),
            Command("crm.company.userfield.list", russian),
        ],
    )
    funnels = [_funnel(row, statuses.result) for row in categories.result["categories"]]
    layouts = _answers(portal, [_asking_for_layout(funnel.id) for funnel in funnels])
    arranged = (replace(one, layout=layout.result or None) for one, layout in zip(funnels, layouts, strict=True))
    there = _folders(portal, folders)
    goods = _sections(portal, list(sections))
    return Found(tuple(arranged), _fields(of_deals.result), _fields(of_companies.result), there, goods)


def _folders(portal: Portal, paths: Iterable[str]) -> dict[str, int]:
    """Level by level: a folder is sought where its parent is."""
    found: dict[str, int] = {}
    left = sorted(paths, key=lambda path: path.count("/"))
    if left:
        [storages] = _answers(portal, [Command("disk.storage.getlist", {"filter": {"ENTITY_TYPE": "common"}})])
        found[""] = int(storages.result[0]["ROOT_OBJECT_ID"])
    while sought := [path for path in left if path.rpartition("/")[0] in found]:
        left = [path for path in left if path not in sought]
        answers = _answers(portal, [_asking_for_folder(found, path) for path in sought])
        found |= {
            path: int(answer.result[0]["ID"]) for path, answer in zip(sought, answers, strict=True) if answer.result
        }
    return found


def _sections(portal: Portal, names: list[str]) -> dict[str, FoundSection]:
    """https://apidocs.bitrix24.com/api-reference/crm/outdated/product-section/crm-product-section-list.html"""
    asked = [Command("crm.productsection.list", {"filter": {"NAME": name}, "select": ["ID", "NAME"]}) for name in names]
    answers = _answers(portal, asked) if asked else []
    found = {row["NAME"]: int(row["ID"]) for answer in answers for row in reversed(answer.result)}
    ids = [found[name] for name in names if name in found]
    inside = [Command("crm.product.list", {"filter": {"SECTION_ID": one}, "select": ["ID", "NAME"]}) for one in ids]
    goods = _answers(portal, inside) if inside else []
    items = {one: frozenset(row["NAME"] for row in answer.result) for one, answer in zip(ids, goods, strict=True)}
    return {name: FoundSection(found[name], items[found[name]]) for name in names if name in found}


def _asking_for_folder(found: Mapping[str, int], path: str) -> Command:
    parent, _, name = path.rpartition("/")
    return Command("disk.folder.getchildren", {"id": found[parent], "filter": {"NAME": name, "TYPE": "folder"}})


def _answers(portal: Portal, commands: list[Command]) -> list[Answer]:
    """Of questions alone: they may be asked again when an answer was lost."""
    for left in reversed(range(ATTEMPTS)):
        outcomes = portal.submit(commands)
        errors = [outcome for outcome in outcomes if isinstance(outcome, PortalError)]
        if not errors:
            return outcomes
        if not left or not all(isinstance(error, (OutcomeUnknown, NotExecuted)) for error in errors):
            raise errors[0]
    raise AssertionError("no attempt was made")


def _asking_for_layout(category: int) -> Command:
    params = {"entityTypeId": DEAL, "scope": "C", "extras": {"dealCategoryId": category}}
    return Command("crm.item.details.configuration.get", params)


def _funnel(row: dict, statuses: list[dict]) -> FoundFunnel:
    number = int(row["id"])
    stages = sorted(
        (one for one in statuses if one["ENTITY_ID"] == stage_list(number)), key=lambda one: int(one["SORT"])
    )
    return FoundFunnel(
        number, row["name"], int(row["sort"]), row.get("originId") or "", row.get("originatorId") or "",
        row.get("isDefault") == "Y", tuple(map(_stage, stages)),
    )  # fmt: skip


def _stage(row: dict) -> FoundStage:
    meaning = row.get("SEMANTICS") if row.get("SEMANTICS") in ("S", "F") else None
    color = row.get("COLOR") or (row.get("EXTRA") or {}).get("COLOR") or ""
    code = str(row["STATUS_ID"]).rpartition(":")[2]
    return FoundStage(int(row["ID"]), code, row["NAME"], int(row["SORT"]), color, meaning, row.get("SYSTEM") == "Y")


def _fields(rows: list[dict]) -> dict[str, FoundField]:
    return {row["FIELD_NAME"]: _field(row) for row in rows}


def _field(row: dict) -> FoundField:
    options = {str(one["VALUE"]).strip(): int(one["ID"]) for one in row.get("LIST") or []}
    settings = row.get("SETTINGS") if isinstance(row.get("SETTINGS"), dict) else {}
    label = str(row.get("EDIT_FORM_LABEL") or row.get("LIST_COLUMN_LABEL") or "").strip()
    return FoundField(
        int(row["ID"]), row["FIELD_NAME"], row["USER_TYPE_ID"], label, row.get("MULTIPLE") == "Y", options, settings
    )
