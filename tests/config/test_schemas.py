"""What an editor says of a file of config/ while it is written."""

import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml

from config import FOLDER
from config.source import Source
from docs import config_schemas

FILES = sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.yaml"))
MISTAKES = [
    ("processes/soft.yaml", "optional: true", "optinal: true", "'optinal' was unexpected"),
    ("processes/soft.yaml", "plan: 3рд", "plan: 3рм", "'3рм' does not match"),
    ("processes/soft.yaml", "type: money", "type: mony", "'mony' is not one of"),
    ("people.yaml", "pick: least_loaded", "pick: loaded", "'loaded' is not one of"),
    ("terms.yaml", "event: invoice", "event: invoced", "'invoced' is not one of"),
]


def schema_of(file: Path) -> dict:
    """The one that the first line of the file names."""
    first = file.read_text(encoding="utf-8").partition("\n")[0]
    named = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
    return json.loads((file.parent / named[1]).read_text(encoding="utf-8"))


def test_the_schemas_are_those_of_the_models():
    for path, text in config_schemas.texts().items():
        assert path.read_text(encoding="utf-8") == text, "run make docs"


@pytest.mark.parametrize("name", FILES)
def test_a_file_fits_the_schema_that_it_names(name):
    schema = schema_of(FOLDER / name)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(Source(FOLDER, name).content, schema)


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_read_by_every_reader_of_yaml(name):
    """The one written in Python is stricter than the one in C that is used here; those of editors are, too."""
    yaml.load((FOLDER / name).read_text(encoding="utf-8"), Loader=yaml.SafeLoader)


@pytest.mark.parametrize(("name", "right", "wrong", "said"), MISTAKES, ids=[wrong for *_, wrong, _ in MISTAKES])
def test_a_mistake_does_not_fit(name, right, wrong, said, tmp_path):
    text = (FOLDER / name).read_text(encoding="utf-8")
    assert right in text
    (tmp_path / "broken.yaml").write_text(text.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(jsonschema.ValidationError, match=said):
        jsonschema.validate(Source(tmp_path, "broken.yaml").content, schema_of(FOLDER / name))


def test_an_editor_shows_what_a_name_does():
    stage = json.loads((FOLDER / "schema/process.json").read_text(encoding="utf-8"))["properties"]["stages"]["items"]
    assert stage["properties"]["plan"]["description"] == "its planned duration"
