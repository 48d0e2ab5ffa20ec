"""Logs that cannot name a person: redaction by field first, patterns as a second net."""

import logging
import re
from collections.abc import MutableMapping
from typing import Any

import structlog

# Fields whose values never reach a log, whatever they hold.
PERSONAL_FIELDS = frozenset(
    {
        "id_number", "idcardnumber", "number", "phone", "cellphone", "card", "bank_card",
        "payrollbankcardnumber", "name", "password", "secret", "appsecret", "apipass", "token",
        "authorization", "data", "body",
    }
)  # fmt: skip
_NUMBER = re.compile(r"(?<![\dA-Za-z-])\d{17}[\dXx](?![\dA-Za-z])")
_MOBILE = re.compile(r"(?<!\d)(1\d{2})\d{4}(\d{4})(?!\d)")


def redact(text: str) -> str:
    """Mask what looks like an identity number with a plausible birth date, or a mobile phone."""
    return _MOBILE.sub(r"\1****\2", _NUMBER.sub(_mask_if_dated, text))


def _mask_if_dated(match: re.Match[str]) -> str:
    whole = match.group(0)
    year, month, day = int(whole[6:10]), int(whole[10:12]), int(whole[12:14])
    # A project code has the same eighteen digits with the year of its permit (2013 or later) in this place.
    looks_born = 1900 <= year <= 2012 and 1 <= month <= 12 and 1 <= day <= 31
    return f"{whole[:4]}**********{whole[-4:]}" if looks_born else whole


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
