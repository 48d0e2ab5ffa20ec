"""What the published schema says beside the views themselves."""

from typing import Any

_PROBLEM = {
    "type": "object",
    "description": "拒绝的原因（RFC 9457）：detail 是一句话，说明问题在哪里、应当怎么办",
    "properties": {
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "供程序判断，不随文字变化"},
        "detail": {"type": "string"},
        "errors": {"type": "object", "additionalProperties": {}, "description": "按参数或字段列出的问题"},
    },
    "required": ["title", "status", "code", "detail"],
}
_REFUSALS = {
    "400": "参数或请求体有误",
    "401": "没有令牌，或令牌已失效",
    "403": "岗位没有此项权限",
    "404": "没有找到，或不在管理范围内",
    "429": "请求过于频繁",
}
# Of operations that take a body.
_OF_ACTS = {
    "409": "记录已被他人修改（stale），或与现状冲突",
    "413": "提交的内容过大",
    "415": "不支持的内容类型",
    "422": "未通过规则校验",
}


def without_docstrings(result: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
    """Leave out what was written for developers: the published description speaks Chinese alone."""
    operations = [one for path in result["paths"].values() for one in path.values()]
    for described in [*operations, *result.get("components", {}).get("schemas", {}).values()]:
        if described.get("description", "").isascii():
            described.pop("description", None)
    return result


def with_problems(result: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
    """Add the refusals that every operation shares."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = _PROBLEM
    for operations in result["paths"].values():
        for method, operation in operations.items():
            refusals = {**_REFUSALS, **(_OF_ACTS if method == "post" else {})}
            for status, description in refusals.items():
                operation["responses"].setdefault(
                    status,
                    {
                        "description": description,
                        "content": {
                            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
                        },
                    },
                )
    return result
