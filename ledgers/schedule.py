"""What beat sends for ledgers."""

from celery.schedules import crontab

BEAT = {
    "ledgers-remind": {
        "task": "ledgers.tasks.remind_of_ledgers",
        "schedule": crontab(hour="8-18", minute=5),
        "options": {"expires": 1800},
    },
}
