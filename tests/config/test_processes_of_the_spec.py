"""The YAML of the processes against the specification's tables: no stage, field or task is lost or misspelt."""

import re

import pytest

from config import Field, company
from tests.config.tables import rows

FILES = {
    "SOFT": "soft",
    "SOFT_SHIPMENT": "soft_shipment",
    "REGISTRY": "registry",
    "LOGISTICS": "logistics",
    "PURCHASE": "purchase",
    "PRODUCTION": "production",
    "SERVICE": "service",
}
# Rule R-06: stages that may be skipped freely.
OPTIONAL = {
    "SOFT": ["DESIGN", "ESTIMATE", "ESTIMATED", "CONTRACT"],
    "SOFT_SHIPMENT": ["OVERDUE"],
    "LOGISTICS": ["ASK", "APPROVE", "READY", "MOVE"],
    "PURCHASE": ["QUOTE", "PAID"],
    "PRODUCTION": ["CUTTING"],
    "SERVICE": ["CLAIM"],
    "REGISTRY": [],
}
# What triggers speak of («urgent flag», «count of re-estimates») and the tables of fields do not have.
ADDED = {
    "logistics": [("LG_URGENT", "Срочная оценка", "boolean", "—"), ("LG_REDONE", "Переоценок", "integer", "*calc*")]
}
# Rule R-28: tasks that stay open when their stage is left; the estimate itself is made on the stages after the first.
OUTLIVING = {"LG-1", "SO-8", "SO-9", "SO-10", "SO-12", "SH-5", "SH-6", "SH-7"}
SEMANTICS = {"P": "process", "S": "success", "F": "failure"}

TYPE_STAGES = [code for _, code, *_ in rows("registry", "Stages") if code not in ("NEW", "WON", "LOSE")]
WITH_COMPANY = [code for code in TYPE_STAGES if code not in ("HR_DOC", "TRIP_DOC")]
# «Required to enter» in words that are no list of stages; what depends on a condition is a handler's.
REQUIRED = {
    "DESIGN / OFFER": ["DESIGN", "OFFER"],
    "CONTRACT (≥ 1 row, price > 0)": ["CONTRACT"],
    "any type stage": TYPE_STAGES,
    "any type stage (default: responsible of the source deal)": TYPE_STAGES,
    "all except HR_DOC, TRIP_DOC": WITH_COMPANY,
    "CONTRACT (or «рамочный»), INVOICE, UPD, ACT, KS": ["INVOICE", "UPD", "ACT", "KS"],
}
LABELS = {"Создать оценку логистики (поле сделки продаж)": "Создать оценку логистики"}
LISTS_FROM_ELSEWHERE = {
    "OUR": lambda: tuple(company().our_companies),
    "TERMS": lambda: tuple(company().terms),
    "MAKE_DOC": lambda: tuple(kind.title for kind in company().document_kinds.values()),
}
# «Срок» in words that our spans do not have; what is not here is counted by a handler.
DEADLINES = {
    "60кд after WON": "60кд",
    "due date −3рд 18:00": "D−3рд 18:00",
    "PROMISE − 2рд": "D−2рд",
    "DOC_END − 35кд (or the notice date of the contract)": "D−35кд",
    "2рд from creation (urgent flag: 4рч)": "2рд",
    "2рд after delivery": "2рд",
    "10рд after state «На подписании»": "10рд",
}
PLANS = {"5рд or SO_LOGDAYS": "5рд"}


def processes():
    return pytest.mark.parametrize(("code", "file"), FILES.items())


@processes()
def test_stages_are_those_of_the_specification(code, file):
    expected = [(stage, title, SEMANTICS[semantics]) for _, stage, title, semantics, *_ in rows(file, "Stages")]
    stages = company().processes[code].stages.values()
    assert [(stage.code, stage.title, stage.semantics) for stage in stages] == expected
    assert [stage.code for stage in stages if stage.optional] == OPTIONAL[code]


