"""What is wrong in config/ is named by file, line and the nearest right spelling."""

import shutil
import time
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import config
from config import ConfigError, load
from config.models import SPAN
from rules import deadline

FOLDER = Path(config.__file__).parent
SOFT, PEOPLE = "processes/soft.yaml", "people.yaml"
REPRESENTATIVES = "representatives.yaml"
SUMMARY, BRANCH = "processes/distributor.yaml", "processes/distributor_branch.yaml"


@pytest.fixture
def folder(tmp_path):
    """A copy of config/ to break."""
    return Path(shutil.copytree(FOLDER, tmp_path / "config", ignore=shutil.ignore_patterns("*.py", "__pycache__")))


def spoil(folder: Path, file: str, old: str, new: str) -> int:
    """Write `new` for the first `old` of a file; the line on which that is."""
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


# (file, what stands there, what is written instead, how the refusal begins)
MISTAKES = [
    (REPRESENTATIVES, "city: Самара", "city: Самра", "there is no city Самра. Did you mean Самара?"),
    (
        REPRESENTATIVES,
        "start: 2023-04-03",
        "start: 2023-04-03, end: 2023-04-02",
        "shmidt@sferotek.example: end is before",
    ),
    (REPRESENTATIVES, "deputy: komissarov", "deputy: lapina", "lapina@sferotek.example is their own deputy."),
    (
        REPRESENTATIVES,
        "advance: 15000",
        "advance: -1",
        "Representative, advance: Input should be greater than or equal",
    ),
    (SOFT, "required_on: [OFFER]", "required_on: [OFER]", "SOFT has no stage OFER. Did you mean OFFER?"),
    (SOFT, "demands_stage: DESIGN", "demands_stage: DESING", "SOFT has no stage DESING. Did you mean DESIGN?"),
    (SOFT, "role: SALES", "role: SELES", "there is no role SELES. Did you mean SALES?"),
    (SOFT, "owner: COMMERCIAL", "owner: COMERCIAL", "there is no role COMERCIAL_DIRECTOR. Did you mean COMMERCIAL_"),
    (SOFT, "observers: [HEAD_SOFT]", "observers: [HEAD_SOF]", "there is no role HEAD_SOF. Did you mean HEAD_SOFT?"),
    (SOFT, "observers: [HEAD_SOFT]", "observers: [H-SALE]", "there is no role H-SALE. Did you mean H-SALES?"),
    (SOFT, "observers: [HEAD_SOFT]", "observers: HEAD_SOFT", "Task, observers: is a list, written as [one, another]."),
    (SOFT, "result: [so_split]", "result: [so_splt]", "SOFT has no field so_splt. Did you mean so_split?"),
    (SOFT, "optional: true", "optinal: true", "Stage has no «optinal». Did you mean optional?"),
    (SOFT, "plan: 3рд", "plan: 3рм", "Stage, plan: «3рм» is no span of time; write 4рч, 2рд, 5кд, D−2рд 12:00 or"),
    (SOFT, "deadline: 4рч @исп", "deadline: 4рч @спб", "Task, deadline: «4рч @спб» is no span of time;"),
    (SOFT, "deadline: 4рч @исп", "deadline: 2рд 12:00", "Task, deadline: «2рд 12:00» is no span of time;"),
    (SOFT, "type: money", "type: mony", "Field, type: Input should be 'string', 'text', 'integer',"),
    (SOFT, "options_from: terms", "options_from: term", "there is no list term. Did you mean terms?"),
    (SOFT, "type: boolean, demands", "type: enumeration, demands", "SO_NEWMAT: an enumeration, and nothing else,"),
    (SOFT, "code: SO-2", "code: SO-1", "SO-1 stands twice."),
    (SOFT, "code: SO_NEEDLOG", "code: SO_NEWMAT", "SO_NEWMAT stands twice."),
    (
        SOFT,
        "code: ESTIMATED",
        "code: ESTIMATED_AND_READY",
        "Stage, code: ESTIMATED_AND_READY has more than 16 characters.",
    ),
    (SOFT, "code: SO_LOGDAYS", f"code: SO_{'X' * 40}", "Field, code: String should have at most 50 characters."),
    (
        "processes/logistics.yaml",
        "default: 14кд",
        "default: 14рд",
        "LG_VALID: the default of a date is a span in days, like 14кд.",
    ),
    (SOFT, "sort: 20", "sort: first", "Process, sort: Input should be a valid integer"),
    (SOFT, "funnel: Софт", "funnell: Софт", "Process has no «funnell». Did you mean funnel?"),
    (
        "processes/soft_shipment.yaml",
        "code: SH_CANCEL",
        "code: LOST",
        "LOST has another label elsewhere, but all deals",
    ),
    (SUMMARY, "field: db_type", "field: db_tipe", "DISTRIBUTOR has no field db_tipe. Did you mean db_type?"),
    (
        SUMMARY,
        "value: Сводная по",
        "value: Сводка по",
        "db_type has no option Сводка по менеджеру. Did you mean Сводная по",
    ),
    (SUMMARY, "selector: {field", "selector: {fields", "Selector has no «fields». Did you mean field?"),
    (SUMMARY, "required_on: [ACCOUNTING]", "required_on: [INPUT]", "DISTRIBUTOR has no stage INPUT."),
    ("cities.yaml", "Asia/Omsk", "Asia/Osmk", "City, zone: there is no time zone Asia/Osmk. Did you mean Asia/Omsk?"),
    (PEOPLE, "kuznetsova@sferotek.example]", "kuznetsova]", "Role, users.0: kuznetsova is no e-mail."),
    (PEOPLE, "deputy: gromov@sferotek.example", "deputy: gromov@", "Role, deputy: gromov@ is no e-mail."),
    (PEOPLE, "    Новосибирск:", "    Новосибрск:", "there is no city Новосибрск. Did you mean Новосибирск?"),
    (PEOPLE, "pick: round_robin", "pick: roundrobin", "Role, pick: Input should be 'one', 'least_loaded' or 'round_"),
    ("documents.yaml", "registry: NDA", "registry: NDAS", "REGISTRY has no stage NDAS. Did you mean NDA?"),
    ("limits.yaml", "closes: 20:00", "closses: 20:00", "QuietHours has no «closses». Did you mean closes?"),
    ("limits.yaml", "remind_at: 10:00", "remind_at: 10", "Limits, escalation.remind_at: 10 is not written as 09:30."),
    ("calendar.yaml", "2026-05-08", "08.05.2026", "Calendar, short_days.1: 08.05.2026 is not written as 2026-12-31."),
    ("terms.yaml", "code: LC", "code: STAGES", "STAGES stands twice."),
    ("terms.yaml", "event: ready", "event: redy", "Terms, lines.1.event: Input should be 'invoice', 'ready', 's"),
    ("terms.yaml", "days: 3, working", "day: 3, working", "TermsLine has no «day». Did you mean days?"),
    ("vat.yaml", "2026-01-01, rate: 22", "01.01.2026, rate: 22", "Vat, rates.standard.1.from: 01.01.2026 is not"),
    ("vat.yaml", "from: 2019-01-01", "from: 2027-01-01", "rates of standard stand in the order of their dates, each"),
    ("vat.yaml", "rate: 22}", "rate: 22, txt: нет}", "VatRate has no «txt». Did you mean text?"),
    ("vat.yaml", "rate: 22}", "rate: 122}", "Vat, rates.standard.1.rate: Input should be less than 100."),
    ("vat.yaml", "УСН 5%: usn5", "УСН 5%: usn55", "there is no rate usn55. Did you mean usn5?"),
    ("vat.yaml", "УСН 5%: usn5", "УСН 6%: usn5", "«Режим НДС» has no УСН 6%. Did you mean УСН 7%?"),
    ("vat.yaml", "modes: {Общая ставка: standard, ", "modes: {", "modes lack «Общая ставка»."),
    ("limits.yaml", "advance_offset: fifo", "advance_offset: lifo", "Limits, payments.advance_offset: Input should be"),
    ("limits.yaml", "silence_days: 10", "silence_days: 0", "Limits, silence_days: Input should be greater than 0."),
    ("contracts.yaml", "claim: 15рд", "claim: 15", "Agreed, claim: «15» is no number of days; write 5рд or 30кд."),
    (
        "contracts.yaml",
        "penalty_cap: 10",
        "penalty_cap: 110",
        "Agreed, penalty_cap: Input should be less than or equal to 100.",
    ),
    (
        "contracts.yaml",
        "warranty_months: 12",
        "waranty_months: 12",
        "Agreed has no «waranty_months». Did you mean warranty_months?",
    ),
    ("contracts.yaml", "T11: {", "T91: {", "there is no template T91."),
    (
        "calendar.yaml",
        "overrides: {}",
        "overrides: {2026-12-30: of}",
        "Calendar, overrides.2026-12-30: Input should be",
    ),
    (
        "terms.yaml",
        "by_schedule: true}",
        "by_schedule: true, by_schedule: false}",
        "by_schedule stands twice.",
    ),
    (
        "processes/service.yaml",
        "label: Следующий визит",
        "label: Следующий: визит",
        "did not find expected ',' or '}'.",
    ),
]


