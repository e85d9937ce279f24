"""The pages for whoever edits config/ and whoever sets a portal up say what is true."""

import re
import shutil
from pathlib import Path

import pytest
import yaml

from config import FOLDER, ConfigError, load
from provision import by_hand, check

DOCS = Path(__file__).parent.parent.parent / "docs"
PAGE = (DOCS / "configuration.md").read_text(encoding="utf-8")
STEPS = (DOCS / "administrator.ru.md").read_text(encoding="utf-8")


def test_the_annotated_process_is_the_one_that_runs():
    [shown] = re.findall(r"```yaml\n(.+?)```", PAGE, re.DOTALL)
    file = (FOLDER / "processes/logistics.yaml").read_text(encoding="utf-8")
    assert yaml.safe_load(shown) == yaml.safe_load(file)


def test_the_mistake_that_is_shown_is_said_so(tmp_path):
    folder = Path(shutil.copytree(FOLDER, tmp_path / "config", ignore=shutil.ignore_patterns("*.py")))
    file = folder / "processes/logistics.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("[READY]", "[REDY]", 1), encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        load(folder)
    assert f"    {refused.value}\n" in PAGE


def test_every_file_of_the_folder_is_explained():
    named = {path.name for path in FOLDER.glob("*.yaml")}
    assert named - set(re.findall(r"`(\w+\.yaml)`", PAGE)) == set()


def test_an_administrator_is_led_in_twelve_steps():
    assert [int(number) for number in re.findall(r"^\*\*(\d+)\. ", STEPS, re.MULTILINE)] == list(range(1, 13))


def test_the_rights_and_events_of_the_page_are_those_that_are_needed():
    assert set(re.findall(r"\(`(\w+)`\)", STEPS)) == check.SCOPES.keys()
    assert set(re.findall(r"`(ON\w+)`", STEPS)) == {*by_hand.EVENTS}
