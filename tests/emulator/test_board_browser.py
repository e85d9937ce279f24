"""The board as a person uses it, in a real Chromium (chromium.py). Skipped where there is none."""

import base64

import pytest

from emulator.board import preview

from . import chromium
from .chromium import Chromium, wait_until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(chromium.PROGRAM is None, reason="no Chromium on this machine"),
]

LAYER, ADMIN = 1, 2
EMPTY_PDF = base64.b64encode(b"%PDF-1.4\n%%EOF\n").decode()


@pytest.fixture(scope="module")
def browser():
    browser = Chromium()
    yield browser
    browser.close()


@pytest.fixture
def board(browser, portal):
    """Opens the board as the administrator; whatever a script of the page trips over fails the test."""
    page = browser.new_page()
    page.before_scripts(f"localStorage.setItem('board.acting', localStorage.getItem('board.acting') ?? '{ADMIN}')")

    def opened(path="/"):
        page.goto(portal.base_url + path)
        page.locator(".column").wait()
        return page

    yield opened
    page.close()
    assert page.faults == []


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


# -- cards and columns


def test_a_card_dragged_to_a_column_moves_the_deal_as_the_acting_person(board, costumes, stages, on_portal):
    stage, title = stages[1]
    page = board()

    card(page, costumes).drag_to(page.locator(".column").nth(1).locator(".column-cards"))
    card_in(page, title, costumes).wait()

    moved = on_portal(costumes)
    assert (moved["stageId"], moved["movedBy"]) == (stage, ADMIN)


def test_a_card_can_be_moved_by_its_list_of_stages(board, costumes, stages, on_portal):
    stage, title = stages[2]
    page = board()

    card(page, costumes).wait().locator("select").choose(title)
    card_in(page, title, costumes).wait()

    assert on_portal(costumes)["stageId"] == stage


def test_a_card_can_be_moved_by_keys_and_keeps_the_focus(board, costumes, stages, on_portal):
    page = board()
    card(page, costumes).locator(".card-title").focus()

    page.press("Alt+ArrowRight")
    card_in(page, stages[1][1], costumes).wait()
    page.press("Alt+ArrowRight")
    card_in(page, stages[2][1], costumes).wait()

    assert on_portal(costumes)["stageId"] == stages[2][0]
    assert page.evaluate("document.activeElement.closest('.card').dataset.id") == str(costumes)


def test_arrows_go_from_card_to_card(board, deal, stages):
    below, above = deal(title="Нижняя")["id"], deal(title="Верхняя")["id"]
    beside = deal(title="Соседняя", stageId=stages[1][0])["id"]
    page = board()
    card(page, above).locator(".card-title").focus()
    focused = "document.activeElement.closest('.card').dataset.id"

    seen = []
    for key in ("ArrowDown", "ArrowRight", "ArrowLeft"):
        page.press(key)
        seen.append(int(page.evaluate(focused)))

    assert seen == [below, beside, above]


def test_a_card_tells_sum_tasks_and_the_overdue_deadline(board, costumes, task):
    task(UF_CRM_TASK=[f"D_{costumes}"], DEADLINE="2020-01-10T18:00:00+03:00")
    task(UF_CRM_TASK=[f"D_{costumes}"])
    page = board()

    words = card(page, costumes).words()

    assert "56 000,00 ₽" in words
    assert "2 задачи" in words
    assert card(page, costumes).locator(".deadline.late").words() == "10 янв 2020, 18:00"


def test_a_change_by_somebody_else_appears_by_itself_and_is_marked(portal, board, costumes, stages):
    stage, title = stages[3]
    page = board()

    portal.act(LAYER, "crm.item.update", {"entityTypeId": 2, "id": costumes, "fields": {"stageId": stage}})

    card_in(page, title, costumes, ".marked").wait()
    assert "Изменено: Воронка" in card(page, costumes).words()


def test_a_deleted_deal_leaves_the_board(board, costumes, act):
    page = board()
    card(page, costumes).wait()

    act("crm.item.delete", entityTypeId=2, id=costumes)

    card(page, costumes).wait_gone()