@pytest.mark.parametrize(("file", "right", "wrong", "said"), MISTAKES, ids=[wrong for *_, wrong, _ in MISTAKES])
def test_a_mistake_is_named_where_it_stands(folder, file, right, wrong, said):
    line = spoil(folder, file, right, wrong)
    with pytest.raises(ConfigError) as refused:
        load(folder)
    text = str(refused.value)
    assert text.startswith(f"config/{file}, line {line}: {said}"), text


def test_what_is_no_list_is_named(folder):
    line = spoil(folder, SOFT, "tasks:\n", "tasks: none\nrest:\n")
    with pytest.raises(ConfigError, match=rf"line {line}: here stands a list, a line «- …» for each Task"):
        load(folder)


# What of some terms does not go together: (code, what it says, what instead, what is told).
TERMS_AT_ODDS = [
    ("PART_POST", "share: rest", "share: advance", "lines are one of all, or advance and rest, or retained"),
    ("LC", "title: Аккредитив", "title: Аккредитив\n  by_schedule: true", "terms have lines, or are by_schedule"),
    ("POST_CAL", "has_deferral: true", "has_deferral: false", "a line says no days; give them, default_days or"),
    ("PART_SHIP", "has_advance: true", "has_advance: false", "has_advance goes with a line of the advance."),
]


