"""Write fields of company cards of the portal, those only that do not say so already."""

from collections.abc import Mapping

import sqlalchemy as sa

from engine.company_card import asked, kept
from engine.dictionary import COMPANY
from engine.ledger import Effect, Verb, verb
from engine.run import Doing, Run


def set_company_fields(run: Run, company: int, **values: object) -> Doing:
    """`set_company_fields(run, 12, rating=Decimal("4.5"))`: fields of config/company_fields.yaml; None empties one.

    Compare, then set: what stands there is read just before. Our own write is never taken for a person's.
    https://apidocs.bitrix24.com/api-reference/crm/universal/crm-item-update.html
    """
    return _write(run, SET_COMPANY_FIELDS, company, values)


def set_companies(
    run: Run, wanted: Mapping[int, Mapping[str, object]], *, saying: Mapping[int, Mapping[str, object]] | None = None
) -> None:
    """The same for many at once: `set_companies(run, {12: {"branch_rate": Decimal("1.25")}, …})`; one reading for all.

    `saying`: what a company must still say to be written to.
    """
    dictionary = run.engine.dictionary
    found = run.engine.items(asked(dictionary, {"@id": sorted(wanted)})) if wanted else ()
    with run.together():
        for item in found:
            company = int(item["id"])
            still = _says(run.engine, item, (saying or {}).get(company, {}))
            if still and not _says(run.engine, item, wanted[company]):
                _write(run, SET_COMPANIES, company, wanted[company])


def _write(run: Run, how: Verb, company: int, values: Mapping[str, object]) -> Doing:
    dictionary = run.engine.dictionary
    named = {name: dictionary.company_field(name) for name in values}
    fields = {field.code: dictionary.encode(field, values[name]) for name, field in named.items()}
    params = {"entityTypeId": COMPANY, "id": company, "fields": fields, "useOriginalUfNames": "Y"}
    return run.do(how, f"set company {company}", "crm.item.update", params, memo={"names": [*values]})


def _says(engine, item: dict, values: Mapping[str, object]) -> bool:
    fields = {engine.dictionary.company_field(name): value for name, value in values.items()}
    return all(
        engine.dictionary.decode(field, item.get(field.code))
        == engine.dictionary.decode(field, engine.dictionary.encode(field, value))
        for field, value in fields.items()
    )


def _unless(engine, effect: Effect, item: dict) -> dict | None:
    fields = [engine.dictionary.company_field(name) for name in effect.memo["names"]]
    for field in fields:
        wanted, present = effect.params["fields"][field.code], item.get(field.code)
        if engine.dictionary.decode(field, wanted) != engine.dictionary.decode(field, present):
            return None
    return {"says_so": True}


def _settle(engine, tx: sa.Connection, effect: Effect, result: dict) -> None:
    written = kept(engine.dictionary, result.get("item", {}))
    known = {key: written[key] for key in (*effect.params["fields"], "updatedTime") if key in written}
    engine.observer.companies.wrote(tx, effect.params["id"], {**effect.params["fields"], **known})


SET_COMPANY_FIELDS = verb("set_company_fields", unless=_unless, settle=_settle, repeatable=True)
SET_COMPANIES = verb("set_companies", settle=_settle, repeatable=True)
