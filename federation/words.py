"""How vendors' access and calls, and the pull of master data, are said."""

from datetime import datetime

from federation import selectors
from federation.corrections import field_label
from federation.models import ChangeProposal, Credential, MasterFeed, MasterPull, MasterRecord
from federation.open_api.dispatcher import methods
from federation.selectors.masters import FeedStand, field_in_words
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


PROPOSAL_LEVELS = {
    ChangeProposal.State.ASKED: "blue",
    ChangeProposal.State.ACCEPTED: "amber",
    ChangeProposal.State.REFUSED: "grey",
    ChangeProposal.State.TAKEN_BACK: "grey",
    ChangeProposal.State.DONE: "green",
}


def proposal_state(proposal: ChangeProposal) -> tuple[str, str]:
    """A wish's level and state."""
    state = ChangeProposal.State(proposal.state)
    return PROPOSAL_LEVELS[state], str(state.label)


def wished_field(wish: ChangeProposal) -> str:
    """What of the record is wished otherwise, in words."""
    if not wish.owner:
        return field_in_words(wish.object, wish.field)
    return field_label(wish.object, wish.field) or "其他内容"


def feed_state(stand: FeedStand, now: datetime) -> tuple[str, str]:
    """How the pull of one object stands, in a level and a few words."""
    feed = stand.feed
    if feed.failures:
        again = words.clock(feed.due_at) if feed.due_at else ""
        level = "red" if stand.level == "red" else "amber"
        return level, f"连续 {feed.failures} 次没有取成，{again} 再取"
    if stand.is_running:
        return "blue", "正在取"
    if stand.is_interrupted:
        return "blue", "没有取完，稍后接着取"
    if feed.succeeded_at is None:
        return ("blue", "已排队") if feed.wanted_at else ("red", "还没有取过")
    if feed.wanted_at:
        return "blue", "已排队"
    if stand.level != "green":
        return stand.level, "超过规定时间没有取成"
    if feed.is_equal is False:
        return "amber", f"与总库不一致，{_again(feed, now)}从头重取核对"
    return "green", "已与总库一致" if feed.is_equal else "已取成"


def _again(feed: MasterFeed, now: datetime) -> str:
    """When an object is read once more, before a verb: 马上, or the time on the clock."""
    return f"{words.clock(feed.due_at)} " if feed.due_at and feed.due_at > now else "马上"


def odd_pages(pull: MasterPull | None) -> str:
    """What was wrong with the pages of a pull; "" where nothing was.

    The reason that is kept is the last one's: it does not speak for the pages before it.
    """
    if pull is None or not pull.odd_pages:
        return ""
    latest = "，最近一处" if pull.odd_pages > 1 else ""
    return f"{words.exact(pull.odd_pages)} 页不正常{latest}：{pull.odd}"


def record_state(record: MasterRecord) -> tuple[str, str]:
    """A record's level and state."""
    if record.withdrawn_at:
        return "grey", "总库已无此记录" if record.withdrawn_by_count else "总库已撤销"
    if record.held:
        return "amber", "未采用"
    return "green", "已采用"
