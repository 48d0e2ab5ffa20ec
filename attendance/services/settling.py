"""Settling batches: who passed is found out, punches are kept once, and the days they touch are concluded."""

from collections.abc import Sequence
from datetime import timedelta

from django.utils.translation import gettext as _

from attendance.batches import Batch
from attendance.services import gates, settled
from attendance.services.counters import mark_pairs
from attendance.services.days import conclude
from attendance.services.sources import Settled
from attendance.services.staging import Staged
from standards.selectors import parameter


def settle(batches: Sequence[Batch]) -> list[Settled]:
    """Keep the punches of these batches and conclude the days they touch; what became of each, in order.

    Call it in a transaction that holds the attendance of their projects (lock_project, lock_all). Settling a
    batch again adds nothing. Raises UnknownProject, and what the database says of content that does not fit.
    """
    refused = _from_the_future(batches)
    staged = Staged(batches)
    if not staged.lay_out(refused):
        return [Settled(refused=rows) for rows in refused]
    if settled.resolve() and gates.enter_subjects(staged.identities):
        settled.resolve()
    clashing = settled.clashes(staged.readings) if settled.insert() else set()
    conclude(clashing | settled.grow_days(), staged.readings)
    mark_pairs({(project, day) for project, _subject, day in clashing})
    settled.mark()
    gates.note_devices(sequenced=staged.has_devices)
    return _answers(len(batches), refused)


def _from_the_future(batches: Sequence[Batch]) -> list[dict[int, str]]:
    """Rows from the future, beyond the tolerance for clocks that run fast (I-10)."""
    tolerance = timedelta(minutes=parameter("attendance.future_tolerance_minutes")) // timedelta(
        microseconds=1
    )
    sentence = _("考勤时间晚于当前时间，请校准设备时钟后重新上传。")
    return [
        {place: sentence for place, row in enumerate(batch.rows) if row.at > batch.received_at + tolerance}
        for batch in batches
    ]


def _answers(number: int, refused: list[dict[int, str]]) -> list[Settled]:
    sentences = {
        "stranger": _("该人员未在本项目登记，打卡已留存备查。请先登记人员信息。"),
        "absent": _("该人员当日没有进场记录，打卡已留存备查。请先办理进场。"),
    }
    unknown = _("本项目没有这条用工记录，打卡未留存。请更新设备的人员名单后重新上传。")
    waiting: list[dict[int, str]] = [{} for _batch in range(number)]
    for batch, place, kind in settled.unmatched():
        if kind in sentences:
            waiting[batch][place] = sentences[kind]
        else:
            refused[batch][place] = unknown
    counted = settled.numbers()
    if any(repeated for _added, repeated in counted.values()):
        taken = _("该序号与另一人员在同一时刻的打卡相同，本条未留存。请为每次通行使用不同的序号后重新上传。")
        for batch, place in settled.taken():
            added, repeated = counted[batch]
            counted[batch] = added, repeated - 1
            refused[batch][place] = taken
    return [
        Settled(*counted.get(batch, (0, 0)), unmatched=waiting[batch], refused=refused[batch])
        for batch in range(number)
    ]
