"""What lies between config/ and a portal, as steps: to create, to change, left alone, to be asked about, impossible.

Nothing that people made is deleted or renamed. What is changed is said before it is done.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Literal

from bitrix.client import Command
from config import Catalogue, Company, Field, Stage
from provision.found import DEAL, Found, FoundField, FoundFunnel, FoundSection, FoundStage
from provision.wanted import MEANING, Funnel, Wanted, color_of, portal_type, sections

Kind = Literal["create", "change", "keep", "ask", "cannot"]
ORIGINATOR = "voronka"
ADOPTED = "voronka:adopted"
ALIKE = 0.8
# What the portal puts into a new funnel by itself; it may go from a funnel that we made, as long as nobody renamed it.
OF_THE_PORTAL = {
    "PREPARATION": "Подготовка документов",
    "PREPAYMENT_INVOICE": "Cчёт на предоплату",
    "EXECUTING": "В работе",
    "FINAL_INVOICE": "Финальный счёт",
    "APOLOGY": "Анализ причины провала",
}
OF_THE_SYSTEM = {"NEW": "Новая", "WON": "Сделка успешна", "LOSE": "Сделка провалена"}
OF_DEALS, OF_COMPANIES, DISK, GOODS = "Поля сделок", "Поля компаний", "Диск", "Каталог товаров"
SHOWN_ALWAYS = 1


@dataclass(frozen=True)
class Step:
    """One line of a plan. `commands` do it, in their order; a step without commands is for people to read."""

    kind: Kind
    place: str
    what: str
    commands: tuple[Command, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Answers:
    """What a person decided. `adopt`: a funnel's key → the id of the portal's funnel, None to create a new one.
    `as_written`: titles, labels and colours that differ become those of config/."""

    adopt: Mapping[str, int | None] = field(default_factory=dict)
    as_written: bool = False


@dataclass(frozen=True)
class Plan:
    steps: tuple[Step, ...]

    @property
    def doable(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.commands)

    @property
    def counts(self) -> Counter:
        return Counter(step.kind for step in self.steps)


def compare(company: Company, wanted: Wanted, found: Found, answers: Answers | None = None) -> Plan:
    """The steps from what is found to what is wanted."""
    answers = answers or Answers()
    steps: list[Step] = []
    for funnel in wanted.funnels:
        steps += _funnel(company, funnel, found, answers)
    steps += _fields(OF_DEALS, "crm.deal", wanted.deal_fields, found.deal_fields, answers)
    steps += _fields(OF_COMPANIES, "crm.company", wanted.company_fields, found.company_fields, answers)
    steps += _folders(wanted.folders, found.folders)
    steps += _catalogue(wanted.catalogue, found.catalogue)
    return Plan(tuple(steps))


# — funnels —


def _funnel(company: Company, funnel: Funnel, found: Found, answers: Answers) -> Iterator[Step]:
    there = next((one for one in found.funnels if _is_of(funnel, one)), None)
    if there is None:
        there, step = _found_otherwise(funnel, found, answers)
        yield step
    if there is None:
        return
    if not funnel.is_automated:
        yield Step("keep", funnel.title, "описан, не автоматизирован")
    yield from _stages(funnel, there, answers)
    if funnel.category is None or funnel.is_automated:
        yield from _layout(company, funnel, there)


def _is_of(funnel: Funnel, there: FoundFunnel) -> bool:
    return there.key == funnel.key if funnel.category is None else there.id == funnel.category


def _found_otherwise(funnel: Funnel, found: Found, answers: Answers) -> tuple[FoundFunnel | None, Step]:
    """A funnel without our key: taken over, asked about, or made."""
    if funnel.category is not None:
        text = f"the portal has no funnel {funnel.category}; without a line `category` a new one is made"
        return None, Step("cannot", funnel.title, text)
    free = [one for one in found.funnels if not one.key]
    if funnel.key in answers.adopt:
        named = answers.adopt[funnel.key]
        chosen = next((one for one in free if one.id == named), None)
        if chosen is None and named is not None:
            return None, Step("cannot", funnel.title, f"there is no free funnel {named} to take over")
    else:
        chosen = next((one for one in free if _words(one.title) == _words(funnel.title)), None)
        alike = max(free, key=lambda one: _likeness(one.title, funnel.title), default=None)
        if chosen is None and alike is not None and _likeness(alike.title, funnel.title) >= ALIKE:
            return None, Step("ask", funnel.title, _question(funnel, alike))
    if chosen is None:
        return None, _new_funnel(funnel)
    values = {"originId": funnel.key, "originatorId": ADOPTED}
    command = Command("crm.category.update", {"entityTypeId": DEAL, "id": chosen.id, "fields": values})
    return chosen, Step(
        "change", funnel.title, f"take over the portal's funnel {chosen.id} «{chosen.title}»", (command,)
    )


def _new_funnel(funnel: Funnel) -> Step:
    values = {"name": funnel.title, "sort": funnel.sort, "originId": funnel.key, "originatorId": ORIGINATOR}
    command = Command("crm.category.add", {"entityTypeId": DEAL, "fields": values})
    return Step("create", funnel.title, f"funnel {funnel.key} with {len(funnel.stages)} stages", (command,))


def _question(funnel: Funnel, alike: FoundFunnel) -> str:
    return (
        f"the portal has a funnel {alike.id} «{alike.title}»: is it this one? "
        f"Say --adopt {funnel.key}={alike.id}, or --create {funnel.key} for a new one"
    )


def _words(title: str) -> str:
    return " ".join(title.casefold().replace("ё", "е").split())


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, _words(one), _words(other)).ratio()


# — stages —


def _stages(funnel: Funnel, there: FoundFunnel, answers: Answers) -> Iterator[Step]:
    """In the order in which the portal takes them: it refuses a stage after the final ones."""
    ours = {stage.code: stage for stage in funnel.stages}
    needless = [one for one in there.stages if _is_needless(one, ours, there)]
    stay = [one for one in there.stages if one not in needless]
    have = {one.code: one for one in stay}
    order = _order(funnel.stages, stay)
    sorts = {code: 10 * place for place, code in enumerate(order, start=1)}
    is_numbered_anew = any(code not in have for code in ours) or _is_out_of_order(funnel.stages, stay)

    for one in reversed(stay) if is_numbered_anew else ():
        if one.sort != sorts[one.code]:
            values = {"SORT": sorts[one.code]}
            yield Step("change", funnel.title, f"stage «{one.title}»: its place", (_update(one, values),))
    for one in needless:
        command = Command("crm.status.delete", {"id": one.id})
        yield Step("change", funnel.title, f"remove «{one.title}», which the portal put there itself", (command,))
    for place, stage in enumerate(funnel.stages):
        if stage.code not in have:
            command = _add(there, stage, color_of(stage, place), sorts[stage.code])
            yield Step("create", funnel.title, f"stage {stage.code} «{stage.title}»", (command,))
        else:
            yield from _differences(funnel, there, stage, place, have[stage.code], answers)
    foreign = [one.title for one in stay if one.code not in ours]
    if foreign:
        yield Step(
            "keep", funnel.title, "stages that config/ does not know: " + ", ".join(f"«{one}»" for one in foreign)
        )


def _is_needless(one: FoundStage, ours: Mapping[str, Stage], there: FoundFunnel) -> bool:
    made_by_us = there.originator == ORIGINATOR
    return made_by_us and one.code not in ours and not one.is_system and OF_THE_PORTAL.get(one.code) == one.title


def _order(wanted: Sequence[Stage], stay: Sequence[FoundStage]) -> list[str]:
    """All codes in their order: ours as written, those of people after the stage that they follow now."""
    meaning = {one.code: one.meaning for one in stay} | {stage.code: MEANING[stage.semantics] for stage in wanted}
    order, ours = [stage.code for stage in wanted], {stage.code for stage in wanted}
    before = None
    for one in stay:
        if one.code not in ours:
            order.insert(order.index(before) + 1 if before in order else 0, one.code)
        before = one.code
    return sorted(order, key=lambda code: (None, "S", "F").index(meaning[code]))


def _is_out_of_order(wanted: Sequence[Stage], stay: Sequence[FoundStage]) -> bool:
    codes = [stage.code for stage in wanted]
    ours = [one.code for one in stay if one.code in codes]
    return ours != [code for code in codes if code in ours]


def _differences(
    funnel: Funnel, there: FoundFunnel, stage: Stage, place: int, one: FoundStage, answers: Answers
) -> Iterator[Step]:
    """A stage that both have under one code."""
    if one.meaning != MEANING[stage.semantics]:
        text = f"stage {stage.code} «{one.title}» has another meaning on the portal, which cannot be changed: rename its code"
        yield Step("cannot", funnel.title, text)
        return
    color = color_of(stage, place)
    is_untouched = there.originator == ORIGINATOR and OF_THE_SYSTEM.get(one.code) == one.title != stage.title
    if is_untouched or (answers.as_written and (one.title, one.color) != (stage.title, color)):
        command = _update(one, {"NAME": stage.title, "COLOR": color})
        yield Step("change", funnel.title, f"stage {stage.code}: «{one.title}» becomes «{stage.title}»", (command,))
    elif one.title != stage.title:
        yield Step("keep", funnel.title, f"stage {stage.code} is called «{one.title}», in config/ «{stage.title}»")


def _update(one: FoundStage, values: dict) -> Command:
    return Command("crm.status.update", {"id": one.id, "fields": values})


def _add(there: FoundFunnel, stage: Stage, color: str, sort: int) -> Command:
    values = {"ENTITY_ID": there.stage_list, "STATUS_ID": stage.code, "NAME": stage.title, "SORT": sort, "COLOR": color}
    if MEANING[stage.semantics]:
        values["SEMANTICS"] = MEANING[stage.semantics]
    return Command("crm.status.add", {"fields": values})


# — fields —


def _fields(
    place: str, family: str, wanted: Sequence[Field], found: Mapping[str, FoundField], answers: Answers
) -> Iterator[Step]:
    for number, one in enumerate(wanted, start=1):
        there = found.get(one.code)
        if there is None:
            command = Command(f"{family}.userfield.add", {"fields": _definition(one, number * 10)})
            yield Step("create", place, f"{one.code} «{one.label}», {portal_type(one)[0]}", (command,))
        else:
            yield from _field(place, family, one, there, answers)


def _definition(one: Field, sort: int) -> dict:
    kind, settings = portal_type(one)
    made = {
        "FIELD_NAME": one.code, "USER_TYPE_ID": kind, "MULTIPLE": "Y" if one.multiple else "N", "SORT": sort,
        "EDIT_FORM_LABEL": one.label, "LIST_COLUMN_LABEL": one.label, "LIST_FILTER_LABEL": one.label, "SHOW_FILTER": "Y",
    }  # fmt: skip
    if settings:
        made["SETTINGS"] = settings
    if one.options:
        made["LIST"] = _options(one.options, 0)
    return made


def _options(values: Sequence[str], after: int) -> list[dict]:
    return [{"VALUE": value, "SORT": (after + place) * 10} for place, value in enumerate(values, start=1)]


def _field(place: str, family: str, one: Field, there: FoundField, answers: Answers) -> Iterator[Step]:
    kind, settings = portal_type(one)
    if there.type != kind or there.multiple != one.multiple:
        has = there.type + (" multiple" if there.multiple else "")
        needs = kind + (" multiple" if one.multiple else "")
        text = (
            f"{one.code} is {has} on the portal, not {needs}: a type cannot be changed. Delete or rename one of the two"
        )
        yield Step("cannot", place, text)
        return
    changed, words = {}, []
    lacking = [value for value in one.options if value not in there.options]
    if lacking:
        changed["LIST"] = _options(lacking, len(there.options))
        words.append("options " + ", ".join(f"«{value}»" for value in lacking))
    if kind == "crm" and not settings.items() <= dict(there.settings).items():
        changed["SETTINGS"] = {**there.settings, **settings}
        words.append("may refer to " + ", ".join(settings).lower())
    if there.label != one.label and answers.as_written:
        changed |= dict.fromkeys(("EDIT_FORM_LABEL", "LIST_COLUMN_LABEL", "LIST_FILTER_LABEL"), one.label)
        words.append(f"«{there.label}» becomes «{one.label}»")
    if changed:
        command = Command(f"{family}.userfield.update", {"id": there.id, "fields": changed})
        yield Step("change", place, f"{one.code}: {'; '.join(words)}", (command,))
    if there.label != one.label and not answers.as_written:
        yield Step("keep", place, f"{one.code} is called «{there.label}», in config/ «{one.label}»")


# — folders of the company's Disk —


def _folders(wanted: Sequence[str], there: Mapping[str, int]) -> Iterator[Step]:
    """Each inside its parent, so that of two new ones the inner waits for the next look at the portal."""
    for path in wanted:
        if path not in there:
            parent, _, name = path.rpartition("/")
            params = {"id": there.get(parent), "data": {"NAME": name}}
            commands = (Command("disk.folder.addsubfolder", params),) if parent in there else ()
            yield Step("create", DISK, f"folder «{path}»", commands)


# — sections of the catalogue —


def _catalogue(wanted: Sequence[Catalogue], there: Mapping[str, FoundSection]) -> Iterator[Step]:
    """Items go into their section, so that those of a new one wait for the next look at the portal."""
    for one in wanted:
        found = there.get(one.section)
        if found is None:
            command = Command("crm.productsection.add", {"fields": {"NAME": one.section}})
            yield Step("create", GOODS, f"section «{one.section}»", (command,))
        for item in one.items:
            if found is None or item not in found.items:
                fields = {"NAME": item, "CURRENCY_ID": "RUB", "SECTION_ID": found.id if found else None}
                commands = (Command("crm.product.add", {"fields": fields}),) if found else ()
                yield Step("create", GOODS, f"«{item}» in «{one.section}»", commands)


# — cards —


def _layout(company: Company, funnel: Funnel, there: FoundFunnel) -> Iterator[Step]:
    """A card that nobody has arranged is arranged; to one that somebody has, only what it lacks is added."""
    wanted = sections(funnel, company)
    shown = {one["name"] for section in there.layout or () for one in section.get("elements") or ()}
    lacking = [name for section in wanted[1:] for name in section.fields if name not in shown]
    if there.layout is None:
        data = [_section(one.name, one.title, one.fields) for one in wanted if one.fields]
        yield Step("create", funnel.title, f"sections of the card, {len(lacking)} fields", (_arrange(there, data),))
    elif lacking:
        data = [*there.layout, _section("voronka_added", f"Ещё: {funnel.title}", lacking)]
        yield Step("change", funnel.title, f"{len(lacking)} more fields on the card", (_arrange(there, data),))


def _section(name: str, title: str, fields: Sequence[str]) -> dict:
    elements = [{"name": one, "optionFlags": SHOWN_ALWAYS} for one in fields]
    return {"name": name, "title": title, "type": "section", "elements": elements}


def _arrange(there: FoundFunnel, data: list) -> Command:
    params = {"entityTypeId": DEAL, "scope": "C", "extras": {"dealCategoryId": there.id}, "data": data}
    return Command("crm.item.details.configuration.set", params)
