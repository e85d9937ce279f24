"""The board as a person uses it, in Debian's Chromium. Skipped where playwright or Chromium is missing."""

import shutil

import pytest

from emulator.control import running

sync_api = pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")]

LAYER, ADMIN = 1, 2
QUIET = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
WAIT = 8000


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture
def portal():
    with running(seed="bare") as control:
        yield control


@pytest.fixture
def board(browser, portal):
    """Opens the board as the administrator; whatever a script of the page trips over fails the test."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="ru-RU")
    page = context.new_page()
    faults = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("dialog", lambda dialog: faults.append(f"dialog: {dialog.message}"))
    page.add_init_script(f"localStorage.setItem('board.acting', localStorage.getItem('board.acting') ?? '{ADMIN}')")

    def opened(path="/"):
        page.goto(portal.base_url + path)
        page.wait_for_selector(".column")
        return page

    yield opened
    context.close()
    assert faults == []


def add_deal(portal, **fields):
    values = {"title": "Зимние костюмы", "categoryId": 0, "opportunity": 56000, "isManualOpportunity": "Y", **fields}
    return portal.act(ADMIN, "crm.item.add", {"entityTypeId": 2, "fields": values})["item"]["id"]


def add_task(portal, deal, **fields):
    values = {"TITLE": "Свяжитесь с клиентом", "RESPONSIBLE_ID": ADMIN, "UF_CRM_TASK": [f"D_{deal}"], **fields}
    return portal.act(LAYER, "tasks.task.add", {"fields": values})["task"]["id"]


def deal_now(portal, deal):
    return portal.act(ADMIN, "crm.item.get", {"entityTypeId": 2, "id": deal})["item"]


def stages(portal):
    rows = portal.act(ADMIN, "crm.status.list", {"filter": {"ENTITY_ID": "DEAL_STAGE"}, "order": {"SORT": "ASC"}})
    return [(row["STATUS_ID"], row["NAME"]) for row in rows]


def card(page, deal):
    return page.locator(f".card[data-id='{deal}']")


def until(page, expression, argument=None):
    page.wait_for_function(expression, arg=argument, timeout=WAIT)


def test_a_card_dragged_to_a_column_moves_the_deal_as_the_acting_person(portal, board):
    deal = add_deal(portal)
    page = board()

    card(page, deal).drag_to(page.locator(".column").nth(1).locator(".column-cards"))
    page.locator(".column").nth(1).locator(f".card[data-id='{deal}']:not(.pending)").wait_for()

    moved = deal_now(portal, deal)
    assert (moved["stageId"], moved["movedBy"]) == (stages(portal)[1][0], ADMIN)


def test_a_card_can_be_moved_without_a_mouse(portal, board):
    deal = add_deal(portal)
    stage, title = stages(portal)[2]
    page = board()

    card(page, deal).locator("select").select_option(label=title)
    page.locator(f"section[aria-label='{title}'] .card[data-id='{deal}']:not(.pending)").wait_for()

    assert deal_now(portal, deal)["stageId"] == stage


def test_a_card_tells_sum_tasks_and_the_overdue_deadline(portal, board):
    deal = add_deal(portal)
    add_task(portal, deal, DEADLINE="2020-01-10T18:00:00+03:00")
    add_task(portal, deal)
    page = board()

    text = card(page, deal).inner_text().replace("\xa0", " ")
    assert "56 000,00 ₽" in text
    assert "2 задачи" in text
    assert card(page, deal).locator(".deadline.late").inner_text().replace("\xa0", " ") == "10 янв 2020, 18:00"


def test_a_change_by_somebody_else_appears_by_itself_and_is_marked(portal, board):
    deal = add_deal(portal)
    stage, title = stages(portal)[3]
    page = board()

    portal.act(LAYER, "crm.item.update", {"entityTypeId": 2, "id": deal, "fields": {"stageId": stage}})

    page.locator(f"section[aria-label='{title}'] .card.marked[data-id='{deal}']").wait_for(timeout=WAIT)
    assert "Изменено: Воронка" in card(page, deal).inner_text()


def test_a_deleted_deal_leaves_the_board(portal, board):
    deal = add_deal(portal)
    page = board()
    card(page, deal).wait_for()

    portal.act(ADMIN, "crm.item.delete", {"entityTypeId": 2, "id": deal})

    card(page, deal).wait_for(state="detached", timeout=WAIT)


def test_a_task_is_completed_and_renewed_in_the_card(portal, board):
    deal = add_deal(portal)
    task = add_task(portal, deal)
    page = board(f"/#/deal/{deal}")

    page.get_by_role("button", name="Завершить", exact=True).click()
    page.locator(".done-tasks summary").first.click()
    done = portal.act(ADMIN, "tasks.task.get", {"taskId": task})["task"]
    page.get_by_role("button", name="Возобновить").click()
    page.get_by_role("button", name="Завершить", exact=True).wait_for()

    assert (done["status"], done["closedBy"]) == ("5", str(ADMIN))
    assert portal.act(ADMIN, "tasks.task.get", {"taskId": task})["task"]["status"] == "2"


def test_a_field_is_edited_in_its_place(portal, board):
    deal = add_deal(portal)
    page = board(f"/#/deal/{deal}")

    page.get_by_role("button", name="Изменить: Сумма").click()
    page.locator(".edit input").fill("77 000,10")
    page.keyboard.press("Enter")
    until(page, "() => document.querySelector('[data-code=opportunity]').innerText.includes('77')")

    assert deal_now(portal, deal)["opportunity"] == 77000.1


def test_what_the_portal_refuses_is_shown_in_its_words_and_the_card_goes_back(portal, board):
    deal = add_deal(portal)
    page = board()
    card(page, deal).wait_for()
    portal.act(ADMIN, "crm.item.delete", {"entityTypeId": 2, "id": deal})

    card(page, deal).locator("select").select_option(index=1)

    page.locator(".toast-error").wait_for()
    assert "NOT_FOUND" in page.locator(".toast-error").first.inner_text()


def test_what_people_type_is_inert(portal, board):
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    deal = add_deal(portal, title=evil)
    comment = f"[b]{evil}[/b] [url=javascript:alert(3)]нажмите[/url]"
    fields = {"ENTITY_ID": deal, "ENTITY_TYPE": "deal", "COMMENT": comment}
    portal.act(LAYER, "crm.timeline.comment.add", {"fields": fields})
    page = board(f"/#/deal/{deal}")

    page.locator(".event-comment").wait_for()

    assert card(page, deal).locator(".card-title").inner_text() == evil
    assert page.locator(".event-comment .rich b").inner_text() == evil
    assert page.locator(".card img, .event img, .card script, .event script, a[href^='javascript']").count() == 0


def test_the_clock_is_moved_and_a_new_deal_is_made(portal, board):
    page = board()
    before = portal.time()

    page.get_by_role("button", name="+1 день").click()
    page.locator(".new-deal-open").click()
    page.get_by_label("Название").fill("Каски для участка 4")
    page.get_by_role("button", name="Создать").click()
    page.get_by_text("Каски для участка 4").wait_for()

    assert (portal.time() - before).total_seconds() > 86000
    made = portal.act(ADMIN, "crm.item.list", {"entityTypeId": 2, "filter": {"title": "Каски для участка 4"}})["items"]
    assert [(deal["createdBy"], deal["assignedById"]) for deal in made] == [(ADMIN, ADMIN)]
