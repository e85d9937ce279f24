"""crm.automation.trigger: something outside has happened, and a card moves. The code is that of a trigger made by hand
(`Control.add_trigger`); the triggers of applications are not for webhooks."""

import logging

from ..errors import RestError, application_only
from ..objects import items, rights, triggers
from ..objects.entities import called
from ..registry import Unchanged, method, whole

DOCS = "https://apidocs.bitrix24.com/api-reference/crm/automation/crm-automation-trigger.html"
APPLICATION = "https://apidocs.bitrix24.com/api-reference/crm/automation/triggers/crm-automation-trigger-{}.html"

log = logging.getLogger("emulator")


@method(
    "crm.automation.trigger",
    scope="crm",
    docs=DOCS,
    writes=True,
    differs="a code that no trigger of the funnel has moves nothing and is answered true, which is not documented",
)
def trigger(portal, caller, params):
    target = str(params.get("target") or "")
    if not target:
        raise RestError("", "Target is not set.")
    name, _, number = target.rpartition("_")
    if not name or whole(number) is None:
        raise RestError("", "Incorrect target format.")
    entity = called(portal, name.lower())
    if entity is None or not entity.has_stages:
        raise RestError("", "Target is not found.")
    row = items.get(portal, entity, whole(number))
    if row is None or not rights.may(portal, entity, "update", row):
        raise RestError("ACCESS_DENIED", "Access denied! There are no permissions to update the entity.", 403)
    code = str(params.get("code") or "")
    found = triggers.of_card(portal, entity, row, code)
    if not found:
        log.warning("crm.automation.trigger: no trigger %r waits for %s", code, target)
    moved = bool(found) and triggers.fire(portal, entity, row, found[0], caller.user_id)
    return True if moved else Unchanged(True)


def _declare(verb: str) -> None:
    @method(f"crm.automation.trigger.{verb}", scope="crm", docs=APPLICATION.format(verb))
    def refused(portal, caller, params):
        """Applications only; a webhook is told so."""
        raise application_only()


for _verb in ("add", "list", "execute", "delete"):
    _declare(_verb)
