"""timeman.networkrange.*: the addresses of the office; for administrators."""

import json
from ipaddress import IPv4Address, IPv6Address, ip_address

from ..errors import RestError
from ..php import as_list
from ..registry import Caller, Params, Unchanged, method

DOCS = "https://apidocs.bitrix24.com/api-reference/timeman/networkrange/timeman-networkrange-{}.html"
HERE = "127.0.0.1"


@method("timeman.networkrange.get", scope="timeman", docs=DOCS.format("get"))
def get(portal, caller, params):
    check_admin(portal, caller)
    return [{name: row[name] for name in ("ip_range", "name")} for row in portal.store.network_ranges.all()]


@method("timeman.networkrange.set", scope="timeman", docs=DOCS.format("set"), writes=True)
def set_(portal, caller, params):
    """In place of what was; nothing is kept if one of them is no range."""
    check_admin(portal, caller)
    ranges = _ranges(params.get("RANGES"))
    odd = [one for one in ranges if _ends(one["ip_range"]) is None]
    if odd:
        return Unchanged({"result": False, "error_ranges": odd})
    for row in list(portal.store.network_ranges.all()):
        portal.store.network_ranges.remove(row["ID"])
    for one in ranges:
        portal.store.network_ranges.add({"ID": None, **one})
    return {"result": True}


@method(
    "timeman.networkrange.check",
    scope="timeman",
    docs=DOCS.format("check"),
    differs="without IP the address of this machine is checked",
)
def check(portal, caller, params):
    check_admin(portal, caller)
    asked = params.text("IP") or HERE
    address = _address(asked)
    for row in portal.store.network_ranges.all():
        low, high = _ends(row["ip_range"])
        if address is not None and address.version == low.version and low <= address <= high:
            return {"ip": asked, "range": row["ip_range"], "name": row["name"]}
    return False


def check_admin(portal, caller: Caller) -> None:
    if not portal.is_admin(caller.user_id):
        raise RestError("ACCESS_ERROR", "You don't have access to use this method")


def _ranges(given: object) -> list[dict]:
    """A list of maps, or its JSON."""
    try:
        given = json.loads(given) if isinstance(given, str) else given
    except ValueError:
        given = None
    if not isinstance(given, (dict, list)) or not all(isinstance(one, dict) for one in as_list(given)):
        raise RestError("INVALID_FORMAT", "A wrong format for the RANGES field is passed")
    texts = [Params(one) for one in as_list(given)]
    return [{"ip_range": one.text("ip_range"), "name": one.text("name")} for one in texts]


def _ends(text: str) -> tuple | None:
    """The lowest and the highest address of `10.0.0.0-10.0.0.9` or of a single one."""
    first, _, last = text.partition("-")
    low, high = _address(first), _address(last or first)
    return (low, high) if low and high and low.version == high.version and low <= high else None


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text.strip())
    except ValueError:
        return None
