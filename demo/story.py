"""The story: who does what and when, and what must then be seen on the portal.

Moments are told in the time of the city. They and the deadlines are written down here, never computed; titles and
labels come from config/.
"""

from dataclasses import dataclass

from config import company
from demo.acts import Act, Attaches, Client, Closes, ContactOf, Fills, Moves, Opens
from demo.office import MANAGER
from demo.sights import (
    AllTasks,
    Checklist,
    Comment,
    Comments,
    Empty,
    Missing,
    OnStage,
    OpenTasks,
    PlannedUntil,
    SaidInTask,
    Sight,
    TaskClosed,
    TaskOpen,
    Told,
    Watched,
)

BRANCH, HEAD_OFFICE = "Новосибирск", "Москва"
DESIGNER, HEAD_OF_DESIGN = "DESIGN", "HEAD_DESIGN"
CLIENT = Client("ООО «СибМетКонструкция»")
OFFER_DOCUMENT = company().document_kinds["T17"].option


@dataclass(frozen=True)
class Scene:
    """At a moment of a city somebody (a role) acts; without acts only time passes."""

    at: str
    city: str
    who: str
    acts: tuple[Act, ...]
    shows: tuple[Sight, ...]


STORY = (
    Scene(
        "23.11.2026 16:30", BRANCH, MANAGER,
        (Opens("Спецодежда для бригады монтажников"),),
        (OnStage("NEW"), TaskOpen("SO-1", MANAGER, "24.11.2026 11:30"), OpenTasks("SO-1")),
    ),
    Scene(
        "23.11.2026 16:40", BRANCH, MANAGER,
        (Moves("OFFER"),),
        (
            OnStage("NEW"),
            Missing("company", "contact", "so_need", "so_group", "so_class"),
            Comment("Сделка возвращена на стадию"),
            Told(MANAGER, "Сделка возвращена на стадию"),
            AllTasks("SO-1"),
        ),
    ),
    Scene(
        "24.11.2026 09:20", BRANCH, MANAGER,
        (Fills(company=CLIENT, contact=ContactOf(CLIENT)), Moves("QUALIFY")),
        (
            OnStage("QUALIFY"),
            TaskClosed("SO-1"),
            SaidInTask("SO-1", "Стадия пройдена"),
            TaskOpen("SO-2", MANAGER, "27.11.2026 18:00"),
            Checklist("SO-2"),
            Empty("block"),
            PlannedUntil("27.11.2026 18:00"),
        ),
    ),
    Scene(
        "24.11.2026 11:00", BRANCH, MANAGER,
        (
            Fills(so_need="костюмы от электродуги, 120 комплектов", so_group="Спецодежда", so_class="B"),
            Fills(so_newmat=True),
        ),
        (
            OnStage("DESIGN"),
            TaskClosed("SO-2"),
            SaidInTask("SO-2", "Стадия пройдена"),
            TaskOpen("SO-3", DESIGNER, "01.12.2026 18:00"),
            Checklist("SO-3"),
            Watched("SO-3"),
        ),
    ),
    Scene(
        "01.12.2026 10:05", HEAD_OFFICE, DESIGNER,
        (),
        (Told(DESIGNER, "Напоминание: сегодня срок задачи"),),
    ),
    Scene(
        "01.12.2026 18:20", HEAD_OFFICE, DESIGNER,
        (),
        (Told(DESIGNER, "Просрочена задача"), SaidInTask("SO-3", "Срок задачи истёк.")),
    ),
    Scene(
        "02.12.2026 09:35", HEAD_OFFICE, HEAD_OF_DESIGN,
        (),
        (Told(HEAD_OF_DESIGN, "Просроченных задач отдела: 1"),),
    ),
    Scene(
        "02.12.2026 10:00", HEAD_OFFICE, DESIGNER,
        (Closes("SO-3"),),
        (
            SaidInTask("SO-3", "Заполните в сделке: {files}"),
            TaskOpen("SO-3", DESIGNER, "01.12.2026 18:00"),
            OnStage("DESIGN"),
        ),
    ),
    Scene(
        "02.12.2026 10:20", HEAD_OFFICE, DESIGNER,
        (Attaches("Техописание.pdf"), Closes("SO-3")),
        (
            TaskClosed("SO-3"),
            Comment("Материалы проработаны. Файлов в карточке: 1"),
            OnStage("OFFER"),
            TaskOpen("SO-4", MANAGER, "04.12.2026 18:00"),
            OpenTasks("SO-4"),
        ),
    ),
    Scene(
        "02.12.2026 15:00", BRANCH, MANAGER,
        (Fills(make_doc=OFFER_DOCUMENT),),
        (Comment(f"Шаблон «{OFFER_DOCUMENT}» ещё не подготовлен"), Empty("make_doc")),
    ),
    Scene(
        "03.12.2026 12:00", BRANCH, MANAGER,
        (Closes("SO-4"),),
        (
            TaskOpen("SO-5", MANAGER, "10.12.2026 18:00"),
            OpenTasks("SO-5"),
            AllTasks("SO-1", "SO-2", "SO-3", "SO-4", "SO-5"),
            Comments(3),
            OnStage("OFFER"),
        ),
    ),
)  # fmt: skip