@pytest.mark.parametrize(("code", "right", "wrong", "said"), TERMS_AT_ODDS)
def test_terms_that_cannot_be_counted_are_named(folder, code, right, wrong, said):
    text = (folder / "terms.yaml").read_text(encoding="utf-8")
    before, mark, after = text.partition(f"- code: {code}\n")
    (folder / "terms.yaml").write_text(before + mark + after.replace(right, wrong, 1), encoding="utf-8")
    line = before.count("\n") + 1
    with pytest.raises(ConfigError, match=rf"^config/terms.yaml, line {line}: {code}: {said}"):
        load(folder)


@pytest.mark.parametrize("missing", ["contracts.yaml", "vat.yaml", "people.yaml", "limits.yaml", "deal_fields.yaml"])
def test_a_missing_file_is_named(folder, missing):
    (folder / missing).unlink()
    with pytest.raises(ConfigError, match=f"^config/{missing} is missing.$"):
        load(folder)


def test_an_empty_file_is_named(folder):
    (folder / "terms.yaml").write_text("# nothing yet\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"^config/terms.yaml is empty.$"):
        load(folder)


@pytest.mark.parametrize(
    ("stage", "instead"),
    [
        ("code: NEW, title: Новая заявка", "code: FIRST, title: Новая заявка"),
        ("code: WON, title: Сделка завершена, semantics: success", "code: DONE, title: Готово, semantics: success"),
        (
            "code: LOSE, title: Отказ клиента, semantics: failure",
            "code: LOST, title: Отказ клиента, semantics: failure",
        ),
        (
            "code: NOT_FIT, title: Не целевой клиент, semantics: failure",
            "code: DONE, title: Готово, semantics: success",
        ),
    ],
)
def test_a_funnel_has_the_stages_that_the_portal_makes_with_it(folder, stage, instead):
    spoil(folder, SOFT, stage, instead)
    with pytest.raises(
        ConfigError, match="SOFT: a funnel has the stage NEW, one successful stage, WON, and the failure LOSE"
    ):
        load(folder)


def test_an_administrator_is_mandatory(folder):
    spoil(folder, PEOPLE, ", users: [admin@sferotek.example]", "")
    with pytest.raises(ConfigError, match="ADMIN has no users, and other roles fall back to it"):
        load(folder)


def test_a_task_needs_a_role(folder):
    line = spoil(folder, SOFT, "title: Свяжитесь с клиентом, role: SALES", "title: Свяжитесь с клиентом")
    with pytest.raises(ConfigError) as refused:
        load(folder)
    assert str(refused.value) == f"config/processes/soft.yaml, line {line}: SO-1 has no role."


def test_a_process_stands_in_one_file(folder):
    shutil.copy(folder / SOFT, folder / "processes/soft_again.yaml")
    with pytest.raises(ConfigError, match="SOFT stands in another file already"):
        load(folder)


# What two processes of one funnel say differently, or alike: (what BRANCH says, what instead, what is told).
FUNNELS_AT_ODDS = [
    ("value: Филиал", "value: Сводная по менеджеру", "each needs a selector, of one field with its own value."),
    ("selector: {field: db_type, value: Филиал}\n", "", "each needs a selector, of one field with its own value."),
    ("sort: 80", "sort: 81", "they have the same sort, and stages of the same codes, titles and semantics in the same"),
    ("title: Сбор по филиалам", "title: Сбор", "they have the same sort, and stages of the same codes, titles and"),
    ("  - {code: CANCELLED, title: Отменено, semantics: failure}\n", "", "they have the same sort, and stages of the"),
]


@pytest.mark.parametrize(("right", "wrong", "said"), FUNNELS_AT_ODDS)
def test_processes_of_one_funnel_have_the_same_stages_and_are_told_apart(folder, right, wrong, said):
    spoil(folder, BRANCH, right, wrong)
    lines = (folder / BRANCH).read_text(encoding="utf-8").splitlines()
    line = lines.index("funnel: Дистрибьюторы") + 1
    with pytest.raises(ConfigError) as refused:
        load(folder)
    begins = f"config/{BRANCH}, line {line}: DISTRIBUTOR_BRANCH and DISTRIBUTOR share a funnel: {said}"
    assert str(refused.value).startswith(begins)


def test_a_selector_tells_which_cards_of_a_funnel_are_of_a_process():
    processes = config.company().processes
    shared = {code: process.selector for code, process in processes.items() if process.selector}
    assert {code: (one.field, one.value) for code, one in shared.items()} == {
        "DISTRIBUTOR": ("db_type", "Сводная по менеджеру"),
        "DISTRIBUTOR_BRANCH": ("db_type", "Филиал"),
    }


def test_the_head_of_a_role_can_be_named(folder):
    spoil(folder, SOFT, "owner: COMMERCIAL_DIRECTOR", "owner: H-SALES")
    assert load(folder).processes["SOFT"].owner == "H-SALES"


def test_words_that_yaml_takes_for_something_else_stay_words(folder):
    spoil(folder, "calendar.yaml", "overrides: {}", "overrides: {2026-12-30: off, 2026-12-31: work}")
    spoil(folder, SOFT, "options: [A, B, C, Новый]", "options: [no, on, 12:30, 007]")
    spoil(folder, "limits.yaml", "soft_lost_check_min: 0", "soft_lost_check_min: 150000.50")
    company = load(folder)
    assert company.calendar.overrides == {date(2026, 12, 30): "off", date(2026, 12, 31): "work"}
    assert company.processes["SOFT"].fields["so_class"].options == ("no", "on", "12:30", "007")
    assert company.limits.soft_lost_check_min == Decimal("150000.50")


def test_what_was_loaded_cannot_be_changed():
    company = config.company()
    with pytest.raises(ValueError, match="frozen"):
        company.processes["SOFT"].stages["NEW"].title = "Другая"


def test_the_company_is_read_once():
    assert config.company() is config.company()


def test_handlers_call_fields_by_short_names():
    fields = config.company().processes["SOFT"].fields
    assert fields["so_need"].code == "UF_CRM_SF_SO_NEED"
    assert fields["ship_until"].code == "UF_CRM_SF_SHIP_UNTIL"
    assert (fields["company"].code, fields["contact"].code, fields["rows"].code) == ("COMPANY_ID", "CONTACT_ID", "ROWS")


@pytest.mark.parametrize("path", sorted((FOLDER / "processes").glob("*.yaml")), ids=lambda path: path.stem)
def test_a_process_stands_in_the_file_of_its_name(path):
    assert path.stem.upper() in config.company().processes


SPAN_LIKE = st.one_of(
    st.from_regex(SPAN, fullmatch=True),
    st.text(alphabet="0123456789Dмес+−-рчдк @ис:п", max_size=14),
)


@given(text=SPAN_LIKE)
def test_a_span_is_accepted_if_and_only_if_it_can_be_counted(text):
    """config/ must not import rules/, so the form stands in both: they accept the same."""
    try:
        deadline.parse(text)
        countable = True
    except ValueError:
        countable = False
    assert bool(SPAN.fullmatch(text)) == countable


def test_loading_takes_no_time():
    """Every command reads the company before anything else; it takes a twentieth of a second here."""
    started = time.perf_counter()
    load(FOLDER)
    assert time.perf_counter() - started < 2
