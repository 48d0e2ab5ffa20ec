"""What beat sends for people."""

from celery.schedules import crontab

BEAT = {
    "workers-phone-indexes": {
        "task": "workers.tasks.fill_phone_indexes",
        "schedule": crontab(minute="*/10"),
        "options": {"expires": 300},
    },
    "workers-sweep-imports": {
        "task": "workers.tasks.sweep_imports",
        "schedule": 3.0,
        "options": {"expires": 10},
    },
    "workers-forget-imports": {"task": "workers.tasks.forget_imports", "schedule": crontab(minute="*/10")},
    "workers-tell-of-ends": {"task": "workers.tasks.tell_of_ends", "schedule": crontab(hour=7, minute=40)},
    "workers-forget-career-tries": {
        "task": "workers.tasks.forget_career_tries",
        "schedule": crontab(hour=3, minute=25),
    },
    "workers-forget-codes": {"task": "workers.tasks.forget_codes", "schedule": crontab(hour=3, minute=20)},
}
