"""Rights of single people: roles in the CRM, a person's part in a task, settings, who was dismissed."""

import pytest
import requests

from emulator.control import Refused, running

SELLERS = {"read": "department", "add": "own", "update": "own"}


@pytest.fixture
def refusal(portal):
    """How a person is refused: refusal(worker, "crm.item.get", id=1) → (code, description, status)."""

    def ask(user_id: int, method: str, **params) -> tuple:
        with pytest.raises(Refused) as caught:
            portal.act(user_id, method, params)
        return caught.value.code, caught.value.description, caught.value.status

    return ask


@pytest.fixture
def seller(portal, person):
    """Somebody with a role in the sales department, and a colleague of his; the head's department is above it."""
    department = portal.act(2, "department.add", {"NAME": "Продажи", "PARENT": 1})
    people = person("seller"), person("colleague")
    for one in people:
        portal.act(2, "user.update", {"ID": one, "UF_DEPARTMENT": [department]})
    portal.give_role("Продавец", departments=[department], rights={"2": SELLERS, "*": "none"})
    return people


DENIED = ("ACCESS_DENIED", "Access denied", 400)
DENIED_PLAINLY = ("", "Access denied.", 400)


def test_without_roles_everybody_may_everything(portal, deal, person):
    worker = person("worker")
    deal(title="Чужая")
    assert portal.act(worker, "crm.item.get", {"entityTypeId": 2, "id": 1})["item"]["title"] == "Чужая"
    portal.act(worker, "crm.deal.update", {"ID": 1, "FIELDS": {"TITLE": "Моя"}})
    portal.act(worker, "crm.item.delete", {"entityTypeId": 2, "id": 1})


def test_a_list_hides_what_may_not_be_read_and_does_not_count_it(portal, act, deal, seller):
    for owner in (*seller, 2, 2):
        deal(title="Сделка", assignedById=owner)
    own = portal.act_fully(seller[0], "crm.item.list", {"entityTypeId": 2, "order": {"id": "ASC"}})
    assert [row["id"] for row in own["result"]["items"]] == [1, 2]
    assert own["total"] == 2
    assert portal.act_fully(seller[0], "crm.deal.list")["total"] == 2
    assert portal.act_fully(2, "crm.deal.list")["total"] == 4
    history = portal.act(seller[0], "crm.stagehistory.list", {"entityTypeId": 2})["items"]
    assert [row["OWNER_ID"] for row in history] == [1, 2]


def test_each_action_reaches_as_far_as_the_role_lets_it(portal, deal, seller, refusal):
    mine, of_colleague, foreign = (deal(title="Сделка", assignedById=owner)["id"] for owner in (*seller, 2))
    update = {"entityTypeId": 2, "fields": {"title": "Новое"}}
    portal.act(seller[0], "crm.item.update", {**update, "id": mine})
    assert refusal(seller[0], "crm.item.update", **update, id=of_colleague) == DENIED
    words = "You do not have permission to view this item"
    assert refusal(seller[0], "crm.item.get", entityTypeId=2, id=foreign) == ("ACCESS_DENIED", words, 400)
    assert refusal(seller[0], "crm.item.delete", entityTypeId=2, id=mine) == DENIED
    assert refusal(seller[0], "crm.item.add", entityTypeId=2, fields={"assignedById": 2}) == DENIED
    assert portal.act(seller[0], "crm.item.add", {"entityTypeId": 2, "fields": {}})["item"]["assignedById"] == seller[0]
    assert refusal(seller[0], "crm.item.get", entityTypeId=2, id=404)[0] == "NOT_FOUND"


def test_the_older_methods_refuse_in_their_own_words(portal, deal, seller, refusal):
    mine, foreign = deal(title="Моя", assignedById=seller[0])["id"], deal(title="Чужая")["id"]
    portal.act(seller[0], "crm.deal.update", {"ID": mine, "FIELDS": {"TITLE": "Новое"}})
    for method, params in (
        ("crm.deal.get", {"ID": foreign}),
        ("crm.deal.update", {"ID": foreign, "FIELDS": {"TITLE": "Новое"}}),
        ("crm.deal.delete", {"ID": mine}),
        ("crm.deal.add", {"FIELDS": {"ASSIGNED_BY_ID": 2}}),
        ("crm.contact.list", {}),
        ("crm.contact.add", {"FIELDS": {"NAME": "Пётр"}}),
    ):
        assert refusal(seller[0], method, **params) == DENIED_PLAINLY
    assert refusal(seller[0], "crm.deal.get", ID=404)[1] == "Not found"


