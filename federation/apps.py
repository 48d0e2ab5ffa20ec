from django.apps import AppConfig


class FederationConfig(AppConfig):
    name = "federation"
    verbose_name = "数据交换"

    def ready(self) -> None:
        from django.core.checks import register
        from django.db.backends.signals import connection_created

        from attendance.demo.world import register_more
        from attendance.services import sources
        from federation.demo.calls import write_calls
        from federation.demo.sharing import write_sharing
        from federation.gateway.policy import check_node
        from federation.ingest.source import PendingPunches
        from federation.selectors import masters
        from federation.upstream import marking
        from federation.web import entries, master_entries, node_waiting
        from federation.wiring import connect
        from kernel import frozen
        from projects import provenance

        register(check_node)
        connection_created.connect(frozen.listen)
        entries.add_entries()
        master_entries.add_entries()
        marking.register()
        node_waiting.watch()
        provenance.register(masters.provenance, masters.once_named, masters.managers)
        register_more("federation.calls", write_calls)
        register_more("federation.sharing", write_sharing)
        sources.register(PendingPunches())
        connect()
