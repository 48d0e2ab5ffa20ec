"""The body of a call, as tolerant as the clients are careless.

Django's own form parsing is not asked: real clients send `Content-Encoding: UTF-8`, no charset, or a body
written by hand in which only `data` is percent-encoded.
"""

from urllib.parse import parse_qsl

from federation.open_api.errors import bad_request

PARAMETERS = ("method", "version", "appid", "format", "timestamp", "nonce", "data", "sign")
MOST_PARAMETERS = 40


def parameters(body: bytes) -> dict[str, str]:
    """The decoded form parameters; values exactly as the caller signed them.

    Raises Refusal (-1) for a body that is no UTF-8 form or names a parameter twice.
    """
    try:
        pairs = parse_qsl(
            body.decode(), keep_blank_values=True, errors="strict", max_num_fields=MOST_PARAMETERS
        )
    except UnicodeDecodeError as error:
        raise bad_request("请求体不是UTF-8编码,请以application/x-www-form-urlencoded、UTF-8提交!") from error
    except ValueError as error:
        raise bad_request(f"参数超过{MOST_PARAMETERS}个,请只提交接口规定的参数!") from error
    return _without_repeats(pairs)


def _without_repeats(pairs: list[tuple[str, str]]) -> dict[str, str]:
    params: dict[str, str] = {}
    for name, value in pairs:
        if name in params:
            raise bad_request(f"参数{name[:40]}出现了两次,请只提交一次!")
        if "\0" in value:
            raise bad_request(f"参数{name[:40]}含有无法存储的字符!")
        params[name] = value
    return params
