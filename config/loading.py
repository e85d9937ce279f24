"""Puts the YAML of a folder together and refuses what does not fit together."""

from dataclasses import dataclass, field
from pathlib import Path

from config import models
from config.models import SAFE_STAGE_CODE, Company, Field, Process, Role
from config.source import Source

HEAD_OF = "H-"
"""H-SALES is the head of whoever is SALES."""
REPLACING = ("ADMIN", "COMMERCIAL_DIRECTOR")
"""Roles that others fall back to."""


@dataclass
class _Known:
    """What processes may name."""

    roles: dict[str, Role]
    lists: dict[str, tuple[str, ...]]
    deal_fields: dict[str, Field] = field(default_factory=dict)
    fields_by_code: dict[str, Field] = field(default_factory=dict)


def load(folder: Path) -> Company:
    """Read and check a folder like config/. Raises ConfigError."""

    def rows(name: str, model: type, key: str = "code") -> dict:
        source = Source(folder, f"{name}.yaml")
        return source.make_all(model, source.content, key)

    cities, terms = rows("cities", models.City, "name"), rows("terms", models.Terms, "title")
    kinds, ours = rows("documents", models.DocumentKind), rows("our_companies", models.OurCompany, "name")
    types = rows("document_types", models.DocumentType, "stage")
    options = tuple(kind.option for kind in kinds.values())
    lists = {"cities": tuple(cities), "terms": tuple(terms), "document_kinds": options, "our_companies": tuple(ours)}
    known = _Known(_roles(Source(folder, "people.yaml"), cities), lists)
    known.deal_fields = _fields(Source(folder, "deal_fields.yaml"), known)
    known.fields_by_code = {one.code: one for one in known.deal_fields.values()}

    processes = _processes(folder, known)
    for name, key in (("documents.yaml", "registry"), ("document_types.yaml", "stage")):
        _check_registry(Source(folder, name), key, processes)
    _check_readers(Source(folder, "document_types.yaml"), processes)
    _check_terms(Source(folder, "terms.yaml"), terms)
    _check_fields_of_roles(Source(folder, "people.yaml"), processes)
    calendar, limits = Source(folder, "calendar.yaml"), Source(folder, "limits.yaml")
    company_fields, report = (
        _fields(Source(folder, "company_fields.yaml"), known),
        Source(folder, "distributor_report.yaml"),
    )
    return Company(
        processes=processes,
        deal_fields=known.deal_fields,
        company_fields=company_fields,
        common_tasks=rows("common_tasks", models.Task),
        cities=cities,
        roles=known.roles,
        representatives=_representatives(Source(folder, "representatives.yaml"), cities),
        terms=terms,
        document_kinds=kinds,
        document_types=types,
        our_companies=ours,
        contracts=_contracts(Source(folder, "contracts.yaml"), kinds),
        calendar=calendar.make(models.Calendar, calendar.content),
        limits=limits.make(models.Limits, limits.content),
        distributor_report=report.make(models.DistributorReport, report.content),
        vat=_vat(Source(folder, "vat.yaml"), company_fields["vat_mode"].options),
    )


# — people —


def _roles(source: Source, cities: dict) -> dict[str, Role]:
    roles = source.make_all(Role, source.content)
    for row in source.content:
        for city in row.get("users_by_city", ()):
            source.known(city, cities, "there is no city")
    for needed in REPLACING:
        source.known(needed, roles, "there is no role")
        if not roles[needed].users:
            source.refuse(None, f"{needed} has no users, and other roles fall back to it.")
    return roles


def _representatives(source: Source, cities: dict) -> dict[str, models.Representative]:
    made = source.make_all(models.Representative, source.content, "user")
    for row, one in zip(source.content, made.values(), strict=True):
        source.known(one.city, cities, "there is no city", row)
        if one.end is not None and one.end < one.start:
            source.refuse(row, f"{one.user}: end is before start.")
        if one.deputy == one.user:
            source.refuse(row, f"{one.user} is their own deputy.")
    return made


def _check_role(source: Source, role: str, roles: dict[str, Role]) -> None:
    source.known(role, [*roles, *(HEAD_OF + code for code in roles)], "there is no role")


# — fields —


def _fields(source: Source, known: _Known, rows: object = None) -> dict[str, Field]:
    """Fields by name. YAML gives the code without its prefix, and with `options_from` a list that stands elsewhere."""
    made: dict[str, Field] = {}
    for row in source.rows(source.content if rows is None else rows, Field.__name__):
        one = _field(source, row, known)
        if one.name in made:
            source.refuse(row, f"{row['code']} stands twice.")
        made[one.name] = one
    return made