def test_an_observer_reads_and_does_no_more(portal, deal, seller, refusal):
    seen = deal(title="Чужая", observers=[seller[0]])["id"]
    assert portal.act(seller[0], "crm.deal.get", {"ID": seen})["TITLE"] == "Чужая"
    assert portal.act_fully(seller[0], "crm.deal.list")["total"] == 1
    assert refusal(seller[0], "crm.item.update", entityTypeId=2, id=seen, fields={"title": "х"}) == DENIED


def test_a_funnel_can_have_rights_of_its_own(portal, deal, person, funnel, refusal):
    worker = person("worker")
    portal.give_role("Отдел", users=[worker], rights={"2": "all", f"2_category_{funnel['id']}": "none"})
    deal(title="Общая"), deal(title="Скрытая", categoryId=funnel["id"])
    shown = portal.act(worker, "crm.item.list", {"entityTypeId": 2})["items"]
    assert [row["title"] for row in shown] == ["Общая"]
    funnels = portal.act(worker, "crm.category.list", {"entityTypeId": 2})["categories"]
    assert [row["id"] for row in funnels] == [0]
    assert refusal(worker, "crm.category.get", entityTypeId=2, id=funnel["id"]) == DENIED
    assert refusal(worker, "crm.item.add", entityTypeId=2, fields={"categoryId": funnel["id"]}) == DENIED


def test_the_widest_of_several_roles_holds_and_levels_widen(portal, act, deal, seller):
    head, below = seller
    boss = act("department.get", NAME="Продажи")[0]["ID"]
    lower = act("department.add", NAME="Группа", PARENT=boss)
    act("user.update", ID=below, UF_DEPARTMENT=[lower])
    for owner, opened in ((head, "N"), (below, "N"), (2, "Y"), (2, "N")):
        deal(title="Сделка", assignedById=owner, opened=opened)
    seen = {}
    for level in ("none", "own", "department", "subdepartments", "open", "all"):
        portal.give_role("Второй", users=[head], rights={"2": {"read": level}})
        portal.give_role("Продавец", users=[head], rights={"3": "all"})
        seen[level] = portal.act_fully(head, "crm.item.list", {"entityTypeId": 2})["total"]
    assert seen == {"none": 0, "own": 1, "department": 1, "subdepartments": 2, "open": 3, "all": 4}
    portal.give_role("Второй", users=[head], rights={"2": "none"})
    portal.give_role("Третий", users=[head], rights={"2": "all"})
    assert portal.act_fully(head, "crm.item.list", {"entityTypeId": 2})["total"] == 4
    assert [role["name"] for role in portal.roles()] == ["Продавец", "Второй", "Третий"]
    portal.forget_roles()
    assert portal.roles() == []


def test_what_hangs_on_a_hidden_card_is_hidden_too(portal, act, deal, seller, refusal):
    mine, foreign = deal(title="Моя", assignedById=seller[0])["id"], deal(title="Чужая")["id"]
    for owner in (mine, foreign):
        act("crm.item.productrow.add", fields={"ownerType": "D", "ownerId": owner, "productName": "Каска", "price": 5})
        act("crm.timeline.comment.add", fields={"ENTITY_ID": owner, "ENTITY_TYPE": "deal", "COMMENT": "Слово"})
        act("crm.activity.todo.add", ownerTypeId=2, ownerId=owner, deadline="2030-01-01T10:00:00+03:00")
    rows = portal.act(seller[0], "crm.item.productrow.list", {"filter": {"=ownerType": "D"}})["productRows"]
    assert [row["ownerId"] for row in rows] == [mine]
    assert [row["OWNER_ID"] for row in portal.act(seller[0], "crm.activity.list")] == [str(mine)]
    hidden = portal.act(
        seller[0], "crm.timeline.comment.list", {"filter": {"ENTITY_ID": foreign, "ENTITY_TYPE": "deal"}}
    )
    assert hidden == []
    assert refusal(seller[0], "crm.timeline.comment.get", id=2) == DENIED_PLAINLY
    assert refusal(seller[0], "crm.activity.get", id=2) == DENIED_PLAINLY
    row = {"ownerType": "D", "ownerId": foreign, "productName": "Каска"}
    assert refusal(seller[0], "crm.item.productrow.add", fields=row)[0] == "OWNER_NOT_FOUND"


