"""Whatever a client sends, the portal answers in its own words and never falls over."""

import pytest
import requests

from emulator.methods import METHODS

NONSENSE = [
    {},
    {"id": "x", "fields": "x", "filter": "x", "select": "x", "order": "x", "start": "x"},
    {"id": 1, "fields": [1, [2]], "filter": [[1]], "select": [[1]], "order": {"id": ["DESC"]}, "entityTypeId": 2},
    {"id": [1], "fields": {"": {"": {}}}, "filter": {"": None, ">": [], "@id": {}}, "entityTypeId": [2], "start": -5},
    {
        "entityTypeId": 2,
        "ownerType": "D",
        "ownerId": 1,
        "taskId": 1,
        "TASKID": 1,
        "id": 1,
        "userId": {},
        "fields": {"TITLE": {}, "title": [], "DEADLINE": "вчера", "stageId": {}, "RESPONSIBLE_ID": [[]], "fm": "x"},
        "productRows": ["x", {"price": "дорого"}, None],
        "fileContent": "x",
        "data": 1,
    },
]


@pytest.mark.parametrize("name", sorted(METHODS))
def test_nonsense_is_answered_in_the_portals_words(portal, deal, task, name):
    deal()
    task()
    for params in NONSENSE:
        answer = requests.post(portal.webhook_url + name, json=params, timeout=10)
        assert answer.status_code < 500, (params, answer.text)
        assert ("error" in answer.json()) == (answer.status_code != 200)
