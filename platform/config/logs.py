"""Logs that cannot name a person: redaction by field first, patterns as a second net."""

import logging
from collections.abc import MutableMapping
from typing import Any

import structlog

from kernel.masking import redact

# Fields whose values never reach a log, whatever they hold.
PERSONAL_FIELDS = frozenset(
    {
        "id_number", "idcardnumber", "number", "phone", "cellphone", "card", "bank_card",
        "payrollbankcardnumber", "name", "password", "secret", "appsecret", "apipass", "token",
        "authorization", "data", "body",
    }
)  # fmt: skip


class WithoutPersonalData(logging.Filter):
    """Drops personal fields from a record's extras and masks what its message lets slip."""

    def filter(self, record: logging.LogRecord) -> bool:
        for field in PERSONAL_FIELDS & record.__dict__.keys() - {"name"}:
            record.__dict__[field] = "[已隐去]"
        if isinstance(record.msg, dict):  # an event of structlog, rendered by its own formatter
            record.msg = {k: redact(v) if isinstance(v, str) else v for k, v in record.msg.items()}
        else:
            record.msg, record.args = redact(record.getMessage()), ()
        return True


def _drop_personal(_logger: object, _method: str, event: MutableMapping[str, Any]) -> dict[str, Any]:
    return {k: ("[已隐去]" if k.lower() in PERSONAL_FIELDS else v) for k, v in event.items()}


def _redact_traceback(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """An exception's text is formatted last, so the net is drawn through it last."""
    if "exception" in event:
        event["exception"] = redact(str(event["exception"]))
    return event


def json_formatter() -> logging.Formatter:
    """One JSON object a line, for our records and those of libraries alike."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(),
            structlog.processors.TimeStamper(fmt="iso"),
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _drop_personal,
            structlog.processors.format_exc_info,
            _redact_traceback,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )


structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
