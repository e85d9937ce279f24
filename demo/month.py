"""November of a representative, settled to the kopeck, and of a manager of the distributor, from its opening to his bonus."""

from demo.acts import Attaches, Closes, EveryBranch, Fills, Moves, Specifies, Spends
from demo.office import Place
from demo.sights import OnStage, OpenTasks, Says, Stand, TaskClosed, TaskOpen
from demo.story import Scene, on

REPORT, BONUS = "отчёт представителя", "дистрибьютор"
REP, MANAGER = "@abramova", "@belyaev"
HERS = Place("отчёт Абрамовой", "REP_REPORT", says=(("rp_month", "2026-11"), ("rp_who", REP)))
ASKED, WITHHELD = "Подготовьте отчёт за ноябрь 2026", "Удержите 2 749,25 ₽"
VISITS = [
    f"{day:02}.11.2026; ООО «Волжский резервуар»; сезонная заявка; согласовано" for day in (3, 5, 9, 11, 16, 18, 24)
]

OF_MONTH = (("db_month", "2026-11"), ("db_type", "Филиал"))
SUMMARY = Place(
    "сводная Беляева",
    "DISTRIBUTOR",
    says=(("db_month", "2026-11"), ("db_mgr", MANAGER), ("db_type", "Сводная по менеджеру")),
)
BRANCH = Place("филиал Беляева", "DISTRIBUTOR_BRANCH", says=(*OF_MONTH, ("db_mgr", MANAGER)))
OF_DECEMBER = (("db_month", "2026-12"), ("db_type", "Филиал"))
SUIT = "Полукомбинезон «Мастер»"

MONTH = (
    # — a representative: advance 20 000,00, carried −1 200,00, accepted 18 450,75 —
    Scene(
        "30.11.2026 09:00", "Самара", REP, (),
        on(
            HERS, OnStage("NEW"), TaskOpen("RP-1", REP, "03.12.2026 18:00", ASKED),
            Says(rp_advance="20 000,00", rp_carry="-1 200,00", rp_vplan="20"),
        ),
        REPORT,
    ),
    Scene(
        "02.12.2026 15:00", "Самара", REP,
        on(
            HERS, Spends(("ГСМ", "9 200,25"), ("Проживание", "7 500,50"), ("Связь", "1 750,00")), Attaches("Чеки.pdf", to="rp_scans"),
            Fills(rp_tasks="Переговоры с клиентами города, сверка остатков", rp_visits=VISITS), Closes("RP-1", ASKED),
        ),
        on(
            HERS, OnStage("COORD"), Says(rp_claim="18 450,75", rp_vcount="7", rp_late="0"),
            TaskOpen("RP-2", "COORDINATOR", "04.12.2026 18:00"),
        ),
        REPORT,
    ),
    Scene(
        "03.12.2026 11:00", "Москва", "COORDINATOR",
        on(HERS, Closes("RP-2")),
        on(HERS, OnStage("ACCOUNT"), TaskOpen("RP-3", "ACCOUNTANT", "07.12.2026 18:00")),
        REPORT,
    ),
    Scene(
        "04.12.2026 12:30", "Москва", "ACCOUNTANT",
        on(HERS, Closes("RP-3")),
        on(
            HERS, OnStage("DIRECTOR"), Says(rp_balance="-2 749,25", rp_pay="0,00", rp_hold="2 749,25"),
            TaskOpen("RP-4", "COMMERCIAL_DIRECTOR", "08.12.2026 18:00"),
        ),
        REPORT,
    ),
    Scene(
        "07.12.2026 16:00", "Москва", "COMMERCIAL_DIRECTOR",
        on(HERS, Closes("RP-4")),
        on(HERS, OnStage("SETTLE"), TaskOpen("RP-5", "ACCOUNTANT", "09.12.2026 18:00", WITHHELD)),
        REPORT,
    ),
    Scene(
        "08.12.2026 12:00", "Москва", "ACCOUNTANT",
        on(HERS, Fills(rp_consent=True, rp_done="2 749,25"), Closes("RP-5", WITHHELD)),
        on(HERS, OnStage("WON"), Says(rp_carryout="0,00"), OpenTasks()),
        REPORT,
    ),
    # — the distributor: fifty-five branches report November, five of them to one manager —
    Scene(
        "01.12.2026 09:00", "Москва", MANAGER, (),
        (
            *on(SUMMARY, OnStage("COLLECT"), Says(ds_total="5", ds_done="0"), TaskOpen("DS-1", MANAGER, "10.12.2026 18:00")),
            *on(BRANCH, OnStage("REQUEST")),
            Stand("DISTRIBUTOR_BRANCH", OF_MONTH, (("REQUEST", 56),)),
        ),
        BONUS,
    ),
    Scene(
        "02.12.2026 11:30", "Москва", MANAGER,
        (EveryBranch(MANAGER, "2026-11", (Fills(db_phone="Бухгалтер филиала"),)),),
        (*on(BRANCH, OnStage("INPUT")), Stand("DISTRIBUTOR_BRANCH", OF_MONTH, (("REQUEST", 51), ("INPUT", 5)))),
        BONUS,
    ),
    Scene(
        "02.12.2026 16:30", "Москва", "DIST_OPERATOR",
        (EveryBranch(MANAGER, "2026-11", (Specifies((SUIT, 10, 1)), Moves("CHECK"))),),
        (
            *on(BRANCH, OnStage("CHECK"), Says(db_sales="17 520,00"), TaskOpen("DB-3", MANAGER, "03.12.2026 18:00")),
            Stand("DISTRIBUTOR_BRANCH", OF_MONTH, (("REQUEST", 51), ("CHECK", 5))),
        ),
        BONUS,
    ),
    Scene(
        "03.12.2026 16:00", "Москва", MANAGER,
        (EveryBranch(MANAGER, "2026-11", (Closes("DB-3"),)),),
        on(
            SUMMARY, OnStage("APPROVE"), Says(ds_done="5", ds_sales="87 600,00", ds_bonus="827,82"), TaskClosed("DS-1"),
            TaskOpen("DS-2", "DIST_HEAD", "04.12.2026 18:00"),
        ),
        BONUS,
    ),
    Scene(
        "04.12.2026 11:00", "Москва", "DIST_HEAD",
        on(SUMMARY, Closes("DS-2")),
        on(SUMMARY, OnStage("ACCOUNTING"), Says(ds_pay="827,82"), TaskOpen("DS-3", "ACCOUNTANT", "07.12.2026 18:00", "Начислите вознаграждение Беляев Артур")),
        BONUS,
    ),
    Scene(
        "07.12.2026 12:00", "Москва", "ACCOUNTANT",
        on(SUMMARY, Closes("DS-3", "Начислите вознаграждение Беляев Артур")),
        on(SUMMARY, OnStage("WON"), OpenTasks()),
        BONUS,
    ),
    Scene(
        "10.12.2026 18:01", "Москва", "DIST_HEAD", (),
        (Stand("DISTRIBUTOR_BRANCH", OF_MONTH, (("WON", 5), ("LOSE", 51))),),
        BONUS,
    ),
    # — December: the first working day of January is the 11th, and nobody reports —
    Scene(
        "11.01.2027 09:01", "Москва", MANAGER, (),
        (Stand("DISTRIBUTOR_BRANCH", OF_DECEMBER, (("REQUEST", 55),)),),
        BONUS,
    ),
    Scene(
        "20.01.2027 18:01", "Москва", MANAGER, (),
        (Stand("DISTRIBUTOR_BRANCH", OF_DECEMBER, (("LOSE", 55),)),),
        BONUS,
    ),
)  # fmt: skip
