"""docs/administrator.ru.md, «Перед запуском отчётов»: what it says is found, is found."""

import json
import re
import shutil
from pathlib import Path

import pytest

from config import FOLDER, ConfigError, company, load
from provision import check
from tests.provision.conftest import integrator, limits  # noqa: F401  (fixtures)
from tests.web.process import running

PAGE = (Path(__file__).parents[2] / "docs/administrator.ru.md").read_text(encoding="utf-8")
TABLE = PAGE.partition("## Перед запуском отчётов")[2].partition("\n## ")[0]
REPRESENTATIVES = FOLDER / "representatives.yaml"


def row(word: str) -> str:
    """The row that says that, and `flask check` is how to find out."""
    [line] = [line for line in TABLE.splitlines() if line.startswith("|") and word in line]
    assert "`flask check`" in line.rpartition(" | ")[2]
    return line


def found(said: str, word: str) -> dict:
    """The one finding that names it."""
    [finding] = [one for one in map(json.loads, said.splitlines()) if word in one["what"]]
    return finding


@pytest.mark.parametrize("who", ["user", "coordinator"])
def test_the_check_names_a_representative_or_a_coordinator_whom_the_portal_does_not_have(integrator, who):  # noqa: F811
    assert "представители: почта, координатор" in row("`config/representatives.yaml`")
    integrator.portal.reset("empty")
    integrator.type("apply")
    one = next(iter(company().representatives.values()))
    email = getattr(one, who)
    [user] = integrator.ask("user.get", FILTER={"EMAIL": email})
    integrator.ask("user.update", ID=user["ID"], EMAIL="another@sferotek.example")
    finding = found(integrator.type("check", "--no-ring", "--json")[1], email)
    what = {"user": "representative", "coordinator": "coordinator"}[who]
    assert finding["state"] == "error"
    assert f"{what}, {one.city}" in finding["what"]
    assert "config/representatives.yaml" in finding["do"]


@pytest.mark.parametrize(
    ("right", "mistaken"),
    [
        ("advance: 15000", "advance: много"),
        ("limit: 3000", "limit: -1"),
        ("start: 2023-04-03", "start: 31.02.2023"),
        (", start: 2023-04-03", ""),
        ("user: shmidt@sferotek.example", "user: shmidt"),
        ("coordinator: belova@sferotek.example", "coordinator: Белова"),
        ("city: Калининград", "city: Калинингад"),
    ],
)
def test_what_a_representative_cannot_have_is_named_with_its_line(tmp_path, right, mistaken):
    """Every command reads config/ first, `flask check` too."""
    folder = Path(shutil.copytree(FOLDER, tmp_path / "config", ignore=shutil.ignore_patterns("*.py")))
    text = REPRESENTATIVES.read_text(encoding="utf-8")
    (folder / REPRESENTATIVES.name).write_text(text.replace(right, mistaken, 1), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"representatives\.yaml, line \d+"):
        load(folder)


@pytest.mark.parametrize("event", ["ONCRMCOMPANYADD", "ONCRMCOMPANYUPDATE"])
def test_the_check_names_an_event_that_the_outgoing_webhook_lacks(integrator, monkeypatch, event):  # noqa: F811
    assert re.findall(r"`(ON\w+)`", row("`ONCRMCOMPANYADD`")) == ["ONCRMCOMPANYADD", "ONCRMCOMPANYUPDATE"]
    monkeypatch.setattr(check, "RING_SECONDS", 5)
    integrator.portal.reset("empty")
    integrator.type("apply")
    integrator.portal.events(without=[event])
    settings = {name.lower(): value for name, value in integrator.environment.items()}
    with running("web", **settings) as web:
        web.wait_until_it_answers()
        finding = found(integrator.type("check", "--json")[1], event)
    assert finding["what"] == f"the portal rang, but {event} did not come within 5 s"
    assert "Add these events" in finding["do"]
