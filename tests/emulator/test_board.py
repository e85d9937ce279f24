"""The board over HTTP: what the server of the page promises. What the page does with it: test_board_browser.py."""

import re
from pathlib import Path

import pytest
import requests

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

    assert portal.requests() == {"http": 0, "commands": {}}


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
