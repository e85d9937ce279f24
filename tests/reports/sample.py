"""Rows of a week's receivables as the layer would find them: 24 managers, 31 debtors, eight weeks."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from reports.receivables import Manager, Past, receivables, total
from reports.report import Report
from rules.debt import Overdue
from rules.debtors import Debtor
from rules.periods import Week

MOSCOW = ZoneInfo("Europe/Moscow")
DAY = date(2026, 11, 27)
ADDRESS = "https://sferotek.bitrix24.example/crm/deal/details/{}/"
W48 = Week(2026, 48)
CITIES = {
    "Москва": "Europe/Moscow", "Санкт-Петербург": "Europe/Moscow", "Калининград": "Europe/Kaliningrad", "Казань": "Europe/Moscow",
    "Самара": "Europe/Samara", "Екатеринбург": "Asia/Yekaterinburg", "Омск": "Asia/Omsk", "Новосибирск": "Asia/Novosibirsk",
    "Иркутск": "Asia/Irkutsk", "Якутск": "Asia/Yakutsk", "Владивосток": "Asia/Vladivostok",
    "Петропавловск-Камчатский": "Asia/Kamchatka",
}  # fmt: skip
NAMES = (
    "Иванова Анна", "Петров Сергей", "Сидорова Мария", "Кузнецов Олег", "Волкова Елена", "Морозов Илья", "Зайцева Ольга",
    "Соколов Денис", "Лебедева Юлия", "Козлов Артём", "Новикова Дарья", "Фёдоров Павел", "Михайлова Ирина", "Алексеев Роман",
    "Павлова Светлана", "Семёнов Кирилл", "Голубева Татьяна", "Виноградов Максим", "Богданова Наталья", "Воробьёв Никита",
    "Орлова Екатерина", "Гусев Антон", "Тихонова Вера", "Бонч-Бруевич Константин",
)  # fmt: skip
CLIENTS = (
    "ООО «МонтажСтройПроект»", "АО «Северные магистрали»", "ПАО «Энергосбыт-Урал»", "ООО «Ромашка & Ко»",
    "ИП Соловей Пётр Ильич", "АО «Камчатрыбпром»", "ООО «Дальневосточная судоремонтная компания имени В. К. Арсеньева»",
    "ООО «Сибирский карьер»",
)  # fmt: skip
REASONS = (
    ("Нет денег у клиента", "Платят после закрытия квартала"), ("Документы не подписаны", ""),
    ("Спор по качеству", "Претензия по швам, 12 курток; акт ждём от склада"), ("Бюджетное финансирование", ""), ("", ""),
)  # fmt: skip
DAYS = (1, 4, 22, 30, 31, 45, 60, 61, 88, 91, 140)


def managers() -> list[Manager]:
    """Two in each city; every ninth has not handed the report in, every fifth was late, the last has no debts."""
    cities = list(CITIES.items())
    return [_manager(number, name, *cities[number % len(cities)]) for number, name in enumerate(NAMES)]


def _manager(number: int, name: str, city: str, zone: str) -> Manager:
    due = datetime(2026, 11, 27, 12, tzinfo=ZoneInfo(zone))
    silent, late = number % 9 == 4, number % 5 == 3
    handed_in = None if silent or number == 23 else due + timedelta(minutes=65 if late else -20 - 7 * number)
    share = Decimal(100) - Decimal(number * 37 % 60) / 2
    return Manager(
        name, city, Decimal(180_000 + 91_733 * (number % 7)) + Decimal("0.45"), debts().get(number, []), due, handed_in, late,
        "ООО «Ромашка & Ко»: не указана обещанная дата оплаты" if silent else "", share,
    )  # fmt: skip


def debts() -> dict[int, list[Debtor]]:
    """By manager; in every bucket, on both of its edges; one was paid since Thursday."""
    owed: dict[int, list[Debtor]] = {}
    for number in range(31):
        owed.setdefault(number % 23, []).append(_debt(number))
    return owed


def _debt(number: int) -> Debtor:
    days, (reason, note) = DAYS[number % len(DAYS)], REASONS[number % len(REASONS)]
    rest = Decimal(4_250 + 12_977 * (number * number % 11)) + Decimal(number % 4) / 4
    lines = [] if number == 17 else [Overdue(1, DAY - timedelta(days=days), rest, days)]
    return Debtor(
        CLIENTS[number % len(CLIENTS)], f"{4100 + number}-1", lines, reason, DAY + timedelta(days=3 + number % 9) if reason else None,
        note, deal_id=4100 + number, broken=number % 3, advance=Decimal("15000.00") if number == 5 else None,
    )  # fmt: skip


def weeks() -> list[Past]:
    """Seven that were, and this one as its debts say."""
    now = total(managers(), W48)
    past = [_week(number) for number in range(7)]
    return [*past, Past("2026-W48", now.buckets, now.debtors, now.mean_days, Decimal("78.3"))]


def _week(number: int) -> Past:
    sums = (
        520_000 + 31_500 * number,
        410_000 - 12_250 * number,
        305_000 + 8_400 * (number % 3),
        190_000 + 22_750 * number,
    )
    shares = dict(zip(("1–30", "31–60", "61–90", "90+"), map(Decimal, sums), strict=True))
    return Past(f"2026-W{41 + number}", shares, 9 + number % 4, Decimal("46.5") + number, Decimal("81.5") - number)


def report(**different: object) -> Report:
    """The report of the week 2026-W48, at its hour."""
    said = {"managers": managers(), "weeks": weeks(), "card_address": ADDRESS}
    return receivables(W48, datetime(2026, 11, 27, 16, tzinfo=MOSCOW), **{**said, **different})
