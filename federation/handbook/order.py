"""The order in which vendors meet the methods."""

from federation.open_api.dispatcher import Method, methods

# In which order the objects of the interface are met; others follow by name.
ORDER = (
    "CheckSign",
    "Corp",
    "Project",
    "ProjectSubContractor",
    "Team",
    "ProjectWorker",
    "WorkerEntryExit",
    "WorkerContract",
    "ProjectTraining",
    "WorkerAttendance",
    "Payroll",
    "Worker",
    "WorkerCredential",
    "WorkerGoodRecord",
    "WorkerBadRecord",
    "WorkerBlackList",
    "CorpCredential",
    "CorpGoodRecord",
    "CorpBadRecord",
    "CorpBlackList",
    "AsyncHandleResult",
)


def in_order() -> list[Method]:
    """Every method, as a vendor meets them: writes before queries of the same object."""

    def place(method: Method) -> tuple[int, str, bool, str]:
        of = method.name.partition(".")[0]
        return ORDER.index(of) if of in ORDER else len(ORDER), of, not method.writes, method.name

    return sorted(methods().values(), key=place)
