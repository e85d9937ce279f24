"""The YAML of the processes against the specification's tables: no stage, field or task is lost or misspelt."""

import re

import pytest

from config import Field, company
from tests.config.tables import rows

FILES = {
    "INTAKE": "intake",
    "SOFT": "soft",
    "SOFT_SHIPMENT": "soft_shipment",
    "HARD": "hard",
    "RECEIVABLES": "receivables",
    "REGISTRY": "registry",
    "REP_REPORT": "rep_report",
    "DISTRIBUTOR": "distributor",
    "DISTRIBUTOR_BRANCH": "distributor_branch",
    "HR_REQUEST": "hr_request",
    "HR_SELECTION": "hr_selection",
    "TRIP": "trip",
    "TENDER": "tender",
    "LOGISTICS": "logistics",
    "PURCHASE": "purchase",
    "PRODUCTION": "production",
    "COMMISSIONING": "commissioning",
    "SERVICE": "service",
}
# Rule R-06: stages that may be skipped freely.
OPTIONAL = {
    "INTAKE": [],
    "SOFT": ["DESIGN", "ESTIMATE", "ESTIMATED", "CONTRACT"],
    "SOFT_SHIPMENT": ["OVERDUE"],
    "HARD": [],
    "RECEIVABLES": [],
    "REP_REPORT": ["REWORK", "SETTLE"],
    "DISTRIBUTOR": [],
    "DISTRIBUTOR_BRANCH": [],
    "HR_REQUEST": ["OFFER", "HOLD"],
    "HR_SELECTION": ["SCREEN", "CHECK"],
    "TRIP": ["BOOKING"],
    "TENDER": ["TRADE"],
    "LOGISTICS": ["ASK", "APPROVE", "READY", "MOVE"],
    "PURCHASE": ["QUOTE", "PAID"],
    "PRODUCTION": ["CUTTING"],
    "COMMISSIONING": ["DELIVERY", "ATTEST"],
    "SERVICE": ["CLAIM"],
    "REGISTRY": [],
}
# Two processes share a funnel: what «Тип» says of the stages that are not theirs. Their fields and tasks, one table each in
# the specification, stand in spec/ under the process that has them.
OTHERS_STAGES = {"DISTRIBUTOR": "филиал", "DISTRIBUTOR_BRANCH": "сводная"}
# «UF_CRM_SF_OUR, TERMS*, CONTRACT, LOST, TENDER, MAKE_DOC as in SOFT», before the table of HARD. The stage after the contract,
# which asks for it, is SUPPLY in one and WORKS in the other.
AS_IN_SOFT = {
    "hard": ["OUR", "TERMS", "TERMS_PCT", "TERMS_DAYS", "TERMS_SCHED", "CONTRACT", "MAKE_DOC", "LOST", "TENDER"],
}
# What triggers speak of («urgent flag», «count of re-estimates») and the tables of fields do not have.
CHANGES = ("DOC_CHANGES", "Изменения договора", "string (multi-line)", "—")  # T14
PERIOD = [
    ("PERIOD_FROM", "Документ за период: с", "date", "—"),
    ("PERIOD_TO", "Документ за период: по", "date", "—"),
]  # T15, T19
ADDED = {
    "soft": [CHANGES, *PERIOD],
    "soft_shipment": [("MAKE_DOC", "Сформировать документ", "enumeration §15.1", "— (button field)")],  # T18
    "registry": [
        CHANGES,
        ("DOC_REPRICE", "Изменение цен (новые цены — товары карточки)", "boolean", "—"),  # T13
        ("DOC_PENALTY", "Неустойка, % в день", "double", "—"),  # C-08
        ("DOC_PENCAP", "Предел неустойки, %", "double", "—"),
        ("MAKE_DOC", "Сформировать документ", "enumeration §15.1", "— (button field)"),
    ],
    # «contact, company» to enter WON, in the table of stages; IN-T2
    "intake": [
        ("COMPANY_ID", "Компания", "native", "WON"),
        ("CONTACT_ID", "Контакт", "native", "WON"),
        ("IN_COUNT", "Обращений клиента", "integer", "*calc*"),
    ],
    # the condition of S04; HD-T5
    "hard": [
        CHANGES,
        ("HD_ADAPT", "Нужна адаптация КД", "boolean", "—"),
        ("HD_DEFENCES", "Защит проекта", "integer", "*calc*"),
        *PERIOD,
        ("ACT_STAGE", "Этап работ (для акта)", "string", "—"),
        ("ACT_REMARKS", "Замечания к работам (для акта)", "string (multi-line)", "—"),
        ("ACT_ADVANCE", "Зачесть аванс по акту, ₽", "money", "—"),
    ],
    # what the parser extracts, and its mark; E-TN-7
    "tender": [
        ("TN_INN", "ИНН заказчика", "string", "—"),
        ("TN_REGION", "Регион", "string", "—"),
        ("TN_SITE", "Площадка", "string", "—"),
        ("TN_UNREAD", "Не распознано", "boolean", "—"),
        ("TN_URGENT", "Срочный", "boolean", "*calc*"),
    ],
    # CM-T1; the «plan date» of CM-2; CM-T4
    "commissioning": [
        ("CM_NEED", "Нужна пусконаладка", "boolean", "—"),
        ("CM_DATE", "Дата выезда", "date", "SETUP"),
        ("CM_FAILS", "Неудачных испытаний", "integer", "*calc*"),
    ],
    # E-RC-1, RC-T5, RC-T7; RP-T6; the note of «INPUT (or «по телефону» note)», DB-T2
    "receivables": [
        ("DZ_MANAGER", "Менеджер", "employee", "*calc*"),
        ("DZ_RETURNS", "Возвратов", "integer", "*calc*"),
        ("DZ_BROKEN", "Сорванные обещания", "integer", "*calc*"),
    ],
    "rep_report": [
        ("RP_RETURNS", "Возвратов", "string (multi-line)", "*calc*"),
        ("RP_CLAIMED", "Заявленные расходы", "string (multi-line)", "*calc*"),
        ("RP_TAKEN", "Учтено из прошлого отчёта", "money", "*calc*"),  # RP-T7, RP-T11
        ("RP_BEFORE", "Выплачено (+), удержано (−) до возврата в работу", "money", "*calc*"),
    ],
    # E-DB-16
    "distributor": [("DS_RECREATE", "Создать заново удалённые сделки филиалов", "boolean", "button field")],
    "distributor_branch": [
        ("DB_PHONE", "По телефону", "string", "—"),
        ("DB_REMINDED", "Напоминаний", "integer", "*calc*"),
    ],
    "logistics": [("LG_URGENT", "Срочная оценка", "boolean", "—"), ("LG_REDONE", "Переоценок", "integer", "*calc*")],
    "hr_selection": [("HR_LETTER", "Отправить письмо", "boolean", "—")],
    # «string + date» in one row
    "trip": [("TR_NEXT_DATE", "Следующий шаг по клиенту: дата", "date", "ACCOUNT")],
}
# A process brings fields to the cards of others: a table of their own.
ON_OTHER_CARDS = {"trip": "Fields added to the sales deals (SOFT, HARD) by this process:"}
# «*calc* …, editable»: counted once, and then people may move it.
EDITABLE = {"HR_PROBEND"}
# Tasks that triggers set and the tables of tasks do not have: (code, title, role, deadline).
ADDED_TASKS = {
    "hard": [
        ("HD-MARGIN", "Согласуйте маржу ниже нормы", "COMMERCIAL_DIRECTOR", "1рд"),  # HD-T6
        ("HD-AMEND", "Проверьте доп. соглашение", "LAWYER", None),  # E-HD-12
    ],
    "tender": [("TN-MISSED", "Разберите причину пропуска", "HEAD_TENDER", "1рд")],  # TN-T12
    "hr_selection": [
        ("HR-CHOOSE", "Определите: резерв или отказ", "HR", "3рд"),  # HQ-T5
        ("HR-MOVE", "Заявка отменена: резерв или другая вакансия", "HR", "2рд"),  # HQ-T9
    ],
    "trip": [
        ("TR-REBOOK", "Перебронируйте", "OFFICE_MANAGER", "4рч"),  # TR-T12
        ("TR-UNBOOK", "Сдайте билеты, отмените бронь", "OFFICE_MANAGER", "2рч"),  # TR-T13
    ],
}
# Rule R-28: tasks that stay open when their stage is left; the estimate itself is made on the stages after the first, the
# result of the last meeting is due after the journey, and what is paid for it when the trip is closed. A project is won
# before the retention is due, and what a tender's COLLECT asks for on SUBMIT − 2рд is due after its end, SUBMIT − 3рд.
OUTLIVING = {"LG-1", "SO-8", "SO-9", "SO-10", "SO-12", "SH-5", "SH-6", "SH-7", "TR-4", "TR-8", "HD-12", "TN-7", "TN-8"}
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
    "NEW (default §4.4; accountant edits)": ["NEW"],
    "NEW; snapshot, not changed later": ["NEW"],
    "NEW (филиал)": ["NEW"],
    "NEW (сводная)": ["NEW"],
    "SCREEN (= UF_CRM_SF_PARENT)": ["SCREEN"],
    "leaving HR_INT forward": ["HEAD_INT"],
    "leaving HEAD_INT forward": ["CHECK", "OFFER"],
    "OFFER; > PAYMAX → approval by HEAD_HR": ["OFFER"],
    "ONTRIP (0 allowed)": ["ONTRIP"],
}
LABELS = {"Создать оценку логистики (поле сделки продаж)": "Создать оценку логистики"}
OPTIONS = {"время заказчика (city)": "время заказчика"}
LISTS_FROM_ELSEWHERE = {
    "OUR": lambda: tuple(company().our_companies),
    "TERMS": lambda: tuple(company().terms),
    "MAKE_DOC": lambda: tuple(kind.title for kind in company().document_kinds.values()),
    "HQ_CITY": lambda: tuple(company().cities),
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
    "D 12:00 @исп, fixed": "D+0рд 12:00 @исп",
    "next working day 12:00 @мск": "D+1рд 12:00 @мск",
    "мес+3рд 18:00 @исп, fixed": "мес+3рд 18:00 @исп",
    "1рд, not later than мес+5рд 18:00 @мск": "1рд",
    "1рд @мск (мес+10рд)": "1рд @мск",
    "5 working days before the quarter's last working day, 18:00 @мск": "D−5рд 18:00 @мск",
    "HR_DT1 + 4рч": "D+4рч",
    "HR_DT2 + 4рч @исп": "D+4рч @исп",
    "OFFTILL 12:00": "D+0рд 12:00",
    "START − 2рд": "D−2рд",
    "START 18:00": "D+0рд 18:00",
    "PROBEND − 10кд": "D−10кд",
    "1рд @исп (FROM − now < 2рд → 2рч)": "1рд @исп",
    "1рд, not later than FROM − 1рд": "1рд",
    "each plan line date + 1рд": "D+1рд",
    "TO + 3рд 18:00 @исп, fixed": "D+3рд 18:00 @исп",
    "RETDATE −10рд": "D−10рд",
    "5рд after WON": "5рд",
    "min(1рд, SUBMIT − 5рд)": "1рд",
    "same": "1рд",
    "SUBMIT − 3рд 12:00": "D−3рд 12:00",
    "SUBMIT − 4рд 12:00": "D−4рд 12:00",
    "SUBMIT − 2рд": "D−2рд",
    "SUBMIT − 2рд 12:00 @мск": "D−2рд 12:00 @мск",
    "SUBMIT − 1рд 12:00 @мск": "D−1рд 12:00 @мск",
    "SUBMIT − 4рч, fixed": "D−4рч",
    "TRADE + 1рд": "D+1рд",
    "result + 10рд": "10рд",
}
PLANS = {"5рд or SO_LOGDAYS": "5рд"}
ROLES = {
    "manager": "SALES",
    "every manager with shipments (20+)": "SALES",
    "DEPT_HEAD of TRAVELLER": "H-TRAVELLER",
    "head of the direction, unknown → HEAD_SOFT": "HEAD_SOFT",
    "head": "HEAD_SOFT",
    "client's manager": "SALES",
    "client's manager or on-duty SALES": "SALES",
}
OBSERVERS = {
    "TR-5": "H-TRAVELLER",  # DEPT_HEAD is the traveller's head there
    "TN-2": "—",  # «SALES-head by direction»: the handler's
    "IN-2": "HEAD_SOFT",  # «head», as for IN-1 while the direction is unknown
    "IN-3": "HEAD_SOFT",
}
RESULT_IN_WORDS = {"SH-8", "RG-1", "HR-1"}  # a new value of a filled field, or one of two things
# The last column says how the task is made, not what comes of it.
NO_RESULT = {"checklist = one item per branch", "once"}


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
    plans = {stage: PLANS.get(plan, plan) for stage, plan in _plans(code, file)}
    expected = {stage: plan if re.fullmatch(r"\d+(рд|рч)", plan) else None for stage, plan in plans.items()}
    assert {stage.code: stage.plan for stage in company().processes[code].stages.values()} == expected


