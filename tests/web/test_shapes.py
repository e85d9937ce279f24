"""The shapes of 1C's documents: whatever is sent is either plain text in one spelling, or refused in Russian."""

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from web import shapes

PAYMENT = {"document": "b4f1", "date": "2026-11-23", "sum": "100.00", "number": "117", "deal": 12}
SHIPMENT = {
    "document": "c9a2", "date": "2026-11-23", "deal": 12, "upd": {"number": "45", "date": "2026-11-23", "sum": "56000.00"},
    "rows": [{"product": "Костюм", "quantity": "40"}],
}  # fmt: skip
SPLIT = {"document": "d1", "invoice": "СЧ-1", "rows": [{"product": "Костюм", "stock": "30", "make": "70", "buy": "0"}]}
AWAY = {"employee": "Ким Виктория", "first": "2026-12-01", "last": "2026-12-14", "reason": "Отпуск"}
ABSENCES = {"document": "a1", "rows": [AWAY]}
DOCUMENTS = {"payment": PAYMENT, "shipment": SHIPMENT, "split": SPLIT, "absences": ABSENCES}
LATIN_ONLY = re.compile(r"[ -~]*")


def read(kind: str, document: object) -> dict:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return shapes.read(kind, body)


def mistakes(kind: str, document: object) -> dict[str, str]:
    with pytest.raises(shapes.Malformed) as refused:
        read(kind, document)
    return refused.value.mistakes


@pytest.mark.parametrize(("kind", "document"), DOCUMENTS.items())
def test_a_document_in_the_one_spelling_is_read_as_it_is(kind, document):
    assert read(kind, document) == document


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ('"118270.50"', "118270.50"),
        ("118270.5", "118270.50"),
        ("118270", "118270.00"),
        ('"-36000"', "-36000.00"),
        ("0.1", "0.10"),
        ("0.29", "0.29"),
        ("4503599627.71", "4503599627.71"),
        ("999999999999.99", "999999999999.99"),
    ],
)
def test_a_sum_is_what_was_written_to_the_kopeck(written, kept):
    body = json.dumps(PAYMENT).replace('"100.00"', written).encode()
    assert read("payment", body)["sum"] == kept


@pytest.mark.parametrize(
    "written",
    [
        "0", '"0.00"', "-0", '""', "1e3", "1E400", '"1e3"', "100.001", '"1 000.00"', '"1\u00a0000.00"', '"100,50"', '"100 ₽"',
        "1" * 13, "9" * 5000, "null", "true", "[]", "{}", "NaN", "-Infinity", '"٣"', '"+5"', '".5"', '"5."', "0.1e-1",
    ],
)  # fmt: skip
def test_a_sum_that_is_none_is_refused(written):
    body = json.dumps(PAYMENT).replace('"100.00"', written).encode()
    assert list(mistakes("payment", body)) == ["sum"]


@pytest.mark.parametrize(
    "day",
    [
        "31.12.2026", "2026-02-29", "2026-13-01", "2026-1-1", "20261123", "0001-01-01", "0001-01-01T00:00:00", "1999-12-31",
        "2100-01-01", "2026-11-23T10:00:00Z", "2026-11-23T10:00:00+03:00", "2026-11-23 10:00", "", None, 20261123, ["2026-11-23"],
    ],
)  # fmt: skip
def test_a_date_that_is_none_is_refused(day):
    assert list(mistakes("payment", {**PAYMENT, "date": day})) == ["date"]


def test_the_time_of_1c_s_own_dates_is_left_out():
    assert read("payment", {**PAYMENT, "date": "2026-11-23T23:59:59"})["date"] == "2026-11-23"


@pytest.mark.parametrize(
    "document", ["", " ", "a/b", "a b", ".", "..", "-a", "a" * 65, "№1", "a\n", 12, None, ["a"], "a\x00"]
)
def test_an_id_that_fits_into_no_address_is_refused(document):
    assert list(mistakes("payment", {**PAYMENT, "document": document})) == ["document"]


@pytest.mark.parametrize("document", ["7", "00БП-000117", "b4f1d0a2-8a5e-11f1-9c55-0050569f2a7b", "a" * 64, "Ёж_1.2"])
def test_ids_of_1c_are_taken(document):
    assert read("payment", {**PAYMENT, "document": document})["document"] == document


@pytest.mark.parametrize(
    "number", ["", "  ", "a" * 65, 117, "1\n2", "\x00", "\u202e" * 0 + "\ud800", "1;2", None, True]
)
def test_a_number_that_is_no_line_of_text_is_refused(number):
    assert list(mistakes("payment", {**PAYMENT, "number": number})) == ["number"]


@pytest.mark.parametrize("deal", [0, -1, 1.5, "12 ", "№12", 10**18, [], True])
def test_a_card_that_has_no_number_is_refused(deal):
    assert list(mistakes("payment", {**PAYMENT, "deal": deal})) == ["deal"]


@pytest.mark.parametrize("named", [{}, {"deal": None}, {"deal": 12, "invoice": "1"}, {"invoice": "1", "contract": "2"}])
def test_exactly_one_field_says_which_card_is_meant(named):
    rest = {name: value for name, value in PAYMENT.items() if name != "deal"}
    assert mistakes("payment", {**rest, **named}) == {"": "укажите ровно одно из полей deal, invoice, contract"}


