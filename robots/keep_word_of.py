"""Keep what only one role may decide: a field that somebody else has changed is put back."""

from engine.deal import Deal
from engine.run import Run
from robots.comment import comment
from robots.notify import notify
from robots.set_fields import set_fields


def keep_word_of(run: Run, deal: Deal, field: str, role: str, *others: str) -> bool:
    """True: the field was changed by who fills `role`, or one of the `others`, and its word stands.

    Where the layer wrote to the card right after, nobody can tell who it was: that counts as somebody else. Else the field
    says what it said before (nothing, on a new card), the card says who may change it, and whoever tried is told (R-22).
    """
    who = run.change.what.get("by") or deal.moved_by
    holds, roles = run.engine.people.holds, (role, *others)
    allowed = run.fact(f"{role} may set {field}", lambda: any(holds(who, one, deal) for one in roles))
    if allowed:
        return True
    dictionary = run.engine.dictionary
    known = dictionary.field(deal.process, field)
    label, before = known.label, dictionary.decode(known, run.change.what.get("old"))
    text = f"Поле «{label}» может изменить только {run.company.roles[role].name.lower()}: прежнее значение возвращено."
    with run.together():
        set_fields(run, deal, **{field: before})
        comment(run, deal, text)
        if who not in (0, run.engine.own_user):
            notify(run, who, text, deal=deal)
    return False
