"""One JSON line per thing that happened, with the ids of change, run, deal and effect."""

import logging
import sys

import structlog

from bitrix.redaction import redact

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


def _mask(logger, name, event: dict) -> dict:
    return {key: redact(value)[:MAX_TEXT] if isinstance(value, str) else value for key, value in event.items()}
