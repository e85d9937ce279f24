"""What the YAML files of this folder describe."""

from functools import cache
from pathlib import Path

import yaml


@cache
def read(name: str):
    """The content of a file; read once, so nobody may change it."""
    text = Path(__file__).with_name(name).read_text(encoding="utf-8")
    return yaml.load(text, Loader=yaml.CSafeLoader)
