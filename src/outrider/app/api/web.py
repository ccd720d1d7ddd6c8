"""The web app's built files, and its pages by name.

In: the files that `scripts/web.sh` built. Out: the page for each address of the app; files for ever.
Never: an answer for an address that is no page, least of all under `/api`.
"""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, HTMLResponse
from starlette.convertors import Convertor, register_url_convertor

from outrider.app.api.page import page
from outrider.kernel.errors import NotFound

router = APIRouter(tags=["web"])

FOLDER = Path(__file__).resolve().parent.parent / "web"
FOR_EVER = "public, max-age=31536000, immutable"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
    " font-src 'self'; connect-src 'self'; frame-src 'self'; manifest-src 'self'; form-action 'self';"
    " frame-ancestors 'none'; base-uri 'none'"
)
"""Scripts are ours alone; Mantine sets styles in place (decision 0026)."""

_TYPES = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
    ".json": "application/json",
}


class WebPage(Convertor[str]):
    """The addresses of the app, each by name.

    A route for everything would answer for mistyped addresses of the API too.
    """

    regex = (
        "(?:login|inbox|inbox/[0-9]{1,15}|prospects|prospects/[0-9a-f-]{36}|campaigns|campaigns/[0-9a-f-]{36}"
        "|campaigns/new|campaigns/[0-9a-f-]{36}/sequence|prospects/import|prospects/suppressed|start"
        "|sending/mailboxes/new|sending/mailboxes/[^/]{3,320}|sending/domains"
        "|tasks|tasks/[0-9]{1,15}|prospects/people/[0-9a-f-]{36}"
        "|settings|settings/[a-z-]{1,30}"
        "|agents|agents/runs|agents/runs/[0-9a-f-]{8,36}|agents/tools|agents/[a-z-]{1,60}"
        "|overview|replies|replies/[0-9a-f-]{36}|sending|audit|trace)?"
    )

    def convert(self, value: str) -> str:
        """As it is."""
        return value

    def to_string(self, value: str) -> str:
        """As it is."""
        return value


register_url_convertor("webpage", WebPage())


def is_built() -> bool:
    """Whether there is a web app to serve."""
    return (FOLDER / "index.html").is_file()


@router.get("/{page:webpage}", include_in_schema=False, response_class=HTMLResponse)
async def web_page() -> Response:
    """The app: which page it is, the browser reads from the address."""
    if not is_built():
        return page(
            "The web app is not built",
            "<p>Outrider runs, and this address is its API. The pages for a browser are built once,"
            " with Node 20.19 or newer:</p><pre><code>sh scripts/web.sh</code></pre>"
            "<p>Everything works in a terminal as well:</p>"
            "<pre><code>outrider drafts list\noutrider --help</code></pre>"
            "<p class=soft><a href=/api/openapi.json>The API's description</a> · "
            "<a href=/readyz>Is it ready?</a></p>",
        )
    return app_page()


def in_app(request: Request) -> bool:
    """Whether this is a browser, which can show the app, and the app is built."""
    return "text/html" in request.headers.get("accept", "") and is_built()


def app_page() -> HTMLResponse:
    """The app's one page."""
    headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-cache"}
    return HTMLResponse((FOLDER / "index.html").read_bytes(), headers=headers)


@router.get("/assets/{name}", include_in_schema=False)
async def web_asset(request: Request, name: str) -> Response:
    """One built file. Its name holds its hash, so it never changes.

    Raises:
        NotFound: there is none of this name.
    """
    file = FOLDER / "assets" / name
    kind = _TYPES.get(file.suffix)
    # A name with a separator never gets here; `..` is no file of a known kind.
    if kind is None or not file.is_file():
        raise NotFound(f"There is no file {name[:60]} here.")
    headers = {"Cache-Control": FOR_EVER, "Vary": "Accept-Encoding"}
    packed = file.with_name(f"{name}.gz")
    if "gzip" in request.headers.get("accept-encoding", "") and packed.is_file():
        return FileResponse(
            packed, media_type=kind, headers={**headers, "Content-Encoding": "gzip"}
        )
    return FileResponse(file, media_type=kind, headers=headers)