def test_who_may_only_read_a_card_changes_nothing_that_hangs_on_it(portal, act, deal, person, refusal):
    worker = person("worker")
    portal.give_role("Читатель", users=[worker], rights={"*": {"read": "all"}})
    deal()
    contact = act("crm.contact.add", FIELDS={"NAME": "Пётр"})
    act("crm.activity.todo.add", ownerTypeId=2, ownerId=1, deadline="2030-01-01T10:00:00+03:00", title="Дело")
    entry = {"entityTypeId": 2, "entityId": 1, "title": "х", "text": "х", "iconCode": "info"}
    act("crm.timeline.logmessage.add", fields=entry)
    act("crm.timeline.comment.add", fields={"ENTITY_ID": 1, "ENTITY_TYPE": "deal", "COMMENT": "Слово"})
    owner = {"ownerTypeId": 2, "ownerId": 1, "deadline": "2030-01-01T10:00:00+03:00"}
    meeting = {"OWNER_TYPE_ID": 2, "OWNER_ID": 1, "TYPE_ID": 1, "SUBJECT": "х", "COMMUNICATIONS": [{"VALUE": "х"}]}
    times = {"START_TIME": "2030-01-01T10:00:00+03:00", "END_TIME": "2030-01-01T11:00:00+03:00", "RESPONSIBLE_ID": 2}
    for method, params, words in (
        ("crm.timeline.logmessage.add", {"fields": entry}, DENIED),
        ("crm.timeline.logmessage.delete", {"id": 1}, DENIED),
        ("crm.timeline.comment.update", {"id": 2, "fields": {"COMMENT": "х"}}, DENIED_PLAINLY),
        ("crm.timeline.comment.delete", {"id": 2}, DENIED_PLAINLY),
        ("crm.activity.todo.add", owner, DENIED),
        ("crm.activity.add", {"fields": meeting | times}, DENIED_PLAINLY),
        ("crm.activity.update", {"id": 1, "fields": {"SUBJECT": "х"}}, DENIED_PLAINLY),
        ("crm.activity.delete", {"id": 1}, DENIED_PLAINLY),
        (
            "crm.deal.contact.add",
            {"id": 1, "fields": {"CONTACT_ID": contact}},
            ("ACCESS_DENIED", "Access denied!", 400),
        ),
        ("crm.deal.contact.items.delete", {"id": 1}, ("ACCESS_DENIED", "Access denied!", 400)),
        ("crm.deal.productrows.set", {"id": 1, "rows": []}, DENIED_PLAINLY),
        ("crm.item.productrow.set", {"ownerType": "D", "ownerId": 1, "productRows": []}, DENIED),
    ):
        assert refusal(worker, method, **params) == words
    assert refusal(worker, "crm.automation.trigger", target="DEAL_1", code="x")[0] == "ACCESS_DENIED"
    assert portal.act(worker, "crm.activity.get", {"ID": 1})["SUBJECT"] == "Дело"
    assert portal.act(worker, "crm.timeline.logmessage.get", {"id": 1})["logMessage"]["title"] == "х"
    assert portal.act(worker, "crm.timeline.bindings.list", {"filter": {"OWNER_ID": 2}})[0]["ENTITY_ID"] == "1"


def test_requisites_have_the_rights_of_their_company(portal, act, person, refusal):
    worker = person("worker")
    for owner in (worker, 2):
        company = act("crm.company.add", FIELDS={"TITLE": "ООО", "ASSIGNED_BY_ID": owner})
        fields = {"ENTITY_TYPE_ID": 4, "ENTITY_ID": company, "PRESET_ID": 1, "NAME": "Реквизит"}
        requisite = act("crm.requisite.add", fields=fields)
        act("crm.requisite.bankdetail.add", fields={"ENTITY_ID": requisite, "NAME": "Счёт"})
    portal.give_role("Бухгалтер", users=[worker], rights={"4": {"read": "own"}})
    for method in ("crm.requisite", "crm.requisite.bankdetail"):
        assert [row["ID"] for row in portal.act(worker, f"{method}.list")] == ["1"]
        assert refusal(worker, f"{method}.get", id=2) == DENIED_PLAINLY
        assert refusal(worker, f"{method}.update", id=1, fields={"NAME": "х"}) == DENIED_PLAINLY
    assert refusal(worker, "crm.requisite.add", fields=fields) == DENIED_PLAINLY


