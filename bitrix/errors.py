"""What can go wrong with a request, sorted by what can be done about it, and the one table that sorts it.

    PortalError
      NotExecuted        nothing happened on the portal; it may be tried again
        LimitExceeded    too many requests just now
        MethodPaused     this method has used up its operating time; `seconds_left` until it is taken again
        Unreachable      no connection: not one byte of the command left
        WebhookRefused   the webhook is unknown, expired or lacks a right: a person must look
        PortalMoved      the portal answers under another address, `moved_to`
        MethodMissing    the portal has no such method, or not here
      Rejected           the portal will never do this as asked
        NotFound, AccessDenied, FieldInvalid
      OutcomeUnknown     it may have happened: never repeat blindly
      PortalClosed       the whole portal is shut for REST: blocked, deleted, no paid plan

A text has three parts: what did not happen, where, what to do now. It never holds an address.
System codes: https://apidocs.bitrix24.com/error-codes.html
"""

import copy
import re
from datetime import datetime
from typing import NamedTuple, Self

from bitrix.redaction import redact

LONGEST_DESCRIPTION = 500
_TAG = re.compile(r"<[^<>]{0,200}>")


class PortalError(Exception):
    """One command did not succeed. `code` and `description` are the portal's words, secrets masked."""

    effect = "failed"
    advice = "Look at the portal's answer."

    def __init__(self, code: str = "", description: str = "", *, http_status: int | None = None, method: str = ""):
        self.code = redact(code)[:LONGEST_DESCRIPTION]
        self.description = " ".join(redact(_TAG.sub(" ", description)).split())[:LONGEST_DESCRIPTION]
        self.http_status, self.method = http_status, method
        super().__init__(self.code, self.description)

    def __str__(self) -> str:
        status = f"HTTP {self.http_status}" if self.http_status else ""
        words = ": ".join(word for word in (self.code, self.description) if word)
        where = " ".join(word for word in (status, words) if word) or "no word from the portal"
        return f"{self.method or 'The request'} {self.effect} ({where}). {self.advice}"

    def about(self, method: str) -> Self:
        """The same trouble as it concerns one command of a batch."""
        own = copy.copy(self)
        own.method = method
        return own


class NotExecuted(PortalError):
    effect = "was not executed"
    advice = "Nothing changed on the portal; try again."


class LimitExceeded(NotExecuted):
    advice = "Nothing changed on the portal; it takes no more requests just now, try again in some seconds."


class MethodPaused(NotExecuted):
    """`until` is a moment on the portal's clock, `seconds_left` the wait as it was when the error arose."""

    advice = (
        "Nothing changed on the portal; the method has used up its operating time, try again when it is given back."
    )
    until: datetime | None = None
    seconds_left: float = 0.0


class Unreachable(NotExecuted):
    advice = "Nothing was sent; check that the portal answers from this machine and try again."


class WebhookRefused(NotExecuted):
    advice = (
        "Nothing changed on the portal; check there that the incoming webhook exists, is not expired, has the rights. "
        "If it was made anew, enter its new address."
    )


class PortalMoved(NotExecuted):
    advice = "The redirect was not followed; if the portal was renamed, enter the webhook's new address."
    moved_to: str = ""


class MethodMissing(NotExecuted):
    advice = "Nothing changed on the portal; check the method's name and that the portal's version and plan have it."


class Rejected(PortalError):
    effect = "was refused"
    advice = "Nothing changed on the portal; correct what it names, asking again the same way will not help."


class NotFound(Rejected):
    advice = "Nothing changed on the portal; what it was about does not exist, or is hidden from the webhook's user."


class AccessDenied(Rejected):
    advice = "Nothing changed on the portal; give the webhook's user the right, or leave the entity to people."


class FieldInvalid(Rejected):
    advice = "Nothing changed on the portal; correct the field it names."


class OutcomeUnknown(PortalError):
    effect = "may or may not have been executed"
    advice = "Look on the portal whether it happened before doing it again."


class PortalClosed(PortalError):
    effect = "was not executed: the portal is closed for REST"
    advice = "Everything waits; a person must speak with Bitrix24's support or renew the plan."


class _Row(NamedTuple):
    """Patterns match the whole code and any part of the description; None matches everything."""

    meaning: type[PortalError]
    code: str | None = None
    status: int | None = None
    description: str | None = None


_DENIED = r"access denied|permission|доступ запрещ|доступ закрыт|недостаточно прав"
_NO_PLAN = r"commercial plan|paid plan|коммерческ|тариф"
_APPLICATION_ONLY = r"application context|access denied"

