"""R18, R19: an older copy of the database is put back. What the lost one had done is found, not done again."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from engine import storage
from engine.storage import Storage
from engine.triggers import on_field, on_stage
from robots.comment import comment
from robots.create_task import open_task
from robots.notify import notify
from robots.open_deal import open_deal
from robots.say_in_task import say_in_task
from robots.set_fields import set_fields
from tests.stores import ON_POSTGRES

pytestmark = pytest.mark.skipif(ON_POSTGRES, reason="PostgreSQL keeps its own copies")
REPLACED_BY_ITS_TAG = "im.notify.system.add"
# By another process: in this one a second SQLite would undo the first one's locks.
PUT_BACK = "import sqlite3, sys; copy, file = map(sqlite3.connect, sys.argv[1:]); copy.backup(file)"


class Database:
    """The layer's file and its copies."""

    def __init__(self, company):
        self._company = company
        self.path = Path(company.settings.database_url.removeprefix("sqlite:///"))
        self.copy = self.path.with_name("copy.sqlite")
        self.witness = self.path.with_name(self.path.name + ".witness")

    def back_up(self) -> None:
        self.copy.unlink(missing_ok=True)
        self._company.engine.storage.copy_to(self.copy)

    def put_back(self) -> None:
        """Into the file that stands there, as the receiver goes on; the worker is stopped."""
        subprocess.run([sys.executable, "-c", PUT_BACK, str(self.copy), str(self.path)], check=True)

    def remove_file(self) -> None:
        """The file and what SQLite keeps beside it; nobody has it open."""
        for more in ("", "-wal", "-shm", "-journal"):
            self.path.with_name(self.path.name + more).unlink(missing_ok=True)

    def mark(self, name: str) -> object:
        store = Storage(self._company.settings.database_url)
        with store.read() as connection:
            value = store.mark(connection, name)
        store.close()
        return value


def go_on_with_the_copy(company, database: Database, witness: str) -> int:
    """The copy is put back while the worker is down, then all settles. Returns the portal's last effect before that."""
    with company.layer_down():
        database.put_back()
        if witness == "lost as well":
            database.witness.unlink()
        number = last_number(company)
    company.settle()
    return number


@pytest.fixture
def database(company):
    return Database(company)


def everything(company, deals: list[int]) -> list:
    """What people see of these cards."""
    return [
        (
            deal,
            company.stage(deal),
            [(task["id"], task["title"], task["status"], task["deadline"]) for task in company.tasks(deal)],
            company.comments(deal),
            company.value(deal, "children"),
            company.value(deal, "block"),
            company.value(deal, "stage_plan"),
            [company.messages(deal, task["title"]) for task in company.tasks(deal)],
        )
        for deal in deals
    ]


def done_since(company, number: int) -> list[str]:
    """What the layer did on the portal after that number of its log, but for notifications that replaced themselves."""
    effects = [effect for effect in company.portal.log(number) if effect["via"] == "webhook"]
    return [f"{one['method']} {one['params']}" for one in effects if one["method"] != REPLACED_BY_ITS_TAG]


def last_number(company) -> int:
    return max(effect["number"] for effect in company.portal.log())


def heard(company, user: int) -> Counter:
    return Counter(company.notifications(user))


@pytest.fixture
def talks(claims):
    """A stage that has one of every effect that a restored layer might double."""

    @on_stage("SERVICE", "TALKS")
    def do_everything(run, deal):
        opened = open_task(run, deal, run.company.processes["SOFT"].tasks["SO-2"], to=deal.responsible)
        comment(run, deal, "Слово на карточке")
        open_deal(run, deal, "LOGISTICS", title="Перевозка")
        say_in_task(run, int(opened.result["task"]["id"]), "Слово в задаче", deal_id=deal.id)
        notify(run, deal.responsible, "Слово человеку", deal=deal)
        set_fields(run, deal, sv_object="Котельная")

    @on_field("SERVICE", "sv_claimtxt")
    def answer(run, deal):
        comment(run, deal, f"Замечание: {run.change.what['new']}")


WITNESSES = ["beside it", pytest.param("lost as well", marks=pytest.mark.slow)]