def _field(source: Source, row: dict, known: _Known) -> Field:
    said = {key: value for key, value in row.items() if key != "options_from"} if isinstance(row, dict) else row
    full: dict[str, object] = {"code": source.make(Field, said).portal_code}
    if "options_from" in row:
        source.known(row["options_from"], known.lists, "there is no list", row)
        full["options"] = known.lists[row["options_from"]]
    one = source.make(Field, said, **full)
    if (one.type == "enumeration") != bool(one.options):
        source.refuse(row["code"], f"{row['code']}: an enumeration, and nothing else, has options.")
    if one.default is not None and one.type == "date" and one.days_of_default is None:
        source.refuse(row["code"], f"{row['code']}: the default of a date is a span in days, like 14кд.")
    if one.default is not None and one.options:
        source.known(one.default, one.options, f"{row['code']} has no option", row)
    return one


def _check_shared(source: Source, row: dict, one: Field, known: _Known) -> None:
    """Deals share their fields: a code that two processes use is one field on the portal."""
    before = known.fields_by_code.setdefault(one.code, one)
    for what in ("label", "type", "multiple", "options") if one.is_custom else ():
        if getattr(before, what) != getattr(one, what):
            source.refuse(row["code"], f"{row['code']} has another {what} elsewhere, but all deals share their fields.")


# — processes —


def _processes(folder: Path, known: _Known) -> dict[str, Process]:
    made: dict[str, Process] = {}
    for path in sorted((folder / "processes").glob("*.yaml")):
        source = Source(folder, f"processes/{path.name}")
        process = _process(source, known)
        if process.code in made:
            source.refuse(source.content["code"], f"{process.code} stands in another file already.")
        for other in made.values():
            if (other.funnel, other.category) == (process.funnel, process.category):
                _check_shared_funnel(source, process, other)
        made[process.code] = process
    return dict(sorted(made.items(), key=lambda pair: pair[1].sort))


def _process(source: Source, known: _Known) -> Process:
    said = source.content
    if not isinstance(said, dict):
        source.refuse(None, "a process is written as names with values.")
    process = source.make(
        Process,
        said,
        stages=source.make_all(models.Stage, said.get("stages")),
        fields=_fields(source, known, said.get("fields", [])),
        tasks=source.make_all(models.Task, said.get("tasks")),
    )
    for role in (said["responsible"], said["owner"], *said.get("participants", ())):
        _check_role(source, role, known.roles)
    _check_stages(source, process)
    _check_selector(source, process)
    for stage in process.stages.values():
        if stage.reopened_by:
            _check_role(source, stage.reopened_by, known.roles)
    own_stages = [stage.code for stage in process.stages.values() if not stage.foreign]
    for row, one in zip(said.get("fields") or (), process.fields.values(), strict=True):
        for stage in (*row.get("required_on", ()), *filter(None, [row.get("demands_stage")])):
            source.known(stage, own_stages, f"{process.code} has no stage")
        _check_shared(source, row, one, known)
    for row in said.get("tasks") or ():
        _check_task(source, row, process, known)
    return process


def _check_stages(source: Source, process: Process) -> None:
    """The portal makes NEW, WON and LOSE together with a funnel, and allows one success. People may move them about."""
    of = {
        semantics: [stage.code for stage in process.stages.values() if stage.semantics == semantics]
        for semantics in ("process", "success", "failure")
    }
    stages, is_ours = next((key for key in source.content if key == "stages"), None), process.category is None
    if "NEW" not in of["process"] or of["success"] != ["WON"] or "LOSE" not in of["failure"]:
        source.refuse(
            stages, f"{process.code}: a funnel has the stage NEW, one successful stage, WON, and the failure LOSE."
        )
    if is_ours and (list(process.stages)[0] != "NEW" or of["failure"][0] != "LOSE"):
        source.refuse(stages, f"{process.code}: the first stage is NEW, and the first stage of failure is LOSE.")
    for row in source.content["stages"] if is_ours else ():
        if len(row["code"]) > SAFE_STAGE_CODE:
            source.refuse(row["code"], f"Stage, code: {row['code']} has more than {SAFE_STAGE_CODE} characters.")


def _check_selector(source: Source, process: Process) -> None:
    if process.selector is None:
        return
    said = source.content["selector"]
    source.known(said["field"], process.fields, f"{process.code} has no field")
    source.known(said["value"], process.fields[said["field"]].options, f"{said['field']} has no option")


