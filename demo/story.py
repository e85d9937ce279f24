"""The story: who does what and when, and what must then be seen on the portal.

Moments are told in the time of the city. They and the deadlines are written down here, never computed; titles and
labels come from config/.
"""

from dataclasses import dataclass

from config import company
from demo.acts import (
    Act,
    Attaches,
    Client,
    Closes,
    ContactOf,
    Elsewhere,
    Enters,
    Fills,
    Moves,
    Opens,
    Somebody,
    Specifies,
)
from demo.office import MANAGER, RESPONSIBLE, Place
from demo.sights import (
    AllTasks,
    Cards,
    Checklist,
    Comment,
    Comments,
    Empty,
    Goods,
    Mentions,
    Missing,
    OnStage,
    OpenTasks,
    PlannedUntil,
    SaidInTask,
    Says,
    Sight,
    TaskClosed,
    TaskOpen,
    There,
    Told,
    Watched,
)

BRANCH, HEAD_OFFICE = "Новосибирск", "Москва"
DESIGNER, HEAD_OF_DESIGN, LOGIST, SUPPORT = "DESIGN", "HEAD_DESIGN", "LOGIST", "SUPPORT"
WAREHOUSE, ACCOUNTANT, LAWYER = "WAREHOUSE", "ACCOUNTANT", "LAWYER"
CLIENT = Client("ООО «СибМетКонструкция»")
SUIT = "Полукомбинезон «Мастер»"
DOCUMENTS = {code: kind.option for code, kind in company().document_kinds.items()}
TERMS = {terms.code: terms.title for terms in company().terms.values()}

ESTIMATE = Place("оценка логистики", "LOGISTICS")
OFFER = Place("КП в реестре", "REGISTRY", stage="LETTER")
MATERIALS = Place("файл в реестре", "REGISTRY", stage="NEW")
FRAMEWORK = Place("рамочный договор", "REGISTRY", stage="CONTRACT")
SPECIFICATION = Place("спецификация в реестре", "REGISTRY", stage="SPEC")
INVOICE = Place("счёт в реестре", "REGISTRY", stage="INVOICE")
FIRST, SECOND = Place("отгрузка 1", "SOFT_SHIPMENT", 1), Place("отгрузка 2", "SOFT_SHIPMENT", 2)
UPD_OF_FIRST = Place("УПД отгрузки 1", "REGISTRY", stage="UPD", of=FIRST)
UPD_OF_SECOND = Place("УПД отгрузки 2", "REGISTRY", stage="UPD", of=SECOND)


def on(place: Place, *things: Act | Sight) -> tuple:
    """The same acts and sights at another card than the order."""
    return tuple(There(place, one) if isinstance(one, Sight) else Elsewhere(place, one) for one in things)


@dataclass(frozen=True)
class Scene:
    """At a moment of a city somebody (a role) acts; without acts only time passes."""

    at: str
    city: str
    who: str
    acts: tuple[Act, ...]
    shows: tuple[Sight, ...]
    about: str = "заказ"


