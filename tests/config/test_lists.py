"""What the other files say, against the specification: fields of all, cities, roles, terms, documents, numbers."""

import re
from datetime import datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from config import company
from rules import deadline
from rules.working_time import WorkingCalendar
from tests.config.tables import rows

MOSCOW = ZoneInfo("Europe/Moscow")
NATIVE = ["title", "amount", "company", "contact", "responsible"]
OF_THE_LAYER = {"UF_CRM_SF_PRESS", "UF_CRM_SF_FILE_KEY"}
"""No field of the specification: keys by which what was done is found after a lost answer."""
# Types in the specification's words → ours and whether there are several.
TYPES = {
    "crm (deal)": ("deal", False),
    "crm (deal), multiple": ("deal", True),
    "string": ("string", False),
    "string (multi-line)": ("text", False),
    "enumeration": ("enumeration", False),
    "boolean": ("boolean", False),
    "datetime": ("datetime", False),
    "file, multiple": ("file", True),
}


def test_every_deal_has_the_fields_of_the_specification():
    table = [(code, label, *TYPES[type_]) for code, label, type_, _ in rows("common", "Deal fields")]
    fields = company().deal_fields
    assert list(fields)[: len(NATIVE)] == NATIVE
    ours = [(f.code, f.label, f.type, f.multiple) for f in list(fields.values())[len(NATIVE) :]]
    assert [one for one in ours if one[0] not in OF_THE_LAYER] == table


def test_what_the_layer_computes_on_every_deal_is_marked_and_its_key_is_hidden():
    computed = [code for code, _, _, note in rows("common", "Deal fields") if "*calc*" in note]
    fields = company().deal_fields.values()
    assert [field.code for field in fields if field.calc] == computed
    assert [field.name for field in fields if field.hidden] == ["key", "press", "file_key"]


def test_every_company_has_the_fields_of_the_specification():
    fields = company().company_fields.values()
    table = rows("common", "Company fields")
    assert [(field.code, field.label) for field in fields] == [(code, label) for code, label, _ in table]
    for field, (_, _, written) in zip(fields, table, strict=True):
        assert written.startswith(field.type), field.code
        assert field.multiple == ("multiple" in written), field.code
        assert field.calc == ("*calc*" in written), field.code
        listed = written.partition(": ")[2].partition(" (empty")[0]
        assert " / ".join(field.options) == listed, field.code


@pytest.mark.parametrize(("city", "zone", "offset", "thursday_nine", "friday_noon"), rows("common", "Cities"))
def test_a_city_lies_in_its_zone(city, zone, offset, thursday_nine, friday_noon):
    """§4.3: local time of the branch in Moscow's."""
    known = company().cities[city.partition(" (")[0]]
    local = ZoneInfo(known.zone)
    assert (known.zone, known.head_office) == (zone, "головной офис" in city)
    nine, noon = datetime(2026, 11, 26, 9, tzinfo=local), datetime(2026, 11, 27, 12, tzinfo=local)
    assert f"{nine.utcoffset().total_seconds() / 3600:+.0f}" == offset
    assert (f"{nine.astimezone(MOSCOW):%H:%M}", f"{noon.astimezone(MOSCOW):%H:%M}") == (thursday_nine, friday_noon)


def test_there_are_the_cities_of_the_specification_and_each_deal_offers_them():
    names = [city.partition(" (")[0] for city, *_ in rows("common", "Cities")]
    assert list(company().cities) == names
    assert list(company().deal_fields["city"].options) == names


def test_roles_have_the_names_of_the_specification():
    assert [(role.code, role.name) for role in company().roles.values()] == [
        (code, name) for code, name, _ in rows("common", "Roles")
    ]


def test_roles_are_filled_as_the_specification_says():
    for code, _, selector in rows("common", "Roles"):
        role = company().roles[code]
        assert bool(role.users) == (not from_the_card(selector)), code
        assert (role.by == "city") == ("by_city" in selector), code
        for pick in ("least_loaded", "round_robin"):
            assert (role.pick == pick) == (pick in selector), code


def from_the_card(selector: str) -> bool:
    return any(word in selector for word in ("deal", "field", "table", "creator"))


def test_everybody_who_fills_a_role_has_a_deputy_but_the_administrator():
    without = [role.code for role in company().roles.values() if role.users and not role.deputy]
    assert without == ["ADMIN"]


def test_nobody_is_their_own_deputy():
    for role in company().roles.values():
        assert role.deputy not in role.users, role.code


def test_terms_of_payment_are_those_of_the_specification():
    assert [(terms.code, terms.title) for terms in company().terms.values()] == [
        (code, title) for code, title, *_ in rows("common", "Terms")
    ]
    assert list(company().processes["SOFT"].fields["terms"].options) == [
        title for _, title, *_ in rows("common", "Terms")
    ]