def test_a_long_column_shows_its_beginning_and_more_on_request(board, act):
    for number in range(70):
        act("crm.item.add", entityTypeId=2, fields={"title": f"Партия {number}", "opportunity": 10})
    page = board()
    column = page.locator(".column").nth(0)
    shown = [column.locator(".card").count()]

    for words in ("Ещё 30 из 40", "Ещё 10 из 10"):
        column.button(words).click()
        shown.append(column.locator(".card").count())

    assert shown == [30, 60, 70]
    assert column.locator(".column-count").words() == "70"
    assert column.locator(".column-sum").words() == "700,00 ₽"
    column.locator(".column-more").wait_gone()


def test_seventeen_funnels_are_all_within_reach(board, act):
    for number in range(16):
        act("crm.category.add", entityTypeId=2, fields={"name": f"Воронка {number}", "sort": 900 + number})
    page = board()

    page.locator(".funnels a", has_text="Воронка 15").click()

    page.locator("h1", has_text="Воронка 15").wait()
    assert page.locator(".funnels li").count() == 17


# -- what is looked for


@pytest.mark.parametrize("typed", ["ЗИМНИЕ кост", "вымпел", "№{id}"], ids=["title", "company", "number"])
def test_cards_are_found_by_title_company_and_number(board, act, deal, typed):
    company = act("crm.item.add", entityTypeId=4, fields={"title": "ООО «Вымпел»"})["item"]["id"]
    wanted = deal(title="Зимние костюмы", companyId=company)["id"]
    other = deal(title="Каски")["id"]
    page = board()
    card(page, other).wait()

    page.press("/")
    page.type(typed.format(id=wanted))
    card(page, other).wait_gone()
    found = page.locator(".bar-summary").words()
    page.press("Escape")
    card(page, other).wait()

    assert found.startswith("Найдено: 1 из 2")
    assert card(page, wanted).count() == 1


def test_a_deal_of_another_funnel_is_offered_by_its_title(board, act, deal, funnel):
    elsewhere = deal(title="Редкие перчатки", categoryId=funnel["id"])["id"]
    page = board("/#/funnel/0")

    page.labelled("Поиск по карточкам").fill("перчатки")
    page.locator(".bar-elsewhere a", has_text=f"Софт-продажи № {elsewhere}").click()

    wait_until(lambda: page.locator(".deal-title").count(), "the card")
    assert page.locator(".deal-title").value("value") == "Редкие перчатки"


def test_only_mine_or_only_overdue_are_shown(board, deal, task, person):
    worker = person("worker")
    mine, late = deal(title="Моя")["id"], deal(title="Чужая", assignedById=worker)["id"]
    task(UF_CRM_TASK=[f"D_{late}"], DEADLINE="2020-01-10T18:00:00+03:00")
    page = board()
    card(page, late).wait()

    page.button("Мои").click()
    card(page, late).wait_gone()
    page.button("Мои").click()
    page.button("Просроченные").click()
    card(page, mine).wait_gone()

    card(page, late).wait()


# -- the card of a deal


def test_a_task_is_completed_and_renewed_in_the_card(board, costumes, task, act):
    made = task(UF_CRM_TASK=[f"D_{costumes}"])
    page = board(f"/#/deal/{costumes}")

    page.button("Завершить").click()
    page.locator(".done-tasks summary").click()
    done = act("tasks.task.get", taskId=made["id"])["task"]
    page.button("Возобновить").click()
    page.button("Завершить").wait()

    assert (done["status"], done["closedBy"]) == ("5", str(ADMIN))
    assert act("tasks.task.get", taskId=made["id"])["task"]["status"] == "2"


def test_a_field_is_edited_in_its_place(board, costumes, on_portal):
    page = board(f"/#/deal/{costumes}")

    page.button("Изменить: Сумма").click()
    page.locator(".edit input").fill("77 000,10")
    page.press("Enter")
    page.locator("[data-code=opportunity]", has_text="77").locator(".field-open").wait()

    assert on_portal(costumes)["opportunity"] == 77000.1


def test_product_rows_are_entered_and_summed(board, costumes, act):
    page = board(f"/#/deal/{costumes}")

    page.button("добавить").click()
    page.labelled("Товар").fill("Костюм «Мастер»")
    page.labelled("Количество").fill("12")
    page.labelled("Цена").fill("4 200,50")
    page.locator(".panel.editing").button("Сохранить").click()

    assert page.locator(".products tfoot td").words() == "50 406,00 ₽"
    [row] = act("crm.item.productrow.list", filter={"=ownerType": "D", "=ownerId": costumes})["productRows"]
    assert (row["productName"], row["quantity"], row["price"]) == ("Костюм «Мастер»", 12, 4200.5)