@pytest.mark.parametrize(
    ("method", "params", "words"),
    [
        ("crm.category.add", {"entityTypeId": 2, "fields": {"name": "х"}}, DENIED),
        ("crm.category.update", {"entityTypeId": 2, "id": 0, "fields": {"name": "х"}}, DENIED),
        ("crm.category.delete", {"entityTypeId": 2, "id": 0}, DENIED),
        ("crm.status.add", {"fields": {"ENTITY_ID": "SOURCE", "STATUS_ID": "X", "NAME": "х"}}, DENIED_PLAINLY),
        ("crm.status.update", {"id": 1, "fields": {"NAME": "х"}}, DENIED_PLAINLY),
        ("crm.status.delete", {"id": 1}, DENIED_PLAINLY),
        ("crm.type.add", {"fields": {"title": "х"}}, DENIED),
        ("crm.deal.userfield.add", {"fields": {"FIELD_NAME": "X", "USER_TYPE_ID": "string"}}, DENIED_PLAINLY),
        ("crm.deal.userfield.update", {"id": 1, "fields": {"SORT": 5}}, ("", "Access denied.", 403)),
        ("crm.deal.userfield.delete", {"id": 1}, ("", "Access denied.", 403)),
        (
            "userfieldconfig.add",
            {"moduleId": "crm", "field": {"entityId": "CRM_DEAL", "fieldName": "UF_CRM_DEAL_X"}},
            ("", "Access denied", 400),
        ),
        (
            "userfieldconfig.update",
            {"moduleId": "crm", "id": 1, "field": {"sort": 5}},
            ("", "You cannot change the settings of the user field", 400),
        ),
        ("userfieldconfig.delete", {"moduleId": "crm", "id": 1}, ("", "You cannot delete the user field", 400)),
    ],
)  # fmt: skip
def test_settings_are_for_administrators_and_whose_role_says_so(portal, field, person, refusal, method, params, words):
    field("KEY", "string")
    worker = person("worker")
    assert refusal(worker, method, **params) == words
    portal.give_role("Администратор CRM", users=[worker], rights={"*": "all"}, settings=True)
    answer = requests.post(f"{portal.base_url}/_emulator/as/{worker}/{method}", json=params, timeout=30).json()
    assert (answer.get("error"), answer.get("error_description")) != words[:2]


def test_a_role_that_makes_no_sense_is_refused(portal):
    for rights in ({"2": "much"}, {"2": {"look": "all"}}):
        with pytest.raises(ValueError, match="a role lets read, add, update, delete reach none, own"):
            portal.give_role("Странная", rights=rights)
    with pytest.raises(ValueError, match="unexpected keyword"):
        portal.give_role("Странная", people=[1])


# -- tasks


NOT_ALLOWED = "Action on the task is not allowed"


def test_a_task_is_seen_by_its_people_their_heads_and_administrators(portal, act, task, person):
    head, worker, stranger = person("head"), person("worker"), person("stranger")
    department = act("department.add", NAME="Цех", PARENT=1, UF_HEAD=head)
    act("user.update", ID=worker, UF_DEPARTMENT=[department])
    task(RESPONSIBLE_ID=worker), task()
    totals = {who: portal.act_fully(who, "tasks.task.list")["total"] for who in (1, head, worker, stranger)}
    assert totals == {1: 2, head: 1, worker: 1, stranger: 0}
    assert portal.act(head, "tasks.task.get", {"taskId": 1})["task"]["id"] == "1"
    assert portal.act(stranger, "tasks.task.get", {"taskId": 1}) == []
    assert portal.act(stranger, "tasks.task.getaccess", {"taskId": 1, "users": [worker]}) == {"allowedActions": []}


