"""What beat sends for `/open.api`."""

from celery.schedules import crontab

BEAT = {
    "open-api-sweep": {
        "task": "federation.tasks.sweep_unfinished",
        "schedule": 3.0,
        "options": {"expires": 10},
    },
    "open-api-conformance": {
        "task": "federation.tasks.settle_conformance_runs",
        "schedule": 10.0,
        "options": {"expires": 20},
    },
    "upstream-report": {
        "task": "federation.tasks.report_upward",
        "schedule": 2.0,
        "options": {"expires": 10},
    },
    "upstream-compare": {
        "task": "federation.tasks.compare_everything",
        "schedule": crontab(hour=2, minute=10),
    },
    "open-api-forget": {"task": "federation.tasks.forget_old", "schedule": crontab(hour=3, minute=20)},
}
