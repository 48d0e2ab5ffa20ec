from django.apps import AppConfig


class WorkersConfig(AppConfig):
    name = "workers"
    verbose_name = "人员"

    def ready(self) -> None:
        from workers import trail

        trail.add_objects()
