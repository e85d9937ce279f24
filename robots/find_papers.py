"""Find the papers that belong to a contract and still count: specifications, acts, invoices."""

from engine.deal import Deal
from engine.dictionary import links
from engine.run import Run

COUNTING = ("На согласовании", "На подписании", "Действует", "Подписан (закрывающий)")


def find_papers(run: Run, contract: Deal) -> list[str]:
    """RG-T14. Titles of those that are neither drafts, nor expired, annulled or archived."""
    return run.fact(f"papers of {contract.id}", lambda: _ask(run, contract.id))


def _ask(run: Run, contract: int) -> list[str]:
    dictionary = run.engine.dictionary
    base = dictionary.field("REGISTRY", "doc_base").code
    which = {"=categoryId": dictionary.category("REGISTRY"), f"@{base}": links([contract])}
    papers = run.engine.cards_where(which)
    return [one.title for one in papers if one.is_open(run.company) and one["doc_state"] in COUNTING]
