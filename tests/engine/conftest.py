"""One company for all tests of a file, and claims that end with the test that made them."""

import pytest

import handlers
import jobs
from engine import failpoints, schedule, triggers
from tests.company import playing

BEHAVED = {"hold": False, "lose": 0, "repeat": 0, "delay": 0, "shuffle": False}


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    """Portal, receiver and layer of this file; its clock only goes forward from Monday 23.11.2026 10:00 Moscow."""
    with playing(tmp_path_factory.mktemp("company")) as company:
        yield company


@pytest.fixture(autouse=True)
def good_manners(request):
    """What a test made the portal do wrong ends with the test."""
    company = request.getfixturevalue("company") if "company" in request.fixturenames else None
    yield
    if company is not None:
        company.portal.clear_faults()
        company.portal.events(**BEHAVED)


@pytest.fixture
def client(company):
    """A client company and its contact."""
    return {"company": company.any_company(), "contact": company.any_contact()}


@pytest.fixture
def claims():
    """Claims of the test itself, beside those of the house: forgotten at its end."""
    handlers.load()
    jobs.load()
    kept = [(book, dict(book)) for book in (triggers._claims, triggers._requirements, schedule._jobs)]
    yield triggers._claims
    for book, before in kept:
        book.clear()
        book.update(before)


@pytest.fixture
def at_point(monkeypatch):
    """`at_point("read", act)`: do something once when the engine next passes that point."""

    def order(name: str, act) -> None:
        passed = []

        def reach(point: str) -> None:
            if point == name and not passed:
                passed.append(point)
                act()

        monkeypatch.setattr(failpoints, "reach", reach)

    return order
