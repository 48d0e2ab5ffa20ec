"""Asking for exports in tests, making them, and reading their files back."""

import csv
import io
from typing import Any

from django.utils import timezone
from python_calamine import CalamineWorkbook

from kernel.streams import stream
from tests.support.world import County
from web.exports import work
from web.exports.models import ExportJob
from web.exports.services import ask_for_export

REASON = "核对在场人员"


def ask(county: County, address: str, role: str = "county_regulator", **more: Any) -> ExportJob:
    """An export asked for by the county's holder of a role."""
    asked = {"file_format": "xlsx", "reason": REASON, "now": timezone.now(), **more}
    return ask_for_export(actor=county.actor(role), address=address, **asked)


def made(job: ExportJob) -> ExportJob:
    """The export after a worker has been at it."""
    work.make(job.pk, timezone.now)
    job.refresh_from_db()
    return job


def content(job: ExportJob) -> bytes:
    """The whole file, as a download gives it."""
    return b"".join(stream(job.address))


def sheets(job: ExportJob) -> dict[str, list[list[Any]]]:
    """The workbook's sheets as rows of cells."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content(job)))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def table(job: ExportJob) -> list[list[str]]:
    """The text table's rows."""
    return list(csv.reader(io.StringIO(content(job).decode("utf-8-sig"))))
