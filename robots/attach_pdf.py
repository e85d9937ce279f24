"""Put the PDF of a filled document beside it."""

from documents import kept, pdf
from engine import failpoints
from engine.deal import Deal
from engine.ledger import Waits
from engine.run import Doing, Run
from robots.attach_file import attach_file
from robots.comment import comment

NO_OFFICE = "на сервере нет LibreOffice"


def attach_pdf(run: Run, deal: Deal, document: int) -> Doing | None:
    """The PDF of a row of the table `documents` lies on the card; where none can be made the card says so, once. Not inside `together()`.

    It is made once and kept as the DOCX is. While LibreOffice is at other documents, the family waits and holds nobody up.
    """
    made = run.fact(f"PDF of {document}", lambda: _make(run, document))
    if made["id"] is not None:
        return attach_file(run, deal, made["id"])
    if made["why_not"]:
        text = f"PDF не сделан: {made['why_not']}. Откройте DOCX в Word и выберите «Файл → Сохранить как → PDF»."
        comment(run, deal, text, once=f"no PDF: {made['why_not']}")
    return None


def _make(run: Run, document: int) -> dict:
    store, setting = run.engine.storage, run.engine.settings.office
    there = kept.pdf_of(store, document)
    if there is not None or setting == pdf.OFF:
        return {"id": there, "why_not": ""}
    office = pdf.office(setting)
    if office is None:
        return {"id": None, "why_not": NO_OFFICE}
    try:
        content = office.convert(kept.file(store, document)[1])
    except pdf.Busy as busy:
        raise Waits(busy.seconds, str(busy)) from None
    except pdf.NotMade as why:
        return {"id": None, "why_not": str(why)}
    failpoints.reach("converted")
    return {"id": kept.keep_pdf(store, run.engine.clock, document, content), "why_not": ""}
