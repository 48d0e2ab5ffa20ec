"""How vendors' access and calls are said."""

from datetime import datetime

from federation import selectors
from federation.models import Credential
from federation.open_api.dispatcher import methods
from web import words

VERDICTS = {
    selectors.DONE: ("green", "处理成功"),
    selectors.FAILED: ("red", "处理失败"),
    selectors.PENDING: ("blue", "待处理"),
    selectors.ANSWERED: ("green", "已答复"),
    selectors.REFUSED: ("amber", "未受理"),
}


def credential_state(credential: Credential, now: datetime) -> tuple[str, str]:
    """A secret's level and state."""
    if credential.revoked_at:
        return "grey", f"{words.moment(credential.revoked_at)} 撤销"
    if credential.valid_until is None:
        return "green", "有效"
    if credential.valid_until > now:
        return "amber", f"{words.moment(credential.valid_until)} 停用"
    return "grey", "已停用（被新密钥取代）"


def method_in_words(name: str) -> str:
    """A method by its label: 新增班组（Team.Add）."""
    known = methods().get(name.lower())
    return f"{known.label}（{known.name}）" if known else name or "未写明"
