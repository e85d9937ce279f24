"""The board as a person uses it, in Debian's Chromium. Skipped where playwright or Chromium is missing."""

import shutil

import pytest

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


@pytest.fixture
def costumes(deal):
    """The id of a deal of 56 000 roubles on the first stage."""
    return deal(title="Зимние костюмы", opportunity=56000, isManualOpportunity="Y")["id"]


@pytest.fixture
def stages(act):
    """[(id, title)] of the funnel on screen."""
    rows = act("crm.status.list", filter={"ENTITY_ID": "DEAL_STAGE"}, order={"SORT": "ASC"})
    return [(row["STATUS_ID"], row["NAME"]) for row in rows]


@pytest.fixture
def on_portal(act):
    """The deal as the portal holds it now."""
    return lambda deal: act("crm.item.get", entityTypeId=2, id=deal)["item"]


def card(page, deal):
    return page.locator(f".card[data-id='{deal}']")


def card_in(page, stage, deal, state=":not(.pending)"):
    return page.locator(f"section[aria-label='{stage}'] .card[data-id='{deal}']{state}")


def text_of(locator):
    return locator.inner_text().replace("\xa0", " ")


def test_a_card_dragged_to_a_column_moves_the_deal_as_the_acting_person(board, costumes, stages, on_portal):
    stage, title = stages[1]
    page = board()

    card(page, costumes).drag_to(page.locator(".column").nth(1).locator(".column-cards"))
    card_in(page, title, costumes).wait_for()

    moved = on_portal(costumes)
    assert (moved["stageId"], moved["movedBy"]) == (stage, ADMIN)


def test_a_card_can_be_moved_without_a_mouse(board, costumes, stages, on_portal):
    stage, title = stages[2]
    page = board()

    card(page, costumes).locator("select").select_option(label=title)
    card_in(page, title, costumes).wait_for()

    assert on_portal(costumes)["stageId"] == stage


def test_a_card_tells_sum_tasks_and_the_overdue_deadline(board, costumes, task):
    task(UF_CRM_TASK=[f"D_{costumes}"], DEADLINE="2020-01-10T18:00:00+03:00")
    task(UF_CRM_TASK=[f"D_{costumes}"])
    page = board()

    assert "56 000,00 ₽" in text_of(card(page, costumes))
    assert "2 задачи" in text_of(card(page, costumes))
    assert text_of(card(page, costumes).locator(".deadline.late")) == "10 янв 2020, 18:00"


def test_a_change_by_somebody_else_appears_by_itself_and_is_marked(portal, board, costumes, stages):
    stage, title = stages[3]
    page = board()

    portal.act(LAYER, "crm.item.update", {"entityTypeId": 2, "id": costumes, "fields": {"stageId": stage}})

    card_in(page, title, costumes, ".marked").wait_for(timeout=WAIT)
    assert "Изменено: Воронка" in text_of(card(page, costumes))


def test_a_deleted_deal_leaves_the_board(board, costumes, act):
    page = board()
    card(page, costumes).wait_for()

    act("crm.item.delete", entityTypeId=2, id=costumes)

    card(page, costumes).wait_for(state="detached", timeout=WAIT)


def test_a_task_is_completed_and_renewed_in_the_card(board, costumes, task, act):
    made = task(UF_CRM_TASK=[f"D_{costumes}"])
    page = board(f"/#/deal/{costumes}")

    page.get_by_role("button", name="Завершить", exact=True).click()
    page.locator(".done-tasks summary").first.click()
    done = act("tasks.task.get", taskId=made["id"])["task"]
    page.get_by_role("button", name="Возобновить").click()
    page.get_by_role("button", name="Завершить", exact=True).wait_for()

    assert (done["status"], done["closedBy"]) == ("5", str(ADMIN))
    assert act("tasks.task.get", taskId=made["id"])["task"]["status"] == "2"


def test_a_field_is_edited_in_its_place(board, costumes, on_portal):
    page = board(f"/#/deal/{costumes}")

    page.get_by_role("button", name="Изменить: Сумма").click()
    page.locator(".edit input").fill("77 000,10")
    page.keyboard.press("Enter")
    page.locator("[data-code=opportunity]", has_text="77").locator(".field-open").wait_for()

    assert on_portal(costumes)["opportunity"] == 77000.1


def test_product_rows_are_entered_and_summed(board, costumes, act):
    page = board(f"/#/deal/{costumes}")

    page.get_by_role("button", name="добавить").click()
    page.get_by_label("Товар", exact=True).fill("Костюм «Мастер»")
    page.get_by_label("Количество").fill("12")
    page.get_by_label("Цена").fill("4 200,50")
    page.locator(".products").locator("xpath=ancestor::form").get_by_role("button", name="Сохранить").click()

    assert text_of(page.locator(".products tfoot td")) == "50 406,00 ₽"
    [row] = act("crm.item.productrow.list", filter={"=ownerType": "D", "=ownerId": costumes})["productRows"]
    assert (row["productName"], row["quantity"], row["price"]) == ("Костюм «Мастер»", 12, 4200.5)


def test_what_the_portal_refuses_is_shown_in_its_words(board, costumes, act):
    page = board()
    card(page, costumes).wait_for()
    act("crm.item.delete", entityTypeId=2, id=costumes)

    card(page, costumes).locator("select").select_option(index=1)

    assert "NOT_FOUND" in text_of(page.locator(".toast-error").first)


def test_what_people_type_is_inert(portal, board, deal):
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    made = deal(title=evil)["id"]
    words = f"[b]{evil}[/b] [url=javascript:alert(3)]нажмите[/url]"
    comment = {"ENTITY_ID": made, "ENTITY_TYPE": "deal", "COMMENT": words}
    portal.act(LAYER, "crm.timeline.comment.add", {"fields": comment})
    page = board(f"/#/deal/{made}")

    page.locator(".event-comment").wait_for()

    assert card(page, made).locator(".card-title").inner_text() == evil
    assert page.locator(".event-comment .rich b").inner_text() == evil
    assert page.locator(".card img, .event img, .card script, .event script, a[href^='javascript']").count() == 0


def test_notifications_of_the_acting_person_ring_the_bell(portal, board, act):
    page = board()

    portal.act(LAYER, "im.notify.system.add", {"USER_ID": ADMIN, "MESSAGE": "Оценка логистики готова"})
    page.locator(".bell-count", has_text="1").wait_for(timeout=WAIT)
    page.locator(".bell").click()

    assert "Оценка логистики готова" in text_of(page.locator(".notifications"))


def test_the_clock_is_moved_and_a_new_deal_is_made(portal, board, act):
    page = board()
    before = portal.time()

    page.get_by_role("button", name="+1 день").click()
    page.locator(".new-deal-open").click()
    page.get_by_label("Название").fill("Каски для участка 4")
    page.get_by_role("button", name="Создать").click()
    page.get_by_text("Каски для участка 4").wait_for()

    assert (portal.time() - before).total_seconds() > 86000
    [made] = act("crm.item.list", entityTypeId=2, filter={"title": "Каски для участка 4"})["items"]
    assert (made["createdBy"], made["assignedById"]) == (ADMIN, ADMIN)