def test_terms_ask_for_the_figures_that_their_titles_leave_open():
    """X is the advance, N the days of the deferral, a schedule stands in its own field."""
    for terms in company().terms.values():
        assert terms.has_advance == ("X%" in terms.title), terms.code
        assert terms.has_deferral == ("N " in terms.title), terms.code
        assert terms.by_schedule == (terms.code == "STAGES"), terms.code
        assert terms.before_shipment == (terms.code in ("PREPAY_100", "PART_SHIP")), terms.code


# Terms → share, event, days (N: those of the card), working or calendar days; as «Schedule lines» of §15.4 say.
LINES = {
    "PREPAY_100": ["all invoice N рд"],
    "PART_SHIP": ["advance invoice N рд", "rest ready 3 рд"],
    "PART_POST": ["advance invoice 5 рд", "rest shipped N кд"],
    "POST_CAL": ["all shipped N кд"],
    "POST_WORK": ["all shipped N рд"],
    "POST_RECEIVE": ["all received N кд"],
    "POST_SIGN": ["all signed N рд"],
    "STAGES": [],
    "RETENTION": ["unretained signed N рд", "retained retention 0 кд"],
    "LC": ["all documents 5 рд"],
}


@pytest.mark.parametrize("terms", company().terms.values(), ids=lambda terms: terms.code)
def test_terms_say_what_is_paid_when(terms):
    said = [
        f"{line.share} {line.event} {'N' if line.days is None else line.days} {'рд' if line.working else 'кд'}"
        for line in terms.lines
    ]
    assert said == LINES[terms.code]


def test_days_that_a_card_leaves_out_are_those_of_the_specification():
    """§15.4: PREPAY_100 «default 5», POST_SIGN «44-ФЗ default 7»; the invoice of PART_SHIP as that of the others."""
    defaults = {terms.code: terms.default_days for terms in company().terms.values() if terms.default_days is not None}
    assert defaults == {"PREPAY_100": 5, "PART_SHIP": 5, "POST_SIGN": 7, "RETENTION": 5}


def test_vat_is_that_of_the_specification():
    """C-03."""
    vat = company().vat
    assert vat.rate_date == ("shipment_fact", "shipment_plan", "doc_date")
    rates = {kind: [(f"{row.starts}", row.rate) for row in rows] for kind, rows in vat.rates.items()}
    assert rates == {
        "standard": [("2019-01-01", 20), ("2026-01-01", 22)],
        "reduced": [("2004-01-01", 10)],
        "usn5": [("2025-01-01", 5)],
        "usn7": [("2025-01-01", 7)],
        "none": [("2004-01-01", None)],
    }
    assert vat.rates["none"][0].text.format(basis=vat.none_basis) == "НДС не облагается (п. 1 ст. 145 НК РФ (УСН))"


def test_every_mode_of_vat_has_its_rate():
    modes = company().company_fields["vat_mode"].options
    assert [company().vat.kind_of(mode) for mode in modes] == ["standard", "usn5", "usn7", "none"]


def test_the_document_button_offers_the_templates_of_the_specification():
    table = rows("common", "Documents")
    kinds = company().document_kinds
    assert [(kind.code, kind.title, kind.registry) for kind in kinds.values()] == [
        (code, title, registry) for code, title, _, registry in table
    ]
    assert list(company().processes["SOFT"].fields["make_doc"].options) == [title for _, title, *_ in table]


def test_types_of_documents_have_the_numbers_and_terms_of_the_specification():
    """Registry §7.1: «Д», «ДС (number within the contract)», «ИСХ / ВХ»; «from 1C», «external no.» and «—» are no prefixes."""
    types = company().document_types
    table = {code: row for _, code, _, _, *row in rows("registry", "Stages") if code in types}
    assert types.keys() == table.keys()
    prefixes = {code: re.match(r"[А-Я]+", prefix) for code, (prefix, *_) in table.items()}
    assert {code: one.prefix for code, one in types.items()} == {
        code: found[0] if found else None for code, found in prefixes.items()
    }
    within = {code for code, (prefix, *_) in table.items() if "within the contract" in prefix}
    assert {code for code, one in types.items() if one.within_contract} == within
    assert {code for code, one in types.items() if one.needs_end} == {
        code for code, (_, term, _) in table.items() if term.startswith("required")
    }
    assert {code: one.days for code, one in types.items()} == {
        code: int(days) if days.isdecimal() else None for code, (*_, days) in table.items()
    }