@pytest.mark.parametrize(("code", "file"), [pair for pair in FILES.items() if pair[0] != "REGISTRY"])
def test_planned_durations_are_those_of_the_specification(code, file):
    """Stages of the register are types of documents: they have no duration."""
    plans = {stage: PLANS.get(plan, plan) for _, stage, _, _, plan, *_ in rows(file, "Stages")}
    expected = {stage: plan if re.fullmatch(r"\d+(рд|рч)", plan) else None for stage, plan in plans.items()}
    assert {stage.code: stage.plan for stage in company().processes[code].stages.values()} == expected


@processes()
def test_fields_stand_in_the_order_of_the_specification_with_its_labels(code, file):
    expected = [(field, label) for field, label, _, _ in _fields(file)]
    assert [(_short(field), field.label) for field in company().processes[code].fields.values()] == expected


@processes()
def test_fields_have_the_types_and_options_of_the_specification(code, file):
    expected = {field: _type(field, type_) for field, _, type_, _ in _fields(file)}
    fields = company().processes[code].fields.values()
    assert {_short(field): (field.type, field.multiple, field.options) for field in fields} == expected


@processes()
def test_fields_are_required_where_the_specification_says(code, file):
    stages = company().processes[code].stages
    expected = {field: _required(required, stages) for field, _, _, required in _fields(file)}
    fields = company().processes[code].fields.values()
    assert {_short(field): list(field.required_on) for field in fields} == expected


@processes()
def test_computed_fields_and_buttons_are_marked(code, file):
    computed = [field for field, _, type_, required in _fields(file) if "*calc*" in type_ + required]
    buttons = [field for field, _, _, required in _fields(file) if "button field" in required]
    fields = company().processes[code].fields.values()
    assert [_short(field) for field in fields if field.calc] == computed
    assert [_short(field) for field in fields if field.button] == buttons


@processes()
def test_tasks_are_those_of_the_specification(code, file):
    expected = [
        (task, title, role.split(" (")[0], _deadline(deadline))
        for task, title, role, deadline, *_ in rows(file, "Tasks")
    ]
    tasks = company().processes[code].tasks.values()
    assert [(task.code, task.title, task.role, task.deadline) for task in tasks] == expected
    assert {task.code for task in tasks if task.outlives} == {task for task, *_ in expected if task in OUTLIVING}


@pytest.mark.parametrize("code", ["SOFT", "SOFT_SHIPMENT", "REGISTRY"])
def test_tasks_have_the_observers_and_checklists_of_the_specification(code):
    table = rows(FILES[code], "Tasks")
    tasks = company().processes[code].tasks
    assert {task: list(tasks[task].observers) for task, *_ in table} == {
        task: [] if observers == "—" else observers.split(", ") for task, _, _, _, observers, _ in table
    }
    assert {task: list(tasks[task].checklist) for task, *_ in table} == {
        task: _checklist(last) for task, *_, last in table
    }


@processes()
def test_a_task_says_its_result_where_the_specification_has_one(code, file):
    """The last column asks for one: a field, words, or both."""
    has_column = len(rows(file, "Tasks")[0]) == 5
    expected = {
        task for task, *_, last in rows(file, "Tasks")
        if ("Результат" in last or "Согласован" in last or (has_column and last != "—"))
    }  # fmt: skip
    tasks = company().processes[code].tasks.values()
    assert {task.code for task in tasks if task.result or task.result_note} == expected - {"SV-5"}


def test_soft_asks_for_these_results():
    tasks = company().processes["SOFT"].tasks
    assert {
        code: (list(task.result), task.result_note) for code, task in tasks.items() if task.result or task.result_note
    } == {
        "SO-3": (["files"], ""),
        "SO-4": ([], "файл КП"),
        "SO-7": ([], "скан в реестре"),
        "SO-8": (["so_split"], ""),
        "SO-9": ([], "создана хотя бы одна отгрузка"),
    }
    assert [task.code for task in tasks.values() if task.once] == ["SO-12"]


def test_a_document_lives_through_these_states():
    assert " / ".join(company().processes["REGISTRY"].fields["doc_state"].options) == (
        "Проект / На согласовании / На подписании / Действует / Подписан (закрывающий) / Истёк / Расторгнут / Архив"
    )


