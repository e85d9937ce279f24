"""Put a report on the company's Disk, in «Отчёты/ДЗ/2026», where people look for it for years."""

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass

from bitrix.client import Command
from bitrix.errors import Rejected
from engine.ledger import Effect, effect_key, verb
from engine.run import Run
from reports import FOLDER, kept, page, xlsx
from reports.report import Report

FACES: dict[str, Callable[[Report], bytes]] = {"xlsx": xlsx.made, "html": lambda report: page.made(report).encode()}
NAME_TAKEN = "DISK_OBJ_22000"
NOT_IN_A_NAME = re.compile(r"[\\/:*?\"'<>|~#&;{}%\x00-\x1f]")
MARKED = re.compile(r" \([a-z2-7]{8}\)\.\w+$")
LONGEST = 120


@dataclass(frozen=True)
class Stored:
    """A report on the Disk: what it says, the id of its file, and where people open it.

    A new task takes the file as `f"n{file}"` in UF_TASK_WEBDAV_FILES; a task that is there, with `attach_to_task`.
    """

    report: Report
    file: int
    address: str


def store_report(run: Run, process: str, make: Callable[[], Report], *, year: int, face: str = "xlsx") -> Stored:
    """The report lies on the Disk in the process' folder of that year, once for this run. Not inside `together()`.

    `make` is asked once a run: a repeat sends the rows that were made first. `face`: "xlsx" or "html"; asked for both with
    the same `make`, both show the same rows. Folders that are missing are made.
    https://apidocs.bitrix24.com/api-reference/disk/folder/disk-folder-upload-file.html
    """
    place = f"{FOLDER}/{run.company.processes[process].reports}/{year}"
    number = run.fact(f"report of {process}", lambda: _keep(run, process, place, make))
    report = kept.report(run.engine.storage, number)
    params = {"id": _folder(run, place), "generateUniqueName": False}
    memo = {"report": number, "title": report.title, "face": face}
    stored = run.do(STORE, f"store {place}.{face}", "disk.folder.uploadfile", params, memo=memo).result
    return Stored(report, int(stored["ID"]), stored["DETAIL_URL"])


def _keep(run: Run, process: str, place: str, make: Callable[[], Report]) -> int:
    key = effect_key("report", run.change.id, run.trigger, process)
    return kept.keep(run.engine.storage, run.engine.clock, key, place, make())


# — folders —


def _folder(run: Run, place: str) -> int:
    """The folder's id; what is missing of its path is made."""
    root, *found = run.fact(f"folders of {place}", lambda: _look(run.engine, place.split("/")))
    folder = root
    for name, there in zip(place.split("/"), found, strict=True):
        folder = there or _made(run, folder, name)
    return folder


def _look(engine, names: list[str]) -> list[int | None]:
    """The root of the company's Disk, then a folder in the other as far as there are any: one request."""
    asked = [Command("disk.storage.getlist", {"filter": {"ENTITY_TYPE": "common"}}, "storage")]
    above = "$result[storage][0][ROOT_OBJECT_ID]"
    for number, name in enumerate(names):
        asked.append(_asking(above, name, "folder", f"folder{number}"))
        above = f"$result[folder{number}][0][ID]"
    storages, *folders = engine.portal.submit(asked)
    found = [int(_rows(storages)[0]["ROOT_OBJECT_ID"])]
    for answer in folders:
        row = next(iter(_rows(answer)), None) if found[-1] else None
        found.append(int(row["ID"]) if row else None)
    return found


def _asking(folder: int | str, name: str, kind: str, label: str = "ask") -> Command:
    return Command("disk.folder.getchildren", {"id": folder, "filter": {"NAME": name, "TYPE": kind}}, label)


def _rows(answer: object) -> list[dict]:
    if isinstance(answer, Exception):
        raise answer
    return answer.result


def _made(run: Run, folder: int, name: str) -> int:
    """The new folder's id; of one that somebody made meanwhile, its."""
    params = {"id": folder, "data": {"NAME": name}}
    made = run.do(ADD_FOLDER, f"folder {name} in {folder}", "disk.folder.addsubfolder", params).result
    return int(made["ID"]) if "ID" in made else run.fact(f"folder {name} in {folder}", lambda: _there(run, params))


def _there(run: Run, params: dict) -> int:
    name = params["data"]["NAME"]
    found = _rows(run.engine.portal.submit([_asking(params["id"], name, "folder")])[0])
    if not found:
        raise LookupError(f"«{name}» on the company's Disk is no folder: rename that file, then retry.")
    return int(found[0]["ID"])


def _find_folder(engine, effect: Effect) -> dict | None:
    asked = _asking(effect.params["id"], effect.params["data"]["NAME"], "folder")
    return next(iter(engine.ask(asked.method, asked.params).result), None)


def _is_taken(error: Exception) -> bool:
    return isinstance(error, Rejected) and error.code == NAME_TAKEN


# — the file —


def _name(effect: Effect) -> str:
    """«Сводный отчёт по ДЗ за неделю 2026-W48 (k3f9a2bc).xlsx»: by its mark it is found again."""
    title = " ".join(NOT_IN_A_NAME.sub("_", effect.memo["title"]).split())
    return f"{title[:LONGEST]} ({effect.key[:8]}).{effect.memo['face']}"


def _late(engine, effect: Effect, params: dict) -> dict:
    name, report = _name(effect), kept.report(engine.storage, effect.memo["report"])
    content = base64.b64encode(FACES[effect.memo["face"]](report)).decode()
    return {**params, "data": {"NAME": name}, "fileContent": [name, content]}


def _find(engine, effect: Effect) -> dict | None:
    asked = _asking(effect.params["id"], _name(effect), "file")
    return next(iter(engine.ask(asked.method, asked.params).result), None)


ADD_FOLDER = verb("add_folder", find=_find_folder, forgives=_is_taken, check=lambda result: int(result["ID"]) > 0)
STORE = verb(
    "store_report", find=_find, late=_late, alone=True, check=lambda result: int(result["ID"]) > 0,
    keyed=lambda result: MARKED.search(result["NAME"]) is not None,
)  # fmt: skip
