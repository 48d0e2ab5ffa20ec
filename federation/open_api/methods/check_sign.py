"""CheckSign.Query 验签: whoever gets this answer has signed rightly."""

from typing import Any

from federation.open_api.calls import Call
from federation.open_api.dispatcher import query


@query("CheckSign.Query", "验签", permission="projects.view", fields=())
def check_sign(_call: Call) -> dict[str, Any]:
    """Nothing to tell: the signature was checked before."""
    return {}
