"""What beat sends for `/open.api`, between nodes and for the pull of master data."""

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
    "upstream-report": {
        "task": "federation.tasks.report_upward",
        "schedule": 2.0,
        "options": {"expires": 10},
    },
    "upstream-compare": {
        "task": "federation.tasks.compare_everything",
        "schedule": crontab(hour=2, minute=10),
    },
    "federation-exchange": {
        "task": "federation.tasks.exchange_with_parent",
        "schedule": 1.0,
        "options": {"expires": 5},
    },
    "federation-apply": {
        "task": "federation.tasks.apply_received",
        "schedule": 1.0,
        "options": {"expires": 5},
    },
    "federation-retry": {
        "task": "federation.tasks.retry_waiting",
        "schedule": 20.0,
        "options": {"expires": 20},
    },
    "federation-files": {
        "task": "federation.tasks.exchange_files",
        "schedule": 2.0,
        "options": {"expires": 10},
    },
    "federation-lost-files": {
        "task": "federation.tasks.look_for_lost_files",
        "schedule": crontab(minute=40),
    },
    "federation-hello": {
        "task": "federation.tasks.say_hello",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "federation-reconcile": {
        "task": "federation.tasks.reconcile",
        "schedule": 5.0,
        "options": {"expires": 10},
    },
    "federation-reconcile-nightly": {
        "task": "federation.tasks.reconcile_nightly",
        "schedule": crontab(hour="1-5", minute=30),
    },
    "federation-statement": {
        "task": "federation.tasks.state_last_month",
        "schedule": crontab(hour=6, minute=10),
    },
    "federation-differences": {
        "task": "federation.tasks.follow_differences",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "open-api-forget": {"task": "federation.tasks.forget_old", "schedule": crontab(hour=3, minute=20)},
}
