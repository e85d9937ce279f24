"""The portal about itself: scopes, methods, its time, whose webhook it is."""

from ..errors import application_only
from ..registry import METHODS, REST3_METHODS, method
from .user import show

SYSTEM = "https://apidocs.bitrix24.com/api-reference/common/system/{}.html"
PROFILE = "https://apidocs.bitrix24.com/api-reference/common/users/profile.html"


@method("scope", scope="basic", docs=SYSTEM.format("scope"))
def scope(portal, caller, params):
    scopes = {declared.scope for declared in (*METHODS.values(), *REST3_METHODS.values())}
    return sorted(scopes - {"basic"})


@method("methods", scope="basic", docs=SYSTEM.format("methods"))
def methods(portal, caller, params):
    asked = params.get("scope")
    return sorted(name for name, declared in METHODS.items() if not asked or declared.scope == asked)


@method("method.get", scope="basic", docs=SYSTEM.format("method-get"))
def method_get(portal, caller, params):
    known = str(params.need("name")).lower() in METHODS
    return {"isExisting": known, "isAvailable": known}


@method("server.time", scope="basic", docs=SYSTEM.format("server-time"))
def server_time(portal, caller, params):
    return portal.clock.iso()


@method("app.info", scope="basic", docs=SYSTEM.format("app-info"))
def app_info(portal, caller, params):
    """Applications only; a webhook is told so."""
    raise application_only()


@method("profile", scope="basic", docs=PROFILE)
def profile(portal, caller, params):
    row = show(portal.store.users.get(caller.user_id))
    names = ("ID", "NAME", "LAST_NAME", "PERSONAL_GENDER", "TIME_ZONE")
    return {name: row[name] for name in names} | {"ADMIN": portal.is_admin(caller.user_id)}
