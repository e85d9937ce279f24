"""The portal and the layer, each a process of its own. They end with the demonstration, however that ends."""

import ctypes
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.error import URLError
from urllib.request import urlopen

from config.settings import Settings
from demo.one_c import OneC
from emulator.control import Control

ROOT = Path(__file__).parent.parent
LOGS = ROOT / "var" / "demo"
MEMORY = Path("/dev/shm")
HOST = "127.0.0.1"
SCALE = 60
PRICES_OF_DISTRIBUTOR, PRICES_FROM = Decimal("0.8"), "01.01.2026"
LIMITS = f"scaled:{SCALE}"
START_SECONDS, END_SECONDS = 60, 20
SET_PARENT_DEATH_SIGNAL = 1  # of prctl(2)
WAITING = ("voronka_open_runs", "voronka_waiting_rings", "voronka_waiting_commands")
_c_library = ctypes.CDLL(None)  # opened before any fork


class DidNotStart(RuntimeError):
    """One of the two processes does not run; the text says which and where its log is."""


class Server:
    """A process with its log in a file."""

    def __init__(self, name: str, command: Sequence[str], environment: Mapping[str, str]):
        self.name, self.log = name, LOGS / f"{name}.log"
        self.log.parent.mkdir(parents=True, exist_ok=True)
        parent = os.getpid()
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", *command], cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=log,
                stderr=log, start_new_session=True, preexec_fn=lambda: _die_with(parent),
            )  # fmt: skip

    def wait_until(self, answers: Callable[[], bool]) -> None:
        """Return when it answers. Raises DidNotStart."""
        until = time.monotonic() + START_SECONDS
        while not answers():
            self.check()
            if time.monotonic() > until:
                raise DidNotStart(f"{self.name} не отвечает {START_SECONDS} с. Журнал: {self.log}")
            time.sleep(0.1)

    def check(self) -> None:
        """Raises DidNotStart if it has ended."""
        if self._process.poll() is not None:
            raise DidNotStart(f"{self.name} завершился с кодом {self._process.returncode}. Журнал: {self.log}")

    def close(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class Layer(Server):
    """`flask serve`: receiver, worker and clock."""

    def __init__(self, port: int, environment: Mapping[str, str]):
        super().__init__("layer", ("flask", "--app", "app", "serve"), environment)
        self.url = f"http://{HOST}:{port}"
        self.one_c = OneC(self.url, environment["ONEC_TOKEN"])

    def is_well(self) -> bool:
        """Receiver, worker, clock and observer have given a sign of life, and the portal answers them."""
        return self._page("/healthz") is not None

    def is_quiet(self) -> bool:
        """Nothing rang, no command waits, no run is open."""
        figures = dict(re.findall(r"^(\w+) (\S+)$", self._page("/metrics") or "", re.MULTILINE))
        return all(float(figures.get(name, 1)) == 0 for name in WAITING)

    def _page(self, path: str) -> str | None:
        try:
            with urlopen(self.url + path, timeout=5) as answer:
                return answer.read().decode()
        except (URLError, OSError):
            return None


@contextmanager
def portal_and_layer(portal_port: int, layer_port: int) -> Iterator[tuple[Control, Layer, Server]]:
    """Both of them, ready, on these ports or on free ones where they are taken. Raises DidNotStart.

    Gives the hand that plays the portal's people, and the two processes.
    """
    portal_port, layer_port = _free(portal_port), _free(layer_port)
    token, event_token = secrets.token_hex(16), secrets.token_hex(16)
    control = Control(f"http://{HOST}:{portal_port}", token)
    options = {
        "port": portal_port, "seed": "staff", "limits": LIMITS, "token": token, "event-token": event_token,
        "events-to": f"http://{HOST}:{layer_port}/hook/b24",
    }  # fmt: skip
    with ExitStack() as ending:
        folder = ending.enter_context(TemporaryDirectory(prefix="voronka-demo-", dir=_quick_folder()))
        portal = ending.enter_context(closing(Server("portal", ("emulator", *_as_words(options)), os.environ)))
        portal.wait_until(lambda: _answers(control))
        environment = _environment(control, event_token, layer_port, folder)
        _set_up(control, environment)
        layer = ending.enter_context(closing(Layer(layer_port, environment)))
        layer.wait_until(layer.is_well)
        yield control, layer, portal


def _set_up(control: Control, environment: Mapping[str, str]) -> None:
    """What an administrator does first: `flask apply`. Then the portal has lived for a while. Raises DidNotStart."""
    log = _run("apply", environment, "apply")
    requests = control.requests()["http"]
    print(
        f"flask apply завёл на пустом портале воронки, поля, карточки и папки: запросов — {requests}. {log}", flush=True
    )
    control.live_through_history()
    _enter_prices(control, environment)


def _enter_prices(control: Control, environment: Mapping[str, str]) -> None:
    """The head of the distributor's direction has its price list entered: four fifths of the catalogue's prices."""
    goods = [one for start in (0, 50) for one in control.act_fully(1, "crm.product.list", {"start": start})["result"]]
    priced = [(one["NAME"], Decimal(str(one["PRICE"] or 0)) * PRICES_OF_DISTRIBUTOR) for one in goods]
    lines = [f"{name};{price:.2f}" for name, price in priced if price]
    table = LOGS / "Прайс-лист дистрибьютора.csv"
    table.write_text("\n".join(["Товар;Цена", *lines]), encoding="utf-8")
    _run("prices", environment, "prices", "load", str(table), "--from", PRICES_FROM)


def _run(name: str, environment: Mapping[str, str], *words: str) -> Path:
    """A command of the layer; returns where it said what. Raises DidNotStart."""
    log = LOGS / f"{name}.log"
    with log.open("wb") as said:
        command = (sys.executable, "-m", "flask", "--app", "app", *words)
        done = subprocess.run(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
    if done.returncode:
        raise DidNotStart(f"flask {words[0]} завершился с кодом {done.returncode}. Журнал: {log}")
    return log


def _environment(portal: Control, event_token: str, port: int, folder: str) -> dict[str, str]:
    """Of the layer: its secrets travel here, not on a command line. Empty words win over a `.env` that lies about."""
    nothing = {name.upper(): "" for name in Settings.model_fields}
    return {**os.environ, **nothing} | {
        "BITRIX_WEBHOOK_URL": portal.webhook_url,
        "BITRIX_EVENT_TOKEN": event_token,
        "ROBOT_SECRET": secrets.token_hex(16),
        "ONEC_TOKEN": secrets.token_hex(32),
        "DATABASE_URL": f"sqlite:///{folder}/voronka.sqlite",
        "PORT": str(port),
        "LIMITS": LIMITS,
        "LOOK_EVERY_SECONDS": "1",
        "TICK_SECONDS": "1",
        "LOOK_GAP_SECONDS": "0.2",
        "OFFICE": "auto" if shutil.which("soffice") else "off",  # the same comments on every machine
    }


def _quick_folder() -> Path | None:
    """Where a database that is thrown away commits without a disk, unless somebody names a place (TMPDIR)."""
    return MEMORY if os.access(MEMORY, os.W_OK) and "TMPDIR" not in os.environ else None


def _as_words(options: Mapping[str, object]) -> list[str]:
    return [word for name, value in options.items() for word in (f"--{name}", str(value))]


def _answers(portal: Control) -> bool:
    try:
        portal.time()
    except OSError:
        return False
    return True


def _free(port: int) -> int:
    """The port, or another one where it is taken."""
    for wanted in (port, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, wanted))
            except OSError:
                continue
            return probe.getsockname()[1]
    raise DidNotStart("На этой машине нет свободного порта.")


def _die_with(parent: int) -> None:
    """Have the kernel kill this process when the demonstration ends, however it ends (Linux; elsewhere nothing)."""
    if sys.platform.startswith("linux"):
        _c_library.prctl(SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)