def test_the_card_tells_how_long_the_deal_stood_where(portal, board, act, costumes, stages):
    portal.advance(2 * 86400 + 3 * 3600)
    act("crm.item.update", entityTypeId=2, id=costumes, fields={"stageId": stages[1][0]})
    portal.advance(300)
    page = board(f"/#/deal/{costumes}")

    page.locator(".way").wait()

    told = page.locator(".way tbody").on_each(
        "return [...found[0].rows].map((row) => [row.cells[0], row.cells[2]].map((cell) => cell.innerText))"
    )
    plain = [[words.replace("\xa0", " ") for words in row] for row in told]
    assert plain == [[stages[1][1], "5 мин"], [stages[0][1], "2 дня 3 ч"]]


def test_a_child_is_a_link_to_its_card(board, deal, field):
    children = field("SF_CHILDREN", "crm", MULTIPLE="Y", SETTINGS={"DEAL": "Y"})
    child = deal(title="Отгрузка 1")["id"]
    parent = deal(title="Заказ", **{children: [f"D_{child}"]})["id"]
    page = board(f"/#/deal/{parent}")

    page.locator(".deal-link a", has_text="Отгрузка 1").click()

    wait_until(lambda: page.locator(".deal-title").value("value") == "Отгрузка 1", "the child's card")


def test_a_deal_is_deleted_after_a_second_question(board, costumes, act):
    page = board(f"/#/deal/{costumes}")

    page.button("Удалить сделку").click()
    page.button("Да, удалить").click()
    page.locator("#drawer").wait_gone()

    card(page, costumes).wait_gone()
    assert act("crm.item.list", entityTypeId=2, filter={"id": costumes})["items"] == []


def test_a_card_that_somebody_deletes_closes_and_says_so(board, costumes, act):
    page = board(f"/#/deal/{costumes}")
    page.locator(".way").wait()

    act("crm.item.delete", entityTypeId=2, id=costumes)

    page.locator("#drawer").wait_gone()
    assert f"Сделка № {costumes} удалена" in page.locator(".toast").words()


# -- documents


@pytest.fixture
def with_papers(deal, field):
    """The id of a deal with a PDF and a text in a field of files."""
    papers = field("SF_PAPERS", "file", MULTIPLE="Y")
    text = base64.b64encode("Коммерческое предложение".encode()).decode()
    return deal(title="С бумагами", **{papers: [["Скан.pdf", EMPTY_PDF], ["КП № 17.txt", text]]})["id"]


def test_documents_are_listed_with_their_download_and_a_pdf_is_shown_in_place(board, with_papers):
    page = board(f"/#/deal/{with_papers}")
    page.locator(".documents li").wait()
    names = page.locator(".documents strong").on_each("return found.map((one) => one.innerText)")
    download = page.locator(".documents a[download='Скан.pdf']").value("href")

    page.locator(".documents li", has_text="Скан.pdf").button("Посмотреть: Скан.pdf").click()
    page.locator("iframe.preview-frame").wait()
    page.press("Escape")
    page.locator("dialog").wait_gone()

    assert names == ["КП № 17.txt", "Скан.pdf"]
    assert "/rest/download/" in download
    assert page.locator("#drawer").value("hidden") is False


def test_documents_of_the_timeline_and_of_the_generator_are_listed_too(board, act, costumes):
    fields = {"ENTITY_ID": costumes, "ENTITY_TYPE": "deal", "COMMENT": "Скан", "FILES": [["Акт.pdf", EMPTY_PDF]]}
    act("crm.timeline.comment.add", fields=fields)
    ready = {"entityTypeId": 2, "entityId": costumes, "title": "Договор 7", "number": "7", "region": "ru"}
    act("crm.documentgenerator.document.upload", fields=ready | {"fileContent": EMPTY_PDF})
    page = board(f"/#/deal/{costumes}")

    page.locator(".documents li", has_text="Договор 7").wait()

    names = page.locator(".documents strong").on_each("return found.map((one) => one.innerText)")
    assert names == ["Договор 7.docx", "Акт.pdf"]


