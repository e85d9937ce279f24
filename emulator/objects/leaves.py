"""The chart of absences: who is on leave or ill, as the personnel department enters it. No REST method writes there.

What im.user.get tells of it is the day after the last one of a leave that is going on, while that lasts.
https://apidocs.bitrix24.com/api-reference/chats/users/im-user-get.html
"""

from datetime import date, datetime, time, timedelta

from ..clock import SERVER_ZONE, iso


def enter(portal, user_id: int, first: str, last: str) -> dict:
    """The person is away from `first` to `last` (ISO dates), both included."""
    if user_id not in portal.store.users:
        raise ValueError(f"nobody here is user {user_id}")
    days = [date.fromisoformat(first), date.fromisoformat(last)]
    if days != sorted(days):
        raise ValueError(f"a leave that begins on {first} does not end on {last}")
    return portal.store.leaves.add({"ID": None, "USER_ID": user_id, "FIRST": first, "LAST": last})


def cancel(portal, user_id: int) -> None:
    """The person has no leave in the chart any more."""
    portal.store.leaves.remove_having(USER_ID=user_id)


def absent(portal, user_id: int) -> str | bool:
    """The moment after the leave on which the person is now; False for one who is here."""
    today = portal.clock.now().date().isoformat()
    for row in portal.store.leaves.having(USER_ID=user_id):
        if row["FIRST"] <= today <= row["LAST"]:
            after = date.fromisoformat(row["LAST"]) + timedelta(days=1)
            return iso(datetime.combine(after, time(), SERVER_ZONE))
    return False
