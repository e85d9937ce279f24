"""Write fields of a company card of the portal, if they do not say so already."""

from engine.dictionary import COMPANY
from engine.ledger import Effect, verb
from engine.run import Doing, Run


def set_company_fields(run: Run, company: int, **values: object) -> Doing:
    """`set_company_fields(run, 12, rating=Decimal("4.5"))`: fields of config/company_fields.yaml; None empties one.

    Compare, then set: what stands there is read just before.
    https://apidocs.bitrix24.com/api-reference/crm/universal/crm-item-update.html
    """
    dictionary = run.engine.dictionary
    named = {name: dictionary.company_field(name) for name in values}
    fields = {field.code: dictionary.encode(field, values[name]) for name, field in named.items()}
    params = {"entityTypeId": COMPANY, "id": company, "fields": fields, "useOriginalUfNames": "Y"}
    return run.do(SET_COMPANY_FIELDS, f"set company {company}", "crm.item.update", params, memo={"names": [*values]})


def _unless(engine, effect: Effect) -> dict | None:
    params = {"entityTypeId": COMPANY, "id": effect.params["id"], "useOriginalUfNames": "Y"}
    item = engine.ask("crm.item.get", params).result["item"]
    fields = [engine.dictionary.company_field(name) for name in effect.memo["names"]]
    for field in fields:
        wanted, present = effect.params["fields"][field.code], item.get(field.code)
        if engine.dictionary.decode(field, wanted) != engine.dictionary.decode(field, present):
            return None
    return {"says_so": True}


SET_COMPANY_FIELDS = verb("set_company_fields", unless=_unless, repeatable=True)