# First match wins. A command of a batch has no HTTP status of its own and is read as 400, which is what the same
# command gets when it goes alone.
_TABLE = [
    # the whole portal
    _Row(PortalClosed, "OVERLOAD_LIMIT|PORTAL_DELETED"),
    _Row(PortalClosed, "ACCESS_DENIED", description=_NO_PLAN),
    _Row(AccessDenied, "ACCESS_DENIED", 403, _APPLICATION_ONLY),
    _Row(PortalClosed, "ACCESS_DENIED", 403),
    # not executed
    _Row(LimitExceeded, "QUERY_LIMIT_EXCEEDED"),
    _Row(MethodPaused, "OPERATION_TIME_LIMIT"),
    _Row(
        WebhookRefused,
        "NO_AUTH_FOUND|EXPIRED_TOKEN|INVALID_TOKEN|INVALID_CREDENTIALS|INSUFFICIENT_SCOPE|USER_ACCESS_ERROR",
    ),
    _Row(WebhookRefused, "ALLOWED_ONLY_INTRANET_USER|METHOD_CONFIRM_WAITING|METHOD_CONFIRM_DENIED"),
    _Row(WebhookRefused, "INVALID_REQUEST", description="https"),
    _Row(MethodMissing, "ERROR_METHOD_NOT_FOUND|ERROR_BATCH_METHOD_NOT_ALLOWED|ERROR_MANIFEST_IS_NOT_AVAILABLE"),
    _Row(MethodMissing, "BITRIX_REST_V3_EXCEPTION_METHODNOTFOUND.*"),
    # the server's own trouble, under whatever status
    _Row(OutcomeUnknown, "INTERNAL_SERVER_ERROR|ERROR_UNEXPECTED_ANSWER"),
    # refused for good
    _Row(NotFound, "(.*_)?NOT_FOUND|BITRIX_REST_V3_EXCEPTION_.*NOTFOUND.*"),
    _Row(AccessDenied, "(.*_)?ACCESS_DENIED|BITRIX_REST_V3_EXCEPTION_ACCESSDENIED.*"),
    _Row(FieldInvalid, "CRM_FIELD_ERROR_.*|INVALID_ARG_VALUE|BITRIX_REST_V3_EXCEPTION_VALIDATION_.*"),
    _Row(NotFound, "|0|100|ERROR_CORE", description=r"not found|could not find|не найден"),
    _Row(AccessDenied, "|0|100|ERROR_CORE", description=_DENIED),
    _Row(Rejected, "ERROR_CORE|ERROR_ARGUMENT|ERROR_REQUIRED_PARAMETERS_MISSING|ERROR_BATCH_LENGTH_EXCEEDED"),
    _Row(Rejected, "BITRIX_REST_V3_EXCEPTION_.*", 422),
]
# What the status alone says. The second list needs a portal that speaks: an `error` in a JSON body.
_BY_STATUS = {401: WebhookRefused, 404: MethodMissing, 405: MethodMissing, 413: Rejected, 429: MethodPaused}
_BY_STATUS_WITH_ERROR = {400: Rejected, 403: AccessDenied, 422: Rejected}


def classify(status: int | None, body: object, *, sent: bool = True, method: str = "") -> PortalError:
    """What a failed request means. `sent`: a byte of the command had left. What no table names is OutcomeUnknown."""
    code, description = _words(body)
    meaning = _meaning(status, code, description) if sent else Unreachable
    return meaning(code or "", description, http_status=status, method=method)


def _meaning(status: int | None, code: str | None, description: str) -> type[PortalError]:
    if status is not None and 300 <= status < 400:
        return PortalMoved
    if code is not None:
        for row in _TABLE:
            if _matches(row, status, code, description):
                return row.meaning
        if status in _BY_STATUS_WITH_ERROR:
            return _BY_STATUS_WITH_ERROR[status]
    return _BY_STATUS.get(status, OutcomeUnknown)


def _matches(row: _Row, status: int | None, code: str, description: str) -> bool:
    return (
        (row.status is None or row.status == status)
        and (row.code is None or re.fullmatch(row.code, code, re.IGNORECASE) is not None)
        and (row.description is None or re.search(row.description, description, re.IGNORECASE) is not None)
    )


def _words(body: object) -> tuple[str | None, str]:
    """The portal's code and description; the code is None where it gave none at all, and may be an empty text.

    REST 2: {"error", "error_description"}; REST 3: {"error": {"code", "message", "validation": [{"message", …}]}}.
    """
    if not isinstance(body, dict) or "error" not in body:
        return None, body if isinstance(body, str) else ""
    error = body["error"]
    if not isinstance(error, dict):
        return str(error), str(body.get("error_description") or "")
    findings = error.get("validation") if isinstance(error.get("validation"), list) else []
    texts = [
        str(error.get("message", "")),
        *(str(one.get("message", one)) if isinstance(one, dict) else str(one) for one in findings),
    ]
    return str(error.get("code", "")), "; ".join(text for text in texts if text)
