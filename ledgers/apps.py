from django.apps import AppConfig


class LedgersConfig(AppConfig):
    name = "ledgers"
    verbose_name = "台账"

    def ready(self) -> None:
        from attendance.demo.world import register_more
        from ledgers.demo.contract_terms import write_terms
        from ledgers.demo.filed import write_ledgers
        from ledgers.demo.quantities import write_quantities
        from ledgers.trail import add_objects
        from ledgers.web.entries import add_entries
        from ledgers.web.waiting import add_waiting

        add_entries()
        add_objects()
        add_waiting()
        register_more("ledgers.terms", write_terms)
        register_more("ledgers.quantities", write_quantities)
        register_more("ledgers.filed", write_ledgers)
