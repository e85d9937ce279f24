"""What no webhook can do on a portal, step by step, in the words of its screens."""

from collections.abc import Iterable, Iterator

from config import Company, Process
from config.settings import Settings

EVENTS = (
    "ONCRMDEALADD", "ONCRMDEALUPDATE", "ONCRMDEALDELETE", "ONTASKADD", "ONTASKUPDATE", "ONTASKDELETE", "ONCRMCOMPANYADD",
    "ONCRMCOMPANYUPDATE",
)  # fmt: skip
# Who reads and who edits which documents of the register (specification, registry §7.5).
REGISTER = (
    ("Продажи «Софт» и «Хард»",
     "CONTRACT, ADDENDUM, SPEC, INVOICE, UPD, ACT, KS, WAYBILL, RECON, LETTER, NDA, CERT — по своим клиентам; "
     "руководители — по отделу", "свои документы на стадии «Проект»"),
    ("Сопровождение", "все коммерческие виды", "UPD, WAYBILL, INVOICE, сканы"),
    ("Бухгалтерия", "все, кроме HR_DOC (кроме расчётных) и TENDER_DOC", "ACT, UPD, RECON, INVOICE, TRIP_DOC"),
    ("Тендерный отдел", "TENDER_DOC, GUARANTEE, CERT, CONTRACT (тендерные)", "TENDER_DOC, GUARANTEE"),
    ("ОКС", "KS, ACT, CONTRACT («Хард»), CERT", "KS, ACT"),
    ("Логистика и склад", "WAYBILL, UPD, CERT, CONTRACT (перевозчики)", "WAYBILL"),
    ("Снабжение", "CONTRACT (поставщики), SPEC, INVOICE, CERT", "свои"),
    ("Кадры", "HR_DOC, TRIP_DOC", "HR_DOC"),
    ("Юрист, коммерческий и генеральный директор", "все (HR_DOC — только генеральный директор)", "все"),
)  # fmt: skip


def steps(company: Company, settings: Settings) -> Iterator[str]:
    """Paragraphs of plain text. No secret is written out: where one belongs, its name in .env stands."""
    processes = [process for process in company.processes.values() if process.enabled]
    yield from _numbered(
        [
            _outgoing_webhook(settings),
            _roles(company, processes),
            *([_register()] if any(process.code == "REGISTRY" for process in processes) else []),
            _required(processes),
            _rules(settings),
        ]
    )


def _numbered(paragraphs: Iterable[str]) -> Iterator[str]:
    for number, paragraph in enumerate(paragraphs, start=1):
        yield f"{number}. {paragraph}"


def _outgoing_webhook(settings: Settings) -> str:
    secret = "/<HOOK_SECRET>" if settings.hook_secret is not None else ""
    return (
        "Исходящий вебхук. «Разработчикам» → «Другое» → «Исходящий вебхук».\n"
        f"   Адрес обработчика: https://ваш-адрес/hook/b24{secret}\n"
        f"   События: {', '.join(EVENTS)}.\n"
        "   Токен приложения, который покажет портал, запишите в .env: BITRIX_EVENT_TOKEN."
    )


def _roles(company: Company, processes: list[Process]) -> str:
    lines = ["Права на воронки. «CRM» → «Настройки» → «Права доступа»: чтение и изменение сделок — участникам воронки."]
    for process in processes:
        names = [company.roles[code.removeprefix("H-")].name for code in process.participants]
        lines.append(f"   «{process.funnel}»: {', '.join(names) or 'все сотрудники'}.")
    return "\n".join(dict.fromkeys(lines))


def _register() -> str:
    lines = ["Права на стадии реестра документов: читает / изменяет."]
    lines += [f"   {who}: {reads} / {edits}." for who, reads, edits in REGISTER]
    return "\n".join(lines)


def _required(processes: list[Process]) -> str:
    lines = ["Обязательные поля. В карточке сделки: шестерёнка у поля → «Сделать обязательным» → с указанной стадии."]
    for process in processes:
        for stage in process.stages.values():
            asked = [one for one in process.fields.values() if stage.code in one.required_on and not one.filled]
            labels = [f"«{field.label}»" for field in asked]
            if labels:
                lines.append(f"   «{process.funnel}», «{stage.title}»: {', '.join(labels)}.")
    lines.append("   «Воронка» проверяет их и сама: массовые изменения и импорт портал не проверяет.")
    return "\n".join(lines)


def _rules(settings: Settings) -> str:
    if settings.robot_secret is None:
        return "Правила автоматизации (по желанию). Сначала задайте ROBOT_SECRET в .env."
    return (
        "Правила автоматизации (по желанию). Робот «Исходящий вебхук» на стадии:\n"
        "   https://ваш-адрес/robot/<ROBOT_SECRET>/make_document?deal={{ID}} — то же, что «Сформировать документ»."
    )
