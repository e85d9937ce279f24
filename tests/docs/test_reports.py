"""docs/reports.md: its example works, and its table of kinds says what the code does."""

import re
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from reports import page, words
from reports.report import KINDS, Column, Link
from tests.reports.sample import MOSCOW

PAGE = (Path(__file__).parents[2] / "docs/reports.md").read_text(encoding="utf-8")
VALUES = {
    "text": "Иванова Анна", "whole": 1234, "number": Decimal("30.8"), "money": Decimal("1234.5"), "percent": Decimal("12.5"),
    "date": date(2026, 11, 27), "moment": datetime(2026, 11, 27, 16, tzinfo=MOSCOW), "link": Link("ОТГ-2026/301", "https://a.example"),
}  # fmt: skip


def test_its_example_is_a_report():
    example = next(re.finditer(r"```python\n(.+?)```", PAGE, re.DOTALL))[1]
    made = {}
    exec(example, made)
    assert "24\u00a0897,46\u00a0₽" in page.made(made["report"])


def test_each_kind_is_shown_as_it_says():
    shown = {kind: said for kind, said in re.findall(r"^\| `(\w+)` \|.*\| (.+) \|$", PAGE, re.MULTILINE)}
    assert shown == {kind: words.said(Column("а", kind), VALUES[kind]).replace("\u00a0", " ") for kind in KINDS}
