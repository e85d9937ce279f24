"""How each task is done: what its person fills in, moves and closes. Figures come by dice, too."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from simulate.calendar import worked_after
from simulate.office import Office, Task

Act = Callable[[Office, Task, Random], None]
SCAN = [["Документ.pdf", base64.b64encode(b"%PDF-1.4\n%%EOF\n").decode()]]
PUNCTUAL, USUAL, CARELESS = (1, 0, 0), (86, 11, 3), (80, 12, 8)
REASONS = ("Нет денег у клиента", "Документы не подписаны", "Бюджетное финансирование", "Забыли оплатить")
EXPENSES = ("ГСМ", "Проезд", "Проживание", "Суточные", "Связь")
RETURNED, CUT = 0.08, 0.15
PROMISES_DAYS = (8, 14)


@dataclass(frozen=True)
class Doing:
    """`chances`: in time, late (by up to so many working days), never."""

    act: Act
    chances: tuple[int, int, int] = PUNCTUAL
    late_days: int = 1


def close(office: Office, task: Task, dice: Random) -> None:
    office.complete(task.id, task.responsible)


# — receivables —


def report_debtors(office: Office, task: Task, dice: Random) -> None:
    """The manager says of every debtor why and until when; what was returned is handed in again by closing the task."""
    card = office.card(task.deal)
    if "доработка" in task.title:
        office.complete(task.id, task.responsible)
        return
    day = date.fromisoformat(card["UF_CRM_SF_DZ_DATE"][:10])
    for link in card["UF_CRM_SF_DZ_LIST"]:
        _say_of(office, int(str(link).removeprefix("D_")), task.responsible, day, dice)


def _say_of(office: Office, shipment: int, by: int, day: date, dice: Random) -> None:
    said, reason = office.card(shipment), dice.choice(REASONS)
    promise, promised = _promise(said["title"], day), said["UF_CRM_SF_DZ_PROMISE"]
    if said["UF_CRM_SF_DZ_REASON"] and promised and date.fromisoformat(promised[:10]) > day + timedelta(days=3):
        office.fill(shipment, by, DZ_SAME="Y")
    else:
        office.fill(shipment, by, DZ_REASON=office.option("DZ_REASON", reason), DZ_PROMISE=promise.isoformat())


def _promise(debtor: str, day: date) -> date:
    """The debtor's next day of promises after that day: his own, whenever he is asked, so that a day later he says the same."""
    dice, promise = Random(debtor), date(2026, 10, 1)
    while promise <= day + timedelta(days=2):
        promise = worked_after(promise, dice.randint(*PROMISES_DAYS))
    return promise


def check_report(office: Office, task: Task, dice: Random) -> None:
    if dice.random() < RETURNED and office.stage(office.card(task.deal)) == "CHECK":
        office.comment(task.deal, task.responsible, "Уточните, почему не платят")
        office.move(task.deal, "RECEIVABLES", "NEW", task.responsible)
    else:
        office.complete(task.id, task.responsible)


def work_on_debt(office: Office, task: Task, dice: Random) -> None:
    """The result that the task asks for, then it is closed."""
    _say_of(office, task.deal, task.responsible, office.portal.time().date(), dice)
    office.complete(task.id, task.responsible)


# — representatives —


def report_month(office: Office, task: Task, dice: Random) -> None:
    card, by = office.card(task.deal), task.responsible
    month = datetime.strptime(card["UF_CRM_SF_RP_MONTH"], "%Y-%m").date()
    advance = Decimal(str(card["UF_CRM_SF_RP_ADVANCE"] or "0").partition("|")[0])
    names = dice.sample(EXPENSES, dice.randint(2, 4))
    spent = [advance * dice.randint(70, 125) / 100 / len(names) for _ in names]
    office.write_rows(
        task.deal,
        by,
        [
            {"productName": name, "price": float(round(sum_, 2)), "quantity": 1}
            for name, sum_ in zip(names, spent, strict=True)
        ],
    )
    visits = [
        f"{month.replace(day=dice.randint(1, 28)):%d.%m.%Y}; Клиент {number}; переговоры; заявка"
        for number in range(dice.randint(12, 24))
    ]
    office.fill(task.deal, by, RP_SCANS=SCAN, RP_TASKS="Переговоры, сверка, заявки", RP_VISITS=visits)
    office.move(task.deal, "REP_REPORT", "COORD", by)


def check_month(office: Office, task: Task, dice: Random) -> None:
    if dice.random() < RETURNED:
        office.say(task.id, task.responsible, "Приложите чеки за проживание")
        office.move(task.deal, "REP_REPORT", "REWORK", task.responsible)
    else:
        office.complete(task.id, task.responsible)


