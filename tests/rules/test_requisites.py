"""Checks of requisites (spec §4.2), with numbers of real banks and numbers made for tests."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import company
from rules.requisites import check_account, check_bik, check_cor_account, check_inn, check_kpp, check_ogrn, findings

SETTLEMENT = [
    ("044525225", "40702810200000012345"),
    ("044525187", "40702810700000012345"),
    ("045004641", "40702810600000012345"),
]
CORRESPONDENT = [
    ("044525225", "30101810400000000225"),
    ("044525187", "30101810700000000187"),
    ("044525974", "30101810145250000974"),
]
ORGANISATION = {
    "entrepreneur": False,
    "inn": "1234567894",
    "kpp": "770101001",
    "ogrn": "1022200525819",
    "bik": "044525225",
    "account": "40702810200000012345",
    "cor_account": "30101810400000000225",
}
ENTREPRENEUR = ORGANISATION | {"entrepreneur": True, "inn": "123456789047", "kpp": "", "ogrn": "304500116000157"}

places = st.integers(0, 19)
digits = st.integers(1, 9)


def test_good_requisites_have_no_findings():
    assert findings(**ORGANISATION) == []
    assert findings(**ENTREPRENEUR) == []


def test_every_fault_is_told_in_the_order_of_the_card():
    assert findings(
        entrepreneur=False,
        inn="1234567895",
        kpp="",
        ogrn="1022200525818",
        bik="04452522",
        account="4070281020000001234",
        cor_account="30101810400000000226",
    ) == [
        "ИНН 1234567895: не сходится контрольная сумма",
        "КПП: не заполнен",
        "ОГРН 1022200525818: не сходится контрольная сумма",
        "БИК 04452522: должно быть 9 цифр",
        "Расчётный счёт 4070281020000001234: должно быть 20 цифр",
    ]


def test_empty_requisites_are_no_fault_but_for_the_kpp():
    assert findings(entrepreneur=False, inn="", kpp="", ogrn="") == ["КПП: не заполнен"]
    assert findings(entrepreneur=True, inn="", kpp="", ogrn="") == []


@pytest.mark.parametrize("our", company().our_companies.values(), ids=lambda our: our.code)
def test_our_own_companies_pass(our):
    said = our.model_dump(include={"inn", "kpp", "ogrn", "bik", "account", "cor_account"})
    assert all(said.values())
    assert findings(entrepreneur=False, **said) == []


# — ИНН, ОГРН, КПП, БИК —


@pytest.mark.parametrize(
    ("inn", "entrepreneur", "wrong"),
    [
        ("1234567894", False, None),
        ("123456789047", True, None),
        ("1234567895", False, "не сходится"),
        ("123456789037", True, "не сходится"),
        ("0000000000", False, "одни нули"),
        ("000000000000", True, "одни нули"),
        ("123456789047", False, "должно быть 10 цифр"),
        ("1234567894", True, "должно быть 12 цифр"),
        ("12345 67894", False, "должно быть 10 цифр"),
        ("1234567894\n", False, "должно быть 10 цифр"),
        ("１２３４５６７８９４", False, "должно быть 10 цифр"),
    ],
)
def test_inn(inn, entrepreneur, wrong):
    _is(check_inn(inn, entrepreneur=entrepreneur), wrong)


@pytest.mark.parametrize(
    ("ogrn", "entrepreneur", "wrong"),
    [
        ("1022200525819", False, None),
        ("1022500001328", False, "не сходится"),
        ("0000000000000", False, "одни нули"),
        ("304500116000157", True, None),
        ("304500116000158", True, "не сходится"),
        ("104500116000157", True, "не сходится"),
        ("000000000000000", True, "одни нули"),
        ("304500116000157", False, "должно быть 13 цифр"),
        ("1022200525819", True, "должно быть 15 цифр"),
    ],
)
def test_ogrn(ogrn, entrepreneur, wrong):
    _is(check_ogrn(ogrn, entrepreneur=entrepreneur), wrong)


@pytest.mark.parametrize(("head", "remainder"), [(30450011600018, 10), (30450011600019, 11), (30450011600020, 12)])
def test_an_ogrnip_whose_remainder_has_two_digits_ends_with_the_last(head, remainder):
    assert head % 13 == remainder
    assert check_ogrn(f"{head}{remainder % 10}", entrepreneur=True) is None


@given(st.integers(300_000_000_000_00, 399_999_999_999_99), digits)
def test_exactly_one_last_digit_makes_an_ogrnip(head, other):
    right = str(head % 13)[-1]
    wrong = str((int(right) + other) % 10)
    assert check_ogrn(f"{head}{right}", entrepreneur=True) is None
    assert check_ogrn(f"{head}{wrong}", entrepreneur=True)


@pytest.mark.parametrize(
    ("kpp", "entrepreneur", "wrong"),
    [
        ("770101001", False, None),
        ("7701AZ001", False, None),
        ("", False, "не заполнен"),
        ("77010100", False, "должно быть 9 знаков"),
        ("7701az001", False, "должно быть 9 знаков"),
        ("7701ЖЯ001", False, "должно быть 9 знаков"),
        ("A70101001", False, "должно быть 9 знаков"),
        ("770101001\n", False, "должно быть 9 знаков"),
        ("", True, None),
        ("770101001", True, "у индивидуального предпринимателя его нет"),
    ],
)
def test_kpp(kpp, entrepreneur, wrong):
    _is(check_kpp(kpp, entrepreneur=entrepreneur), wrong)


@pytest.mark.parametrize(("bik", "wrong"), [("044525225", None), ("04452522", "9 цифр"), ("04452522A", "9 цифр")])
def test_bik(bik, wrong):
    _is(check_bik(bik), wrong)


# — accounts —


@pytest.mark.parametrize(("bik", "account"), SETTLEMENT)
def test_settlement_accounts(bik, account):
    assert check_account(account, bik) is None


@pytest.mark.parametrize(("bik", "account"), CORRESPONDENT)
def test_correspondent_accounts(bik, account):
    assert check_cor_account(account, bik) is None


@pytest.mark.parametrize(("check", "account"), [(check_account, SETTLEMENT[0]), (check_cor_account, CORRESPONDENT[0])])
@given(places, digits)
def test_a_changed_digit_is_found(check, account, place, by):
    bik, number = account
    changed = f"{number[:place]}{(int(number[place]) + by) % 10}{number[place + 1 :]}"
    assert check(changed, bik).endswith(f"{changed}: не соответствует БИК {bik}")


def test_an_account_of_another_bank_is_found():
    assert check_account(SETTLEMENT[0][1], SETTLEMENT[1][0])


@pytest.mark.parametrize("bik", ["017501500", "004525988"])
@pytest.mark.parametrize("check", [check_account, check_cor_account])
def test_of_a_treasury_only_the_length_is_checked(check, bik):
    assert check("03100643000000016900", bik) is None
    assert check("03100643000000016901", bik) is None
    assert check("0310064300000001690", bik).endswith("должно быть 20 цифр")


def test_without_a_right_bik_only_the_length_is_checked():
    assert check_account("40702810200000012346", "04452522") is None
    assert check_account("4070281020000001234", "").endswith("должно быть 20 цифр")


def _is(finding: str | None, wrong: str | None) -> None:
    assert finding is None if wrong is None else finding is not None and wrong in finding
