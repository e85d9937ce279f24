"""What 1C may send: the shape of each kind of document, and what its accountants are told where the shape is wrong.

Whatever is read is kept as plain text in one spelling ("100000.00", "2026-11-23"), so that equal documents compare equal
and no amount ever is a float.
"""

import difflib
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date as calendar_date
from decimal import Decimal
from typing import Annotated, ClassVar, get_args

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, ValidationError, WithJsonSchema, model_validator

from rules import money, reading

MOST_ROWS = 500
MOST_TEXT, MOST_NUMBER = 255, 64
MOST_TOLD = 20  # mistakes of one document

DOCUMENT = re.compile(r"[0-9A-Za-zА-Яа-яЁё][0-9A-Za-zА-Яа-яЁё._-]{0,63}")
DAY = re.compile(r"(20\d\d-\d\d-\d\d)(?:T\d\d:\d\d:\d\d)?", re.ASCII)
SUM = re.compile(r"-?\d{1,12}(?:\.\d{1,2})?", re.ASCII)
QUANTITY = re.compile(r"\d{1,9}(?:\.\d{1,4})?", re.ASCII)
WHOLE = re.compile(r"[1-9]\d{0,17}", re.ASCII)


class Malformed(ValueError):
    """The document has another shape. `mistakes`: what to write, by field, in Russian."""

    def __init__(self, mistakes: dict[str, str]):
        super().__init__(" ".join(f"{field}: {what}." if field else f"{what}." for field, what in mistakes.items()))
        self.mistakes = mistakes


# — values —


@dataclass(frozen=True)
class Number:
    """A number of the JSON as it was written."""

    text: str


def _text(most: int, without: str = "") -> Callable[[object], str]:
    def read(value: object) -> str:
        if not isinstance(value, str):
            raise ValueError("напишите строкой, в кавычках")
        text = unicodedata.normalize("NFC", value).strip()
        if not text:
            raise ValueError("строка пуста")
        if len(text) > most:
            raise ValueError(f"строка длиннее {most} знаков, сократите")
        if any(unicodedata.category(sign) in ("Cc", "Cs", "Cn", "Co", "Zl", "Zp") for sign in text):
            raise ValueError("уберите переводы строк, табуляции и служебные знаки")
        if any(sign in without for sign in text):
            raise ValueError(f"уберите знак «{without}»")
        return text

    return read


def _document(value: object) -> str:
    text = unicodedata.normalize("NFC", value) if isinstance(value, str) else ""
    if not DOCUMENT.fullmatch(text):
        raise ValueError(
            "напишите строкой из букв, цифр, «-», «_» и «.», первой — букву или цифру, не больше 64 знаков; "
            "лучше всего уникальный идентификатор ссылки 1С"
        )
    return text


def _day(value: object) -> str:
    found = DAY.fullmatch(value) if isinstance(value, str) else None
    try:
        return calendar_date.fromisoformat(found[1] if found else "").isoformat()
    except ValueError:
        raise ValueError('напишите дату строкой ГГГГ-ММ-ДД, например "2026-11-23"') from None


def _sum(value: object) -> str:
    amount = Decimal(_written(value, SUM, 'напишите сумму в рублях с точкой и без пробелов, например "118270.50"'))
    if not amount:
        raise ValueError("сумма не может быть нулём")
    return str(money.q(amount))


def _price(value: object) -> str:
    amount = _sum(value)
    if amount.startswith("-"):
        raise ValueError("сумма должна быть больше нуля")
    return amount


def _quantity(value: object) -> str:
    return f"{Decimal(_written(value, QUANTITY, 'напишите количество с точкой и без пробелов, до 4 знаков после точки')).normalize():f}"


def _some(value: object) -> str:
    quantity = _quantity(value)
    if quantity == "0":
        raise ValueError("количество должно быть больше нуля")
    return quantity


def _whole(value: object) -> int:
    return int(_written(value, WHOLE, "напишите целым числом больше нуля"))


def _written(value: object, form: re.Pattern, otherwise: str) -> str:
    text = value.text if isinstance(value, Number) else value
    if not isinstance(text, str) or not form.fullmatch(text):
        raise ValueError(otherwise)
    return text


def _type(base: type, read: Callable[[object], object], **schema: object) -> object:
    return Annotated[base, PlainValidator(read), WithJsonSchema(schema)]


def _decimal(form: re.Pattern) -> dict:
    return {"type": ["string", "number"], "pattern": f"^(?:{form.pattern})$"}


Document = _type(str, _document, type="string", pattern=f"^{DOCUMENT.pattern}$")
Text = _type(str, _text(MOST_TEXT), type="string", minLength=1, maxLength=MOST_TEXT)
ShortText = _type(str, _text(MOST_NUMBER, without=";"), type="string", minLength=1, maxLength=MOST_NUMBER)
Day = _type(str, _day, type="string", pattern=f"^{DAY.pattern}$")
Sum = _type(str, _sum, **_decimal(SUM))
Price = _type(str, _price, **_decimal(SUM))
Some = _type(str, _some, **_decimal(QUANTITY))
Quantity = _type(str, _quantity, **_decimal(QUANTITY))
Whole = _type(int, _whole, type="integer", minimum=1)


