"""Checks of Russian requisites (spec §4.2): what is wrong with them, in words for people.

ИНН and ОГРН by their own check digits (python-stdnum); accounts by the control key of the Bank of Russia: weights
7, 1, 3 over the bank's mark and the account add up to a multiple of ten.
"""

import re
from itertools import cycle

from stdnum.ru import inn as stdnum_inn
from stdnum.ru import ogrn as stdnum_ogrn

KPP = re.compile(r"[0-9]{4}[0-9A-Z]{2}[0-9]{3}")
TREASURY = ("00", "01")
"""How a БИК of the treasury begins: its accounts follow other rules, so only their length is checked."""


def findings(
    *, entrepreneur: bool, inn: str, kpp: str, ogrn: str, bik: str = "", account: str = "", cor_account: str = ""
) -> list[str]:
    """One sentence a fault: «ИНН 7701234561: не сходится контрольная сумма».

    An empty requisite is no fault, but for the КПП of an organisation. `entrepreneur`: an ИП, who has a longer ИНН and
    ОГРНИП and no КПП.
    """
    found = [
        check_inn(inn, entrepreneur=entrepreneur) if inn else None,
        check_kpp(kpp, entrepreneur=entrepreneur),
        check_ogrn(ogrn, entrepreneur=entrepreneur) if ogrn else None,
        check_bik(bik) if bik else None,
        check_account(account, bik) if account else None,
        check_cor_account(cor_account, bik) if cor_account else None,
    ]
    return [one for one in found if one]


def check_inn(inn: str, *, entrepreneur: bool) -> str | None:
    """Ten digits, twelve of an entrepreneur; only zeros would pass the check digits and are refused."""
    return _number("ИНН", inn, 12 if entrepreneur else 10) or _sum("ИНН", inn, stdnum_inn.is_valid(inn))


def check_ogrn(ogrn: str, *, entrepreneur: bool) -> str | None:
    """Thirteen digits, of an entrepreneur fifteen and called ОГРНИП."""
    name, digits = ("ОГРНИП", 15) if entrepreneur else ("ОГРН", 13)
    return _number(name, ogrn, digits) or _sum(name, ogrn, (_is_ogrnip if entrepreneur else stdnum_ogrn.is_valid)(ogrn))


def check_kpp(kpp: str, *, entrepreneur: bool) -> str | None:
    """An organisation must have one, an entrepreneur has none."""
    if entrepreneur:
        return f"КПП {kpp}: у индивидуального предпринимателя его нет" if kpp else None
    if not kpp:
        return "КПП: не заполнен"
    return None if KPP.fullmatch(kpp) else f"КПП {kpp}: должно быть 9 знаков вида 770101001"


def check_bik(bik: str) -> str | None:
    """Nine digits."""
    return _number("БИК", bik, 9)


def check_account(account: str, bik: str) -> str | None:
    """Twenty digits whose key fits the last three of the БИК."""
    return _account("Расчётный счёт", account, bik, mark=bik[-3:])


def check_cor_account(account: str, bik: str) -> str | None:
    """Twenty digits whose key fits the Bank of Russia's office in the БИК."""
    return _account("Корреспондентский счёт", account, bik, mark=f"0{bik[4:6]}")


def _account(name: str, account: str, bik: str, mark: str) -> str | None:
    wrong = _number(name, account, 20)
    if wrong or bik.startswith(TREASURY) or check_bik(bik):
        return wrong
    key = sum(int(digit) * weight for digit, weight in zip(mark + account, cycle((7, 1, 3)), strict=False))
    return None if key % 10 == 0 else f"{name} {account}: не соответствует БИК {bik}"


def _number(name: str, text: str, digits: int) -> str | None:
    if not re.fullmatch(rf"[0-9]{{{digits}}}", text):
        return f"{name} {text}: должно быть {digits} цифр"
    return f"{name} {text}: одни нули" if set(text) == {"0"} else None


def _is_ogrnip(number: str) -> bool:
    """Ends with the last digit of the remainder by 13; python-stdnum 2.2 refuses those whose remainder is 10 to 12."""
    return number[0] in "34" and str(int(number[:-1]) % 13)[-1] == number[-1]


def _sum(name: str, text: str, is_valid: bool) -> str | None:
    return None if is_valid else f"{name} {text}: не сходится контрольная сумма"
