"""The few pages that are not the web app: set-up, unsubscribe. In: words. Out: HTML. Never: a script."""

from __future__ import annotations

from html import escape

from fastapi.responses import HTMLResponse

_STYLE = (
    "body{font:17px/1.5 system-ui,sans-serif;max-width:34rem;margin:12vh auto;padding:0 1.2rem;"
    "color:#1c2430;background:#fbfaf8}h1{font-size:1.5rem;margin:0 0 1rem}"
    "label{display:block;margin:.9rem 0 .2rem}input{font:inherit;width:100%;padding:.5rem .6rem;"
    "border:1px solid #8b94a3;border-radius:6px;box-sizing:border-box}"
    "button{font:inherit;margin-top:1.2rem;padding:.55rem 1.1rem;border:0;border-radius:6px;"
    "background:#1f4fd1;color:#fff}button:focus,input:focus{outline:3px solid #9db8ff}"
    "@media(prefers-color-scheme:dark){body{background:#14181f;color:#e6e9ee}"
    "input{background:#1d232d;color:inherit}}"
)


def page(title: str, body: str, status: int = 200) -> HTMLResponse:
    """A page; `body` is HTML whose every value was escaped."""
    return HTMLResponse(
        "<!doctype html><html lang=en><head><meta charset=utf-8>"
        '<meta name=viewport content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>"
        f"<body><main><h1>{escape(title)}</h1>{body}</main></body></html>",
        status_code=status,
    )
