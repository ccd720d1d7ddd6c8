"""The few pages that are not the web app: root, set-up, unsubscribe. In: words. Out: HTML. Never: a script."""

from __future__ import annotations

from html import escape

from fastapi.responses import HTMLResponse

from outrider.kernel.errors import OutriderError

_STYLE = (
    ":root{color-scheme:light dark;--ink:#1c2430;--soft:#5a6575;--paper:#fbfaf8;--card:#fff;"
    "--line:#d9d5cd;--edge:#7d8796;--act:#1f4fd1;--on-act:#fff;--ring:#1f4fd1}"
    "@media(prefers-color-scheme:dark){:root{--ink:#e6e9ee;--soft:#a3adbb;--paper:#14181f;"
    "--card:#1b212a;--line:#2c3440;--edge:#6d7887;--act:#9db8ff;--on-act:#10141a;--ring:#9db8ff}}"
    "*{box-sizing:border-box}"
    "body{font:17px/1.55 system-ui,-apple-system,'Segoe UI',sans-serif;margin:0;color:var(--ink);"
    "background:var(--paper)}"
    "main{max-width:32rem;margin:clamp(1rem,12vh,8rem) auto 2rem;padding:2rem;background:var(--card);"
    "border:1px solid var(--line);border-radius:14px}"
    "@media(max-width:34rem){main{margin:0;border:0;border-radius:0;padding:1.5rem 1.2rem;"
    "min-height:100vh}}"
    "h1{font-size:1.5rem;line-height:1.25;margin:0 0 .8rem}p{margin:.8rem 0}"
    "h2{font-size:1rem;line-height:1.3;margin:2rem 0 0;padding-top:1.4rem;"
    "border-top:1px solid var(--line)}"
    ".soft{color:var(--soft);font-size:.93rem}"
    "code{font:.92em/1.5 ui-monospace,Menlo,Consolas,monospace}"
    "pre{margin:.6rem 0;padding:.7rem .9rem;background:var(--paper);border:1px solid var(--line);"
    "border-radius:8px;white-space:pre-wrap;overflow-wrap:anywhere}"
    "a{color:var(--act)}"
    "label{display:block;margin:1rem 0 .3rem;font-weight:600}"
    "input{font:inherit;width:100%;padding:.6rem .7rem;color:inherit;background:var(--paper);"
    "border:1px solid var(--edge);border-radius:8px}"
    "button{font:inherit;font-weight:600;margin-top:1.4rem;padding:.65rem 1.3rem;border:0;"
    "border-radius:8px;background:var(--act);color:var(--on-act);cursor:pointer}"
    "button.second{display:block;width:100%;margin-top:1.1rem;text-align:start;font-weight:500;background:none;"
    "color:var(--act);border:1px solid var(--edge)}button.second+p{margin:.35rem 0 0}"
    "@media(max-width:34rem){button{width:100%}}"
    ".languages{display:flex;flex-wrap:wrap;gap:.2rem 1.1rem;margin:2rem 0 0;font-size:.93rem}"
    ".languages a{padding:.3rem 0}"
    "button:focus-visible,input:focus-visible,a:focus-visible{outline:3px solid var(--ring);"
    "outline-offset:2px}"
)


def page(title: str, body: str, status: int = 200, language: str = "en") -> HTMLResponse:
    """A page; `body` is HTML whose every value was escaped, `language` an ISO 639-1 code."""
    return HTMLResponse(
        f"<!doctype html><html lang={language}><head><meta charset=utf-8>"
        '<meta name=viewport content="width=device-width,initial-scale=1">'
        '<meta name=robots content="noindex">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>"
        f"<body><main><h1>{escape(title)}</h1>{body}</main></body></html>",
        status_code=status,
    )


def trouble(title: str, error: OutriderError, more: str = "") -> HTMLResponse:
    """An expected error for a person in a browser: its sentence, its status, what to do."""
    return page(title, f"<p>{escape(error.message)}</p>{more}", error.status)
