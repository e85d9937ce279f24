"""A whole story with canaries for secrets: none of them is in anything that the layer writes, says or answers.

RELIABILITY S19–S27; of the client alone: tests/bitrix/test_secrets.py.
"""

import ast
import base64
import json
import re
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote

import pytest
import requests

from bitrix.client import Portal
from config import company as the_company
from emulator.control import free_port
from emulator.control import running as running_portal
from engine.dictionary import Dictionary
from tests.company import Company
from tests.web.process import children_of, flask, running, wait_for

ROOT = Path(__file__).parent.parent
WEBHOOK = "canaryA0webhook1b2c3d4e5"
NEW_WEBHOOK = "canaryG6webhook1b2c3d4e5"
EVENTS = "canaryB1events6f7a8b9c0d"
HOOK = "canaryC2hook1e2f3a4b5c6d"
ROBOT = "canaryD3robot7e8f9a0b1c2d"
ONEC = "canaryF5onec1b2c3d4e5f6a"
PASSWORD = "canaryE4password3e4f5a6b"
FILE_FIELD = "UF_CRM_SF_FILES"


def forms(secret: str) -> set[str]:
    """The secret as it is, and as part of base64 wherever it begins there."""
    found = {secret, quote(secret, safe="")}
    for lead in range(3):
        encoded = base64.b64encode(b"\0" * lead + secret.encode()).decode()
        found.add(encoded[4 if lead else 0 : -4])
    return found


class Story:
    """Two processes of the layer beside an emulated portal, and everything that was heard from them."""

    def __init__(self, folder: Path, portal, port: int):
        self.folder, self.portal, self.port = folder, portal, port
        self.heard: list[str] = []
        self.settings = {
            "bitrix_webhook_url": portal.webhook_url, "bitrix_event_token": EVENTS, "hook_secret": HOOK, "robot_secret": ROBOT,
            "onec_token": ONEC, "database_url": f"sqlite:///{folder}/voronka.sqlite", "limits": "scaled:200",
            "look_every_seconds": "0.5", "tick_seconds": "0.5", "port": str(port),
        }  # fmt: skip
        self.address = f"http://127.0.0.1:{port}"
        self.company = Company(portal, None, f"{self.address}/hook/b24/{HOOK}")
        self.processes = []

    def __enter__(self) -> "Story":
        self._stack = ExitStack()
        for command in ("web", "worker"):
            self.processes.append(self._stack.enter_context(running(command, **self.settings)))
        wait_for(self.is_well, "everything is well")
        return self

    def __exit__(self, *failed: object) -> None:
        for process in self.processes:
            if not any(failed):
                process.end()
            self.heard += process.lines
        self._stack.close()

    def is_well(self) -> bool:
        try:
            return self.get("/healthz").status_code == 200
        except requests.ConnectionError:
            return False

    def get(self, path: str) -> requests.Response:
        return self._keep(requests.get(self.address + path, timeout=20))

    def post(self, path: str, **how: object) -> requests.Response:
        return self._keep(requests.post(self.address + path, timeout=20, **how))

    def _keep(self, answer: requests.Response) -> requests.Response:
        self.heard += [answer.text, *(f"{name}: {value}" for name, value in answer.headers.items())]
        return answer

    def run(self, *words: str, **settings: str) -> str:
        done = flask(*words, **self.settings | {"port": str(free_port())} | settings)
        self.heard += [done.stdout, done.stderr]
        return done.stdout + done.stderr

    def command_lines(self) -> None:
        """What `ps` shows of our processes."""
        for process in self.processes:
            for pid in (process.process.pid, *children_of(process.process.pid)):
                self.heard.append(Path(f"/proc/{pid}/cmdline").read_text())

    def everything(self) -> dict[str, bytes]:
        """By where it was found: what was heard, every file that was written, what people read on the portal."""
        files = {str(path): path.read_bytes() for path in self.folder.rglob("*") if path.is_file()}
        written = [one["params"] for one in self.portal.log() if one["via"] == "webhook"]
        return files | {
            "heard": "\n".join(self.heard).encode(),
            "written on the portal": json.dumps(written, ensure_ascii=False).encode(),
        }


