"""One JSON line per thing that happened, with the ids of change, run, deal and effect."""

import logging
import sys
from urllib.parse import unquote, urlsplit

import structlog

from bitrix.redaction import RedactingFilter, redacted, remember

log = structlog.get_logger("voronka")
MAX_TEXT = 2000


def configure(stream=None, level: int = logging.INFO) -> None:
    """Send the log to `stream` (default: stderr), secrets masked, long texts cut."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _mask,
            structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(stream or sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=logging.WARNING, stream=stream or sys.stderr)
    for place in (*logging.getLogger().handlers, logging.getLogger("dbos")):  # what libraries say
        if not any(isinstance(one, RedactingFilter) for one in place.filters):
            place.addFilter(RedactingFilter())


def keep_secrets(settings) -> None:
    """From now on no line of this process shows a secret of the settings."""
    for secret in (settings.bitrix_event_token, settings.hook_secret, settings.robot_secret, settings.onec_token):
        remember(secret.get_secret_value()) if secret is not None else None
    password = urlsplit(settings.database_url).password or ""
    for form in {password, unquote(password)}:
        remember(form)


def _mask(logger, name, event: dict) -> dict:
    return {key: one[:MAX_TEXT] if isinstance(one := redacted(value), str) else one for key, value in event.items()}
