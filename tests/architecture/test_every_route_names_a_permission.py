"""No route is open by accident: each names a permission, or is in the short list that says why not."""

from __future__ import annotations

from fastapi.routing import APIRoute

from outrider.app.api.entry import OPEN, permission_of, routes_of, unguarded
from outrider.app.api.main import create_app


def test_every_route_names_a_permission_or_says_why_it_is_open() -> None:
    app = create_app(None)
    assert unguarded(app) == []
    assert sum(route.name not in OPEN for route in routes_of(app)) >= 30


def test_a_route_without_a_permission_is_found() -> None:
    app = create_app(None)

    @app.get("/api/forgotten")
    async def forgotten() -> None:
        """Somebody forgot the permission."""

    assert unguarded(app) == ["forgotten (/api/forgotten)"]


def test_what_is_open_is_a_route_and_says_why() -> None:
    names = [route.name for route in routes_of(create_app(None))]
    for name, why in OPEN.items():
        assert names.count(name) == 1, f"{name} is no route, or two routes have this name"
        assert why


def test_an_open_route_asks_for_no_permission() -> None:
    app = create_app(None)
    both = [
        route.name
        for route in routes_of(app)
        if route.name in OPEN and isinstance(route, APIRoute) and permission_of(route)
    ]
    assert not both
