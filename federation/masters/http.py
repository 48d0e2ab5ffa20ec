"""The connector over HTTP and JSON, as docs/four-databases.md describes it and the stand-in answers it."""

from datetime import datetime
from typing import Any

import httpx

from federation.masters.contract import BadPage, Census, Connector, Entry, Page, SourceAway, SourceRefused

CONNECT_SECONDS = 5.0
LONGEST_ANSWER = 64 * 1024 * 1024


class HttpConnector(Connector):
    """GET {url}/v1/{object}?after=CURSOR&limit=N and GET {url}/v1/{object}/census, with a bearer token."""

    def __init__(self, url: str, token: str, seconds: float) -> None:
        self._client = httpx.Client(
            base_url=url.rstrip("/"),
            headers={"Authorization": f"Bearer {token}"} if token else {},
            timeout=httpx.Timeout(seconds, connect=CONNECT_SECONDS),
            trust_env=False,
        )

    def page(self, kind: str, cursor: int, most: int) -> Page:
        body = self._get(f"/v1/{kind}", {"after": cursor, "limit": most})
        try:
            return Page(
                entries=[_entry(one) for one in body["records"]],
                follows=int(body["follows"]),
                head=int(body["head"]),
                is_last=bool(body["is_last"]),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as fault:
            raise BadPage("总库给出的一页不合约定的格式，没有采用。") from fault

    def census(self, kind: str) -> Census:
        body = self._get(f"/v1/{kind}/census", {})
        try:
            return Census(
                int(body["live"]), int(body["withdrawn"]), int(body["digest"], 16), int(body["head"])
            )
        except (KeyError, TypeError, ValueError) as fault:
            raise BadPage("总库给出的总数不合约定的格式，没有采用。") from fault

    def close(self) -> None:
        self._client.close()

    def _get(self, path: str, query: dict[str, Any]) -> Any:
        try:
            answer = self._client.get(path, params=query)
        except httpx.TimeoutException as fault:
            raise SourceAway("四库一平台没有在时限内答复，稍后自动再取。") from fault
        except httpx.HTTPError as fault:
            raise SourceAway(
                "连不上四库一平台，稍后自动再取；持续如此请检查地址、网络和对方服务。"
            ) from fault
        if answer.status_code in (401, 403):
            raise SourceRefused("四库一平台不认可本平台的令牌。请核对 FOUR_DATABASES_TOKEN 后重试。")
        if answer.status_code == 404:
            raise SourceRefused("四库一平台没有这个接口。请核对 FOUR_DATABASES_URL 后重试。")
        if answer.status_code != 200:
            raise SourceAway(f"四库一平台答复出错（{answer.status_code}），稍后自动再取。")
        if len(answer.content) > LONGEST_ANSWER:
            raise BadPage("总库给出的一页过大，没有采用。请调小每页条数。")
        try:
            return answer.json()
        except ValueError as fault:
            raise BadPage("总库的答复不是 JSON，没有采用。") from fault


def _entry(one: Any) -> Entry:
    changed_at = datetime.fromisoformat(one["changed_at"])
    if changed_at.tzinfo is None or not str(one["id"]):
        raise ValueError("an instant has its zone, and a record its name")
    return Entry(
        sequence=int(one["sequence"]),
        id=str(one["id"])[:64],
        version=int(one["version"]),
        changed_at=changed_at,
        is_withdrawn=bool(one["withdrawn"]),
        data=dict(one.get("data") or {}),
    )