@processes()
def test_stages_of_the_other_process_in_a_funnel_are_foreign(code, file):
    of_others = OTHERS_STAGES.get(code)
    expected = [stage for _, stage, _, _, kind, *_ in rows(file, "Stages") if of_others and kind == of_others]
    assert [stage.code for stage in company().processes[code].stages.values() if stage.foreign] == expected


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
def test_fields_have_the_defaults_of_the_specification(code, file):
    """A figure, or days; what else a new card shall say is a handler's."""
    written = {field: re.search(r"default (?:«?(\d+)»?$|\+(\d+) кд)", type_) for field, _, type_, _ in _fields(file)}
    expected = {field: said[1] or f"{said[2]}кд" for field, said in written.items() if said}
    fields = company().processes[code].fields.values()
    assert {_short(field): field.default for field in fields if field.default is not None} == expected


@processes()
def test_computed_fields_and_buttons_are_marked(code, file):
    computed = [
        field for field, _, type_, required in _fields(file) if "*calc*" in type_ + required and field not in EDITABLE
    ]
    buttons = [field for field, _, _, required in _fields(file) if "button field" in required]
    fields = company().processes[code].fields.values()
    assert [_short(field) for field in fields if field.calc] == computed
    assert [_short(field) for field in fields if field.button] == buttons


