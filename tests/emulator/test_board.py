"""The board over HTTP: what the server of the page promises. What the page does with it: test_board_browser.py."""

import base64
import io
import re
from pathlib import Path

import docx
import pytest
import requests

from emulator.board import preview

KINDS = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
STATIC = Path(__file__).parents[2] / "emulator" / "board" / "static"
ADMIN = 2


def play(portal, user, method, params=None, **request):
    address = f"{portal.base_url}/board/rest/{user}/{method}"
    return requests.post(address, timeout=10, **(request or {"json": params or {}}))


def test_the_page_is_served_with_a_policy_that_allows_only_its_own_files(portal):
    answer = requests.get(portal.base_url + "/", timeout=10)

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_page_holds_no_inline_script_or_style_and_asks_nobody_else(portal):
    page = requests.get(portal.base_url + "/", timeout=10).text

    assert not re.search(r"<script(?![^>]*\bsrc=)", page)
    assert not re.search(r"<style|\bstyle=|\bon[a-z]+=", page)
    assert not re.search(r"(src|href)=\"(?!/board/static/)", page)


@pytest.mark.parametrize("name", sorted(path.name for path in STATIC.iterdir()))
def test_every_static_file_is_served_as_what_it_is(portal, name):
    answer = requests.get(f"{portal.base_url}/board/static/{name}", timeout=10)

    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith(KINDS[Path(name).suffix])
    assert answer.content == (STATIC / name).read_bytes()