@pytest.mark.parametrize(
    ("change", "place", "said"),
    [
        ({"rows": []}, "rows", "нужна хотя бы одна строка"),
        ({"rows": {}}, "rows", "напишите список в квадратных скобках"),
        ({"rows": None}, "rows", "напишите список в квадратных скобках"),
        ({"rows": [5]}, "rows, строка 1", "напишите объект в фигурных скобках"),
        ({"rows": [{"product": "А", "quantity": 0}]}, "rows, строка 1, quantity", "количество должно быть больше нуля"),
        ({"rows": [{"product": "А", "quantity": 1}, {"product": "Б"}]}, "rows, строка 2, quantity", "поле обязательно"),
        ({"rows": [{"product": "А", "quantity": "0.00001"}]}, "rows, строка 1, quantity", "до 4 знаков после точки"),
        ({"rows": [{"product": "А", "quantity": 1, "price": 5}]}, "rows, строка 1, price", "есть product, quantity"),
        ({"upd": "45"}, "upd", "напишите объект в фигурных скобках: УПД"),
        ({"upd": {"number": "1", "date": "2026-11-23", "sum": -1}}, "upd, sum", "сумма должна быть больше нуля"),
        ({"upd": {"number": "1", "date": "вчера", "sum": 1}}, "upd, date", "напишите дату"),
        ({"waybill": {"nomer": "1"}}, "waybill, nomer", "есть number"),
    ],
)
def test_what_is_wrong_inside_a_shipment_is_named_by_its_place(change, place, said):
    assert said in mistakes("shipment", {**SHIPMENT, **change})[place]


def test_a_row_of_a_split_says_where_the_goods_come_from():
    nothing = {"product": "Костюм", "stock": 0}
    assert mistakes("split", {**SPLIT, "rows": [nothing]}) == {
        "rows, строка 1": "напишите количество хотя бы в одном из полей stock, make, buy"
    }
    twice = [{"product": "Костюм", "stock": 1}, {"product": "Костюм ", "buy": 1}]
    assert "«Костюм» написан в rows дважды" in mistakes("split", {**SPLIT, "rows": twice})[""]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "не JSON"), (b"{", "не JSON, ошибка в строке 1, знак 2"), (b"[" * 60_000, "не JSON"), (b"[]", "одним объектом JSON"),
        (b'"a"', "одним объектом JSON"), (b"5", "одним объектом JSON"), (b"null", "одним объектом JSON"), (b"\xff\xfe{\0}\0", "не в UTF-8"),
        (b"{'document': 1}", "не JSON"), ('{"дата": "1"}'.encode("cp1251"), "не в UTF-8"), (b"<xml/>", "не JSON"),
    ],
)  # fmt: skip
def test_what_is_no_json_object_is_refused(body, said):
    assert said in mistakes("payment", body)[""]


def test_a_field_written_twice_is_refused_wherever_it_stands():
    assert mistakes("payment", b'{"sum": 1, "sum": 2}') == {"sum": "поле написано дважды, оставьте одно"}
    assert mistakes("shipment", b'{"rows": [{"quantity": 1, "quantity": 2}]}') == {
        "quantity": "поле написано дважды, оставьте одно"
    }


def test_differences_are_told_in_the_words_of_people():
    other = {**PAYMENT, "sum": "90.00", "number": "118", "date": "2026-11-24"}
    assert shapes.differences(PAYMENT, other) == (
        "дата 24.11.2026 вместо 23.11.2026, сумма 90,00\u00a0₽ вместо 100,00\u00a0₽, № п/п 118 вместо 117"
    )
    other = {**SHIPMENT, "rows": [], "waybill": {"number": "1"}}
    assert shapes.differences(SHIPMENT, other) == "накладная, строки"


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["2026-11-23", "100.00", "1"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["product", "quantity", "number", "ключ"]), inner)
    ),
    max_leaves=6,
)


@settings(max_examples=400, deadline=None)
@given(kind=st.sampled_from([*DOCUMENTS]), data=st.data())
def test_whatever_one_field_says_the_document_is_refused_in_russian_or_read_the_same_twice(kind, data):
    document = dict(DOCUMENTS[kind])
    name = data.draw(st.sampled_from([*document, "deal", "shipment", "лишнее"]))
    document[name] = data.draw(VALUES)
    content, told = tried(kind, document)
    if told is None:
        assert read(kind, content) == content
    else:
        assert told
        assert all(what and not LATIN_ONLY.fullmatch(what) for what in told.values())
        assert sum(map(len, told.values())) < 10_000
    json.dumps([content, told], ensure_ascii=False).encode()


def tried(kind: str, document: object) -> tuple[dict | None, dict | None]:
    """What was read, or what was told."""
    try:
        return read(kind, document), None
    except shapes.Malformed as refused:
        return None, refused.mistakes


@settings(max_examples=400, deadline=None)
@given(
    body=st.binary(max_size=200)
    | st.text(alphabet='{}[]":,0123456789eE.-+ \\udatesum\x00я', max_size=80).map(str.encode)
)
def test_no_body_makes_a_mistake_of_ours(body):
    with pytest.raises(shapes.Malformed):
        shapes.read("payment", body)