@pytest.fixture
def story(tmp_path):
    port = free_port()
    doorbell = f"http://127.0.0.1:{port}/hook/b24/{HOOK}"
    with running_portal(
        seed="demo", limits="scaled:200", token=WEBHOOK, events_to=doorbell, event_token=EVENTS
    ) as portal:
        yield Story(tmp_path, portal, port)


def meet_faults(story: Story, deal: int) -> None:
    """Every kind of trouble on the way, and a refusal that quotes the address."""
    quoted = f"POST https://company.bitrix24.ru/rest/1/{WEBHOOK}/crm.item.update?auth={WEBHOOK} failed"
    for kind, how in (
        ("refuse", {"code": "QUERY_LIMIT_EXCEEDED", "status": 503}), ("cut_before", {}), ("cut_after", {}), ("half", {}),
        ("html", {}), ("slow", {"seconds": 0.5}), ("redirect", {}), ("error200", {"description": quoted}),
        ("wrong_after", {"code": f"/rest/1/{WEBHOOK}/", "status": 500}),
    ):  # fmt: skip
        story.portal.fault(kind, method="crm.stagehistory.list", **how)
    wait_for(lambda: not story.portal.faults_waiting(), "every fault was met", 60)
    story.portal.fault("refuse", method="crm.item.update", code="ERROR_CORE", description=quoted, status=400)
    story.company.move(deal, "QUALIFY")
    wait_for(lambda: "ERROR_CORE" in story.run("failures"), "the refusal is a dead letter")


def knock(story: Story) -> None:
    """Forged and malformed events, wrong and right secrets, secrets in the wrong places."""
    event = {"event": "ONCRMDEALUPDATE", "data[FIELDS][ID]": "7", "auth[application_token]": EVENTS}
    for changed in ({"auth[application_token]": HOOK}, {"event": EVENTS + "\n"}, {"data[FIELDS][ID]": ROBOT}, {}):
        story.post(f"/hook/b24/{HOOK}", data=event | changed)
    for path in ("/hook/b24", f"/hook/b24/{EVENTS}", f"/robot/{HOOK}/make_document", f"/robot/{ROBOT}/{EVENTS}"):
        story.post(path, data=event)
        story.post(f"{path}?auth[application_token]={EVENTS}", data=b"\xff" * 70_000)
        story.get(path)
    payment = {"document": "p1", "date": "2026-11-23", "sum": "1.00", "number": "1", "deal": 7}
    for token in (ONEC, f"{ONEC}x", ROBOT, ""):
        for document in (payment, {**payment, "sum": token}, []):
            story.post("/hook/1c/payment", json=document, headers={"Authorization": f"Bearer {token}"})
        story.post(f"/hook/1c/payment?token={token}", json=payment, headers={"Authorization": token})
    for path in ("/healthz", "/metrics", f"/{WEBHOOK}"):
        story.get(path)


def configure_badly(story: Story) -> None:
    """Wrong settings and a database that is not there, with every command that reads them."""
    for wrong in (
        {"bitrix_webhook_url": f"https://company.bitrix24.ru/rest/1/{WEBHOOK}/crm.item.list"},
        {"bitrix_webhook_url": f"https://127.1/rest/1/{WEBHOOK}/"},
        {"robot_secret": f"{ROBOT}!"},
        {"onec_token": f"{ONEC}!"},
        {"limits": ROBOT},
        {"database_url": f"postgresql+psycopg://voronka:{PASSWORD}@127.0.0.1:1/voronka"},
        {"database_url": f"postgresql+psycopg://voronka:p@{PASSWORD}@127.0.0.1:1/voronka"},
        {"database_url": f"postgresql+psycopg://voronka:p@x:{PASSWORD}@127.0.0.1/voronka"},
        {"database_url": f"mysql://voronka:{PASSWORD}@127.0.0.1/voronka"},
    ):
        story.run("worker", **wrong)
        story.run("health", **wrong)
    story.run("worker", bitrix_webhook_url=f"http://127.0.0.1:9/rest/1/{WEBHOOK}/")