@pytest.mark.parametrize("witness", WITNESSES)
def test_one_of_every_effect_is_there_once(company, database, talks, witness):
    before = company.new_deal("SERVICE", title="До копии")
    company.move(before, "TALKS")
    company.settle()
    database.back_up()
    company.move(before, "NEW")
    company.settle()
    deal = company.new_deal("SERVICE", title="После копии")
    manager = company.card(deal)["assignedById"]
    company.move(deal, "TALKS")
    company.settle()
    company.fill(deal, sv_claimtxt="Течёт")
    company.settle()
    company.fill(deal, sv_object="Насосная")
    company.close_task(deal, "Оцените")
    company.settle()
    assert company.value(deal, "children"), "the story has a child"
    if witness == "lost as well":
        company.advance(hours=25)  # the portal has forgotten the keys of messages
        company.settle()
    seen, notified = everything(company, [before, deal]), heard(company, manager)

    number = go_on_with_the_copy(company, database, witness)
    assert not (again := done_since(company, number)), "\n".join(again)
    assert everything(company, [before, deal]) == seen
    assert company.value(deal, "sv_object") == "Насосная", "what a person wrote since stands"
    assert heard(company, manager) == notified
    assert company.failures() == []
    assert database.mark(storage.RESTORED)["caught_up"]


@pytest.mark.slow
@pytest.mark.parametrize("witness", WITNESSES)
def test_a_soft_deal_goes_on_where_it_was(company, client, database, witness):
    """Returns, tasks closed by the layer and by people, a move that a person took back: all happened after the copy."""
    at_work, offered = company.deal_in("QUALIFY", **client), company.deal_in("OFFER", **client)
    database.back_up()
    company.move(offered, "QUALIFY")
    company.settle()
    assert company.titles(offered) == ["Оцените клиента и потребности"], "the layer closed the offer's"
    returned = company.new_deal()
    company.settle()
    company.move(returned, "QUALIFY")
    company.settle()
    assert company.stage(returned) == "NEW"
    company.fill(at_work, so_newmat=True)
    company.settle()
    assert company.stage(at_work) == "DESIGN"
    company.close_task(at_work, "Проработайте")
    company.settle()
    assert company.titles(at_work) == ["Проработайте материалы и образец"], "closed without its result"
    company.attach(at_work, "Техописание.pdf")
    company.close_task(at_work, "Проработайте")
    company.settle()
    assert company.stage(at_work) == "OFFER"
    fresh = company.new_deal(**client)
    company.settle()
    company.move(fresh, "QUALIFY")
    company.settle()
    company.move(at_work, "DESIGN")
    company.settle()
    deals = [at_work, offered, returned, fresh]
    seen = everything(company, deals)

    number = go_on_with_the_copy(company, database, witness)
    assert not (again := done_since(company, number)), "\n".join(again)
    assert everything(company, deals) == seen
    assert company.failures() == []

    company.fill(fresh, so_newmat=True, so_need="Костюмы")
    company.settle()
    assert company.stage(fresh) == "DESIGN"
    assert company.titles(fresh) == ["Проработайте материалы и образец"], "tasks of the lost time are known again"


@pytest.mark.slow
def test_a_move_that_a_person_took_back_is_not_made_again(company, client, database):
    deal = company.deal_in("DESIGN", **client)
    database.back_up()
    company.attach(deal, "Техописание.pdf")
    company.close_task(deal, "Проработайте")
    company.settle()
    assert company.stage(deal) == "OFFER", "moved by the layer"
    company.move(deal, "DESIGN")
    company.settle()
    seen = everything(company, [deal])
    with company.layer_down():
        database.put_back()
        number = last_number(company)
    company.settle()
    assert not (again := done_since(company, number)), "\n".join(again)
    assert everything(company, [deal]) == seen
    assert company.stage(deal) == "DESIGN"


@pytest.mark.slow
def test_what_people_did_while_it_was_down_is_answered_as_ever(company, client, database):
    moved, edited = company.deal_in("QUALIFY", **client), company.deal_in("OFFER", **client)
    database.back_up()
    gone = company.new_deal(**client)
    company.settle()
    with company.layer_down():
        database.put_back()
        company.move(moved, "OFFER")
        company.fill(edited, make_doc="Договор субподряда")
        company.delete(gone)
        new = company.new_deal(**client)
    company.settle()
    assert "Подготовьте" in company.titles(moved)[0]
    assert company.messages(moved, "Оцените") == ["Стадия пройдена"]
    assert company.value(moved, "stage_plan") is not None
    assert ["ещё не подготовлен" in text for text in company.comments(edited)][-1]
    assert company.value(edited, "make_doc") is None
    assert company.titles(new) == ["Свяжитесь с клиентом"]
    assert company.failures() == []
