"""A history of more pages than one request takes, while people go on."""

import pytest

from engine.reading import PAGE, Reader

IN_ONE_REQUEST = 2 * PAGE


@pytest.fixture
def meanwhile(monkeypatch):
    """`meanwhile(act)`: do something between the first request of a reading and the pages that follow."""
    go_on = Reader._long_history

    def order(act) -> None:
        def after_acting(reader, reading, *more) -> None:
            act(reading)
            go_on(reader, reading, *more)

        monkeypatch.setattr(Reader, "_long_history", after_acting)

    return order


def busy(company, until: int) -> None:
    """Somebody drags a card to and fro until the history has so many records more."""
    deal = company.new_deal("SERVICE")
    manager = int(company.card(deal)["assignedById"])
    for number in range(until - 1):
        stage = company.dictionary.stage_id("SERVICE", ("TALKS", "NEW")[number % 2])
        company.portal.act(manager, "crm.item.update", {"entityTypeId": 2, "id": deal, "fields": {"stageId": stage}})


def test_a_card_that_moves_while_the_history_is_read_is_read_again(company, meanwhile, client):
    """It is filled in and moved after it was read: with its new record stands what it then held."""
    deal = company.new_deal()
    company.settle()
    with company.engine._looking:  # the observer waits
        busy(company, IN_ONE_REQUEST)
        company.fill(deal, address="Омск")
        company.portal.settle_events()

        def fill_and_move(reading) -> None:
            assert deal in reading.cards
            company.fill(deal, **client)
            company.move(deal, "QUALIFY")

        meanwhile(fill_and_move)
        reading = Reader(company.engine, company.engine.observer.companies).read(thorough=False)
    newest = max(number for number, record in reading.records.items() if int(record["OWNER_ID"]) == deal)
    assert reading.records[newest]["STAGE_ID"] == reading.cards[deal]["stageId"]
    assert reading.cards[deal]["contactId"] == client["contact"]


@pytest.mark.slow
def test_a_card_deleted_while_the_history_is_read_hides_no_record(company, meanwhile):
    deal = company.new_deal("SERVICE")
    company.settle()
    with company.engine._looking:
        company.move(deal, "TALKS")
        busy(company, IN_ONE_REQUEST + PAGE)
        meanwhile(lambda reading: company.delete(deal))
        reading = Reader(company.engine, company.engine.observer.companies).read(thorough=False)
    assert missed(company, reading) == []


def missed(company, reading) -> list[int]:
    """Records of the portal, later than the first that was read, which were not read."""
    params = {"entityTypeId": 2, "filter": {">ID": min(reading.records)}, "order": {"ID": "ASC"}}
    there, start = [], 0
    while start is not None:
        answer = company.portal.act_fully(1, "crm.stagehistory.list", {**params, "start": start})
        there += [int(record["ID"]) for record in answer["result"]["items"]]
        start = answer.get("next")
    return sorted(set(there) - set(reading.records))