# — documents —


class Shape(BaseModel):
    """`about`: fields of which exactly one says which card is meant."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    about: ClassVar[tuple[str, ...]] = ()

    @model_validator(mode="after")
    def _names_one_card(self) -> "Shape":
        if self.about and len([name for name in self.about if getattr(self, name) is not None]) != 1:
            raise ValueError(f"укажите ровно одно из полей {', '.join(self.about)}")
        return self


class Upd(Shape):
    number: ShortText = Field(description="номер УПД")
    date: Day = Field(description="дата УПД")
    sum: Price = Field(description="сумма УПД с НДС, в рублях")


class Waybill(Shape):
    number: ShortText = Field(description="номер ТТН или накладной перевозчика")


class Shipped(Shape):
    product: Text = Field(description="название товара, как в спецификации заказа")
    quantity: Some = Field(description="отгруженное количество")


class Supplied(Shape):
    product: Text = Field(description="название товара, как в спецификации заказа")
    stock: Quantity = Field("0", description="сколько есть на складе")
    make: Quantity = Field("0", description="сколько произвести")
    buy: Quantity = Field("0", description="сколько купить у поставщика")

    @model_validator(mode="after")
    def _says_something(self) -> "Supplied":
        if {self.stock, self.make, self.buy} == {"0"}:
            raise ValueError("напишите количество хотя бы в одном из полей stock, make, buy")
        return self


class Split(Shape):
    """Where the goods of an order come from (SO-T13)."""

    about = ("deal", "invoice")
    document: Document = Field(description="идентификатор документа, один на все повторы")
    deal: Whole | None = Field(None, description="номер карточки заказа в Битрикс24")
    invoice: ShortText | None = Field(None, description="номер счёта из реестра документов, если deal неизвестен")
    rows: list[Supplied] = Field(min_length=1, max_length=MOST_ROWS, description="строки разложения, по одной на товар")

    @model_validator(mode="after")
    def _names_a_product_once(self) -> "Split":
        if (twice := _twice(row.product for row in self.rows)) is not None:
            raise ValueError(f"товар «{twice}» написан в rows дважды, сложите количества в одной строке")
        return self


class Shipment(Shape):
    """Goods left the warehouse (SH-T5)."""

    about = ("deal", "invoice")
    document: Document = Field(description="идентификатор документа, один на все повторы")
    date: Day = Field(description="дата отгрузки")
    deal: Whole | None = Field(None, description="номер карточки отгрузки (или заказа) в Битрикс24")
    invoice: ShortText | None = Field(None, description="номер счёта из реестра документов, если deal неизвестен")
    shipment: Whole | None = Field(None, description="номер отгрузки внутри заказа: 1, 2, 3…")
    upd: Upd = Field(description="УПД: объект с полями number, date, sum")
    waybill: Waybill | None = Field(None, description="накладная: объект с полем number")
    rows: list[Shipped] = Field(min_length=1, max_length=MOST_ROWS, description="отгруженные товары")


class Payment(Shape):
    """Money came, or went back to the client (SH-T8)."""

    about = ("deal", "invoice", "contract")
    document: Document = Field(description="идентификатор документа, один на все повторы")
    date: Day = Field(description="дата платежа")
    sum: Sum = Field(description="сумма в рублях; возврат клиенту — с минусом")
    number: ShortText = Field(description="номер платёжного поручения")
    deal: Whole | None = Field(None, description="номер карточки отгрузки или заказа в Битрикс24")
    invoice: ShortText | None = Field(None, description="номер счёта из реестра документов, если deal неизвестен")
    contract: ShortText | None = Field(None, description="номер договора, если неизвестны ни deal, ни invoice")
    shipment: Whole | None = Field(None, description="номер отгрузки внутри заказа, если платёж только за неё")


class Away(Shape):
    employee: Text = Field(description="e-mail сотрудника в Битрикс24, или фамилия и имя")
    first: Day = Field(description="первый день отсутствия")
    last: Day = Field(description="последний день отсутствия, включительно")
    reason: Text | None = Field(None, description="причина: отпуск, больничный, командировка")


class Absences(Shape):
    """Who is away, and when (R-12)."""

    document: Document = Field(description="идентификатор документа, один на все повторы")
    rows: list[Away] = Field(min_length=1, max_length=MOST_ROWS, description="отсутствия, по одному в строке")


SHAPES: dict[str, type[Shape]] = {"split": Split, "shipment": Shipment, "payment": Payment, "absences": Absences}
LABELS = {
    "date": "дата", "sum": "сумма", "number": "№ п/п", "deal": "сделка", "invoice": "счёт", "contract": "договор",
    "shipment": "отгрузка №", "upd": "УПД", "waybill": "накладная", "rows": "строки",
}  # fmt: skip


def read(kind: str, body: bytes) -> dict:
    """The document as plain values in one spelling, without what was left empty. Raises Malformed."""
    try:
        return SHAPES[kind].model_validate(_parsed(body)).model_dump(exclude_none=True)
    except ValidationError as error:
        raise Malformed(dict(_mistakes(SHAPES[kind], error))) from None


def schema(kind: str) -> dict:
    """The shape as JSON Schema; `null` says the same as a field that is left out."""
    described = _plain(SHAPES[kind].model_json_schema())
    one_of = [{"required": [name]} for name in SHAPES[kind].about]
    return described | ({"oneOf": one_of} if one_of else {})


def _plain(part: object) -> object:
    """Without titles and without the second way of leaving a field out."""
    if isinstance(part, list):
        return [_plain(one) for one in part]
    if not isinstance(part, dict):
        return part
    if "anyOf" in part:
        part = {**part["anyOf"][0], **{name: one for name, one in part.items() if name != "anyOf"}}
    left_out = {"title"} | ({"default"} if part.get("default", "") is None else set())
    return {name: _plain(one) for name, one in part.items() if name not in left_out}


def differences(first: dict, other: dict) -> str:
    """What another content under the same id says otherwise: «сумма 90 000,00 ₽ вместо 100 000,00 ₽, строки»."""
    names = [name for name in LABELS if first.get(name) != other.get(name)]
    return ", ".join(_difference(name, first.get(name), other.get(name)) for name in names)


def _difference(name: str, was: object, now: object) -> str:
    if isinstance(was or now, dict | list):
        return LABELS[name]
    return f"{LABELS[name]} {_shown(name, now)} вместо {_shown(name, was)}"


def _shown(name: str, value: object) -> str:
    if value is None:
        return "«не указано»"
    if name == "date":
        return reading.day_text(reading.day(f"{value}"))
    return money.text(Decimal(value)) if name == "sum" else f"{value}"


# — JSON —


def _parsed(body: bytes) -> dict:
    try:
        text = body.decode("utf-8-sig")  # 1C likes to begin its files with a mark
        value = json.loads(
            text, parse_float=Number, parse_int=Number, parse_constant=Number, object_pairs_hook=_no_key_twice
        )
    except UnicodeDecodeError:
        raise Malformed({"": "Тело запроса не в UTF-8: перекодируйте"}) from None
    except json.JSONDecodeError as error:
        raise Malformed(
            {
                "": f"Тело запроса — не JSON, ошибка в строке {error.lineno}, знак {error.colno}: проверьте кавычки, запятые и скобки"
            }
        ) from None
    except RecursionError:
        raise Malformed({"": "Тело запроса — не JSON документа: слишком много вложенных скобок"}) from None
    if not isinstance(value, dict):
        raise Malformed({"": "Тело запроса должно быть одним объектом JSON в фигурных скобках"})
    return value


def _no_key_twice(pairs: list[tuple[str, object]]) -> dict:
    if (twice := _twice(name for name, _ in pairs)) is not None:
        raise Malformed({_cut(twice): "поле написано дважды, оставьте одно"})
    return dict(pairs)


def _twice(names: Iterable[str]) -> str | None:
    return next((name for name, times in Counter(names).items() if times > 1), None)


# — what is told —


def _mistakes(shape: type[Shape], error: ValidationError) -> Iterator[tuple[str, str]]:
    for one in error.errors(include_url=False, include_input=False)[:MOST_TOLD]:
        yield _place(one["loc"]), _said(shape, one)


def _said(shape: type[Shape], error: dict) -> str:
    around, field = _models_to(shape, error["loc"])
    match error["type"]:
        case "value_error":
            return str(error["ctx"]["error"])
        case "extra_forbidden":
            known = list(around.model_fields)
            alike = difflib.get_close_matches(str(error["loc"][-1]), known, n=1, cutoff=0.6)
            return f"такого поля нет{f' (может быть, {alike[0]}?)' if alike else ''}, есть {', '.join(known)}"
        case "missing":
            return f"поле обязательно, напишите: {field}"
        case "too_short":
            return "нужна хотя бы одна строка"
        case "too_long":
            return f"не больше {MOST_ROWS} строк в одном документе, разделите его"
        case "list_type":
            return f"напишите список в квадратных скобках: {field}"
        case _:
            return f"напишите объект в фигурных скобках: {field}"


def _models_to(shape: type[Shape], loc: tuple) -> tuple[type[Shape], str]:
    """The model around the place of a mistake, and what its field is for."""
    around, field = shape, None
    for step in loc:
        if isinstance(step, str):
            if field is not None:
                around = _model_in(field.annotation)
            field = around.model_fields.get(step)
        elif field is None:
            break
    return around, (field.description if field is not None else "") or "строку с товаром и количествами"


def _model_in(annotation: object) -> type[Shape]:
    if isinstance(annotation, type) and issubclass(annotation, Shape):
        return annotation
    return next(filter(None, map(_model_in, get_args(annotation))), None)


def _place(loc: tuple) -> str:
    """«rows, строка 2, quantity»."""
    return ", ".join(f"строка {step + 1}" if isinstance(step, int) else _cut(step) for step in loc)


def _cut(name: str) -> str:
    """A name as it was sent, fit to be shown."""
    shown = "".join(sign if sign.isprintable() else "?" for sign in name)
    return shown if len(shown) <= 40 else f"{shown[:40]}…"
