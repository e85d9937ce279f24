"""Sixty client companies with requisites, bank details and the people to talk to (clients.yaml)."""

from dataclasses import dataclass
from random import Random

from .. import rest
from ..registry import Caller
from . import requisites
from .files import read
from .options import Options

ORGANISATION, ENTREPRENEUR = 1, 2
LEGAL = 6
FULL_FORMS = {
    "ООО": "Общество с ограниченной ответственностью",
    "АО": "Акционерное общество",
    "ПАО": "Публичное акционерное общество",
    "ГУП, МУП": "Муниципальное унитарное предприятие",
    "ИП": "Индивидуальный предприниматель",
}


@dataclass(frozen=True)
class Client:
    company_id: int
    contact_id: int
    title: str
    city: str
    address: str


def plant(portal, dice: Random, responsible: dict[str, list[int]]) -> list[Client]:
    """`responsible`: the sales managers of each city."""
    data = read("clients.yaml")
    planter = _Planter(portal, dice, data)
    return [
        planter.add(place, described, responsible[place["city"]])
        for place in data["cities"]
        for described in place["clients"]
    ]


class _Planter:
    def __init__(self, portal, dice: Random, data: dict):
        self.portal, self.dice, self.data = portal, dice, data
        self.options = Options(portal, "CRM_COMPANY")

    def add(self, place: dict, described: dict, managers: list[int]) -> Client:
        manager = self.dice.choice(managers)
        address = f"г. {place['city']}, {place['street']}, д. {self.dice.randint(1, 120)}"
        title = short_name(described)
        fields = {"title": title, "assignedById": manager, "typeId": "CUSTOMER", **self._signer(described)}
        fields["fm"] = [self._phone(), {"typeId": "EMAIL", "valueType": "WORK", "value": self._mail("office")}]
        company_id = self._run(manager, "crm.item.add", entityTypeId=4, fields=fields)["item"]["id"]
        self._requisites(described, place["region"], company_id, title, address)
        return Client(company_id, self._contact(manager, company_id), title, place["city"], address)

    def _signer(self, described: dict) -> dict:
        of_person = described["form"] == "ИП"
        woman = described["signer"].endswith("на")
        return {
            "UF_CRM_SF_SIGN_FIO": described["signer"],
            "UF_CRM_SF_SIGN_POST": described["post"],
            "UF_CRM_SF_SIGN_SEX": self.options.id("UF_CRM_SF_SIGN_SEX", "Ж" if woman else "М"),
            "UF_CRM_SF_SIGN_BASIS": self.options.id(
                "UF_CRM_SF_SIGN_BASIS", "Свидетельство ИП (ОГРНИП)" if of_person else "Устав"
            ),
            "UF_CRM_SF_LEGAL_FORM": self.options.id("UF_CRM_SF_LEGAL_FORM", described["form"]),
            "UF_CRM_SF_VAT_MODE": self.options.id(
                "UF_CRM_SF_VAT_MODE", "УСН 5%" if of_person else "Общая ставка"
            ),
            "UF_CRM_SF_KIND": [self.options.id("UF_CRM_SF_KIND", "Клиент")],
        }  # fmt: skip

    def _requisites(self, described: dict, region: str, company_id: int, title: str, address: str) -> None:
        of_person = described["form"] == "ИП"
        numbers = (requisites.entrepreneur if of_person else requisites.organisation)(self.dice, region)
        fields = {
            "ENTITY_TYPE_ID": 4,
            "ENTITY_ID": company_id,
            "PRESET_ID": ENTREPRENEUR if of_person else ORGANISATION,
            "NAME": "ИП" if of_person else "Организация",
            "RQ_COMPANY_NAME": title,
            "RQ_COMPANY_FULL_NAME": full_name(described),
            "RQ_DIRECTOR": described["signer"],
            **numbers,
        }
        requisite_id = self._run(1, "crm.requisite.add", fields=fields)
        bank = self.dice.choice(self.data["banks"])
        details = {
            "ENTITY_ID": requisite_id,
            "NAME": "Основной счёт",
            "RQ_BANK_NAME": bank["name"],
            "RQ_BIK": bank["bik"],
            "RQ_ACC_NUM": requisites.settlement_account(self.dice, bank["bik"], of_person),
            "RQ_COR_ACC_NUM": requisites.correspondent_account(bank["bik"]),
        }
        self._run(1, "crm.requisite.bankdetail.add", fields=details)
        legal = {"TYPE_ID": LEGAL, "ENTITY_TYPE_ID": 8, "ENTITY_ID": requisite_id, "ADDRESS_1": address}
        self._run(1, "crm.address.add", fields=legal)

    def _contact(self, manager: int, company_id: int) -> int:
        pool = self.data["contacts"]
        names = pool[self.dice.choice(["men", "women"])]
        fields = {
            "name": self.dice.choice(names["first"]),
            "secondName": self.dice.choice(names["second"]),
            "lastName": self.dice.choice(names["last"]),
            "post": self.dice.choice(pool["posts"]),
            "companyId": company_id,
            "assignedById": manager,
            "fm": [self._phone(), {"typeId": "EMAIL", "valueType": "WORK", "value": self._mail("zakupki")}],
        }
        return self._run(manager, "crm.item.add", entityTypeId=3, fields=fields)["item"]["id"]

    def _phone(self) -> dict:
        number = f"+7{self.dice.randint(900, 999)}{self.dice.randint(1_000_000, 9_999_999)}"
        return {"typeId": "PHONE", "valueType": "WORK", "value": number}

    def _mail(self, box: str) -> str:
        return f"{box}@client{len(self.portal.store.companies)}.example"

    def _run(self, user_id: int, name: str, **params: object) -> object:
        return rest.run(self.portal, Caller(user_id, via="seed"), name, {"useOriginalUfNames": "Y", **params}).result


def short_name(described: dict) -> str:
    if described["form"] == "ИП":
        return f"ИП {described['name']}"
    return f"{described['form'].split(', ')[-1]} «{described['name']}»"


def full_name(described: dict) -> str:
    full = FULL_FORMS[described["form"]]
    return f"{full} {described['name']}" if described["form"] == "ИП" else f"{full} «{described['name']}»"
