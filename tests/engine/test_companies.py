"""Companies that a process watches: what people change there is noticed once, of others nothing is kept."""

from contextlib import contextmanager
from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa

from engine import storage
from engine.triggers import on_company
from robots.set_company_fields import set_companies, set_company_fields

BRANCH, CARRIER = "Филиал дистрибьютора", "Перевозчик"


@pytest.fixture
def watch(claims):
    """`watch("branch_from")` notes whatever people change there; what `act` does, the layer does."""

    def order(name: str, act=lambda run, branch: None) -> list:
        heard = []

        def note(run, branch):
            heard.append(
                (branch.id, branch.title, run.change.what["old"], run.change.what["new"], run.family, run.deal)
            )
            act(run, branch)

        claims.pop(f"on_company DISTRIBUTOR {name}", None)
        on_company("DISTRIBUTOR", name, kind=BRANCH)(note)
        return heard

    return order


def known(company) -> set[int]:
    with company.engine.storage.read() as connection:
        return set(connection.scalars(sa.select(storage.companies.c.company_id)))


@contextmanager
def silent_portal(company):
    company.portal.events(lose=1000)
    yield
    company.portal.events(lose=0)


def test_what_a_person_changes_is_noticed_once_with_what_stood_there(company, watch):
    heard = watch("branch_off")
    branch = company.new_branch("Север", branch_off=date(2026, 12, 1))
    company.settle()
    company.fill_company(branch, branch_off=date(2026, 12, 31))
    company.fill_company(branch, branch_on=date(2026, 2, 1))
    company.settle()
    company.engine.look()
    company.settle()
    assert heard == [
        (branch, "Север", None, "2026-12-01", f"company-{branch}", None),
        (branch, "Север", "2026-12-01", "2026-12-31", f"company-{branch}", None),
    ]


def test_what_rang_nothing_is_found_by_the_minutes_look(company, watch):
    heard, branch = watch("branch_off"), company.new_branch("Юг")
    company.settle()
    with silent_portal(company):
        company.fill_company(branch, branch_off=date(2026, 12, 31))
        company.engine.look()
        company.portal.advance(60)
    company.settle()
    assert [new for _, _, _, new, *_ in heard] == ["2026-12-31"]


def test_companies_of_other_kinds_are_neither_heard_nor_remembered(company, watch):
    heard, carrier = watch("branch_off"), company.new_contractor("Перевозчик", kind=CARRIER, inn="")
    company.fill_company(carrier, branch_off=date(2026, 12, 31))
    company.settle()
    assert heard == []
    assert carrier not in known(company)


@pytest.mark.parametrize("verb", ["one", "many"])
def test_our_own_write_is_no_change_and_a_persons_after_it_is(company, watch, verb):
    def answer(run, branch):
        if verb == "one":
            set_company_fields(run, branch.id, branch_from=date(2027, 1, 1))
        else:
            set_companies(run, {branch.id: {"branch_from": date(2027, 1, 1), "branch_rate": Decimal("1.5")}})

    asked, heard = watch("branch_off", answer), watch("branch_from")
    branch = company.new_branch("Запад")
    company.settle()
    company.fill_company(branch, branch_off=date(2026, 12, 31))
    company.settle()
    assert company.company_value(branch, "branch_from") == date(2027, 1, 1)
    company.fill_company(branch, branch_from=date(2027, 4, 1))
    company.settle()
    assert (len(asked), [new for _, _, _, new, *_ in heard]) == (1, ["2027-04-01"])


def test_an_edit_while_we_write_companies_is_seen_after_it(company, watch, at_point):
    heard = watch("branch_from")
    branch = company.new_branch("Восток")
    company.settle()
    watch("branch_off", lambda run, card: set_company_fields(run, card.id, branch_rate=Decimal("2")))

    def edit():
        company.fill_company(branch, branch_from=date(2027, 4, 1))
        company.engine.look()

    at_point("answered", edit)
    company.fill_company(branch, branch_off=date(2026, 12, 31))
    company.settle()
    assert [new for _, _, _, new, *_ in heard] == ["2027-04-01"]


def test_what_companies_said_before_the_layer_knew_them_is_no_change(company, watch):
    """An upgrade: branches that were there are remembered at the start, as they then are."""
    heard, branch = watch("branch_off"), company.new_branch("Центр")
    company.settle()
    with company.layer_down():
        company.fill_company(branch, branch_off=date(2026, 12, 31))
        store = storage.Storage(company.settings.database_url)
        with store.write() as tx:
            tx.execute(sa.delete(storage.companies))
            store.set_mark(tx, "companies_known", [])
        store.close()
    company.settle()
    assert heard == []
    assert branch in known(company)