def test_departments_read_the_documents_of_the_specification():
    """Registry §7.5, some of its cells."""
    types = company().document_types

    def read(department: str, **of: str) -> set[str]:
        return {code for code, one in types.items() if department in one.readers(of.get("side"), of.get("source"))}

    assert read("Бухгалтерия") == types.keys() - {"HR_DOC", "TENDER_DOC"}
    assert read("Юрист") == types.keys() - {"HR_DOC"}
    assert read("Генеральный директор") == set(types)
    assert read("Кадры") == {"HR_DOC", "TRIP_DOC"}
    assert read("Логистика") == {"WAYBILL", "UPD", "CERT"}
    assert read("Логистика", side="Перевозчик") == {"WAYBILL", "UPD", "CERT", "CONTRACT"}
    assert read("Снабжение", side="Поставщик") == {"CONTRACT", "SPEC", "INVOICE", "CERT"}
    assert read("ОКС", source="HARD") == {"KS", "ACT", "CONTRACT", "CERT"}
    assert read("Тендерный отдел", source="TENDER") == {"TENDER_DOC", "GUARANTEE", "CERT", "CONTRACT"}
    sold = {"CONTRACT", "ADDENDUM", "SPEC", "INVOICE", "UPD", "ACT", "KS", "WAYBILL", "RECON", "LETTER", "NDA", "CERT"}
    assert read("Продажи «Софт»") == read("Продажи «Хард»") == sold


def test_our_companies_pay_vat_in_a_way_that_there_is():
    for our in company().our_companies.values():
        assert our.vat_mode in company().company_fields["vat_mode"].options, our.name


def test_days_off_of_a_region_are_days_that_others_work():
    for city in company().cities.values():
        assert all(WorkingCalendar().is_working(day) for day in city.extra_days_off), city.name


def test_the_numbers_are_those_of_the_specification():
    limits = company().limits
    assert (limits.quiet_hours.opens, limits.quiet_hours.closes) == (time(8), time(20))
    ladder = limits.escalation
    assert (ladder.remind_min_hours, ladder.remind_at, ladder.remind_before_hours) == (8, time(10), 2)
    assert (ladder.head_after_hours, ladder.owner_after_days, ladder.digest_at) == (4, 2, time(9, 30))
    assert (limits.silence_days, limits.silence_head_days) == (10, 5)  # SO-T20
    assert (limits.return_pause_seconds, limits.renewals) == (60, 2)
    assert limits.soft_lost_check_min == Decimal(0)  # SO-T19
    assert (limits.payments.advance_offset, limits.payments.shift_weekend) == ("fifo", True)  # C-04, C-05
    late = limits.late_payments
    assert (late.head_days, late.lawyer_days, late.director_days) == (15, 31, 61)  # SH-T9
    ends = limits.prolongation
    assert (ends.decide_days, ends.decide_least_days) == (14, 3)  # RG-2
    assert (ends.remind_days, ends.head_days, ends.director_days) == (30, 14, 7)  # RG-T9
    assert limits.register_file_mb == 50  # E-RG-10
    assert (limits.lg_approve_from, limits.lg_urgent) == (Decimal(50_000), "4рч")  # LG-T4, LG-1
    branches = limits.distributor
    assert (branches.rate_policy, branches.bonus_base) == ("first_day", "gross")  # C-10, C-09
    assert (branches.max_rate, branches.include_partial) == (Decimal(10), True)  # DR-T2, E-DB-13
    assert branches.odd_sales_percent == Decimal(50)  # E-DB-11
    assert branches.confirms_itself is False  # DB-T5


def test_tasks_of_every_process_are_those_of_the_specification():
    assert [(task.code, task.title, task.deadline) for task in company().common_tasks.values()] == [
        ("G-FIX", "Заполните обязательные поля", "4рч"),
        ("G-DUP", "Проверьте дубль контрагента", "1рд"),
        ("G-ORPHAN", "Решите судьбу сделки без родителя", "1рд"),
        ("G-DECL", "Проверьте склонение в документе", "1рд"),  # §15.2 asks for it in words
        ("G-CLAIM", "Подготовьте претензию", "3рд"),  # SH-T9
        ("G-RETURN", "Оформите возврат / корректировочный УПД", "3рд"),  # SH-T13
        ("G-LOST", "Родительская сделка проиграна — отмените или перенесите", "1рд"),  # SO-T19
        ("G-ADVANCE", "Вернуть или зачесть аванс", "3рд"),  # E-SO-10
        ("G-TYPE", "Укажите тип документа", "1рд"),  # RG-T2
        ("G-CALENDAR", "Дополните производственный календарь: {год} год", "10рд"),  # §17, calendar check
    ]


def test_every_deadline_and_every_plan_can_be_counted():
    tasks = [task for process in company().processes.values() for task in process.tasks.values()]
    spans = [task.deadline for task in (*tasks, *company().common_tasks.values())]
    spans += [stage.plan for process in company().processes.values() for stage in process.stages.values()]
    for span in filter(None, spans):
        deadline.parse(span)
