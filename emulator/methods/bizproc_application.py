"""bizproc.activity.*, bizproc.robot.*, bizproc.event.send: what applications bring into workflows.

A webhook cannot register anything, so no event token was ever given out and none is valid.
"""

from ..errors import RestError, application_only
from ..registry import method

ACTIVITY = "https://apidocs.bitrix24.com/api-reference/bizproc/bizproc-activity/bizproc-activity-{}.html"
ROBOT = "https://apidocs.bitrix24.com/api-reference/bizproc/bizproc-robot/bizproc-robot-{}.html"
EVENT = "https://apidocs.bitrix24.com/api-reference/bizproc/bizproc-robot/bizproc-event-send.html"
VERBS = ("add", "update", "delete", "list")


def _refused(portal, caller, params):
    """Applications only; a webhook is told so."""
    raise application_only()


for _verb in VERBS:
    method(f"bizproc.activity.{_verb}", scope="bizproc", docs=ACTIVITY.format(_verb))(_refused)
    method(f"bizproc.robot.{_verb}", scope="bizproc", docs=ROBOT.format(_verb))(_refused)


@method("bizproc.activity.log", scope="bizproc", docs=ACTIVITY.format("log"))
def log(portal, caller, params):
    if not params.text("LOG_MESSAGE"):
        raise RestError("ERROR_EMPTY_LOG_MESSAGE", "Empty log message!")
    raise _no_such_token()


@method("bizproc.event.send", scope="bizproc", docs=EVENT)
def send(portal, caller, params):
    raise _no_such_token()


def _no_such_token() -> RestError:
    return RestError("ACCESS_DENIED", "Access denied!", 403)
