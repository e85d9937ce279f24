"""mail.recipient.* of REST 3: to whom a letter can be addressed."""

from .. import dto, shapes
from ..registry import method
from .user import full_name

DOCS = "https://apidocs.bitrix24.com/api-reference/mail/recipient/mail-recipient-{}.html"
RECIPIENT = dto.of("RecipientDto", "id int id\nemail string email\nname string name")
USUAL, MOST = 50, 200
CONTACTS = shapes.takes("query string pagination pagination")
EMPLOYEES = shapes.takes("query string! pagination pagination")


@method(
    "mail.recipient.listcontacts",
    scope="mail",
    docs=DOCS.format("listcontacts"),
    rest3=True,
    takes=CONTACTS,
    gives=shapes.many(RECIPIENT),
)
def list_contacts(portal, caller, params):
    """The caller's address book: whom he wrote to and who wrote to him. Without `query` the latest first."""
    query = dto.given(params, CONTACTS)["query"]
    rows = portal.store.mail_contacts.having(userId=caller.user_id)
    return _found(rows if query else rows[::-1], query or "", params)


@method(
    "mail.recipient.listemployees",
    scope="mail",
    docs=DOCS.format("listemployees"),
    rest3=True,
    takes=EMPLOYEES,
    gives=shapes.many(RECIPIENT),
)
def list_employees(portal, caller, params):
    query = dto.given(params, EMPLOYEES)["query"]
    if not query:
        raise dto.invalid_value("Required field `query` is missing", "query")
    people = [
        {"id": row["ID"], "email": row["EMAIL"], "name": full_name(row)}
        for row in portal.store.users.having(ACTIVE=True)
        if row["USER_TYPE"] == "employee" and row["EMAIL"]
    ]
    return _found(people, query, params)


dto.declare_fields("mail.recipient", RECIPIENT, DOCS, scope="mail")


def _found(rows: list[dict], query: str, params) -> dict:
    part = query.casefold()
    found = [row for row in rows if part in row["name"].casefold() or part in row["email"].casefold()]
    shown = dto.page(found, [], "id", params, USUAL, MOST)
    return {"items": [{name: row[name] for name in RECIPIENT.properties} for row in shown]}
