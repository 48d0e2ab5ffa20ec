from django.apps import AppConfig


class WorkersConfig(AppConfig):
    name = "workers"
    verbose_name = "人员"

    def ready(self) -> None:
        from projects import occupants
        from workers.selectors import still_here

        occupants.register(still_here)