@pytest.mark.slow
def test_no_secret_is_in_anything_that_the_layer_writes_says_or_answers(story):
    """S25."""
    with story:
        company = story.company
        company.dictionary = dictionary(story.portal)
        deal = company.new_deal(company=company.any_company(), contact=company.any_contact())
        company.attach(deal, "Договор.pdf")
        [file] = company.card(deal)[FILE_FIELD]
        download = file["url"].rpartition("token=")[2]
        wait_for(lambda: company.titles(deal), "the card's first task is there")
        meet_faults(story, deal)
        knock(story)
        story.run("failures", "--json")
        story.run("health")
        story.run("jobs")
        story.command_lines()
        story.portal.rotate_webhook(NEW_WEBHOOK)
        wait_for(lambda: not story.is_well(), "the revoked webhook is said")
        assert "BITRIX_WEBHOOK_URL" in story.get("/healthz").json()["portal"]["do"]
        assert 'voronka_portal_shut{reason="WebhookRefused"} 1.0' in story.get("/metrics").text
    configure_badly(story)
    found = story.everything()
    assert any(name.endswith("voronka.sqlite") for name in found)
    assert b"WebhookRefused" in found["heard"]
    for secret in (WEBHOOK, NEW_WEBHOOK, EVENTS, HOOK, ROBOT, ONEC, PASSWORD, download):
        for form in forms(secret):
            places = [
                f"{name}: …{around(content, form)}…" for name, content in found.items() if form.encode() in content
            ]
            assert not places, f"{form} is in {places}"


def dictionary(portal):
    """The portal's ids, for what people do."""
    return Dictionary.read(Portal(portal.webhook_url, limits="off"), the_company())


def around(content: bytes, form: str) -> str:
    at = content.find(form.encode())
    return content[max(0, at - 150) : at + 100].decode(errors="replace")


# — what must not stand in the code —

FORBIDDEN = {
    "verify=False": "certificates are always verified (S21)",
    "ssl=False": "certificates are always verified (S21)",
    "allow_redirects=True": "a redirect is never followed (S20)",
}
FORBIDDEN_NAMES = {"CERT_NONE", "_create_unverified_context", "disable_warnings", "follow_redirects"}


def _is_elsewhere(path: Path) -> bool:
    """Tests, what was installed, what was left behind."""
    return path.parts[0] in ("tests", "var") or any(
        part.startswith(".") or part == "node_modules" for part in path.parts
    )


def test_no_code_of_ours_trusts_a_bad_certificate_or_follows_a_redirect():
    """S20, S21: by the syntax tree, so that no comment or spacing hides it."""
    modules = [path for path in ROOT.rglob("*.py") if not _is_elsewhere(path.relative_to(ROOT))]
    assert len(modules) > 80
    for path in modules:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.keyword):
                said = f"{node.arg}={ast.unparse(node.value)}"
                assert said not in FORBIDDEN, f"{path.name}, line {node.value.lineno}: {FORBIDDEN[said]}"
            name = getattr(node, "attr", None) or getattr(node, "id", None)
            assert name not in FORBIDDEN_NAMES, f"{path.name}, line {node.lineno}: {name}"


def test_every_request_to_the_portal_says_that_no_redirect_is_followed():
    """S20: the library's default would follow one. What bulk reading sends is stopped by its own guard."""
    tree = ast.parse((ROOT / "bitrix" / "wire.py").read_text(encoding="utf-8"))
    posts = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "session.post"]
    assert len(posts) == 1
    assert "allow_redirects=False" in ast.unparse(posts[0])


SECRET = re.compile(r"https?://[\w.-]+/rest/\d+/(?!put-the-code-here|…)[A-Za-z0-9]{16,}/")


def test_no_webhook_stands_in_the_repository():
    """S31."""
    kinds = {".py", ".md", ".yaml", ".yml", ".toml", ".txt", ".example", ".html"}
    skipped = {".git", ".venv", "var", "tests", ".hypothesis", "__pycache__"}
    for path in ROOT.rglob("*"):
        if path.is_file() and path.suffix in kinds and not skipped & set(path.relative_to(ROOT).parts):
            assert not SECRET.search(path.read_text(encoding="utf-8")), path.relative_to(ROOT)