STORY = (
    # — the request —
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
        (Fills(company=CLIENT, contact=ContactOf(CLIENT), city=BRANCH), Moves("QUALIFY")),
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
    # — the materials —
    Scene(
        "24.11.2026 11:00", BRANCH, MANAGER,
        (
            Fills(so_need="полукомбинезоны из огнестойкой ткани, 100 шт.", so_group="Спецодежда", so_class="B"),
            Specifies((SUIT, 100, 1200)),
            Fills(so_needlog=True, address="630108, г. Новосибирск, ул. Станционная, д. 30", ship_until="25.12.2026"),
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
            OnStage("ESTIMATE"),
            *on(ESTIMATE, OnStage("NEW"), TaskOpen("LG-1", LOGIST, "04.12.2026 18:00")),
        ),
    ),
    Scene(
        "02.12.2026 14:45", BRANCH, MANAGER,
        on(MATERIALS, Fills(doc_reason="Рабочие материалы конструктора"), Moves("LOSE")),
        (Comment("Файл внесён в реестр документов"), *on(MATERIALS, OnStage("LOSE"), OpenTasks())),
    ),
    # — the estimate of the delivery, in a funnel of its own and back —
    Scene(
        "02.12.2026 15:00", BRANCH, LOGIST,
        on(
            ESTIMATE,
            Fills(lg_from="г. Москва, центральный склад", lg_cargo=f"{SUIT} — 100 шт, 90 кг, 0,6 м³"),
            Moves("WORK"),
        ),
        (*on(ESTIMATE, OnStage("WORK")), Comment("Логистика: в работе у")),
    ),
    Scene(
        "03.12.2026 10:00", BRANCH, LOGIST,
        on(
            ESTIMATE,
            Fills(lg_mode="Собственный транспорт", lg_cost="48 000,00", lg_price="56 000,00", lg_days=6),
            Moves("APPROVE"),
        ),
        on(ESTIMATE, OnStage("APPROVE"), Comment("Себестоимость 48 000,00 ₽ не выше 50 000,00 ₽")),
    ),
    Scene(
        "03.12.2026 10:30", BRANCH, LOGIST,
        on(ESTIMATE, Moves("READY")),
        (
            OnStage("ESTIMATED"),
            Says(so_logcost="56 000,00", so_logdays="6"),
            Comment("Оценка логистики готова: 56 000,00 ₽, 6 дн."),
            Told(MANAGER, "Оценка логистики готова: 56 000,00 ₽, 6 дн."),
            *on(ESTIMATE, TaskClosed("LG-1")),
        ),
    ),
    # — the offer —
    Scene(
        "03.12.2026 12:00", BRANCH, MANAGER,
        (Moves("OFFER"),),
        (OnStage("OFFER"), TaskOpen("SO-4", MANAGER, "07.12.2026 18:00"), OpenTasks("SO-4")),
    ),
    Scene(
        "03.12.2026 15:00", BRANCH, MANAGER,
        (Fills(make_doc=DOCUMENTS["T17"]),),
        (
            Empty("make_doc"),
            Comment("Документ внесён в реестр: Письмо / претензия № ИСХ-2026/021 от 03.12.2026"),
            *on(OFFER, Says(doc_state="Проект", doc_no="ИСХ-2026/021", doc_date="03.12.2026", doc_sum="120 000,00")),
        ),
    ),
    Scene(
        "04.12.2026 12:00", BRANCH, MANAGER,
        (Closes("SO-4"),),
        (
            OnStage("OFFER"),
            TaskOpen("SO-5", MANAGER, "11.12.2026 18:00"),
            OpenTasks("SO-5"),
            AllTasks("SO-1", "SO-2", "SO-3", "SO-4", "SO-5"),
            Comments(6),
        ),
    ),
    # — the specification, under a framework contract —
    Scene(
        "07.12.2026 10:00", HEAD_OFFICE, LAWYER,
        on(
            FRAMEWORK,
            Opens(
                "Рамочный договор поставки", "CONTRACT", company=CLIENT, doc_frame=True, doc_state="На подписании",
                doc_no="Д-2026/017", doc_date="31.03.2026", doc_signed="31.03.2026", doc_end="31.12.2027",
                doc_side="Клиент", doc_prolong="Требуется", doc_init=Somebody(MANAGER),
            ),
            Attaches("Договор подписанный.pdf", to="doc_scan"),
        ),
        on(FRAMEWORK, OnStage("CONTRACT"), Says(doc_state="Действует", doc_start="31.03.2026"), OpenTasks()),
    ),
    Scene(
        "07.12.2026 15:00", BRANCH, MANAGER,
        (
            Closes("SO-5"),
            Fills(terms=TERMS["PART_POST"], terms_pct=30, terms_days=30),
            Fills(delivery_way="ТК"),
            Moves("CONTRACT"),
        ),
        (
            OnStage("CONTRACT"),
            *on(SPECIFICATION, Says(doc_state="Проект", doc_date="07.12.2026")),
            OpenTasks(),
        ),
    ),
    Scene(
        "09.12.2026 10:00", BRANCH, MANAGER,
        on(SPECIFICATION, Attaches("Спецификация подписанная.pdf", to="doc_scan")),
        (
            *on(SPECIFICATION, Says(doc_state="Действует", doc_signed="09.12.2026")),
            OnStage("SUPPLY"),
            TaskOpen("SO-8", SUPPORT, "09.12.2026 13:00"),
            *on(INVOICE, Says(doc_state="Проект", doc_no="СЧ-2026/001", doc_date="09.12.2026", doc_sum="120 000,00")),
            TaskOpen("SO-10", ACCOUNTANT, "16.12.2026 18:00"),
        ),
    ),
    # — supply —
    Scene(
        "09.12.2026 11:00", HEAD_OFFICE, SUPPORT,
        (
            Enters(
                "split", "30 шт. на складе, 50 сшить, 20 купить", document="split-1",
                rows=[{"product": SUIT, "stock": "30", "make": "50", "buy": "20"}],
            ),
        ),
        (
            Says(so_split=f"{SUIT}: склад 30 / производство 50 / поставщик 20"),
            TaskClosed("SO-8"),
            Comment("Производство и закупка начнутся, когда поступит аванс"),
            Cards("PRODUCTION", 0),
            Cards("PURCHASE", 0),
            TaskOpen("SO-9", SUPPORT, "10.12.2026 18:00"),
        ),
    ),
    Scene(
        "10.12.2026 10:30", HEAD_OFFICE, ACCOUNTANT,
        (
            Enters(
                "payment", "поступил аванс 36 000,00 ₽, п/п № 118", document="payment-1",
                date="2026-12-10", sum="36000.00", number="118",
            ),
        ),
        (
            Says(so_paid="36 000,00", so_advance="36 000,00"),
            TaskClosed("SO-10"),
            Cards("PRODUCTION", 1),
            Cards("PURCHASE", 1),
        ),
    ),
    # — the first shipment —
    Scene(
        "10.12.2026 11:00", HEAD_OFFICE, SUPPORT,
        (Fills(sh_create=True),),
        (Says(sh_create="Нет"), *on(FIRST, OnStage("NEW"), Goods(f"{SUIT} — 100 × 1200"), Says(sh_no="1"))),
    ),
    Scene(
        "10.12.2026 11:10", HEAD_OFFICE, SUPPORT,
        (*on(FIRST, Specifies((SUIT, 60, 1200)), Fills(sh_plan="14.12.2026", sh_warehouse="Новосибирск")), Closes("SO-9")),
        (
            *on(FIRST, Says(sh_sum="72 000,00", sh_paid="36 000,00")),
            Says(so_left=f"{SUIT}: 40 шт.", so_advance="0,00"),
            OpenTasks(),
        ),
    ),
    Scene(
        "10.12.2026 11:30", HEAD_OFFICE, SUPPORT,
        on(FIRST, Moves("RESERVE")),
        (
            OnStage("SHIPPING"),
            *on(FIRST, TaskOpen("SH-1", WAREHOUSE, "14.12.2026 18:00"), TaskOpen("SH-2", LOGIST, "11.12.2026 18:00")),
            *on(ESTIMATE, OnStage("MOVE"), TaskOpen("LG-4", LOGIST, "14.12.2026 18:00")),
        ),
    ),
    Scene("11.12.2026 11:00", HEAD_OFFICE, LOGIST, on(FIRST, Closes("SH-2")), ()),
    Scene(
        "11.12.2026 12:00", HEAD_OFFICE, WAREHOUSE,
        on(FIRST, Closes("SH-1")),
        on(FIRST, OnStage("READY"), TaskOpen("SH-3", WAREHOUSE, "14.12.2026 18:00")),
    ),
    Scene(
        "14.12.2026 15:00", HEAD_OFFICE, WAREHOUSE,
        on(FIRST, Fills(sh_ttn="НСК-4417", sh_fact="14.12.2026")),
        (
            *on(
                FIRST, OnStage("TRANSIT"), TaskClosed("SH-3"), TaskOpen("SH-4", RESPONSIBLE, "21.12.2026 18:00"),
                Says(sh_sched="13.01.2027; 21 600,00; 0,00 | 13.01.2027; 50 400,00; 36 000,00", sh_due="13.01.2027"),
                Says(sh_paid="36 000,00", sh_debt="36 000,00"),
            ),
            *on(UPD_OF_FIRST, Says(doc_state="Проект", doc_date="14.12.2026", doc_sum="72 000,00")),
            Mentions("child_state", "Логистика, Перевозка", "Софт отгрузки, Отгружена, в пути", "Производство", "Заказ поставщику"),
            Says(so_shipped="72 000,00", so_paid="36 000,00", so_debt="36 000,00", so_advance="0,00"),
        ),
    ),
    Scene(
        "18.12.2026 10:00", HEAD_OFFICE, SUPPORT,
        on(FIRST, Fills(sh_received="18.12.2026")),
        on(FIRST, OnStage("DOCS"), TaskClosed("SH-4"), TaskOpen("SH-5", RESPONSIBLE, "12.01.2027 18:00")),
    ),
    Scene(
        "21.12.2026 11:00", HEAD_OFFICE, SUPPORT,
        on(UPD_OF_FIRST, Attaches("УПД подписанный.pdf", to="doc_scan")),
        (
            *on(UPD_OF_FIRST, Says(doc_state="Подписан (закрывающий)", doc_signed="21.12.2026")),
            *on(
                FIRST, OnStage("PAYMENT"), TaskClosed("SH-5"), Says(sh_signed="21.12.2026"),
                TaskOpen("SH-6", MANAGER, "30.12.2026 18:00"),
            ),
        ),
    ),
    Scene(
        "23.12.2026 12:00", HEAD_OFFICE, ACCOUNTANT,
        on(FIRST, Fills(pay_no="131", pay_date="23.12.2026", pay_sum="40 000,00")),
        (
            *on(FIRST, OnStage("WON"), Says(sh_paid="72 000,00", sh_debt="0,00"), TaskClosed("SH-6"), Empty("pay_sum")),
            Says(so_paid="76 000,00", so_debt="0,00", so_advance="4 000,00"),
            OnStage("SHIPPING"),
        ),
    ),
    # — the second shipment —
    Scene(
        "24.12.2026 10:00", HEAD_OFFICE, SUPPORT,
        (Fills(sh_create=True),),
        (
            Cards("SOFT_SHIPMENT", 2),
            *on(SECOND, Goods(f"{SUIT} — 40 × 1200"), Says(sh_no="2", sh_sum="48 000,00", sh_paid="4 000,00")),
            Says(so_left="пусто", so_advance="0,00"),
        ),
    ),
    Scene(
        "24.12.2026 10:20", HEAD_OFFICE, SUPPORT,
        on(SECOND, Fills(sh_plan="28.12.2026", sh_warehouse="Новосибирск"), Moves("RESERVE")),
        on(SECOND, OnStage("RESERVE"), TaskOpen("SH-1", WAREHOUSE, "28.12.2026 18:00")),
    ),
    Scene("25.12.2026 11:00", HEAD_OFFICE, LOGIST, on(SECOND, Closes("SH-2")), ()),
    Scene(
        "25.12.2026 12:00", HEAD_OFFICE, WAREHOUSE,
        on(SECOND, Closes("SH-1")),
        on(SECOND, OnStage("READY"), TaskOpen("SH-3", WAREHOUSE, "28.12.2026 18:00")),
    ),
    Scene(
        "28.12.2026 16:00", HEAD_OFFICE, WAREHOUSE,
        on(
            SECOND,
            Enters(
                "shipment", "отгружено 40 шт., УПД № УТ-481", document="shipment-2", date="2026-12-28",
                upd={"number": "УТ-481", "date": "2026-12-28", "sum": "48000.00"}, waybill={"number": "НСК-4520"},
                rows=[{"product": SUIT, "quantity": "40"}],
            ),
        ),
        (
            *on(SECOND, OnStage("TRANSIT"), TaskClosed("SH-3"), Says(sh_due="27.01.2027", sh_debt="44 000,00")),
            *on(UPD_OF_SECOND, Says(doc_no="УТ-481", doc_sum="48 000,00")),
            Says(so_shipped="120 000,00", so_paid="76 000,00", so_debt="44 000,00"),
            OnStage("SHIPPING"),
        ),
    ),
    Scene(
        "30.12.2026 10:00", HEAD_OFFICE, SUPPORT,
        on(SECOND, Fills(sh_received="30.12.2026")),
        (*on(SECOND, OnStage("DOCS"), TaskOpen("SH-5", RESPONSIBLE, "22.01.2027 18:00")), OnStage("PAYMENT")),
    ),
    Scene(
        "30.12.2026 15:00", BRANCH, LOGIST,
        on(ESTIMATE, Closes("LG-4"), Fills(lg_fact="47 300,00")),
        on(ESTIMATE, OnStage("WON"), OpenTasks(), Comment("Перевозка завершена")),
    ),
    Scene(
        "12.01.2027 11:00", HEAD_OFFICE, SUPPORT,
        on(UPD_OF_SECOND, Attaches("УПД подписанный.pdf", to="doc_scan")),
        on(SECOND, OnStage("PAYMENT"), TaskClosed("SH-5"), TaskOpen("SH-6", MANAGER, "22.01.2027 18:00")),
    ),
    # — a late payment, found by the clock —
    Scene(
        "28.01.2027 06:10", BRANCH, MANAGER,
        (),
        on(
            SECOND, OnStage("OVERDUE"), TaskOpen("SH-7", MANAGER, "29.01.2027 18:00"),
            Says(sh_overdays="1", sh_oversum="44 000,00"),
        ),
    ),
    Scene(
        "28.01.2027 11:00", BRANCH, MANAGER,
        on(SECOND, Fills(dz_reason="Забыли оплатить", dz_promise="01.02.2027"), Closes("SH-7")),
        on(SECOND, TaskClosed("SH-7"), OnStage("OVERDUE")),
    ),
    Scene(
        "01.02.2027 14:00", HEAD_OFFICE, ACCOUNTANT,
        on(
            SECOND,
            Enters(
                "payment", "поступило 44 000,00 ₽, п/п № 17", document="payment-3",
                date="2027-02-01", sum="44000.00", number="17",
            ),
        ),
        (
            *on(SECOND, OnStage("WON"), Says(sh_paid="48 000,00", sh_debt="0,00", sh_oversum="0,00"), OpenTasks()),
            Says(so_shipped="120 000,00", so_paid="120 000,00", so_debt="0,00", so_advance="0,00", so_left="пусто"),
            OnStage("WON"),
            Told(MANAGER, "Сделка завершена: заказ отгружен и оплачен полностью."),
            TaskOpen("SO-12", MANAGER, "02.04.2027 18:00"),
            OpenTasks("SO-12"),
        ),
    ),
)  # fmt: skip
