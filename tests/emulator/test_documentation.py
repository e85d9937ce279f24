"""docs/emulator.md says what the code says."""

from pathlib import Path

from emulator import methods
from emulator.faults import KINDS
from emulator.methods import METHODS, REST3_METHODS

PAGE = Path(__file__).parents[2] / "docs" / "emulator.md"


def section(name: str) -> str:
    return PAGE.read_text(encoding="utf-8").partition(f"<!-- {name} -->\n")[2].partition(f"\n<!-- /{name} -->")[0]


def test_the_table_of_faults_is_fresh():
    assert section("faults").splitlines() == [f"| `{kind}` | {meaning} |" for kind, meaning in KINDS.items()]


def test_every_method_links_its_page_of_the_documentation():
    for declared in (*METHODS.values(), *REST3_METHODS.values()):
        assert declared.docs.startswith("https://apidocs.bitrix24.com/"), declared.name
        assert declared.docs.endswith(".html"), declared.name


def test_every_file_of_methods_is_in_the_list():
    files = {path.stem for path in Path(methods.__file__).parent.glob("*.py")} - {"__init__"}
    assert files == set(methods.FAMILIES)
