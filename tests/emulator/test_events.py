"""Events: their layout, their order, and a queue told to misbehave."""

import pytest

from emulator.control import running
from tests.emulator.conftest import EVENT_TOKEN


@pytest.fixture
def deals(portal, deal, handler):
    """Make deals and wait until their events are away; ids in the order of arrival."""

    def make(number: int) -> list[str]:
        for _ in range(number):
            deal()
        portal.settle_events()
        return [event["data"]["FIELDS"]["ID"] for event in handler.events]

    return make


def test_an_event_is_a_form_with_the_id_and_the_portals_token(portal, handler, deal):
    made = deal()
    portal.settle_events()
    event = handler.events[0]
    assert (event["event"], event["data"]) == ("ONCRMDEALADD", {"FIELDS": {"ID": str(made["id"])}})
    assert set(event["auth"]) == {"domain", "client_endpoint", "server_endpoint", "member_id", "application_token"}
    assert event["auth"]["application_token"] == EVENT_TOKEN
    assert abs(int(event["ts"]) - portal.time().timestamp()) < 5


def test_a_tasks_event_says_undefined_where_there_is_nothing(portal, handler, task, call):
    task()
    call("tasks.task.update", taskId=1, fields={"TITLE": "Другое"})
    call("tasks.task.delete", taskId=1)
    portal.settle_events()
    seen = [(one["event"], one["data"]["FIELDS_BEFORE"], one["data"]["FIELDS_AFTER"]) for one in handler.events]
    assert seen == [
        ("ONTASKADD", "undefined", {"ID": "1"}),
        ("ONTASKUPDATE", {"ID": "1"}, {"ID": "1"}),
        ("ONTASKDELETE", {"ID": "1"}, "undefined"),
    ]


def test_every_kind_of_object_rings(portal, handler, act):
    for kind in (3, 4):
        act("crm.item.add", entityTypeId=kind, fields={"name": "А", "title": "Б"})
        act("crm.item.update", entityTypeId=kind, id=1, fields={"comments": "в"})
        act("crm.item.delete", entityTypeId=kind, id=1)
    portal.settle_events()
    assert handler.names() == [
        f"ONCRM{name}{what}" for name in ("CONTACT", "COMPANY") for what in ("ADD", "UPDATE", "DELETE")
    ]


def test_events_come_once_and_in_order(deals):
    assert deals(20) == [str(number) for number in range(1, 21)]


def test_a_held_queue_lets_go_when_told(portal, handler, deal):
    portal.events(hold=True)
    deal()
    assert not portal.settle_events(0.2)
    assert ([ring["event"] for ring in portal.event_queue()], handler.events) == (["ONCRMDEALADD"], [])
    portal.events(hold=False)
    portal.settle_events()
    assert handler.names() == ["ONCRMDEALADD"]


def test_the_next_two_events_can_be_lost(portal, deals):
    portal.events(lose=2)
    assert deals(3) == ["3"]
    assert [ring["outcome"] for ring in portal.events_done()] == ["lost", "lost", "delivered"]


def test_a_share_of_events_can_be_lost(portal, deals):
    portal.events(lose=0.5)
    assert 5 < len(deals(40)) < 35


def test_events_can_come_twice(portal, deals):
    portal.events(repeat=1)
    assert deals(2) == ["1", "1", "2"]


def test_events_can_be_shuffled(portal, deals):
    portal.events(shuffle=True)
    arrived = deals(12)
    assert sorted(arrived, key=int) != arrived
    assert sorted(arrived, key=int) == [str(number) for number in range(1, 13)]


def test_events_can_be_delayed(portal, handler, deal):
    portal.events(delay=0.5)
    deal()
    assert not portal.settle_events(0.2)
    assert handler.events == []
    assert portal.settle_events(5)
    assert handler.names() == ["ONCRMDEALADD"]


def test_an_event_that_the_webhook_does_not_ask_for_never_comes(portal, handler, deals):
    portal.events(without=["ONCRMDEALADD"])
    assert deals(2) == []
    portal.events(without=[])
    assert deals(1) == ["3"]


def test_a_failed_delivery_is_never_resent(portal, handler, deals):
    handler.status = 500
    deals(1)
    handler.status = 200
    assert deals(1) == ["1", "2"]
    assert [ring["outcome"] for ring in portal.events_done()] == ["refused 500", "delivered"]


def test_an_unknown_behaviour_is_refused(portal):
    with pytest.raises(ValueError, match="hold, lose, repeat"):
        portal.events(forget=True)


def test_a_portal_without_a_handler_just_works(act):
    with running(seed="bare") as control:
        assert control.act(2, "crm.item.add", {"entityTypeId": 2, "fields": {}})["item"]["id"] == 1
        assert control.event_queue() == []


def test_a_dead_handler_costs_only_its_events():
    with running(seed="bare", events_to="http://127.0.0.1:9/hook", event_token="x") as control:
        control.act(2, "crm.item.add", {"entityTypeId": 2, "fields": {}})
        control.settle_events()
        assert [ring["outcome"] for ring in control.events_done()] == ["failed"]


def test_a_slow_handler_is_called_less_often_until_it_is_quick_again(portal, handler, deals):
    portal.events(slow=0.1)
    handler.seconds = 0.1
    pauses = []
    for _ in range(3):
        deals(1)
        pauses.append(portal.event_pauses()[handler.url])
    assert pauses[0] >= 0.1
    assert [round(later / earlier, 3) for earlier, later in zip(pauses, pauses[1:], strict=False)] == [2, 2]
    handler.seconds = 0.0
    before = portal.event_pauses()[handler.url]
    assert deals(2) == ["1", "2", "3", "4", "5"]
    assert portal.event_pauses()[handler.url] <= before / 2
    portal.events(slow=0)
    assert portal.event_pauses() == {}


def test_a_handler_left_alone_gets_its_events_later_and_in_order(portal, handler, deals, deal):
    portal.events(slow=0.3)
    handler.seconds = 0.3
    deals(1)
    for _ in range(3):
        deal()
    assert not portal.settle_events(0.2)
    assert len(handler.events) == 1
    handler.seconds = 0.0
    assert deals(0) == ["1", "2", "3", "4"]


def test_a_queue_that_was_not_told_so_never_minds_a_slow_handler(portal, handler, deals):
    handler.seconds = 0.2
    deals(2)
    assert portal.event_pauses() == {}
