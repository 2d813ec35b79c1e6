"""How what went wrong becomes a page or a fragment."""

from __future__ import annotations

from flask import Flask, current_app, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from fieldvisit.errors import NotYours, Refused
from fieldvisit.extensions import db
from fieldvisit.htmx import wants_fragment

SENTENCES = {
    400: "这个请求不完整，请刷新页面再试。",
    401: "登录已过期，请重新登录。",
    403: "这个请求不是从本系统的页面发出的，已拒绝。请刷新页面再试。",
    404: "没有找到这个页面，可能已经移走，或者不在您的工作范围内。",
    405: "这个地址不能这样打开，请从页面上的按钮进入。",
    413: "内容太大，没有收下。照片请不超过 20 MB，表格请分几次导入。",
    429: "操作太频繁，请稍等一会儿再试。",
    500: "系统出错了，刚才的操作没有保存。请稍后再试；如果一直这样，请联系管理员。",
    503: "系统正忙，请过几秒再试。",
}


def init_errors(app: Flask) -> None:
    """Answer every error with a sentence, as a page or as a fragment; whatever failed is rolled back."""
    app.register_error_handler(Refused, lambda error: _answer(error.status, error.message))
    app.register_error_handler(NotYours, lambda _error: _answer(404, SENTENCES[404]))
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)


def _http_error(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error.get_response()
    return _answer(error.code, SENTENCES.get(error.code, SENTENCES[400]))


def _unexpected(error: Exception) -> ResponseReturnValue:
    current_app.logger.exception("unexpected error on %s %s", request.method, request.path, exc_info=error)
    if current_app.config.get("PROPAGATE_UNEXPECTED"):
        raise error
    return _answer(500, SENTENCES[500])


def _answer(status: int, sentence: str) -> ResponseReturnValue:
    db.session.rollback()
    template = "errors/_refused.html" if wants_fragment() else "errors/page.html"
    return render_template(template, sentence=sentence, status=status), status