@processes()
def test_tasks_are_those_of_the_specification(code, file):
    expected = [
        (task, title, _role(role), _deadline(deadline)) for task, title, role, deadline, *_ in rows(file, "Tasks")
    ]
    expected += ADDED_TASKS.get(file, [])
    tasks = company().processes[code].tasks.values()
    assert [(task.code, task.title, task.role, task.deadline) for task in tasks] == expected
    assert {task.code for task in tasks if task.outlives} == {task for task, *_ in expected if task in OUTLIVING}
    fixed = {task for task, _, _, deadline, *_ in rows(file, "Tasks") if deadline.endswith(", fixed")}
    assert {task.code for task in tasks if task.fixed} == fixed


@processes()
def test_tasks_have_the_observers_and_checklists_of_the_specification(code, file):
    """The table of a process whose tasks nobody observes has no column of observers."""
    table = [(task, cells[0] if len(cells) == 2 else "—", cells[-1]) for task, _, _, _, *cells in rows(file, "Tasks")]
    tasks = company().processes[code].tasks
    observers = {task: OBSERVERS.get(task, written) for task, written, _ in table}
    assert {task: list(tasks[task].observers) for task, *_ in table} == {
        task: [] if roles == "—" else roles.split(", ") for task, roles in observers.items()
    }
    assert {task: list(tasks[task].checklist) for task, *_ in table} == {
        task: _checklist(last) for task, _, last in table
    }


