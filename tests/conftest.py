"""Fixtures for all: `company`, a company at play, and `store`, the layer's database alone."""

import os
from collections import Counter

import pytest
from hypothesis import settings

from engine.storage import Storage
from tests.company import SCALE, playing
from tests.stores import new_store

settings.register_profile("unhurried", deadline=None)  # a busy machine is no mistake of ours
settings.load_profile("unhurried")

WITHOUT_OFFICE = "no LibreOffice on this machine"


def pytest_terminal_summary(terminalreporter) -> None:
    """What was left out for want of LibreOffice is counted aloud."""
    if left_out := _without_office(terminalreporter):
        terminalreporter.section("not tested on this machine")
        terminalreporter.line(f"{left_out} tests: {WITHOUT_OFFICE}; sh scripts/install-office")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session) -> None:
    """With VORONKA_WHOLE=office (.ci/run) that is a failure."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("VORONKA_WHOLE") == "office" and reporter is not None and _without_office(reporter):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _without_office(reporter) -> int:
    reasons = Counter(str(report.longrepr[2]) for report in reporter.stats.get("skipped", []))
    return sum(number for reason, number in reasons.items() if WITHOUT_OFFICE in reason)


@pytest.fixture
def company(request, tmp_path):
    """Portal, receiver and layer of one test; the portal's clock stands at Monday 23.11.2026 10:00 Moscow when it begins.

    It has customers but no deals, unless the test is marked with `seed("demo")`; `scale(40)` makes its cut and pauses longer.
    """
    seed, scale = request.node.get_closest_marker("seed"), request.node.get_closest_marker("scale")
    with playing(
        tmp_path, seed=seed.args[0] if seed else "customers", scale=scale.args[0] if scale else SCALE
    ) as company:
        yield company


@pytest.fixture
def office(tmp_path):
    """The same before its layer has gone live: `company.start_layer()` lets it. What people do until then fires nothing."""
    with playing(tmp_path, seed="customers", apart=True) as company:
        yield company


@pytest.fixture
def store(tmp_path):
    """A new database with its tables."""
    store = Storage(new_store(tmp_path))
    store.prepare()
    yield store
    store.close()
