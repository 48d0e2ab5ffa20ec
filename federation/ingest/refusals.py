"""Why a call of the punch interface is turned away as a whole, as problem details."""

import json
from collections.abc import Mapping

TITLES = {
    400: "请求内容有误",
    401: "签名未通过",
    403: "没有权限",
    409: "与先前的请求冲突",
    413: "提交的内容过大",
    415: "不支持该内容编码",
    422: "未通过规则校验",
    429: "请求过于频繁",
    500: "平台内部错误",
    503: "服务暂不可用",
}


class Refused(Exception):
    """Nothing of the call is kept; `retry_after` are the seconds after which it may be sent again."""

    def __init__(
        self, status: int, code: str, sentence: str, *, field: str = "", retry_after: int | None = None
    ) -> None:
        super().__init__(sentence)
        self.status, self.code, self.sentence = status, code, sentence
        self.field, self.retry_after = field, retry_after

    @property
    def body(self) -> bytes:
        """Problem details (RFC 9457)."""
        problem = {
            "title": TITLES[self.status],
            "status": self.status,
            "code": self.code,
            "detail": self.sentence,
        }
        errors = {"errors": {self.field: [self.sentence]}} if self.field else {}
        return json.dumps({**problem, **errors}, ensure_ascii=False).encode()

    @property
    def headers(self) -> Mapping[str, str]:
        """What the answer says beside its body."""
        head = {"Content-Type": "application/problem+json", "Cache-Control": "no-store"}
        if self.retry_after is not None:
            head["Retry-After"] = str(self.retry_after)
        return head


def away() -> Refused:
    """The database does not answer, or the outcome of a commit is unknown: sending again is safe."""
    return Refused(
        503,
        "database_away",
        "平台数据库暂时连接不上，本次打卡未确认收下。请稍候原样重发，重发不会重复计数。",
        retry_after=2,
    )


def full() -> Refused:
    """So much is waiting that more would only wait longer."""
    return Refused(503, "queue_full", "平台正在处理的打卡已满，本次未收下。请稍候原样重发。", retry_after=1)


def fault() -> Refused:
    """Ours to mend; nothing was kept."""
    return Refused(500, "fault", "平台出现内部错误，已记录，本次打卡未收下。请稍后原样重发。")
