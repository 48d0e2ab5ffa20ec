from django.apps import AppConfig


class FederationConfig(AppConfig):
    name = "federation"
    verbose_name = "数据交换"

    def ready(self) -> None:
        from attendance.services import sources
        from federation.ingest.source import PendingPunches
        from federation.web import entries

        entries.add_entries()
        sources.register(PendingPunches())
