from django.apps import AppConfig


class FederationConfig(AppConfig):
    name = "federation"
    verbose_name = "数据交换"

    def ready(self) -> None:
        from django.core.checks import register

        from attendance.demo.world import register_more
        from attendance.services import sources
        from federation.demo.calls import write_calls
        from federation.demo.sharing import write_sharing
        from federation.gateway.policy import check_node
        from federation.ingest.source import PendingPunches
        from federation.web import entries, node_waiting
        from federation.wiring import connect

        register(check_node)
        entries.add_entries()
        node_waiting.watch()
        register_more("federation.calls", write_calls)
        register_more("federation.sharing", write_sharing)
        sources.register(PendingPunches())
        connect()
