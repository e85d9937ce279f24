from collections.abc import Iterator

import pytest

from bitrix.client import Portal
from emulator.control import Control, running
from tests.bitrix.odd_server import OddServer


@pytest.fixture
def emulated() -> Iterator[Control]:
    """A portal just registered, without limits: the hand that plays its people."""
    with running(seed="bare", limits="off") as control:
        yield control


@pytest.fixture
def portal(emulated: Control) -> Iterator[Portal]:
    """Our client on that portal."""
    client = Portal(emulated.webhook_url, limits="off")
    yield client
    client.close()


@pytest.fixture
def odd() -> Iterator[OddServer]:
    server = OddServer()
    yield server
    server.close()


@pytest.fixture
def odd_portal(odd: OddServer) -> Iterator[Portal]:
    """Our client on the odd server: a cut of 0.3 s, and patience of one."""
    client = Portal(odd.webhook(), limits="off", cut_seconds=0.3, slack_seconds=0.1, patience_seconds=1)
    yield client
    client.close()
