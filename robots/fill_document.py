"""Fill a DOCX template from a card and attach the document to it."""

from engine.deal import Deal
from engine.run import Doing, Run
from robots.comment import comment


def fill_document(run: Run, deal: Deal, kind: str) -> Doing:
    """The document of that kind lies on the card. A kind without a template is answered on the card instead.

    No template is written yet, so every kind is answered.
    """
    return comment(
        run, deal, f"Шаблон «{kind}» ещё не подготовлен. Документ не сформирован, обратитесь к администратору портала."
    )
