"""OpenAPI 3.1 of what one version of an agreement lets out: exactly its objects and fields."""

from collections.abc import Mapping
from typing import Any

from federation.gateway.catalogue import ASKED, COVERS, OBJECTS
from federation.gateway.kinds import TYPES, Field, Shared
from federation.gateway.samples import sample_answer
from federation.models import AgreementVersion
from standards.selectors import parameter

_NARROW = {
    "project": "只要这个项目（项目编码）",
    "enterprise": "只要这家企业（统一社会信用代码）",
    "from": "日期从（含），写作 2026-01-31",
    "to": "日期到（含）",
}
_REFUSALS = {
    "401": "没有密钥，或密钥已停用",
    "403": "地址不在名单内，或协议没有约定、已暂停、已到期",
    "422": "参数有误、字段不在协议内，或游标无效",
    "429": "这一分钟或今天的配额已用完，见 Retry-After",
}


def description_of(version: AgreementVersion, server: str = "") -> dict[str, Any]:
    """The document for the partner's programmers."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{version.agreement.title}（{version.agreement.number}）",
            "version": str(version.ordinal),
            "description": f"用途：{version.purpose}。{COVERS}数据只可用于上述用途。"
            f"有效期 {version.valid_from} 至 {version.valid_to}；每分钟最多 {version.calls_per_minute} 次，"
            f"每天最多 {version.rows_per_day} 条。",
        },
        "servers": [{"url": server or "/"}],
        "security": [{"key": []}],
        "paths": {f"/gateway/v1/{name}": _path(version, name) for name in version.terms},
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
            "schemas": {name: _schema(OBJECTS[name], terms) for name, terms in version.terms.items()},
        },
    }


def _path(version: AgreementVersion, name: str) -> dict[str, Any]:
    shared = OBJECTS[name]
    problem = {"description": "", "content": {"application/problem+json": {"schema": {"type": "object"}}}}
    ok = {
        "description": "一页记录；没有约定的字段不出现",
        "content": {"application/json": {"schema": _answer(name), "example": sample_answer(version, name)}},
    }
    refusals = {status: {**problem, "description": words} for status, words in _REFUSALS.items()}
    return {
        "get": {
            "operationId": name,
            "summary": shared.label,
            "description": shared.means,
            "parameters": _parameters(shared),
            "responses": {"200": ok, **refusals},
        }
    }


def _parameters(shared: Shared) -> list[dict[str, Any]]:
    most = int(parameter("gateway.most_rows"))
    told = {
        "agreement": "协议编号；有几份协议都提供该数据时必填",
        "fields": "只要其中几个字段，逗号分开；必须在协议之内",
        "since": "只要这一刻以来有变化的，取上次答复的 next_since；会有少量重复，按 id 覆盖",
        "cursor": "下一页，取上次答复的 cursor；条件已在其中，不再重写",
        "limit": f"一页几条，1 至 {most}",
        **{name: words for name, words in _NARROW.items() if ASKED[name] in shared.filters},
    }
    return [
        {"name": name, "in": "query", "description": words, "schema": {"type": "string"}}
        for name, words in told.items()
    ]


def _schema(shared: Shared, terms: Mapping[str, Any]) -> dict[str, Any]:
    fields = shared.picked(terms["fields"])
    return {
        "type": "object",
        "properties": {one.key: _property(one) for one in fields},
        "required": [one.key for one in fields],
        "additionalProperties": False,
    }


def _property(one: Field) -> dict[str, Any]:
    of = dict(TYPES[one.kind])
    means = "；".join(part for part in (one.label, one.means, _listed(one)) if part)
    return {**of, "type": [of["type"], "null"], "description": means, "examples": [one.example]}


def _listed(one: Field) -> str:
    return f"代码表 {one.code_list}" if one.code_list else ""


def _answer(name: str) -> dict[str, Any]:
    text = {"type": "string"}
    return {
        "type": "object",
        "properties": {
            "agreement": text,
            "version": {"type": "integer"},
            "object": text,
            "covers": {"type": "string", "description": "数据覆盖的工程范围"},
            "as_of": {"type": "string", "format": "date-time"},
            "rows": {"type": "array", "items": {"$ref": f"#/components/schemas/{name}"}},
            "more": {"type": "boolean"},
            "cursor": {"type": "string", "description": "more 为 true 时有"},
            "next_since": {"type": "string", "description": "more 为 false 时有：下次增量的 since"},
        },
        "required": ["agreement", "version", "object", "covers", "as_of", "rows", "more"],
    }
