"""What the platform says when something is wrong, and what a vendor does about it.

Each text begins as the platform's own does; a test looks for every one of them in the code that says it.
"""

from typing import NamedTuple

from federation.open_api.errors import Code


class CodeLine(NamedTuple):
    """One code of the envelope: what it means, and what to do."""

    code: int
    meaning: str
    todo: str


class Sentence(NamedTuple):
    """One sentence: `text` as it is read, `anchor` its fixed part in our source, when and what to do."""

    text: str
    anchor: str
    when: str
    todo: str


CODES = (
    CodeLine(Code.DONE, "成功", "查询：读取 data。写入：保存 requestSerialCode，稍后查询结果。"),
    CodeLine(
        Code.BAD_REQUEST,
        "请求参数错误",
        "message 写明是哪个参数。改正后用新的 nonce 重新签名提交；不改就重发，结果不变。",
    ),
    CodeLine(
        Code.BAD_SIGNATURE,
        "签名校验错误",
        "对照“签名与加密”逐步核对：参数是否齐、是否用编码前的原文、整体是否转了小写、密钥是否最新。",
    ),
    CodeLine(
        Code.NOT_ALLOWED,
        "无 API 访问权限",
        "核对 projectCode 是否与 appid 一致；需要开通的请联系平台管理员。",
    ),
    CodeLine(Code.BAD_ADDRESS, "IP 校验错误", "把出口地址报给平台管理员登记，或改从已登记的地址调用。"),
    CodeLine(Code.TOO_OFTEN, "访问超过限制", "等一分钟再发；平时把多行合成一次调用。查询结果不计次数。"),
    CodeLine(Code.OTHER, "平台内部错误", "稍后原样重发；仍出现时把时间和 appid 告诉平台。"),
)

AT_ONCE = (
    Sentence("请求参数无效:appid无效!", "appid无效!", "appid 不存在或已停用", "核对 appid；密钥可能已撤销。"),
    Sentence(
        "请求参数无效:timestamp无效!…当前服务器时间为…",
        "timestamp无效!",
        "时间不是北京时间，或与服务器相差太多",
        "按答复中的服务器时间校准时钟；注意是东八区，不是 UTC。",
    ),
    Sentence(
        "请求参数无效:nonce重复!…",
        "nonce重复!",
        "同一 timestamp 与 nonce 发过一次",
        "如果是超时重发，用答复里的编号查询结果即可；如果是新请求，换一个 nonce。",
    ),
    Sentence(
        "请求参数无效:data不是有效的JSON!…",
        "data不是有效的JSON!",
        "data 不是 JSON 对象，或没有做百分号编码",
        "data 要整体做百分号编码；加密字段里的 + 不编码会变成空格。",
    ),
    Sentence(
        "请求参数无效:method无效!…",
        "method无效!",
        "没有这个接口",
        "按文档核对接口名称。",
    ),
    Sentence(
        "无API访问权限!该appid不能访问项目…",
        "无API访问权限!该appid不能访问项目",
        "projectCode 不是这个 appid 的项目",
        "一个项目一组密钥，换用该项目自己的 appid。",
    ),
    Sentence(
        "请求体超过…MB",
        "请求体超过",
        "整个请求太大（HTTP 413）",
        "减少每次的行数，或压缩图片。",
    ),
)

IN_THE_RESULT = (
    Sentence(
        "[workerList][0][headImage]不能为空!",
        "不能为空!",
        "必填字段没有值；方括号里依次是列表、第几行（从 0 数）、字段",
        "补上该行该字段，整批重新提交。",
    ),
    Sentence("[x]长度超过限制…!", "长度超过限制", "文本太长", "缩短到文档写明的字数。"),
    Sentence("[x]格式不正确!…", "格式不正确!", "类型、日期或号码写法不对", "按文档的写法改正。"),
    Sentence(
        "[idCardNumber]格式不正确!无法用appsecret解密…",
        "无法用appsecret解密",
        "加密字段没有加密，或用了别的密钥",
        "用签名的同一个 appsecret 加密。",
    ),
    Sentence(
        "[x]参数值不正确,请参见…字典表!", "参数值不正确,请参见", "字典里没有这个代码", "从“字典”页选取代码。"
    ),
    Sentence("[headImage]大小超过限制50KB!", "大小超过限制", "图片太大", "压缩后再传。"),
    Sentence(
        "[headImage]格式无效,目前仅支持:jpg,jpeg,png,jpeg",
        "格式无效,目前仅支持:jpg,jpeg,png,jpeg",
        "不是图片，或给了网址",
        "传图片本身的 base64。",
    ),
    Sentence(
        "[idCardType]异常,目前只支持身份证类型的证件!",
        "异常,目前只支持身份证类型的证件!",
        "证件类型不是 01",
        "其他证件的人员请在平台页面登记。",
    ),
    Sentence(
        "[dataList]每次最多20条,本次…条,请分批上传!", "请分批上传!", "一次行数太多", "分批，每批不超过限制。"
    ),
    Sentence(
        "[corpCode]值超出范围或无效!…不是本项目的参建单位…",
        "不是本项目的参建单位",
        "单位还没有登记为参建单位",
        "先用 ProjectSubContractor.Add。",
    ),
    Sentence(
        "[teamSysNo]值超出范围或无效!…",
        "本项目没有该班组",
        "班组编号不是本项目的",
        "用 Team.Query 查询，或先用 Team.Add。",
    ),
    Sentence(
        "没有找到证件类型为01,证件号码为4200…的对应信息,上传失败!…",
        "没有找到证件类型为",
        "人员还没有登记",
        "先用 ProjectWorker.Add。",
    ),
    Sentence(
        "项目中已存在身份证为：4200…的工人!",
        "项目中已存在身份证为：",
        "这个人已在项目登记",
        "视为已登记；要改资料用 ProjectWorker.Update。",
    ),
    Sentence("参建单位已存在", "参建单位已存在", "这个单位已登记", "视为已登记。"),
    Sentence(
        "班组已存在,已存在班组编号为:1500000777!",
        "班组已存在,已存在班组编号为:",
        "同一单位已有同名班组",
        "取冒号后的十位编号使用。",
    ),
    Sentence(
        "[dataList][1][idCardNumber]该人员未在本项目登记…",
        "用ProjectWorker.Add登记、WorkerEntryExit.Add办理进场后",
        "打卡的人未登记或未进场；打卡已留存",
        "登记并办理进场即可，打卡自动计入，不必重传。",
    ),
    Sentence("[date]不能大于当天!", "不能大于当天!", "日期在将来", "核对设备时钟。"),
    Sentence(
        "Internal Error:…",
        "Internal Error",
        "平台自身的错误",
        "联系平台并提供请求编号；平台可原样重新处理。",
    ),
)
