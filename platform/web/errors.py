"""The pages for what went wrong: each names the thing, the reason and the next step."""

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from web.api.problems import problem_json

_NOT_FOUND = "没有找到该页面或记录，或者它不在您的管理范围内。请核对网址后再试。"
_FORBIDDEN = "您的岗位没有此项权限。如需办理，请联系本单位平台管理员授予岗位。"
_TOO_LARGE = "提交的内容超过 22 MB，未作任何处理。请减小附件或分批提交。"
_TOO_MANY_FIELDS = "一次勾选的人太多，未作任何处理。请按班组分几次办理。"
_TOO_MANY_FILES = "一次选择的文件太多，未作任何处理。请分几次上传。"
_BAD_REQUEST = "请求有误，未作任何处理。请核对网址（主机名）和提交的内容后再试。"
_FAULT = "平台出现内部错误，已记录，本次操作没有写入。请稍后再试；如反复出现，请把时间告知平台管理员。"


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400 of Django itself: a body that is too large or in too many pieces, or an unknown host."""
    if isinstance(exception, RequestDataTooBig):
        return _answer(request, 413, "too_large", _TOO_LARGE)
    if isinstance(exception, TooManyFieldsSent):
        return _answer(request, 400, "too_many_fields", _TOO_MANY_FIELDS)
    if isinstance(exception, TooManyFilesSent):
        return _answer(request, 400, "too_many_files", _TOO_MANY_FILES)
    return _answer(request, 400, "bad_request", _BAD_REQUEST)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: no such page, or not within the reader's scope; the two are not told apart."""
    return _answer(request, 404, "not_found", _NOT_FOUND)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: the post does not carry this act."""
    return _answer(request, 403, "not_permitted", _FORBIDDEN)


def fault(request: HttpRequest) -> HttpResponse:
    """500: ours to mend; nothing of the exception reaches the page."""
    return _answer(request, 500, "fault", _FAULT)


def _answer(request: HttpRequest, status: int, code: str, sentence: str) -> HttpResponse:
    if request.path.startswith(("/api/", "/gateway/")):
        return problem_json(status, code, sentence)
    # Without the request's context: the frame must not depend on what has just failed.
    name = f"web/{status}.html" if status in (403, 404, 500) else "web/problem.html"
    return render(None, name, {"message": sentence}, status=status)
