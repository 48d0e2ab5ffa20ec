"""What beat sends for notices."""

BEAT = {
    "integrity-settle-notices": {
        "task": "integrity.tasks.settle_notices",
        "schedule": 20.0,
        "options": {"expires": 60},
    },
}
