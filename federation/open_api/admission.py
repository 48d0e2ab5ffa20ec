"""Who may call what: the checks every call passes, each with its code and a sentence that says what to do.

The order tells nobody anything before the signature is right, and executes nothing before all are passed.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from federation import selectors
from federation.actors import CredentialActor
from federation.models import Credential
from federation.open_api import form, signature, values
from federation.open_api.calls import Call
from federation.open_api.corpsign import is_signed_by_enterprise
from federation.open_api.dispatcher import Method, method
from federation.open_api.errors import Code, Refusal, bad_request
from federation.open_api.schema import canonical
from projects.models import Project
from standards.selectors import parameter

POLL = "AsyncHandleResult.Query"
TIMESTAMP = "%Y%m%d%H%M%S"
LONGEST_NONCE = 64


def admit(body: bytes, *, address: str, now: datetime) -> tuple[Call, dict[str, str]]:
    """The call in `body`, recognised and allowed, with its transport parameters.

    Raises Refusal. The guard against replay comes last, where the call is entered in its table.
    """
    params = form.parameters(body)
    credential = _signer(params, now)
    _check_address(credential, address)
    _check_time(credential, params, now)
    wanted = method(params.get("method", ""))
    _check_rate(credential, wanted, now)
    actor = CredentialActor(credential)
    if not actor.may(wanted.permission):
        raise Refusal(Code.NOT_ALLOWED, f"无API访问权限!该appid未开通接口{wanted.name},请联系平台管理员开通")
    data = canonical(wanted.fields, _data(params.get("data", "")))
    project = _project(actor, credential, data)
    return Call(wanted, credential, actor.at(project), project, data, now), params


def _signer(params: Mapping[str, str], now: datetime) -> Credential:
    """The credential whose secret signed this call."""
    candidates = selectors.valid_credentials(params.get("appid", "")[:64], now)
    if not candidates:
        raise bad_request("appid无效!")
    for credential in candidates:
        if signature.is_signed_by(params, credential.key):
            _check_enterprise(credential, params)
            return credential
    raise Refusal(
        Code.BAD_SIGNATURE,
        "签名校验错误!请将除sign外的参数按名称升序拼接,末尾加&appsecret=密钥,整体转为小写后计算SHA-256,"
        "并确认使用的是最新密钥",
    )


def _check_enterprise(credential: Credential, params: Mapping[str, str]) -> None:
    corpsign, key = params.get("corpsign"), credential.corp_key
    if not corpsign or key is None:
        return
    timestamp = params.get("timestamp", "")
    if not is_signed_by_enterprise(corpsign, secret=credential.key, corp_key=key, timestamp=timestamp):
        raise Refusal(Code.BAD_SIGNATURE, "签名校验错误!corpsign与企业密钥或timestamp不符")


def _check_address(credential: Credential, address: str) -> None:
    if not credential.allows(address):
        raise Refusal(Code.BAD_ADDRESS, f"IP校验错误!地址{address}不在该appid的白名单内,请联系平台管理员登记")


def _check_time(credential: Credential, params: Mapping[str, str], now: datetime) -> None:
    """The timestamp may differ from our clock by the window; a wrong clock is told the right time."""
    region = credential.project.region if credential.project else None
    minutes = credential.window_minutes or parameter("open_api.window_minutes", region)
    try:
        sent = datetime.strptime(params.get("timestamp", ""), TIMESTAMP).replace(tzinfo=values.SHANGHAI)
    except ValueError:
        sent = None
    if sent is None or abs(sent - now) > timedelta(minutes=minutes):
        ours = now.astimezone(values.SHANGHAI).strftime(TIMESTAMP)
        raise bad_request(
            f"timestamp无效!应为yyyyMMddHHmmss格式的北京时间,与服务器相差不超过{minutes}分钟;"
            f"当前服务器时间为{ours},请校准时钟后重新签名提交"
        )
    if not 0 < len(params.get("nonce", "")) <= LONGEST_NONCE:
        raise bad_request(f"nonce无效!应为1至{LONGEST_NONCE}个字符,且同一timestamp内不重复")


def _check_rate(credential: Credential, wanted: Method, now: datetime) -> None:
    if wanted.name == POLL:
        return
    region = credential.project.region if credential.project else None
    limit = parameter("open_api.calls_per_minute", region)
    if selectors.calls_of_last_minute(credential.appid, now) >= limit:
        raise Refusal(Code.TOO_OFTEN, f"访问超过限制!调用过于频繁,每分钟最多{limit}次,请一分钟后再试")


def _data(text: str) -> dict[str, Any]:
    try:
        data = json.loads(text or "{}", parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        where = f"第{error.lineno}行第{error.colno}个字符附近"
        raise bad_request(f"data不是有效的JSON!{where}有误,请提交JSON对象") from error
    except (ValueError, RecursionError) as error:
        raise bad_request("data不是有效的JSON!请提交JSON对象") from error
    if not isinstance(data, dict):
        raise bad_request("data不是JSON对象!请以{}包住业务字段")
    return data


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _project(actor: CredentialActor, credential: Credential, data: Mapping[str, Any]) -> Project | None:
    """The project the call names, or else the one its appid stands for."""
    named = data.get("projectCode")
    if named is None:
        return credential.project
    if credential.project is not None and str(named) == credential.project.code:
        return credential.project
    # No project has a code with signs that cannot be stored; the database must not be asked for them.
    code = str(named)[:40].encode("utf-8", "ignore").decode().replace("\0", "")
    found = Project.objects.visible_to(actor).select_related("region").filter(code=code).first()
    if found is None:
        raise Refusal(
            Code.NOT_ALLOWED,
            f"无API访问权限!该appid不能访问项目{code},请核对projectCode,或使用该项目自己的appid",
        )
    return found