@pytest.mark.parametrize("path", sorted(STATIC.glob("*.js")), ids=lambda path: path.name)
def test_no_script_makes_markup_of_text(path):
    """Elements come from dom.js, text goes in as text nodes."""
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(", path.read_text())


@pytest.mark.parametrize("path", sorted(STATIC.glob("*.js")), ids=lambda path: path.name)
def test_every_import_names_a_file_that_exists(path):
    for name in re.findall(r"from \"\./([\w.]+)\"", path.read_text()):
        assert (STATIC / name).is_file()


def test_a_method_runs_as_the_acting_person(portal, act, deal):
    made = deal(title="Зимние костюмы")
    stage = act("crm.status.list", filter={"ENTITY_ID": "DEAL_STAGE"})[1]["STATUS_ID"]

    answer = play(portal, 1, "crm.item.update", {"entityTypeId": 2, "id": made["id"], "fields": {"stageId": stage}})

    assert answer.json()["result"]["item"]["movedBy"] == 1
    moved = act("crm.item.get", entityTypeId=2, id=made["id"])["item"]
    assert (moved["stageId"], moved["movedBy"], moved["createdBy"]) == (stage, 1, ADMIN)


def test_a_batch_runs_as_the_acting_person(portal):
    cmd = {"who": "user.current?", "deals": "crm.item.list?entityTypeId=2&select[]=id"}

    result = play(portal, ADMIN, "batch", {"halt": 0, "cmd": cmd}).json()["result"]

    assert result["result"]["who"]["ID"] == str(ADMIN)
    assert result["result_error"] == []


def test_what_people_do_on_the_board_is_outside_the_webhooks_limits(portal):
    portal.reset_counters()

    play(portal, ADMIN, "user.current")

    assert portal.requests() == {"http": 0, "writing": 0, "commands": {}}


def test_an_unknown_method_is_loudly_refused(portal):
    answer = play(portal, ADMIN, "crm.deal.levitate")

    assert (answer.status_code, answer.json()["error"]) == (404, "ERROR_METHOD_NOT_FOUND")


def test_the_portals_refusal_comes_through_word_for_word(portal):
    answer = play(portal, ADMIN, "crm.item.get", {"entityTypeId": 2, "id": 999999})

    assert (answer.status_code, answer.json()["error"]) == (400, "NOT_FOUND")


def test_nobody_can_act_as_a_person_who_is_not_there(portal):
    assert play(portal, 999, "user.current").status_code == 401


@pytest.mark.parametrize(
    "request_",
    [
        {"data": {"entityTypeId": "2"}},
        {"data": "{}", "headers": {"Content-Type": "text/plain"}},
        {"data": "not json", "headers": {"Content-Type": "application/json"}},
        {"json": ["a list"]},
    ],
    ids=["form", "text", "broken", "list"],
)
def test_only_a_json_object_is_taken_so_that_no_foreign_page_can_act(portal, request_):
    assert play(portal, ADMIN, "user.current", **request_).status_code == 400


def test_the_board_is_not_run_by_a_link(portal):
    assert requests.get(f"{portal.base_url}/board/rest/{ADMIN}/user.current", timeout=10).status_code == 405


def test_a_title_stays_text_and_never_enters_the_page(portal, deal):
    title = deal(title="<script>alert(1)</script>")["title"]

    listed = play(portal, ADMIN, "crm.item.list", {"entityTypeId": 2, "filter": {"title": title}})

    assert listed.headers["Content-Type"].startswith("application/json")
    assert listed.headers["X-Content-Type-Options"] == "nosniff"
    assert listed.json()["result"]["items"][0]["title"] == title
    assert "alert(1)" not in requests.get(portal.base_url + "/", timeout=10).text


def test_a_deals_address_on_a_real_portal_opens_its_card(portal):
    answer = requests.get(f"{portal.base_url}/crm/deal/details/12/", allow_redirects=False, timeout=10)

    assert (answer.status_code, answer.headers["Location"]) == (302, "/#/deal/12")


def test_the_layout_follows_the_configuration_of_the_processes(portal):
    layout = requests.get(f"{portal.base_url}/board/layout", timeout=10).json()

    soft = next(process for process in layout["processes"] if process["funnel"] == "Софт-продажи")
    assert "UF_CRM_SF_SO_NEED" in soft["fields"]
    assert soft["required"]["companyId"] == ["QUALIFY"]
    assert "UF_CRM_SF_BLOCK" in layout["common"]
    assert "UF_CRM_SF_KEY" not in layout["common"]


def test_the_name_of_a_file_is_told_by_its_id(portal, deal, field):
    papers = field("SF_PAPERS", "file", MULTIPLE="Y")
    [file] = deal(title="С файлом", **{papers: [["КП № 17.docx", "0J/RgNC40LLQtdGC"]]})[papers]

    names = requests.get(f"{portal.base_url}/board/files", params={"ids": f"{file['id']},999,x"}, timeout=10).json()

    assert names == {str(file["id"]): "КП № 17.docx"}


# -- what is asked of the portal


def journal(portal, after=0):
    return requests.get(f"{portal.base_url}/board/journal", params={"after": after}, timeout=10).json()


def test_the_journal_has_every_call_of_a_webhook_and_what_people_change(portal, call, deal):
    made = deal(title="Каски")["id"]
    call("crm.item.get", entityTypeId=2, id=made)
    play(portal, ADMIN, "crm.item.get", {"entityTypeId": 2, "id": made})
    play(portal, ADMIN, "crm.item.update", {"entityTypeId": 2, "id": made, "fields": {"title": "Каски белые"}})

    calls = journal(portal)

    assert [(one["door"], one["method"], one["writes"], one["id"]) for one in calls] == [
        ("control", "crm.item.add", True, made),
        ("webhook", "crm.item.get", False, made),
        ("board", "crm.item.update", True, made),
    ]
    assert journal(portal, after=calls[1]["number"]) == calls[2:]


def test_the_journal_says_why_a_call_was_refused(portal, call):
    call("crm.item.get", entityTypeId=2, id=999999)
    call("batch", cmd={"odd": "crm.item.levitate?"})
    requests.get(f"{portal.base_url}/rest/1/wrong/user.current", timeout=10)

    assert [(one["method"], one["error"]) for one in journal(portal)] == [
        ("crm.item.get", "NOT_FOUND"),
        ("crm.item.levitate", "ERROR_METHOD_NOT_FOUND"),
        ("user.current", "NO_AUTH_FOUND"),
    ]


def test_the_journal_is_spared_the_content_of_files(portal, call, field):
    papers = field("SF_PAPERS", "file", MULTIPLE="Y")
    call("crm.item.add", entityTypeId=2, fields={"title": "С файлом", papers: [["КП.docx", "QUJD" * 500]]})

    last = journal(portal)[-1]["params"]["fields"]

    assert last["title"] == "С файлом"
    assert last[papers][0][1].endswith("… (знаков: 2000)")


# -- files as a browser shows them


@pytest.fixture
def look(portal, deal, field):
    """Attach a file and ask for its preview: look("Скан.pdf", b"…")."""
    papers = field("SF_PAPERS", "file", MULTIPLE="Y")

    def asked(name, content):
        pair = [name, base64.b64encode(content).decode()]
        [file] = deal(title="С файлом", **{papers: [pair]})[papers]
        return requests.get(f"{portal.base_url}/board/preview/{file['id']}", timeout=120)

    return asked


def test_a_pdf_is_shown_as_it_is_and_only_inside_the_page(look):
    answer = look("Скан.pdf", b"%PDF-1.4 scan")

    assert (answer.headers["Content-Type"], answer.content) == ("application/pdf", b"%PDF-1.4 scan")
    assert answer.headers["Content-Security-Policy"] == "frame-ancestors 'self'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.skipif(preview.office() is None, reason="no LibreOffice on this machine")
def test_a_document_is_shown_as_pdf(look):
    paper = io.BytesIO()
    document = docx.Document()
    document.add_paragraph("Коммерческое предложение")
    document.save(paper)

    answer = look("КП.docx", paper.getvalue())

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF-")


def test_without_libreoffice_a_document_is_answered_with_what_to_install(look, monkeypatch):
    monkeypatch.setattr(preview, "office", lambda: None)

    answer = look("КП.docx", b"PK")

    assert answer.status_code == 501
    assert "установите LibreOffice" in answer.json()["error"]


@pytest.mark.parametrize("name", ["Страница.html", "Картинка.svg", "Архив.zip", "без расширения"])
def test_what_could_run_or_cannot_be_shown_is_only_downloaded(look, name):
    answer = look(name, b"<script>alert(1)</script>")

    assert answer.status_code == 415
    assert "Скачайте файл" in answer.json()["error"]


def test_a_file_that_is_not_there_is_not_shown(portal):
    assert requests.get(f"{portal.base_url}/board/preview/999", timeout=10).status_code == 404
