"""Debian's Chromium, driven over its own protocol through a pipe: nothing to install but the browser itself.

Elements are found as a person names them (a button's words, a field's label) or by CSS, and every look waits until
what it looks for is there. https://chromedevtools.github.io/devtools-protocol/
"""

import base64
import fcntl
import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = (
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars", "--lang=ru-RU", "--remote-debugging-pipe",
)  # fmt: skip
WAIT = 60.0
LOOK_AGAIN = 0.05
KEYS = {"Enter": ("\r", 13), "Escape": ("", 27), "Tab": ("", 9), "ArrowDown": ("", 40), "ArrowUp": ("", 38),
        "ArrowLeft": ("", 37), "ArrowRight": ("", 39)}  # fmt: skip
MODIFIERS = {"Alt": 1, "Control": 2, "Shift": 8}
FIND = Path(__file__).with_name("chromium_find.js").read_text()


class NotSeen(AssertionError):
    """What was waited for did not come."""


class Chromium:
    """One browser process with an empty profile; ended by close()."""

    def __init__(self):
        self._profile = mkdtemp(prefix="voronka-chromium-")
        theirs_in, self._out = _pipe()
        self._in, theirs_out = _pipe()
        command = [PROGRAM, *QUIET, f"--user-data-dir={self._profile}", "about:blank"]
        self._process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, pass_fds=(3, 4),
            preexec_fn=lambda: (os.dup2(theirs_in, 3), os.dup2(theirs_out, 4)), start_new_session=True,
        )  # fmt: skip
        os.close(theirs_in)
        os.close(theirs_out)
        self._number, self._rest, self._answers = 0, b"", {}
        self.listeners: dict[str, Callable[[str, dict], None]] = {}

    def ask(self, method: str, session: str | None = None, **params: object) -> dict:
        """One command of the protocol and its answer."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        os.write(self._out, json.dumps(message | ({"sessionId": session} if session else {})).encode() + b"\0")
        until = time.monotonic() + WAIT
        while self._number not in self._answers:
            self._read(until - time.monotonic(), method)
        answer = self._answers.pop(self._number)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']['message']}")
        return answer["result"]

    def _read(self, seconds: float, waiting_for: str) -> None:
        if seconds <= 0 or not select.select([self._in], [], [], seconds)[0]:
            raise NotSeen(f"Chromium did not answer {waiting_for} within {WAIT:.0f} s")
        *messages, self._rest = (self._rest + os.read(self._in, 1 << 20)).split(b"\0")
        for message in map(json.loads, messages):
            if "id" in message:
                self._answers[message["id"]] = message
            elif listener := self.listeners.get(message.get("sessionId", "")):
                listener(message["method"], message["params"])

    def new_page(self, width: int = 1440, height: int = 900) -> "Page":
        """A page with storage of its own."""
        context = self.ask("Target.createBrowserContext")["browserContextId"]
        target = self.ask("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        return Page(self, context, session, width, height)

    def close(self) -> None:
        os.close(self._out)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._in)
        shutil.rmtree(self._profile, ignore_errors=True)


def _pipe() -> tuple[int, int]:
    """Both ends far from 3 and 4, the numbers Chromium expects its own at."""
    ends = os.pipe()
    high = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 64) for end in ends]
    for end in ends:
        os.close(end)
    return tuple(high)


class Page:
    """`faults`: what its scripts tripped over, what it was not allowed to load, and what it said to the console."""

    def __init__(self, browser: Chromium, context: str, session: str, width: int, height: int):
        self._browser, self._context, self._session = browser, context, session
        self.faults: list[str] = []
        self._drag: dict | None = None
        browser.listeners[session] = self._hear
        for domain in ("Page", "Runtime", "Log"):
            self.ask(f"{domain}.enable")
        self.ask("Input.setInterceptDrags", enabled=True)
        self.resize(width, height)

    def ask(self, method: str, **params: object) -> dict:
        return self._browser.ask(method, self._session, **params)

    def _hear(self, event: str, said: dict) -> None:
        if event == "Runtime.exceptionThrown":
            thrown = said["exceptionDetails"]
            self.faults.append(thrown.get("exception", {}).get("description") or thrown["text"])
        elif event == "Log.entryAdded" and said["entry"]["level"] == "error" and said["entry"]["source"] != "network":
            self.faults.append(said["entry"]["text"])
        elif event == "Runtime.consoleAPICalled" and said["type"] in ("error", "assert"):
            self.faults.append(" ".join(str(one.get("value", one.get("description"))) for one in said["args"]))
        elif event == "Page.javascriptDialogOpening":
            self.faults.append(f"dialog: {said['message']}")
        elif event == "Input.dragIntercepted":
            self._drag = said["data"]

    def resize(self, width: int, height: int) -> None:
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def before_scripts(self, source: str) -> None:
        self.ask("Page.addScriptToEvaluateOnNewDocument", source=source)

    def goto(self, address: str) -> None:
        self.ask("Page.navigate", url=address)

    def evaluate(self, expression: str) -> object:
        answer = self.ask("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"].get("exception", {}).get("description", expression))
        return answer["result"].get("value")

    def screenshot(self, path: Path | str) -> None:
        Path(path).write_bytes(base64.b64decode(self.ask("Page.captureScreenshot", format="png")["data"]))

    def press(self, keys: str) -> None:
        """«Enter», «Alt+ArrowRight», «/»: on whatever has the focus."""
        *held, key = keys.split("+")
        text, code = KEYS.get(key, (key, ord(key[0].upper())))
        modifiers = sum(MODIFIERS[one] for one in held)
        said = {"key": key, "windowsVirtualKeyCode": code, "modifiers": modifiers}
        self.ask("Input.dispatchKeyEvent", type="keyDown", **said, **({"text": text} if text and not held else {}))
        self.ask("Input.dispatchKeyEvent", type="keyUp", **said)

    def type(self, text: str) -> None:
        self.ask("Input.insertText", text=text)

    def mouse(self, kind: str, at: tuple[float, float], **more: object) -> None:
        more = {"button": "left", "clickCount": 1} | more
        self.ask("Input.dispatchMouseEvent", type=kind, x=at[0], y=at[1], **more)

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Take hold, carry, let go: as the browser itself tells a page about it."""
        self._drag = None
        self.mouse("mouseMoved", start, button="none")
        self.mouse("mousePressed", start)
        for step in (4, 12):
            self.mouse("mouseMoved", (start[0] + step, start[1] + step), buttons=1)
        wait_until(lambda: self._drag or self.evaluate("0"), "a drag to begin")
        for kind in ("dragEnter", "dragOver", "drop"):
            self.ask("Input.dispatchDragEvent", type=kind, x=end[0], y=end[1], data=self._drag)
        self.mouse("mouseReleased", end)

    def close(self) -> None:
        self._browser.ask("Target.disposeBrowserContext", browserContextId=self._context)
        self._browser.listeners.pop(self._session, None)

    # -- what is on it

    def locator(self, css: str, has_text: str = "") -> "Locator":
        return Locator(self, ()).locator(css, has_text)

    def button(self, name: str, exact: bool = True) -> "Locator":
        return Locator(self, ()).button(name, exact)

    def labelled(self, name: str) -> "Locator":
        return Locator(self, ()).labelled(name)

    def text(self, words: str) -> "Locator":
        return Locator(self, ({"text": words},))


