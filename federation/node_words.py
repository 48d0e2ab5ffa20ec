"""How nodes, lines and what became of records are said."""

from datetime import datetime

from federation.models import Line, Move, Node, RecordResult
from federation.models.nodes import SUSPENDED_ABOVE
from federation.travel.files import LOST_RULE
from web import words

STATES = {
    Node.State.INVITED: ("blue", "已邀请，等待接入"),
    Node.State.KEYED: ("blue", "已接入，等待握手"),
    Node.State.ACTIVE: ("green", "正常"),
    Node.State.DEGRADED: ("amber", "版本不同"),
    Node.State.SUSPENDED: ("grey", "已停用"),
}
LINE_STATES = {
    Line.State.OPEN: ("green", "正常"),
    Line.State.FORKED: ("red", "序列分叉，已停"),
    Line.State.DEAD: ("red", "超时停止"),
    Line.State.STUCK: ("red", "处理失败，已停"),
}
MOVES = {Node.Mode.SELF_BUILT: "转为自建", Node.Mode.HOSTED: "转为托管"}
# What a move is called once it has begun, also one of what a city with a platform of its own had left.
MOVED = {Node.Mode.SELF_BUILT: "迁往自建平台", Node.Mode.HOSTED: "迁往上级平台"}
MOVE_STATES = {
    Move.State.BEGUN: ("blue", "等待下级平台响应"),
    Move.State.FILLING: ("blue", "正在传送数据"),
    Move.State.COUNTING: ("blue", "正在核对"),
    Move.State.READY: ("amber", "两边一致，等待切换"),
    Move.State.SWITCHING: ("blue", "正在切换"),
    Move.State.DONE: ("green", "已完成"),
    Move.State.ABORTED: ("grey", "已放弃"),
}
STREAMS = {"punches": "打卡", "dispatch": "下发", "files": "附件"}
CODES = {
    "tampered": "内容或签名不符",
    "replay": "重放",
    "gap": "缺号",
    "fork": "序列分叉",
    "unknown_node": "不认识的节点",
    "unknown_key": "不认识的密钥",
    "old_protocol": "协议版本不同",
    "wrong_receiver": "收件方不符",
    "suspended": "已停用",
    "clock": "时间偏差",
    "malformed": "格式不对",
    "too_large": "过大",
    "unknown_stream": "数据流不对",
    "bad_invitation": "邀请码无效",
    "not_as_invited": "与邀请不符",
    "bad_key": "密钥不能用",
    "bad_below": "下属节点没有登记",
}
RESOLUTIONS = {
    "aside": "不再列为待处理",
    "came": "关联记录已到，已处理",
    "corrected": "已更正并入库",
    "newer": "已有更新的版本",
    "waived": "已同意不再上报",
}


def node_state(node: Node) -> tuple[str, str]:
    """A node's level and state."""
    if node.mode == Node.Mode.HOSTED:
        return "green", "使用本平台"
    if node.relation == Node.Relation.BELOW:
        return "grey", "经下级平台接入"
    if node.is_refused_above and node.state != Node.State.SUSPENDED:
        return "red", SUSPENDED_ABOVE
    if node.relation == Node.Relation.PARENT and node.objection and node.state == Node.State.ACTIVE:
        return "amber", "握手没有成功"
    return STATES.get(Node.State(node.state), ("grey", node.state))


def kind_in_words(node: Node) -> str:
    """What sort of platform it is."""
    return str(Node.Kind(node.kind).label) if node.kind in Node.Kind.values else node.kind


def stream_in_words(stream: str) -> str:
    """A line by its name: 记录 3, 打卡."""
    if stream.startswith("records-"):
        return f"记录 {stream.removeprefix('records-')}"
    return STREAMS.get(stream, stream)


def outcome_in_words(row: RecordResult) -> tuple[str, str]:
    """What became of a record, as a level and words."""
    if row.resolved_at is not None:
        return "green", RESOLUTIONS.get(row.resolution, "已处理")
    if row.became == RecordResult.Became.WAITS:
        return "blue", "等待关联记录"
    if row.waiver_asked_at is None and row.rule == LOST_RULE:
        return "amber", "附件缺失"
    if row.waiver_asked_at is not None:
        return "amber", "申请不再上报，待另一人同意"
    if row.requeued_at is not None:
        return "blue", "等待重发"
    return "red", "被拒绝"


def seconds(value: float | None) -> str:
    """A delay in words: 0.4 秒, 3 分 5 秒."""
    if value is None:
        return words.NO_DATA
    if value < 60:
        return f"{value:.1f} 秒"
    return f"{int(value // 60)} 分 {int(value % 60)} 秒"


def move_in_words(node: Node, to: str) -> str:
    """The act that moves a county's rows: a city with a platform of its own may have left some here."""
    is_rest = node.mode == to == Node.Mode.SELF_BUILT
    return "把留在本平台的项目迁过去" if is_rest else MOVES[Node.Mode(to)]


def since(instant: datetime | None, now: datetime) -> str:
    """How long something has waited; nothing where nothing waits."""
    if instant is None:
        return ""
    passed = words.ago(instant, now)
    return "不到 1 分钟" if passed == "刚刚" else passed.removesuffix("前").strip()
