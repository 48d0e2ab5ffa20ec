"""What beat sends for attendance."""

from celery.schedules import crontab

BEAT = {
    "attendance-recount": {"task": "attendance.tasks.recount", "schedule": 1.0, "options": {"expires": 10}},
    "attendance-open-day": {
        "task": "attendance.tasks.open_day",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "attendance-partitions": {
        "task": "attendance.tasks.make_partitions",
        "schedule": crontab(hour=2, minute=10),
    },
    "attendance-gate-lists": {
        "task": "attendance.tasks.sweep_gate_lists",
        "schedule": 10.0,
        "options": {"expires": 30},
    },
    "attendance-gate-lists-all": {
        "task": "attendance.tasks.recheck_gate_lists",
        "schedule": crontab(hour=4, minute=5),
    },
    "attendance-receipts": {
        "task": "attendance.tasks.forget_receipts",
        "schedule": crontab(hour=3, minute=40),
    },
}
