"""Compare the number of a document with those of the others in the register."""

from datetime import date

from engine.deal import Deal
from engine.run import Run
from robots.comment import comment
from robots.register_document import REGISTER, our_company

GONE = ("WON", "LOSE")
"""Stages that no longer say the type; the numbers of documents there are not used again."""


def check_number(run: Run, document: Deal) -> None:
    """Spec registry §7.3. A number that another document of the type, own company and year bears is told of on the card.

    Inside a contract: another document of that contract; where numbers come from elsewhere: another one of that company.
    """
    number = document["doc_no"]
    if not number:
        return
    other = run.fact(f"bears {number}", lambda: _other(run, document, number))
    if other:
        comment(run, document, f"Номер уже использован: № {number} — {other}")


def _other(run: Run, document: Deal, number: str) -> str | None:
    dictionary = run.engine.dictionary
    filter_ = {"=categoryId": dictionary.category(REGISTER), f"={dictionary.field(REGISTER, 'doc_no').code}": number}
    for other in run.engine.cards_where(filter_):
        if other.id != document.id and other["doc_no"] == number and _is_of_one_count(run, document, other):
            return f"[url={run.portal.address}{other.path}]{other.title}[/url]"
    return None


def _is_of_one_count(run: Run, document: Deal, other: Deal) -> bool:
    type_ = run.company.document_types[document.stage]
    if other.stage not in (document.stage, *GONE) or our_company(run, other) != our_company(run, document):
        return False
    if type_.within_contract:
        return other["doc_base"] == document["doc_base"]
    if type_.prefix is None and other["company"] != document["company"]:
        return False
    return _year(other["doc_date"]) == _year(document["doc_date"])


def _year(day: object) -> int | None:
    return day.year if isinstance(day, date) else None
