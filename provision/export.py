"""A portal that people have set up, as a folder like config/: an integrator starts from what a customer has.

What a portal cannot say of its funnels (who is responsible, which tasks are set, which fields a stage demands) is left to
whoever edits the files.
"""

import re
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import yaml

from config import Company
from config.models import CUSTOM, PREFIX, Code, FieldType
from provision.found import Found, FoundField, FoundFunnel, FoundStage
from provision.wanted import MEANING, TYPES

SEMANTICS = {meaning: semantics for semantics, meaning in MEANING.items()}
ENTITIES = {kind: next(iter(settings)) for kind, (portal_type, settings) in TYPES.items() if portal_type == "crm"}
SAME = set(get_args(FieldType)) - set(TYPES) - {"rows"}
"""Types that the portal calls as config/ does."""
LATIN = dict(zip("абвгдеёзийклмнопрстуфхцыэ", "abvgdeezijklmnoprstufhcye", strict=True))
LATIN |= {"ж": "zh", "ч": "ch", "ш": "sh", "щ": "sch", "ю": "yu", "я": "ya", "ъ": "", "ь": ""}
NOBODY = "ADMIN"
OF_PROCESS = """\
# yaml-language-server: $schema=../schema/process.json
# «{title}», as `flask export` found it on the portal.
# The portal does not know who is responsible for its cards, who owns it, which fields a stage demands and which tasks there
# are: docs/configuration.md shows how that is written.
"""


@dataclass(frozen=True)
class Exported:
    """The files that were written, and what could not be: fields of types that Voronka does not know."""

    files: tuple[Path, ...]
    left_out: tuple[str, ...]


def write(found: Found, company: Company, config: Path, folder: Path) -> Exported:
    """Fill the folder: processes, deal and company fields of the portal; everything else is copied from `config`.

    Raises FileExistsError when something is there already.
    """
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(folder)
    (folder / "processes").mkdir(parents=True, exist_ok=True)
    for source in sorted(config.glob("*.yaml")):
        shutil.copyfile(source, folder / source.name)
    shutil.copytree(config / "schema", folder / "schema")
    ours = {field.code for field in (*company.deal_fields.values(), *company.company_fields.values())}
    of_deals = {code: one for code, one in found.deal_fields.items() if code not in ours}
    written, shown = [], set()
    for code, funnel in _codes(found.funnels):
        own = [of_deals[name] for name in _on_card(funnel) if name in of_deals]
        shown |= {one.code for one in own}
        written.append(folder / "processes" / f"{code.lower()}.yaml")
        written[-1].write_text(_process(code, funnel, own), encoding="utf-8")
    others = [one for code, one in of_deals.items() if code not in shown]
    of_companies = [one for code, one in found.company_fields.items() if code not in ours]
    written += [_append(folder / "deal_fields.yaml", others, hidden=True)]
    written += [_append(folder / "company_fields.yaml", of_companies)]
    left_out = [one for one in (*of_deals.values(), *of_companies) if _type(one) is None]
    return Exported(tuple(written), tuple(f"{one.code} «{one.label}» ({one.type})" for one in left_out))


# — funnels —


def _codes(funnels: Iterable[FoundFunnel]) -> Iterator[tuple[str, FoundFunnel]]:
    """Each with the code of its process: our key, or its title in Latin letters."""
    taken: set[str] = set()
    for funnel in funnels:
        code = funnel.key if re.fullmatch(_pattern(), funnel.key) else _latin(funnel.title) or f"FUNNEL_{funnel.id}"
        code = f"{code}_{funnel.id}" if code in taken else code
        taken.add(code)
        yield code, funnel


def _pattern() -> str:
    return Code.__metadata__[0].pattern


def _latin(title: str) -> str:
    letters = "".join(LATIN.get(letter, letter) for letter in title.lower())
    return re.sub(r"[^a-z0-9]+", "_", letters).strip("_0123456789").upper()


def _on_card(funnel: FoundFunnel) -> list[str]:
    """Custom fields that somebody has put on the cards of the funnel."""
    elements = (one for section in funnel.layout or () for one in section.get("elements") or ())
    return list(dict.fromkeys(one["name"] for one in elements if str(one["name"]).startswith(CUSTOM)))


def _process(code: str, funnel: FoundFunnel, fields: Iterable[FoundField]) -> str:
    head = {"code": code, "funnel": funnel.title, "category": funnel.id, "sort": funnel.sort}
    head |= {"responsible": NOBODY, "owner": NOBODY}
    lines = [OF_PROCESS.format(title=funnel.title), *(_line({name: value}) for name, value in head.items())]
    lines += ["\nstages:\n", *(f"  - {_flow(_stage(one))}\n" for one in funnel.stages)]
    rows = list(_rows(fields))
    lines += ["\nfields:\n", *(f"  - {_flow(row)}\n" for row in rows)] if rows else ["\nfields: []\n"]
    return "".join([*lines, "\ntasks: []\n"])


def _stage(one: FoundStage) -> dict:
    said = {"code": one.code, "title": one.title.strip() or one.code}
    said |= {"semantics": SEMANTICS[one.meaning]} if one.meaning else {}
    return said | ({"color": one.color} if one.color else {})


# — fields —


def _append(file: Path, fields: Iterable[FoundField], **more: object) -> Path:
    rows = [row | more for row in _rows(fields)]
    if rows:
        with file.open("a", encoding="utf-8") as text:
            text.write("# Fields of the portal, as `flask export` found them.\n")
            text.writelines(f"- {_flow(row)}\n" for row in rows)
    return file


def _rows(fields: Iterable[FoundField]) -> Iterator[dict]:
    for one in fields:
        kind = _type(one)
        if kind is not None:
            said = {"code": one.code.removeprefix(PREFIX), "label": one.label or one.code, "type": kind}
            said |= {"options": list(one.options)} if kind == "enumeration" else {}
            yield said | ({"multiple": True} if one.multiple else {})


def _type(one: FoundField) -> str | None:
    """What config/ calls the type of the field; None if it has no word for it."""
    if one.type == "crm":
        refers_to = [name for name, said in one.settings.items() if said == "Y"]
        return next((kind for kind, entity in ENTITIES.items() if refers_to == [entity]), None)
    if one.type == "enumeration" and not any(one.options):
        return None
    return one.type if one.type in SAME else None


# — YAML —


def _line(said: dict) -> str:
    return yaml.safe_dump(said, allow_unicode=True, width=10**6)


def _flow(said: dict) -> str:
    return yaml.safe_dump(said, allow_unicode=True, default_flow_style=True, sort_keys=False, width=10**6).strip()
