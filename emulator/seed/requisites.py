"""Numbers of Russian legal entities that pass their checksums, made from a firm's place in the list."""

from random import Random

from stdnum.ru import inn, ogrn

ACCOUNT_WEIGHTS = (7, 1, 3)


def organisation(dice: Random, region: str) -> dict:
    """ИНН, КПП and ОГРН of an organisation."""
    office = f"{region}{dice.randint(1, 40):02}"
    number = f"{office}{dice.randint(10_000, 99_999)}"
    return {
        "RQ_INN": number + inn.calc_company_check_digit(number),
        "RQ_KPP": f"{office}01001",
        "RQ_OGRN": _registered(dice, "1", region, 7),
    }


def entrepreneur(dice: Random, region: str) -> dict:
    """ИНН and ОГРНИП of a person's business; it has no КПП."""
    number = f"{region}{dice.randint(1, 40):02}{dice.randint(100_000, 999_999)}"
    return {
        "RQ_INN": number + inn.calc_personal_check_digits(number),
        "RQ_OGRNIP": _registered(dice, "3", region, 9),
    }


def _registered(dice: Random, sign: str, region: str, digits: int) -> str:
    """Sign, year and region of the record, its number, the control digit."""
    head = f"{sign}{dice.randint(3, 24):02}{region}{dice.randrange(10 ** (digits - 1), 10**digits)}"
    return next(number for key in range(10) if ogrn.is_valid(number := f"{head}{key}"))


def correspondent_account(bik: str) -> str:
    """The bank's account at the central bank: it ends like the БИК; the ninth digit is the key."""
    return _with_key("0" + bik[4:6], "30101810", f"00000000{bik[-3:]}")


def settlement_account(dice: Random, bik: str, of_person: bool) -> str:
    prefix = "40802810" if of_person else "40702810"
    return _with_key(bik[-3:], prefix, f"{dice.randint(0, 9999):04}{dice.randint(0, 9_999_999):07}")


def account_fits(head: str, account: str) -> bool:
    """The control sum of 23 digits: three of the bank, twenty of the account, weights 7-1-3."""
    digits = [int(digit) for digit in head + account]
    return sum(digit * ACCOUNT_WEIGHTS[place % 3] for place, digit in enumerate(digits)) % 10 == 0


def _with_key(head: str, prefix: str, rest: str) -> str:
    return next(account for key in range(10) if account_fits(head, account := f"{prefix}{key}{rest}"))