@pytest.mark.parametrize(
    ("method", "code"),
    [
        ("complete", "0"),
        ("start", "0"),
        ("defer", "1048582"),
        ("delegate", "0"),
        ("delete", "1048582"),
        ("update", "0"),
    ],
)
def test_who_only_watches_a_task_cannot_move_it(portal, task, person, refusal, method, code):
    watcher = person("watcher")
    task(AUDITORS=[watcher])
    asked = {"taskId": 1, "userId": watcher, "fields": {"TITLE": "Новое"}}
    words = "No access to delete the task" if method == "delete" else NOT_ALLOWED
    assert refusal(watcher, f"tasks.task.{method}", **asked) == (code, words, 400)


def test_only_who_works_on_a_task_starts_it_again(portal, act, task, person, refusal):
    worker, watcher = person("worker"), person("watcher")
    task(RESPONSIBLE_ID=worker, AUDITORS=[watcher])
    portal.act(worker, "tasks.task.complete", {"taskId": 1})
    assert refusal(watcher, "tasks.task.renew", taskId=1) == ("1048582", NOT_ALLOWED, 400)
    assert portal.act(worker, "tasks.task.renew", {"taskId": 1})["task"]["status"] == "2"


def test_the_responsible_moves_a_deadline_only_if_the_task_lets_him(portal, task, person, refusal):
    worker = person("worker")
    due = {"DEADLINE": "2030-01-01T10:00:00+03:00"}
    task(RESPONSIBLE_ID=worker, ALLOW_CHANGE_DEADLINE="Y"), task(RESPONSIBLE_ID=worker)
    moved = portal.act(worker, "tasks.task.update", {"taskId": 1, "fields": due})["task"]
    assert moved["deadline"].startswith("2030-01-01")
    assert portal.act(worker, "tasks.task.update", {"taskId": 1, "fields": {"STATUS": 3}})["task"]["status"] == "3"
    assert refusal(worker, "tasks.task.update", taskId=2, fields=due) == ("0", NOT_ALLOWED, 400)
    assert refusal(worker, "tasks.task.update", taskId=1, fields={**due, "TITLE": "х"}) == ("0", NOT_ALLOWED, 400)


def test_check_lists_are_for_who_works_on_the_task(portal, act, task, person, refusal):
    watcher = person("watcher")
    task(AUDITORS=[watcher])
    number = act("task.checklistitem.add", TASKID=1, FIELDS={"TITLE": "Пункт"})
    item = {"TASKID": 1, "ITEMID": number}
    assert (
        "Adding item: action not allowed"
        in refusal(watcher, "task.checklistitem.add", TASKID=1, FIELDS={"TITLE": "х"})[1]
    )
    assert (
        "No access to edit the task" in refusal(watcher, "task.checklistitem.update", **item, FIELDS={"TITLE": "х"})[1]
    )
    assert "Deleting item: action not allowed" in refusal(watcher, "task.checklistitem.delete", **item)[1]
    stranger = person("stranger")
    assert refusal(stranger, "tasks.task.history.list", taskId=1) == ("0", "Access denied.", 400)


# -- who was dismissed, and whose the webhook is


def test_a_webhook_of_somebody_without_rights_has_that_persons_rights():
    with running(seed="bare", user=3) as portal:
        fields = {"EMAIL": "worker@sferotek.example", "NAME": "Нина", "UF_DEPARTMENT": [1], "EXTRANET": "N"}
        assert portal.act(2, "user.add", fields) == 3
        portal.act(2, "crm.item.add", {"entityTypeId": 2, "fields": {"title": "Чужая"}})
        portal.give_role("Продавец", users=[3], rights={"2": {"read": "own"}})

        def call(method: str) -> requests.Response:
            return requests.post(portal.webhook_url + method, json={"entityTypeId": 2}, timeout=30)

        assert call("crm.item.list").json()["total"] == 0
        portal.act(2, "user.update", {"ID": 3, "ACTIVE": "N"})
        refused = call("crm.item.list")
        assert (refused.status_code, refused.json()["error"]) == (401, "NO_AUTH_FOUND")


def test_who_was_dismissed_does_nothing_and_is_found_as_inactive(portal, act, person, refusal):
    worker = person("worker")
    act("user.update", ID=worker, ACTIVE="N")
    assert refusal(worker, "user.current")[::2] == ("NO_AUTH_FOUND", 401)
    assert [row["ID"] for row in act("user.get", FILTER={"ACTIVE": "false"})] == [str(worker)]
    act("user.update", ID=worker, ACTIVE="Y")
    assert portal.act(worker, "user.current")["ID"] == str(worker)
