"""The QR code of an invoice by ГОСТ Р 56042-2014: a banking app reads it and fills in the payment."""

import io
from decimal import Decimal

import segno

HEAD = "ST00012"  # version 0001, encoding 2: UTF-8
LONGEST = {"Name": 160, "BankName": 45, "Purpose": 210}


def payment(requisites: dict, amount: Decimal, purpose: str) -> str:
    """«ST00012|Name=…|PersonalAcc=…|…|Sum=11827050|Purpose=…»: the sum in kopecks, no value holds the separator."""
    bank = requisites["bank"]
    values = {
        "Name": requisites["short_name"], "PersonalAcc": bank["account"], "BankName": bank["name"], "BIC": bank["bik"],
        "CorrespAcc": bank["corr"], "Sum": str(int(amount * 100)), "Purpose": purpose, "PayeeINN": requisites["inn"],
        "KPP": requisites["kpp"],
    }  # fmt: skip
    said = {name: " ".join(str(value).replace("|", "/").split()) for name, value in values.items() if value}
    return "|".join([HEAD, *(f"{name}={value[: LONGEST.get(name, 300)]}" for name, value in said.items())])


def picture(text: str) -> bytes:
    """A PNG, four pixels a module, with the quiet zone that readers want."""
    made = io.BytesIO()
    segno.make(text, error="m", micro=False, encoding="utf-8", eci=False).save(made, kind="png", scale=4, border=4)
    return made.getvalue()
