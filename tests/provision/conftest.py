"""An integrator before a portal: `flask plan` and `flask apply` as they type them, and what the portal then has."""

import json
import os
import random
import subprocess
import sys
from dataclasses import dataclass

import pytest
from click.testing import CliRunner

import commands
from emulator.control import Control, free_port, running
from tests.company import ROOT

SCALE = 60
SECRETS = {"BITRIX_EVENT_TOKEN": "token-of-the-events", "ROBOT_SECRET": "secret-of-the-robots-and-rules"}


@dataclass
class Integrator:
    portal: Control
    environment: dict[str, str]

    def begin(self, *words: str) -> subprocess.Popen:
        """The command in a process of its own; it may be killed."""
        return subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "app", *words], cwd=ROOT, env={**os.environ, **self.environment},
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def type(self, name: str, *words: str) -> tuple[int, str]:
        """The exit code and all that was said; in this process, which has imported everything already."""
        command = next(one for one in commands.COMMANDS if one.name == name)
        done = CliRunner().invoke(command, words, env=self.environment)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.exit_code, done.output

    def plan(self) -> list[tuple[str, str, str]]:
        """(kind, place, what) of each step."""
        _, said = self.type("plan", "--json")
        return [(step["kind"], step["place"], step["what"]) for step in json.loads(said)["steps"]]

    def kinds(self) -> set[str]:
        return {kind for kind, *_ in self.plan()}

    def ask(self, method: str, **params: object) -> object:
        """As the portal's administrator."""
        return self.portal.act(1, method, params)

    def funnels(self) -> dict[str, dict]:
        """By title."""
        return {row["name"]: row for row in self.ask("crm.category.list", entityTypeId=2)["categories"]}

    def stages(self, title: str) -> list[tuple[str, str]]:
        """(code, title) of a funnel's stages in their order."""
        return self.stages_of(self.funnels()[title]["id"])

    def stages_of(self, number: int) -> list[tuple[str, str]]:
        """The same of a funnel by its number."""
        place = f"DEAL_STAGE_{number}" if number else "DEAL_STAGE"
        rows = self.ask("crm.status.list", filter={"ENTITY_ID": place}, order={"SORT": "ASC"})
        return [(row["STATUS_ID"].rpartition(":")[2], row["NAME"]) for row in rows]

    def goods(self, section: str) -> list[str]:
        """What a section of the catalogue holds."""
        [number] = [row["ID"] for row in self.ask("crm.productsection.list", filter={"NAME": section})]
        return sorted(row["NAME"] for row in self.ask("crm.product.list", filter={"SECTION_ID": number}))

    def folders(self, path: str = "") -> list[str]:
        """What lies in a folder of the company's Disk."""
        [storage] = self.ask("disk.storage.getlist", filter={"ENTITY_TYPE": "common"})
        number = storage["ROOT_OBJECT_ID"]
        for name in filter(None, path.split("/")):
            [number] = [row["ID"] for row in self.ask("disk.folder.getchildren", id=number) if row["NAME"] == name]
        return [row["NAME"] for row in self.ask("disk.folder.getchildren", id=number)]

    def option(self, field: str, word: str) -> str:
        """The portal's id of an option."""
        return next(one["ID"] for one in self.fields()[field]["LIST"] if one["VALUE"] == word)

    def fields(self, of: str = "deal") -> dict[str, dict]:
        """By code."""
        rows = self.ask(f"crm.{of}.userfield.list", filter={"LANG": "ru"})
        return {row["FIELD_NAME"]: row for row in rows}

    def whole(self) -> dict:
        """All that provisioning makes, without ids."""
        titles = self.funnels()
        return {
            "funnels": sorted((title, row["sort"], row["originId"]) for title, row in titles.items()),
            "stages": {title: self.stages(title) for title in titles if titles[title]["id"]},
            "fields": {
                of: {
                    code: (row["USER_TYPE_ID"], row["MULTIPLE"], row["EDIT_FORM_LABEL"], sorted(map(str, row["SETTINGS"])),
                           [option["VALUE"] for option in row.get("LIST") or []])
                    for code, row in self.fields(of).items()
                }
                for of in ("deal", "company")
            },
            "cards": {title: self._card(row["id"]) for title, row in titles.items()},
            "folders": {path: self.folders(path) for path in ("Отчёты",)},
        }  # fmt: skip

    def _card(self, category: int) -> object:
        extras = {"dealCategoryId": category}
        return self.ask("crm.item.details.configuration.get", entityTypeId=2, scope="C", extras=extras)


@pytest.fixture
def limits():
    return f"scaled:{SCALE}"


@pytest.fixture
def integrator(tmp_path, limits):
    """Before a portal just registered, which rings where `flask web` would listen."""
    port = free_port()
    doorbell, token = f"http://127.0.0.1:{port}/hook/b24", SECRETS["BITRIX_EVENT_TOKEN"]
    with running(seed="bare", limits=limits, events_to=doorbell, event_token=token) as portal:
        settings = {"DATABASE_URL": f"sqlite:///{tmp_path}/voronka.sqlite", "LIMITS": limits, "PORT": str(port)}
        yield Integrator(portal, {**SECRETS, **settings, "BITRIX_WEBHOOK_URL": portal.webhook_url})


@pytest.fixture
def dice(request):
    """The same every time."""
    return random.Random(request.node.name)