def test_two_fields_of_soft_demand_a_stage():
    fields = company().processes["SOFT"].fields
    assert {name: field.demands_stage for name, field in fields.items() if field.demands_stage} == {
        "so_newmat": "DESIGN",
        "so_needlog": "ESTIMATE",
    }


def test_a_deal_moved_to_the_offer_without_anything_misses_these_in_this_order():
    """A-02: a message lists the fields in the order of the table."""
    asked = ("NEW", "QUALIFY", "OFFER")
    fields = company().processes["SOFT"].fields.values()
    labels = [field.label for field in fields if set(asked) & set(field.required_on)]
    assert ", ".join(labels) == "Компания, Контакт, Потребности клиента, Товарная группа, Категория клиента"


def test_funnels_stand_in_the_order_of_the_specification():
    funnels = {code: (funnel, int(sort)) for code, funnel, sort, _ in rows("common", "Processes")}
    ours = company().processes
    assert {code: (ours[code].funnel, ours[code].sort) for code in FILES} == {code: funnels[code] for code in FILES}
    assert not (ours.keys() - FILES.keys()) & funnels.keys(), "a process of the specification that FILES lacks"
    assert list(ours) == sorted(ours, key=lambda code: ours[code].sort)


def test_participants_and_owners_are_those_of_the_specification():
    table = {
        code: (roles, owner) for codes, roles, owner in rows("common", "Participants") for code in codes.split(", ")
    }
    for code in FILES:
        process, (roles, owner) = company().processes[code], table[code]
        assert list(process.participants) == roles.split(", "), code
        assert process.owner == owner.split(",")[0], code


def test_only_the_registry_is_a_list_of_kinds():
    assert [code for code, process in company().processes.items() if not process.sequential] == ["REGISTRY"]


def _fields(file: str) -> list[tuple[str, str, str, str]]:
    """(code, label, type, required) of each field; two in one row are two."""
    found = []
    for codes, labels, type_, required in rows(file, "Fields"):
        labels = LABELS.get(labels, labels)
        pairs = zip(codes.split(", "), labels.split(", "), strict=True) if ", " in codes else [(codes, labels)]
        found += [(_code(code), label, type_, required) for code, label in pairs]
    return found + ADDED.get(file, [])


def _code(written: str) -> str:
    return "ROWS" if written == "product rows" else written.removeprefix("UF_CRM_SF_")


def _short(field: Field) -> str:
    return field.code.removeprefix("UF_CRM_SF_")


def _type(code: str, written: str) -> tuple[str, bool, tuple[str, ...]]:
    """(type, multiple, options) out of «enumeration multiple: А / Б», «crm (deal REGISTRY)», «string (multi-line)»."""
    head, _, listed = written.partition(": ")
    kind = next(name for pattern, name in TYPES if re.match(pattern, f"{code} {head}"))
    options = ()
    if kind == "enumeration":
        ours = next(field for p in company().processes.values() for field in p.fields.values() if _short(field) == code)
        elsewhere = LISTS_FROM_ELSEWHERE.get(code, lambda: ours.options)
        options = tuple(listed.split(" / ")) if listed else elsewhere()
    return kind, "multiple" in head, options


TYPES = [
    (r"COMPANY_ID native", "company"),
    (r"CONTACT_ID native", "contact"),
    (r"\w+ crm \(deal", "deal"),
    (r"\w+ crm \(company\)", "company"),
    (r"\w+ string \(multi-line\)", "text"),
    *((rf"\w+ {name}\b", name) for name in (
        "string", "integer", "double", "money", "boolean", "date", "datetime", "enumeration", "employee", "file",
        "rows",
    )),
]  # fmt: skip


def _required(written: str, stages) -> list[str]:
    if written in REQUIRED:
        return REQUIRED[written]
    codes = written.split(", ")
    return codes if all(code in stages for code in codes) else []


def _deadline(written: str) -> str | None:
    known = DEADLINES.get(written, written)
    return known if re.fullmatch(r"(D−)?\d+(рч|рд|кд)( \d\d:\d\d)?( @исп)?", known) else None


def _checklist(written: str) -> list[str]:
    items = written.partition(". ")[0] if ". " in written else written
    return [item.strip() for item in items.split("□")[1:]]
