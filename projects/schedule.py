"""What beat sends for projects."""

BEAT = {
    "projects-forget-old": {
        "task": "projects.tasks.forget_old",
        "schedule": 600.0,
        "options": {"expires": 600},
    },
}
