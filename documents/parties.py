"""The two sides of a document: requisites, and who signs for them (spec §15.2)."""

from dataclasses import dataclass, field
from datetime import date

from config import OurCompany
from documents import sources
from rules import declension, requisites, words

ENTREPRENEURS = ("ИП", "Самозанятый")
FOREIGN = "Иностранная организация"
"""Its numbers are of another country: no check of ours is right for them."""
SELF_EMPLOYED = "Самозанятый"
BY_OWN_TAX = "специальный налоговый режим «Налог на профессиональный доход»"
NO_OGRNIP = "ОГРНИП (реквизиты компании)"
SIGNER = "Подписант (ФИО, именительный)"
POST = "Должность подписанта (именительный)"
SEX = "Пол подписанта"
_OF_EACH: dict[str, str] = {
    "full_name": "полное наименование", "short_name": "краткое наименование", "inn": "ИНН", "kpp": "КПП (у ИП пусто)",
    "ogrn": "ОГРН или ОГРНИП", "ogrn_label": "слово «ОГРН» или «ОГРНИП»", "okpo": "ОКПО (может быть пусто)",
    "legal_address": "юридический адрес", "post_address": "почтовый адрес", "phone": "телефон", "email": "электронная почта",
    "bank.name": "банк", "bank.bik": "БИК", "bank.account": "расчётный счёт", "bank.corr": "корреспондентский счёт",
    "accountant_short": "главный бухгалтер, И. И. Фамилия (может быть пусто)", "is_entrepreneur": "да/нет: ИП или самозанятый",
    "named": "именуемое, именуемый или именуемая", "sign_line": "в лице … в родительном падеже, действующего на основании …; у ИП — ФИО, действующий на основании …",
    "acts": "то же, что sign_line, но у ИП без ФИО: для текста, где ФИО уже названо", "sign_post": "должность подписанта",
    "sign_short": "подписант, И. И. Фамилия",
}  # fmt: skip
VOCABULARY: dict[str, str] = {
    **{f"our.{name}": f"наше юридическое лицо: {meaning}" for name, meaning in _OF_EACH.items()},
    **{f"client.{name}": f"клиент: {meaning}" for name, meaning in _OF_EACH.items()},
}


@dataclass
class Party:
    """`said`: what templates print. `lacking`: labels of what a signature needs; `ask`: the phrase that a person shall check."""

    said: dict
    lacking: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    phrase: str = ""
    certain: bool = True


@dataclass(frozen=True)
class Signer:
    """Who signs, and on what their authority rests (in the genitive). `for_whom`: the sex of an entrepreneur who lets another sign."""

    fio: str
    post: str
    sex: str | None
    basis: str
    fio_gen: str = ""
    post_gen: str = ""
    for_whom: str | None = None


def ours(our: OurCompany) -> Party:
    """Our own company, out of config/our_companies.yaml."""
    said = {
        "full_name": our.full_name, "short_name": our.name, "inn": our.inn, "kpp": our.kpp, "ogrn": our.ogrn, "okpo": our.okpo,
        "legal_address": words.unbroken(our.address), "post_address": words.unbroken(our.post_address or our.address), "phone": our.phone, "email": our.email,
        "bank": {"name": our.bank, "bik": our.bik, "account": our.account, "corr": our.cor_account},
        "accountant_short": declension.initials(our.accountant),
    }  # fmt: skip
    sex = our.director_sex or declension.sex(our.director)
    signer = Signer(our.director, our.director_post, sex, our.basis, our.director_gen, our.director_post_gen)
    return _signed(said, our.legal_form, signer)


