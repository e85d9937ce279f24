"""What the portal rings with, and what only looks like it."""

from contextlib import suppress
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bitrix.events import MOST_FIELDS, Malformed, Ring, parse

AUTH = {
    "auth[domain]": "some-domain.bitrix24.com",
    "auth[client_endpoint]": "https://some-domain.bitrix24.com/rest/",
    "auth[server_endpoint]": "https://oauth.bitrix.info/rest/",
    "auth[member_id]": "d897063e1ce7c5eb9f04b9751eef5915",
    "auth[application_token]": "jvh9y1ulvt2m6k5or90v9mg8nn32ozas",
}


def body(event: str = "ONCRMDEALUPDATE", **data: str) -> bytes:
    """An event as the documentation prints it; data keys are written `FIELDS__ID`."""
    fields = {"event": event, "event_handler_id": "975", "ts": "1766047124", **AUTH}
    names = {f"data[{']['.join(name.split('__'))}]": value for name, value in data.items()}
    return urlencode(fields | names).encode()


def deal(given_id: str) -> bytes:
    return body(FIELDS__ID=given_id)


def test_the_documented_body_is_read():
    ring = parse(body("ONCRMDEALADD", FIELDS__ID="7405"))

    assert ring == Ring(
        "ONCRMDEALADD",
        "deal",
        7405,
        "add",
        AUTH["auth[application_token]"],
        AUTH["auth[domain]"],
        AUTH["auth[member_id]"],
    )
    assert AUTH["auth[application_token]"] not in repr(ring)


@pytest.mark.parametrize(
    ("event", "data", "expected"),
    [
        ("ONCRMDEALADD", {"FIELDS__ID": "1"}, ("deal", 1, "add")),
        ("ONCRMDEALDELETE", {"FIELDS__ID": "1"}, ("deal", 1, "delete")),
        ("OnCrmDealUpdate", {"FIELDS__ID": "1"}, ("deal", 1, "update")),
        ("ONCRMCOMPANYUPDATE", {"FIELDS__ID": "2917"}, ("company", 2917, "update")),
        ("ONCRMCONTACTADD", {"FIELDS__ID": "5"}, ("contact", 5, "add")),
        ("onCrmActivityAdd", {"FIELDS__ID": "999"}, ("activity", 999, "add")),
        ("onCrmTimelineCommentAdd", {"ID": "999"}, ("comment", 999, "add")),
        (
            "ONTASKADD",
            {"FIELDS_BEFORE": "undefined", "FIELDS_AFTER__ID": "123", "IS_ACCESSIBLE_BEFORE": "N"},
            ("task", 123, "add"),
        ),
        ("ONTASKUPDATE", {"FIELDS_BEFORE__ID": "123", "FIELDS_AFTER__ID": "123"}, ("task", 123, "update")),
        ("ONTASKDELETE", {"FIELDS_BEFORE__ID": "123", "FIELDS_AFTER": "undefined"}, ("task", 123, "delete")),
        ("ONTASKCOMMENTADD", {"FIELDS_AFTER__ID": "1", "FIELDS_AFTER__TASK_ID": "5"}, (None, None, None)),
        ("ONCRMDEALMOVETOCATEGORY", {"FIELDS__ID": "1"}, (None, None, None)),
        ("ONCRMDEALUSERFIELDADD", {"FIELDS__ID": "6947", "FIELDS__ENTITY_ID": "CRM_DEAL"}, (None, None, None)),
        ("ONCRMDYNAMICITEMUPDATE", {"FIELDS__ID": "24", "FIELDS__ENTITY_TYPE_ID": "1220"}, (None, None, None)),
        ("ONIMBOTMESSAGEADD", {}, (None, None, None)),
    ],
)
def test_each_event_names_its_entity(event, data, expected):
    ring = parse(body(event, **data))

    assert (ring.entity, ring.id, ring.kind) == expected


@pytest.mark.parametrize(
    "given_id",
    [
        "",
        "0",
        "-1",
        "+5",
        " 7 ",
        "7 ",
        "1e3",
        "1_000",
        "1.0",
        "0x1",
        "07",
        "١٢",
        "12³",
        "１２",
        "9" * 20,
        "9" * 5000,
        "1 OR 1=1",
        "../1",
        "1\n",
    ],
)
def test_an_id_is_a_plain_whole_number(given_id):
    with pytest.raises(Malformed, match="id is not"):
        parse(deal(given_id))


def test_the_largest_id_is_taken():
    assert parse(deal("9" * 19)).id == 10**19 - 1


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "names no event"),
        (b"event=", "names no event"),
        (b"EVENT=ONCRMDEALADD&data[FIELDS][ID]=1", "names no event"),
        (b"not a form at all", "names no event"),
        (b'{"event": "ONCRMDEALADD"}', "names no event"),
        (deal("1") + b"&event=ONCRMDEALDELETE", "twice"),
        (deal("1") + b"&data%5BFIELDS%5D%5BID%5D=2", "twice"),
        (deal("1") + b"&data[FIELDS][ID]=1", "twice"),
        (deal("1") + b"&auth[member_id]=other", "twice"),
        (deal("1") + b"&x=%00", "not text"),
        (deal("1") + b"&x=\x00", "not text"),
        (deal("1") + b"&x=%ff%fe", "not text"),
        (deal("1") + b"&x=%ED%A0%80", "not text"),
        (b"event=ONCRMDEALADD&" + b"&".join(b"k%d=v" % n for n in range(MOST_FIELDS)), "too many"),
        (b"event=ONTASKDELETE&data[FIELDS_AFTER]=undefined&data[FIELDS_BEFORE]=undefined", "id is not"),
    ],
)
def test_a_malformed_body_is_refused_with_the_reason(raw, reason):
    with pytest.raises(Malformed, match=reason):
        parse(raw)


@pytest.mark.parametrize("first", ["bad", AUTH["auth[application_token]"]])
def test_a_token_that_is_given_twice_counts_as_none(first):
    other = {"bad": AUTH["auth[application_token]"]}.get(first, "bad")
    raw = f"event=ONCRMDEALADD&data[FIELDS][ID]=1&auth[application_token]={first}&auth%5Bapplication_token%5D={other}"

    assert parse(raw.encode()).token == ""


@pytest.mark.parametrize("name", ["A" * 300, "ON\nCRM", "ON\x1b[31mX", "ИМЯ", "<script>", "%s%n"])
def test_an_unknown_name_is_ignored_and_fit_for_a_log(name):
    ring = parse(f"event={quote(name)}".encode())

    assert ring.entity is None
    assert len(ring.event) <= 64
    assert set(ring.event) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_?")


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_nothing_but_malformed_ever_comes_out(raw):
    for tried in (raw, b"event=ONCRMDEALADD&data[FIELDS][ID]=" + raw, deal("1") + b"&" + raw):
        with suppress(Malformed):
            parse(tried)