def account_month(office: Office, task: Task, dice: Random) -> None:
    """Now and then something is not accepted."""
    rows = office.rows(task.deal)
    if rows and dice.random() < CUT:
        rows[0]["price"] = round(float(rows[0]["price"]) * 0.9, 2)
        kept = [{key: row[key] for key in ("productName", "price", "quantity")} for row in rows]
        office.fill(task.deal, task.responsible, RP_CUTNOTE="Нет чека")
        office.write_rows(task.deal, task.responsible, kept)
    office.complete(task.id, task.responsible)


def settle_month(office: Office, task: Task, dice: Random) -> None:
    card = office.card(task.deal)
    pay, hold = (card[f"UF_CRM_SF_RP_{name}"] or "0|RUB" for name in ("PAY", "HOLD"))
    done = pay if Decimal(pay.partition("|")[0]) > 0 else hold
    office.fill(task.deal, task.responsible, RP_DONE=done, RP_CONSENT="Y")
    office.complete(task.id, task.responsible)


# — the distributor —


def get_branch_report(office: Office, task: Task, dice: Random) -> None:
    """Most branches send a file, which here nobody can read but people; some tell it on the phone."""
    told = {"DB_FILE": SCAN} if dice.random() < 0.7 else {"DB_PHONE": "Бухгалтер филиала"}
    office.fill(task.deal, task.responsible, DB_GOT=office.portal.time().date().isoformat(), **told)


def enter_branch_report(office: Office, task: Task, dice: Random) -> None:
    chosen = dice.sample(office.goods(), dice.randint(1, 3))
    rows = [
        {
            "productId": int(one["ID"]),
            "productName": one["NAME"],
            "price": one["PRICE"],
            "quantity": dice.randint(2, 60),
        }
        for one in chosen
    ]
    office.write_rows(task.deal, task.responsible, rows)
    office.complete(task.id, task.responsible)


def set_rate(office: Office, task: Task, dice: Random) -> None:
    """The branch gets its rate, in force from the first day of the report month."""
    card = office.card(task.deal)
    branch, month = card["UF_CRM_SF_DB_BRANCH"] or card["companyId"], card["UF_CRM_SF_DB_MONTH"]
    fields = {"UF_CRM_SF_BRANCH_NEXT": "1.0", "UF_CRM_SF_BRANCH_FROM": f"{month}-01"}
    office.ask("crm.item.update", {"entityTypeId": 4, "id": int(branch), "fields": fields}, task.responsible)
    office.complete(task.id, task.responsible)


def agree_on_bonus(office: Office, task: Task, dice: Random) -> None:
    card = office.card(task.deal)
    if (card["UF_CRM_SF_DS_DONE"] or 0) < (card["UF_CRM_SF_DS_TOTAL"] or 0):
        office.fill(task.deal, task.responsible, DS_PARTIAL="Y")
    office.complete(task.id, task.responsible)


def review_rates(office: Office, task: Task, dice: Random) -> None:
    """Some branches get another rate for the next quarter, the others keep theirs."""
    params = {
        "entityTypeId": 4,
        "useOriginalUfNames": "Y",
        "order": {"id": "ASC"},
        "filter": {"!UF_CRM_SF_BRANCH_MGR": ""},
    }
    for branch in office.all("crm.item.list", params, "items"):
        if branch["UF_CRM_SF_BRANCH_MGR"] and dice.random() < 0.3:
            rate = f"{dice.randint(5, 18) / 10:.1f}"
            office.ask(
                "crm.item.update",
                {"entityTypeId": 4, "id": branch["id"], "fields": {"UF_CRM_SF_BRANCH_NEXT": rate}},
                task.responsible,
            )
    office.complete(task.id, task.responsible)


BY_CODE = {
    "RC-1": Doing(report_debtors, CARELESS),
    "RC-2": Doing(check_report, (95, 5, 0)),
    "RC-3": Doing(close, (90, 10, 0), 2),
    "SH-7": Doing(work_on_debt, USUAL, 2),
    "G-CLAIM": Doing(close, USUAL, 3),
    "RP-1": Doing(report_month, CARELESS, 5),
    "RP-2": Doing(check_month, USUAL, 2),
    "RP-3": Doing(account_month, (95, 5, 0)),
    "RP-4": Doing(close, (95, 5, 0)),
    "RP-5": Doing(settle_month, (97, 3, 0)),
    "RP-6": Doing(close, (95, 5, 0)),
    "DB-1": Doing(get_branch_report, (88, 8, 4), 3),
    "DB-2": Doing(enter_branch_report, (97, 3, 0)),
    "DB-3": Doing(close, (97, 3, 0)),
    "DB-4": Doing(set_rate),
    "DS-2": Doing(agree_on_bonus),
    "DS-3": Doing(close, (95, 5, 0)),
    "DR-1": Doing(review_rates, (80, 20, 0), 3),
}
"""What people do by dice; tasks that are not here lie where they are."""