def client(found: dict) -> Party:
    """The card's client, out of the portal's requisites and the fields of the company."""
    company, requisite, bank, addresses = (found[name] for name in ("company", "requisite", "bank", "addresses"))
    legal = addresses.get(sources.LEGAL) or addresses.get(sources.REGISTERED) or addresses.get(sources.ACTUAL) or ""
    person = _form(company, requisite) in ENTREPRENEURS
    short = requisite.get("RQ_COMPANY_NAME") or requisite.get("RQ_NAME") or company.get("title") or ""
    said = {
        "full_name": requisite.get("RQ_COMPANY_FULL_NAME") or (_full_name(company, requisite) if person else short),
        "short_name": short, "inn": requisite.get("RQ_INN") or "", "kpp": requisite.get("RQ_KPP") or "",
        "ogrn": requisite.get("RQ_OGRNIP" if person else "RQ_OGRN") or "", "okpo": requisite.get("RQ_OKPO") or "",
        "legal_address": words.unbroken(legal), "post_address": words.unbroken(addresses.get(sources.ACTUAL) or legal),
        "phone": requisite.get("RQ_PHONE") or _multifield(company, "PHONE"),
        "email": requisite.get("RQ_EMAIL") or _multifield(company, "EMAIL"),
        "bank": {
            "name": bank.get("RQ_BANK_NAME") or "", "bik": bank.get("RQ_BIK") or "", "account": bank.get("RQ_ACC_NUM") or "",
            "corr": bank.get("RQ_COR_ACC_NUM") or "",
        },
        "accountant_short": declension.initials(requisite.get("RQ_ACCOUNTANT") or ""),
    }  # fmt: skip
    party = _signed(said, _form(company, requisite), _signer(company, requisite, person))
    if _form(company, requisite) != FOREIGN:
        party.doubts = requisites.findings(
            entrepreneur=person, inn=said["inn"], kpp=said["kpp"], ogrn=said["ogrn"], bik=said["bank"]["bik"],
            account=said["bank"]["account"], cor_account=said["bank"]["corr"],
        )  # fmt: skip
    party.lacking += _lacking_basis(company, requisite, person)
    return party


def _form(company: dict, requisite: dict) -> str:
    return company.get("UF_CRM_SF_LEGAL_FORM") or ("ИП" if requisite.get("RQ_OGRNIP") else "ООО")


def _fio(company: dict, requisite: dict) -> str:
    return " ".join((company.get("UF_CRM_SF_SIGN_FIO") or requisite.get("RQ_DIRECTOR") or "").split())


def _full_name(company: dict, requisite: dict) -> str:
    """Of somebody who is no organisation; whoever is self-employed is entered in no register of entrepreneurs."""
    fio = _owner(company, requisite)
    return fio if _form(company, requisite) == SELF_EMPLOYED else f"Индивидуальный предприниматель {fio}"


def _signer(company: dict, requisite: dict, person: bool) -> Signer:
    fio = _fio(company, requisite)
    sex = company.get("UF_CRM_SF_SIGN_SEX") or (declension.sex(fio) if fio else None)
    post = (
        company.get("UF_CRM_SF_SIGN_POST")
        or requisite.get("RQ_CEO_WORK_POS")
        or (_post(company, requisite) if person else "")
    )
    return Signer(
        fio, post, sex, _basis(company, requisite, person),
        company.get("UF_CRM_SF_SIGN_FIO_GEN") or "", company.get("UF_CRM_SF_SIGN_POST_GEN") or "",
        (declension.sex(_owner(company, requisite)) or sex) if person and _is_represented(company) else None,
    )  # fmt: skip


def _is_represented(company: dict) -> bool:
    return company.get("UF_CRM_SF_SIGN_BASIS") == "Доверенность"


def _owner(company: dict, requisite: dict) -> str:
    """The name of the entrepreneur, whoever signs."""
    of_requisite = " ".join(filter(None, (requisite.get(f"RQ_{one}_NAME") for one in ("LAST", "FIRST", "SECOND"))))
    short = requisite.get("RQ_COMPANY_NAME") or company.get("title") or ""
    return of_requisite or (short.removeprefix("ИП ") if short.startswith("ИП ") else _fio(company, requisite))


def _post(company: dict, requisite: dict) -> str:
    """What an entrepreneur signs as, where the company does not say it."""
    if _is_represented(company):
        return "Представитель"
    is_self_employed = _form(company, requisite) == SELF_EMPLOYED
    return "Плательщик налога на профессиональный доход" if is_self_employed else "Индивидуальный предприниматель"


