"""The doors between nodes in the published description: no REST views, so they are described here."""

from typing import Any, Final

from federation.wire import heads

_TAG: Final = "节点间协议"
_TEXTS: Final = {
    "protocol": "协议版本，hbfed/1",
    "sender": "发送方节点代码",
    "receiver": "接收方节点代码",
    "key_id": "签名密钥编号",
    "at": "时间，UTC，微秒，以 Z 结尾",
    "signature": "签名，base64；覆盖八行，见 docs/federation-protocol.md",
}
_STRING: Final = {"type": "string"}
_INTEGER: Final = {"type": "integer"}


def _object(optional: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required}


def _list(items: Any) -> dict[str, Any]:
    return {"type": "array", "items": items}


_SCHEMAS: Final[dict[str, Any]] = {
    "NodeKeyCard": _object(
        key_id=_STRING, purpose=_STRING, algorithm=_STRING, public=_STRING, valid_from=_STRING,
        valid_until=_STRING,
    ),
    "NodeCard": _object(
        ("above",), code=_STRING, name=_STRING, kind=_STRING, region=_STRING, enterprise=_STRING, url=_STRING,
        protocol=_STRING, software=_STRING, standard=_STRING,
        keys=_list({"$ref": "#/components/schemas/NodeKeyCard"}),
        below=_list({"type": "object", "additionalProperties": {}}),
        above=_list({"type": "object", "additionalProperties": {}}),
    ),
    "NodeReceipt": _object(
        receiver=_STRING, sender=_STRING, stream=_STRING, epoch=_INTEGER, seq=_INTEGER, hash=_STRING,
        received_at=_STRING, key_id=_STRING, signature=_STRING,
    ),
    "NodeResult": _object(
        number=_INTEGER, epoch=_INTEGER, seq=_INTEGER, kind=_STRING, key=_STRING, version=_INTEGER,
        became=_STRING, canonical={"type": "string", "nullable": True}, rule=_STRING, sentence=_STRING,
        remedy=_STRING, missing=_STRING,
    ),
    "NodeLine": _object(
        ("held_seq",), epoch=_INTEGER, applied_seq=_INTEGER, held_seq=_INTEGER, last=_INTEGER,
        results=_list({"$ref": "#/components/schemas/NodeResult"}),
    ),
    "NodeRefusal": _object(code=_STRING, sentence=_STRING),
}  # fmt: skip
_HOLDS: Final = _object(epoch=_INTEGER, seq=_INTEGER, hash=_STRING)
_BY_STREAM: Final = {"type": "object", "additionalProperties": {"$ref": "#/components/schemas/NodeLine"}}
_ZIPPED: Final = {"application/vnd.hbfed+gzip": {"schema": {"type": "string", "format": "binary"}}}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _json(schema: Any) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


# Each door: what it is, what is sent, what is answered.
_DOORS: Final[dict[str, tuple[str, Any, Any]]] = {
    "join": (
        "用邀请码接入上级平台",
        _json(_object(code=_STRING, card=_ref("NodeCard"))),
        _json(_object(card=_ref("NodeCard"))),
    ),
    "hello": ("握手", _json(_object(card=_ref("NodeCard"))), _json(_object(card=_ref("NodeCard")))),
    "envelopes": ("上报一个报文", _ZIPPED, _json(_object(receipt=_ref("NodeReceipt")))),
    "fetch": ("取下一个下发的报文", _json(_object(stream=_STRING, holds=_HOLDS)), _ZIPPED),
    "compare": ("对账：逐层比对数量和摘要", _ZIPPED, _ZIPPED),
    "files": ("附件：双方说明已有、可给、待要的内容，并传送一部分", _ZIPPED, _ZIPPED),
    "move": ("市县在自建平台和上级平台之间迁移，一步一次", _ZIPPED, _ZIPPED),
    "results": (
        "逐条结果",
        _json(_object(after={"type": "object", "additionalProperties": _INTEGER}, tell=_BY_STREAM)),
        _json(_object(lines=_BY_STREAM, took={"type": "object", "additionalProperties": _INTEGER})),
    ),
}
_REFUSALS: Final = {
    "400": "格式不对",
    "401": "签名、密钥或节点不对",
    "403": "已停用、时间偏差或邀请码无效",
    "409": "重放、缺号或序列分叉",
    "413": "过大",
    "421": "收发方不符",
    "426": "协议版本不同",
}


def with_nodes(result: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
    """Add the doors between nodes to the description of the REST API."""
    result.setdefault("components", {}).setdefault("schemas", {}).update(_SCHEMAS)
    for act, (summary, sent, answered) in _DOORS.items():
        result["paths"][f"/federation/v1/{act}"] = {"post": _door(act, summary, sent, answered)}
    return result


def _door(act: str, summary: str, sent: Any, answered: Any) -> dict[str, Any]:
    headers = [
        {
            "in": "header",
            "name": heads.HEADERS[name],
            "required": True,
            "schema": {"type": "string"},
            "description": text,
        }
        for name, text in _TEXTS.items()
    ]
    refusals = {
        status: {"description": said, "content": _json(_ref("NodeRefusal"))}
        for status, said in _REFUSALS.items()
    }
    return {
        "operationId": f"federation_{act}",
        "summary": summary,
        "description": "节点之间使用，请求和回答都要签名；见 docs/federation-protocol.md。",
        "tags": [_TAG],
        "parameters": headers,
        "requestBody": {"required": True, "content": sent},
        "responses": {"200": {"description": "回答同样签名", "content": answered}, **refusals},
        "security": [{}],
    }