@processes()
def test_a_task_says_its_result_where_the_specification_has_one(code, file):
    """What the last column says besides a checklist: a field, words, or both."""
    said = {task: last.partition(". ")[2] if "□" in last else last for task, *_, last in rows(file, "Tasks")}
    expected = {task for task, text in said.items() if text not in {"", "—", *NO_RESULT}}
    tasks = company().processes[code].tasks.values()
    assert {task.code for task in tasks if task.result or task.result_note} == expected


@processes()
def test_a_task_asks_for_the_fields_that_its_result_names(code, file):
    """By their codes, of which «MINP» is TN_MINP."""
    process = company().processes[code]
    for task, *_, last in rows(file, "Tasks"):
        words = {*re.findall(r"[A-Z][A-Z0-9_]+", last.replace("UF_CRM_SF_", ""))}
        codes = {name: _short(field) for name, field in process.fields.items()}
        named = {name for name, code_ in codes.items() if words & {code_, code_.partition("_")[2]}}
        assert named <= {*process.tasks[task].result} or task in RESULT_IN_WORDS, task


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


def test_a_request_is_for_somebody_and_a_consent_is_a_yes():
    """«integer ≥ 1»; R-27: «Нет» in «Согласие на обработку ПДн» is as good as nothing."""
    processes = [company().processes[code] for code in ("HR_REQUEST", "HR_SELECTION", "TRIP")]
    positive = [field.name for process in processes for field in process.fields.values() if field.positive]
    assert positive == ["hq_count", "hr_pdn"]


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
    funnels = {
        code: (funnel, int(sort))
        for codes, funnel, sort, _ in rows("common", "Processes")
        for code in codes.split(", ")
    }
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
        expected = [ROLES.get(role, role).split(" (")[0] for role in roles.split(", ")]
        assert list(process.participants) == expected, code
        assert process.owner == owner.split(",")[0], code


