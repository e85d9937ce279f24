"""Nouns and numbers: processes, people, cities, terms. Read and checked at start; imports nothing of ours.

from config import company
company().processes["SOFT"].stages["OFFER"].title
"""

from functools import cache
from pathlib import Path

from config.loading import load
from config.models import (
    Agreed,
    Catalogue,
    City,
    Company,
    DocumentKind,
    DocumentType,
    Field,
    OurCompany,
    Process,
    Representative,
    Role,
    Stage,
    Task,
    Terms,
)
from config.source import ConfigError

__all__ = [
    "Agreed", "Catalogue", "City", "Company", "ConfigError", "DocumentKind", "DocumentType", "Field", "OurCompany", "Process",
    "Representative", "Role", "Stage", "Task", "Terms", "company", "load",
]  # fmt: skip


FOLDER = Path(__file__).parent


@cache
def company() -> Company:
    """This repository's company, read once. Raises ConfigError."""
    return load(FOLDER)
