"""One week of reports on receivables, 2026-W48: asked on Thursday, due on Friday noon, told to the director, given up on Monday.

Each manager lives in a zone of his own: when it is nine in Vladivostok, nobody in Moscow has been asked yet.
"""

from demo.acts import Closes, EverybodySays
from demo.office import Place
from demo.sights import Comment, FreeTask, NotYet, OnStage, OpenTasks, Says, TaskClosed, TaskOpen, Told
from demo.story import Scene, on

ABOUT, WEEK_NAME = "отчёт по ДЗ", "2026-W48"
OF_WEEK = (("dz_week", WEEK_NAME),)


def report_of(login: str, name: str) -> Place:
    return Place(name, "RECEIVABLES", says=(*OF_WEEK, ("dz_manager", f"@{login}")))


EAST, CENTRE, SILENT = (
    report_of("kim", "отчёт Ким"),
    report_of("volkova", "отчёт Волковой"),
    report_of("egorov", "отчёт Егорова"),
)
AWAY = report_of("galimova", "отчёт Галимовой, она в отпуске")

WEEK = (
    Scene(
        "26.11.2026 09:00", "Владивосток", "@kim", (),
        (
            *on(EAST, OnStage("NEW"), TaskOpen("RC-1", "@kim", "27.11.2026 12:00"), OpenTasks("RC-1")),
            *on(CENTRE, NotYet()),
        ),
        ABOUT,
    ),
    Scene(
        "26.11.2026 09:00", "Москва", "@volkova", (),
        (
            *on(CENTRE, OnStage("NEW"), TaskOpen("RC-1", "@volkova", "27.11.2026 12:00")),
            *on(AWAY, OnStage("NEW"), TaskOpen("RC-1", "HEAD_SOFT", "27.11.2026 12:00")),
        ),
        ABOUT,
    ),
    Scene(
        "26.11.2026 17:00", "Москва", "@volkova",
        (EverybodySays(WEEK_NAME, "Забыли оплатить", "04.12.2026", silent=("@egorov",)),),
        (
            *on(EAST, OnStage("CHECK"), Says(dz_gaps="пусто"), TaskClosed("RC-1"), TaskOpen("RC-2", "COORDINATOR", "27.11.2026 12:00")),
            *on(SILENT, OnStage("NEW")),
        ),
        ABOUT,
    ),
    Scene(
        "27.11.2026 11:00", "Москва", "COORDINATOR",
        on(EAST, Closes("RC-2")),
        (
            *on(EAST, OnStage("WON"), OpenTasks()),
            Told("COORDINATOR", "Отчёт по ДЗ за неделю 2026-W48 не сдан в срок."),
        ),
        ABOUT,
    ),
    Scene(
        "27.11.2026 12:01", "Якутск", "@egorov", (),
        on(SILENT, OnStage("NEW"), Says(overdue="Да"), Comment("Отчёт по ДЗ за неделю 2026-W48 не сдан в срок.")),
        ABOUT,
    ),
    Scene(
        "27.11.2026 16:01", "Москва", "COMMERCIAL_DIRECTOR", (),
        on(EAST, FreeTask("RC-3", "COMMERCIAL_DIRECTOR", "30.11.2026 12:00")),
        ABOUT,
    ),
    Scene(
        "30.11.2026 12:01", "Якутск", "@egorov", (),
        on(SILENT, OnStage("LOSE"), OpenTasks()),
        ABOUT,
    ),
)  # fmt: skip
