"""Phones and e-mails of contacts and companies in the older methods."""

import pytest

PHONE, EMAIL = [{"VALUE": "+7 900 1", "VALUE_TYPE": "WORK"}], [{"VALUE": "a@b.example", "VALUE_TYPE": "WORK"}]


@pytest.mark.parametrize("kind", ["contact", "company"])
def test_they_are_filtered_by_exact_value_and_the_object_says_whether_it_has_any(call, kind):
    with_phone = call(f"crm.{kind}.add", fields={"PHONE": PHONE})["result"]
    with_both = call(f"crm.{kind}.add", fields={"PHONE": PHONE, "EMAIL": EMAIL})["result"]
    bare = call(f"crm.{kind}.add", fields={})["result"]

    def found(**condition) -> list[int]:
        return [int(row["ID"]) for row in call(f"crm.{kind}.list", filter=condition, select=["ID"])["result"]]

    assert found(PHONE="+7 900 1") == [with_phone, with_both]
    assert found(PHONE=["x", "+7 900 1"], EMAIL="a@b.example") == [with_both]
    assert found(**{"!PHONE": "+7 900 1"}) == [bare]
    assert found(**{"PHONE": "+7 900 1", "@ID": [with_phone, bare]}) == [with_phone]
    assert found(PHONE="900") == []
    assert found(HAS_EMAIL="Y") == [with_both]
    marks = [call(f"crm.{kind}.get", id=one)["result"]["HAS_PHONE"] for one in (with_phone, with_both, bare)]
    assert marks == ["Y", "Y", "N"]