def _basis(company: dict, requisite: dict, person: bool) -> str:
    """The fixed dictionary: «Устава», «доверенности № … от …», «записи в ЕГРИП, ОГРНИП …», «приказа № … от …»."""
    number, day = company.get("UF_CRM_SF_SIGN_BASIS_NO") or "", company.get("UF_CRM_SF_SIGN_BASIS_DT") or ""
    dated = f" № {number} от {words.date_text(date.fromisoformat(day[:10]))}" if number and day else ""
    match company.get("UF_CRM_SF_SIGN_BASIS") or ("Свидетельство ИП (ОГРНИП)" if person else ""):
        case "Устав":
            return "Устава"
        case "Доверенность":
            return f"доверенности{dated}"
        case "Приказ":
            return f"приказа{dated}"
        case "Свидетельство ИП (ОГРНИП)":
            return f"записи в ЕГРИП, ОГРНИП {number or requisite.get('RQ_OGRNIP') or ''}".rstrip()
    return ""


def _lacking_basis(company: dict, requisite: dict, person: bool) -> list[str]:
    basis = company.get("UF_CRM_SF_SIGN_BASIS")
    if person and not _is_represented(company):
        has_number = requisite.get("RQ_OGRNIP") or _form(company, requisite) == SELF_EMPLOYED
        return [] if has_number else [NO_OGRNIP]
    if not basis:
        return ["Основание полномочий"]
    wanted = {"Номер основания": "UF_CRM_SF_SIGN_BASIS_NO", "Дата основания": "UF_CRM_SF_SIGN_BASIS_DT"}
    return [label for label, name in wanted.items() if basis in ("Доверенность", "Приказ") and not company.get(name)]


def _multifield(company: dict, kind: str) -> str:
    return next((one["value"] for one in company.get("fm") or [] if one["typeId"] == kind), "")


# — who signs —


def _signed(said: dict, form: str, signer: Signer) -> Party:
    person, acts_for_himself = form in ENTREPRENEURS, form in ENTREPRENEURS and signer.for_whom is None
    lacking = [label for label, value in ((SIGNER, signer.fio), (POST, signer.post), (SEX, signer.sex)) if not value]
    woman = (signer.for_whom or signer.sex) == declension.FEMALE
    said |= {
        "is_entrepreneur": person,
        "ogrn_label": "ОГРНИП" if person else "ОГРН",
        "named": ("именуемая" if woman else "именуемый") if person else "именуемое",
        "sign_post": signer.post,
        "sign_short": declension.initials(signer.fio),
    }
    if acts_for_himself:
        acts = _acts_for_himself(form, signer, woman)
        lacking = [one for one in lacking if one != POST]
        return Party({**said, "acts": acts, "sign_line": f"{signer.fio}, {acts}"}, lacking)
    sex = signer.sex or declension.MALE
    name, post = _genitive(signer, sex)
    phrase = f"в лице {post.text} {name.text}"
    line = f"{phrase}, {'действующей' if sex == declension.FEMALE else 'действующего'} на основании {signer.basis}"
    return Party(
        {**said, "acts": line, "sign_line": line}, lacking,
        phrase="" if signer.fio_gen and signer.post_gen else phrase, certain=name.certain and post.certain,
    )  # fmt: skip


def _acts_for_himself(form: str, signer: Signer, woman: bool) -> str:
    if form == SELF_EMPLOYED:
        return f"{'применяющая' if woman else 'применяющий'} {BY_OWN_TAX}"
    return f"{'действующая' if woman else 'действующий'} на основании {signer.basis}"


def _genitive(signer: Signer, sex: str) -> tuple[declension.Declined, declension.Declined]:
    """What people have checked rules over what is declined here."""
    name = declension.Declined(signer.fio_gen, True) if signer.fio_gen else declension.name_genitive(signer.fio, sex)
    post = declension.Declined(signer.post_gen, True) if signer.post_gen else declension.post_genitive(signer.post)
    return name, post
