"""The tables of attendance: facts and what is concluded from them; requests to correct a conclusion."""

from attendance.models.cells import CellPulse, CountyDay
from attendance.models.corrections import CorrectionRequest
from attendance.models.facts import AttendanceDay, Device, DirtyDay, ProjectDay, Punch, Subject
from attendance.models.inbox import Inbox, PunchReceipt
from attendance.models.passes import GatePass
from attendance.models.settling import AsideBatch, PunchRun, SequenceClash, UnmatchedDay

__all__ = [
    "AsideBatch",
    "AttendanceDay",
    "CellPulse",
    "CorrectionRequest",
    "CountyDay",
    "Device",
    "DirtyDay",
    "GatePass",
    "Inbox",
    "ProjectDay",
    "Punch",
    "PunchReceipt",
    "PunchRun",
    "SequenceClash",
    "Subject",
    "UnmatchedDay",
]