class Locator:
    """Where to look, again at every use; the first visible one is taken."""

    def __init__(self, page: Page, steps: tuple[dict, ...]):
        self.page, self._steps = page, steps

    def locator(self, css: str, has_text: str = "") -> "Locator":
        return Locator(self.page, (*self._steps, {"css": css, "hasText": has_text}))

    def button(self, name: str, exact: bool = True) -> "Locator":
        return Locator(self.page, (*self._steps, {"button": name, "exact": exact}))

    def labelled(self, name: str) -> "Locator":
        return Locator(self.page, (*self._steps, {"label": name}))

    def nth(self, at: int) -> "Locator":
        return Locator(self.page, (*self._steps, {"nth": at}))

    def on_each(self, body: str) -> object:
        """What a JavaScript function of the array `found` returns."""
        steps = json.dumps(self._steps, ensure_ascii=False)
        return self.page.evaluate(f"((found) => {{ {body} }})(({FIND})({steps}))")

    def count(self) -> int:
        return self.on_each("return found.length")

    def wait(self) -> "Locator":
        wait_until(
            lambda: self.on_each("return found.some((one) => one.checkVisibility())"), f"{self._steps} to be seen"
        )
        return self

    def wait_gone(self) -> None:
        wait_until(
            lambda: not self.on_each("return found.some((one) => one.checkVisibility())"), f"{self._steps} to go"
        )

    def _of_first(self, body: str) -> object:
        self.wait()
        return self.on_each(f"const it = found.find((one) => one.checkVisibility()); {body}")

    def words(self) -> str:
        """Its text as it is read, with ordinary spaces."""
        return self._of_first("return it.innerText").replace("\xa0", " ").replace("\u202f", " ")

    def value(self, name: str) -> object:
        """A property of its element."""
        return self._of_first(f"return it[{json.dumps(name)}]")

    def box(self) -> dict:
        """Where it stands: left, right, top, bottom, width, height."""
        return self._of_first("return it.getBoundingClientRect().toJSON()")

    def middle(self) -> tuple[float, float]:
        """Scrolled to, and standing still."""
        body = """it.scrollIntoView({block: "center", inline: "nearest"});
            const box = it.getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2]"""
        before, at = None, self._of_first(body)
        while at != before:
            time.sleep(LOOK_AGAIN)
            before, at = at, self._of_first(body)
        return tuple(at)

    def click(self) -> None:
        at = self.middle()
        self.page.mouse("mouseMoved", at, button="none")
        self.page.mouse("mousePressed", at)
        self.page.mouse("mouseReleased", at)

    def focus(self) -> None:
        self._of_first("it.focus()")

    def fill(self, text: str) -> None:
        self._of_first("it.focus(); it.select?.()")
        self.page.type(text)

    def choose(self, title: str) -> None:
        """An option of a select, by its words."""
        self._of_first(f"""const wanted = [...it.options].find((one) => one.label === {json.dumps(title)});
            it.value = wanted.value; it.dispatchEvent(new Event("input", {{bubbles: true}}));
            it.dispatchEvent(new Event("change", {{bubbles: true}}))""")

    def drag_to(self, target: "Locator") -> None:
        """Both must have room on the page at the same time."""
        target.middle()
        self.page.drag(self.middle(), target.middle())


def overlap(one: dict, other: dict) -> float:
    """The area that two boxes share."""
    across = min(one["right"], other["right"]) - max(one["left"], other["left"])
    upright = min(one["bottom"], other["bottom"]) - max(one["top"], other["top"])
    return max(0, across) * max(0, upright)


def wait_until(true: Callable[[], object], what: str) -> None:
    until = time.monotonic() + WAIT
    while not true():
        if time.monotonic() > until:
            raise NotSeen(f"Waited {WAIT:.0f} s for {what}")
        time.sleep(LOOK_AGAIN)