def _check_shared_funnel(source: Source, process: Process, other: Process) -> None:
    """The cards of both stand in the same columns, and one field tells them apart."""
    both, one, another = f"{process.code} and {other.code} share a funnel", process.selector, other.selector
    if not one or not another or one.field != another.field or one.value == another.value:
        source.refuse(source.content["funnel"], f"{both}: each needs a selector, of one field with its own value.")
    if process.sort != other.sort or _columns(process) != _columns(other):
        text = f"{both}: they have the same sort, and stages of the same codes, titles and semantics in the same order."
        source.refuse(source.content["funnel"], text)


def _columns(process: Process) -> list[tuple]:
    return [(stage.code, stage.title, stage.semantics, stage.color) for stage in process.stages.values()]


def _check_task(source: Source, row: dict, process: Process, known: _Known) -> None:
    if not row.get("role"):
        source.refuse(row, f"{row['code']} has no role.")
    for role in (row["role"], *row.get("observers", ())):
        _check_role(source, role, known.roles)
    for name in row.get("result", ()):
        source.known(name, [*process.fields, *known.deal_fields], f"{process.code} has no field")


def _check_registry(documents: Source, key: str, processes: dict[str, Process]) -> None:
    for row in documents.content if "REGISTRY" in processes else ():
        documents.known(row[key], processes["REGISTRY"].stages, "REGISTRY has no stage")


def _check_readers(types: Source, processes: dict[str, Process]) -> None:
    """Departments are those of «Видимость (отдел)», sides those of «Сторона»."""
    fields = processes["REGISTRY"].fields if "REGISTRY" in processes else {}
    for row in types.content if fields else ():
        sides, sources = row.get("read_by_side", {}), row.get("read_by_source", {})
        for name in (
            *row.get("read_by", ()),
            *(one for some in (sides, sources) for names in some.values() for one in names),
        ):
            types.known(name, fields["doc_dept"].options, "«Видимость (отдел)» has no", row)
        for side in sides:
            types.known(side, fields["doc_side"].options, "«Сторона» has no", row)
        for source in sources:
            types.known(source, processes, "there is no process", row)


def _check_fields_of_roles(people: Source, processes: dict[str, Process]) -> None:
    names = {name for process in processes.values() for name in process.fields}
    for row in people.content:
        for name in filter(None, (row.get("field"), row.get("else_of"))):
            people.known(name, names, "no process has a field", row)


def _contracts(source: Source, kinds: dict[str, models.DocumentKind]) -> dict[str, models.Agreed]:
    """By template; `common` stands behind what the template's own lines say."""
    said = source.content
    if not isinstance(said, dict) or "common" not in said:
        source.refuse(None, "common is missing: what every contract agrees upon.")
    for code in said:
        source.known(code, ["common", *kinds], "there is no template")
    return {code: source.make(models.Agreed, {**said["common"], **said.get(code, {})}) for code in kinds}


# — money —


SHARES = ([], ["all"], ["advance", "rest"], ["retained", "unretained"])
"""What the lines of some terms may be together: each makes the whole price."""


def _check_terms(source: Source, terms: dict[str, models.Terms]) -> None:
    for row, one in zip(source.content, terms.values(), strict=True):
        shares = sorted(line.share for line in one.lines)
        if shares not in SHARES:
            source.refuse(row, f"{one.code}: lines are one of all, or advance and rest, or retained and unretained.")
        if one.by_schedule == bool(one.lines):
            source.refuse(row, f"{one.code}: terms have lines, or are by_schedule, and never both.")
        if one.has_advance != ("advance" in shares):
            source.refuse(row, f"{one.code}: has_advance goes with a line of the advance.")
        asks_for_days = any(line.days is None for line in one.lines)
        if asks_for_days and one.default_days is None and not one.has_deferral:
            source.refuse(row, f"{one.code}: a line says no days; give them, default_days or has_deferral.")


def _vat(source: Source, modes: tuple[str, ...]) -> models.Vat:
    made = source.make(models.Vat, source.content)
    for kind, rows in source.content["rates"].items():
        starts = [rate.starts for rate in made.rates[kind]]
        if not starts or starts != sorted(set(starts)):
            source.refuse(
                rows[0] if rows else kind, f"rates of {kind} stand in the order of their dates, each date once."
            )
    for mode, kind in source.content["modes"].items():
        source.known(mode, modes, "«Режим НДС» has no", mode)
        source.known(kind, made.rates, "there is no rate", mode)
    for mode in modes:
        if mode not in made.modes:
            source.refuse(next(key for key in source.content if key == "modes"), f"modes lack «{mode}».")
    return made