def test_only_the_registry_is_a_list_of_kinds():
    assert [code for code, process in company().processes.items() if not process.sequential] == ["REGISTRY"]


def _plans(code: str, file: str) -> list[tuple[str, str]]:
    """(stage, planned duration); a stage of the other process in the funnel has none."""
    if code not in OTHERS_STAGES:
        return [(stage, plan) for _, stage, _, _, plan, *_ in rows(file, "Stages")]
    table = rows(file, "Stages")
    return [(stage, "—" if kind == OTHERS_STAGES[code] else plan) for _, stage, _, _, kind, plan in table]


def _fields(file: str) -> list[tuple[str, str, str, str]]:
    """(code, label, type, required) of each field; two in one row are two."""
    found = []
    table = rows(file, "Fields") + (rows(file, ON_OTHER_CARDS[file]) if file in ON_OTHER_CARDS else ())
    for codes, labels, type_, required in table:
        labels = LABELS.get(labels, labels)
        pairs = zip(codes.split(", "), labels.split(", "), strict=True) if ", " in codes else [(codes, labels)]
        found += [(_code(code), label, type_, required) for code, label in pairs]
    soft = {_code(code): row for code, *row in rows("soft", "Fields")}
    for code in AS_IN_SOFT.get(file, ()):
        label, type_, required = soft[code]
        found.append((code, label, type_, required.replace("SUPPLY", "WORKS")))
    return found + ADDED.get(file, [])


def _role(written: str) -> str:
    """HEAD_HR of «HEAD_HR; reason «Новая ставка» → CEO», H-TRAVELLER of «DEPT_HEAD of TRAVELLER (budget > …)»."""
    role = re.split(r" \(|; ", ROLES.get(written, written))[0]
    return ROLES.get(role, role)


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
        options = tuple(OPTIONS.get(one, one) for one in listed.split(" / ")) if listed else elsewhere()
    return kind, "multiple" in head, options


TYPES = [
    (r"COMPANY_ID native", "company"),
    (r"CONTACT_ID native", "contact"),
    (r"HQ_CITY = UF_CRM_SF_CITY", "enumeration"),
    (r"\w+ crm \(deal", "deal"),
    (r"\w+ crm \(company\)", "company"),
    (r"\w+ string \(multi-line\)", "text"),
    *((rf"\w+ {name}\b", name) for name in (
        "string", "integer", "double", "money", "boolean", "date", "datetime", "enumeration", "employee", "file",
        "rows", "url",
    )),
]  # fmt: skip


def _required(written: str, stages) -> list[str]:
    if written in REQUIRED:
        return REQUIRED[written]
    codes = written.split(", ")
    return codes if all(code in stages for code in codes) else []


def _deadline(written: str) -> str | None:
    known = DEADLINES.get(written, written)
    return known if re.fullmatch(r"(D[−+]|мес\+)?\d+(рч|рд|кд)( \d\d:\d\d)?( @(исп|мск))?", known) else None


def _checklist(written: str) -> list[str]:
    items = written.partition(". ")[0] if ". " in written else written
    return [item.strip() for item in items.split("□")[1:]]