def test_without_libreoffice_the_page_says_what_to_install(board, with_papers, monkeypatch):
    monkeypatch.setattr(preview, "office", lambda: None)
    page = board(f"/#/deal/{with_papers}")

    page.locator(".documents").button("Посмотреть: КП № 17.txt").click()

    assert "установите LibreOffice" in page.locator(".preview-note[role=alert]").words()
    assert page.locator(".preview-head a[download='КП № 17.txt']").count() == 1


# -- what people type, and what the portal says


def test_what_the_portal_refuses_is_shown_in_its_words(board, costumes, act, stages):
    page = board()
    card(page, costumes).wait()
    act("crm.item.delete", entityTypeId=2, id=costumes)

    card(page, costumes).locator("select").choose(stages[1][1])

    assert "NOT_FOUND" in page.locator(".toast-error").words()


def test_what_people_type_is_inert(portal, board, deal):
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    made = deal(title=evil)["id"]
    words = f"[b]{evil}[/b] [url=javascript:alert(3)]нажмите[/url]"
    comment = {"ENTITY_ID": made, "ENTITY_TYPE": "deal", "COMMENT": words}
    portal.act(LAYER, "crm.timeline.comment.add", {"fields": comment})
    page = board(f"/#/deal/{made}")

    page.locator(".event-comment").wait()

    assert card(page, made).locator(".card-title").words() == evil
    assert page.locator(".event-comment .rich b").words() == evil
    assert page.locator(".card img, .event img, .card script, .event script, a[href^='javascript']").count() == 0


# -- the bar at the top


def test_notifications_of_the_acting_person_ring_the_bell(portal, board, act):
    page = board()

    portal.act(LAYER, "im.notify.system.add", {"USER_ID": ADMIN, "MESSAGE": "Оценка логистики готова"})
    page.locator(".bell-count", has_text="1").wait()
    page.locator(".bell").click()

    assert "Оценка логистики готова" in page.locator(".notifications").words()


def test_the_number_of_notifications_leaves_the_bell_in_sight(portal, board):
    for number in range(12):
        portal.act(LAYER, "im.notify.system.add", {"USER_ID": ADMIN, "MESSAGE": f"Уведомление {number}"})
    page = board()
    page.locator(".bell-count", has_text="12").wait()

    bell, count = page.locator(".bell .icon").box(), page.locator(".bell-count").box()

    covered = chromium.overlap(bell, count) / (bell["width"] * bell["height"])
    assert covered < 0.3


@pytest.mark.parametrize(("button", "days"), [("+1 день", 1), ("+7 дней", 7)])
def test_the_clock_is_moved_by_days(portal, board, button, days):
    page = board()
    before = portal.time()

    page.button(button).click()

    wait_until(lambda: (portal.time() - before).total_seconds() >= days * 86400, "the portal's clock")


def test_a_new_deal_is_made(board, act):
    page = board()

    page.locator(".new-deal-open").click()
    page.labelled("Название").fill("Каски для участка 4")
    page.button("Создать").click()
    page.text("Каски для участка 4").wait()

    [made] = act("crm.item.list", entityTypeId=2, filter={"title": "Каски для участка 4"})["items"]
    assert (made["createdBy"], made["assignedById"]) == (ADMIN, ADMIN)


# -- the journal


def test_the_layers_calls_appear_in_the_journal_as_they_happen(board, call, costumes, stages):
    page = board()
    page.button("Журнал REST").click()
    page.locator("#journal").wait()

    call("crm.item.update", entityTypeId=2, id=costumes, fields={"stageId": stages[1][0]})
    call("crm.item.levitate")
    line = page.locator(".call.writes", has_text="crm.item.update").wait()

    assert line.locator(".door").words() == "Слой"
    assert stages[1][1] in line.locator(".call-about").words()
    assert page.locator(".call.failed .call-end").words() == "ERROR_METHOD_NOT_FOUND"
    line.locator("a").click()
    wait_until(lambda: page.locator(".deal-title").count(), "the card of the call's deal")


def test_the_journal_shows_only_what_is_asked_for(board, call, costumes):
    page = board()
    page.button("Журнал REST").click()
    call("crm.item.get", entityTypeId=2, id=costumes)
    call("crm.item.update", entityTypeId=2, id=costumes, fields={"title": "Летние костюмы"})
    page.locator(".call", has_text="crm.item.get").wait()

    page.labelled("только изменения").click()

    page.locator(".call", has_text="crm.item.get").wait_gone()
    page.locator(".call", has_text="Летние костюмы").wait()
