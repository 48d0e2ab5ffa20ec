"""Acts of attendance: punches come in, days and counters are concluded from them."""

from attendance.selectors.clock import current_day, cutoff_hour
from attendance.services.corrections import Claim, answer_correction, ask_correction
from attendance.services.counters import mark_days, open_day, recount
from attendance.services.days import conclude_days
from attendance.services.devices import (
    change_device,
    note_contact,
    register_device,
    restore_device,
    retire_device,
)
from attendance.services.partitions import make_partitions
from attendance.services.passes import judge_again, recheck, rules_changed, sweep
from attendance.services.punches import PunchFacts, PunchReceipt, receive_punches
from attendance.services.receipts import forget_receipts
from attendance.services.settler import settle_step, settler_works

__all__ = [
    "Claim",
    "PunchFacts",
    "PunchReceipt",
    "answer_correction",
    "ask_correction",
    "change_device",
    "conclude_days",
    "current_day",
    "cutoff_hour",
    "forget_receipts",
    "judge_again",
    "make_partitions",
    "mark_days",
    "note_contact",
    "open_day",
    "receive_punches",
    "recheck",
    "recount",
    "register_device",
    "restore_device",
    "retire_device",
    "rules_changed",
    "settle_step",
    "settler_works",
    "sweep",
]
