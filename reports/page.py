"""A report as an HTML page that can stand alone: no script, nothing from elsewhere, printable, light and dark."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from reports import colors, drawing, words
from reports.report import Report, Sheet

ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
ENVIRONMENT.globals |= {"said": words.said, "clean": words.clean, "drawn": drawing.drawn, "colors_of": colors.of}


def made(report: Report) -> str:
    """The page."""

    def name_of(sheet: Sheet) -> str:
        return f"sheet-{report.sheets.index(sheet) + 1}"

    return ENVIRONMENT.get_template("page.html").render(report=report, name_of=name_of)
