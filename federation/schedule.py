"""What beat sends for `/open.api` and for the pull of master data."""

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
    "masters-sweep": {
        "task": "federation.tasks.sweep_masters",
        "schedule": 15.0,
        "options": {"expires": 30},
    },
    "open-api-forget": {"task": "federation.tasks.forget_old", "schedule": crontab(hour=3, minute=20)},
}
