"""Documents of 1C in the store: taken once, and what becomes of one that nobody answers."""

from datetime import UTC, datetime

import pytest

from engine import commands
from engine.changes import Change
from engine.storage import Storage

CONTENT = {"document": "b4f1", "sum": "100.00"}
KEY = "payment/b4f1"


def outcome(store: Storage) -> tuple[str, str | None, bool]:
    with store.read() as connection:
        found = commands.find(connection, "payment", "b4f1")
    return found.outcome, found.text, found.answered_at is not None


def serving(**what: object) -> Change:
    return Change("signal:1", "signal", 12, "SOFT", datetime(2026, 11, 23, tzinfo=UTC), what)


def test_a_document_is_taken_once_and_its_kind_is_a_part_of_its_name(store):
    with store.write() as tx:
        assert commands.take(store, tx, "payment", CONTENT)
        assert not commands.take(store, tx, "payment", {**CONTENT, "sum": "90.00"})
        assert commands.take(store, tx, "split", CONTENT)
        assert commands.find(tx, "payment", "b4f1").says(dict(reversed(CONTENT.items())))


def test_one_that_its_run_passed_over_or_died_on_is_said_to_be_so(store):
    with store.write() as tx:
        commands.take(store, tx, "payment", CONTENT)
        commands.leave(tx, serving(), commands.UNSERVED)
    assert outcome(store) == ("accepted", None, False)
    for word, is_answered in ((commands.STOPPED, False), (commands.UNSERVED, True)):
        with store.write() as tx:
            commands.leave(tx, serving(command=KEY), word)
        assert outcome(store) == (word, None, is_answered)


def test_an_answer_stands_whatever_happens_to_the_run_afterwards(store):
    with store.write() as tx:
        commands.take(store, tx, "payment", CONTENT)
        commands.leave(tx, serving(command=KEY), commands.STOPPED)
        commands.answer(tx, KEY, "done", "Платёж принят.", {"card": 12})
        commands.leave(tx, serving(command=KEY), commands.STOPPED)
    assert outcome(store) == ("done", "Платёж принят.", True)


def test_an_outcome_that_there_is_not_is_a_mistake_and_no_silence(store):
    with store.write() as tx, pytest.raises(ValueError, match="say done or refused"):
        commands.answer(tx, KEY, "ok", "", {})
