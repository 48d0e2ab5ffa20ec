from django.apps import AppConfig


class AttendanceConfig(AppConfig):
    name = "attendance"
    verbose_name = "考勤"

    def ready(self) -> None:
        from attendance import receivers
        from attendance.demo.importing import write_roster_file
        from attendance.demo.papers import write_papers
        from attendance.demo.standard import write_drafts, write_standard
        from attendance.demo.world import register_more
        from attendance.services import inbox, rules_changed, sources
        from attendance.web import device_objects, own
        from attendance.web.correction_waits import add_waiting
        from attendance.web.entries import add_entries
        from attendance.web.settling_job import add_job
        from standards.services import when_entered
        from web.inbox import register_frame

        receivers.register()
        when_entered(rules_changed)
        register_more("attendance.roster_file", write_roster_file)
        sources.register(inbox.Inbox())
        add_entries()
        register_more("attendance.papers", write_papers)
        device_objects.add_objects()
        add_waiting()
        add_job()
        register_frame("worker", "own/messages.html", lambda actor: own.frame_of(actor, "record", "/me/"))
        register_more("attendance.standard", write_standard)
        register_more("attendance.standard_drafts", write_drafts)
