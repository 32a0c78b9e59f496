"""Every address of the application, asked by everybody in every way: who gets in, and who does not.

The addresses are those the application has, so a new one is asked too: of the desk by what its
door says, any other is closed to all but organisers until it stands in OPEN.
"""

import io
import secrets
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import get_args

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from bot import passes
from bot.app import build
from bot.content import Content
from bot.organisers import POWERS, Act, Role
from bot.settings import Settings
from bot.signals import Signals
from bot.web import auth, chat
from bot.web.desk.room import token_of
from bot.web.desk.routes import DOORS
from tests.web.theatre import Theatre, now, opens

ROLES: tuple[Role, ...] = get_args(Role)
STRANGERS = ("nobody", "visitor", "forged", "ended", "removed", "team", "helper", "juror")
HOLDERS = (*STRANGERS, *ROLES)
OPEN = frozenset(
    "/ /chat /chat/stream /static/{name:path} /sw.js /push /push/off /vao/{token} /ra /health "
    "/metrics /san-khau /san-khau/{code} /san-khau/{code}/vao /san-khau/{code}/tra-loi "
    "/san-khau/{code}/toi /san-khau/{code}/luong /san-khau/{code}/man-hinh "
    "/san-khau/{code}/ma.svg /bang-xep-hang /bang-xep-hang/mua/{season} /bang-xep-hang/{uid} "
    "/the-hang/vong/{uid}.png /the-hang/don-vi/{uid}/{unit}.png "
    "/the-hang/doi/{uid}/{number:int}.png /the-hang/{name}.png /su-kien /su-kien.ics "
    "/su-kien/{name}.ics /su-kien/{name} /xac-minh /ngay-chuyen-doi-so /ngay-chuyen-doi-so.png "
    "/hoi-dap /hoi-dap/nhom/{name} /hoi-dap/{name}.png /hoi-dap/{name} /quyen-rieng-tu "
    "/robots.txt /sitemap.xml /du-lieu/{token} "
    "/diem-danh/{code} /nhan-tin /ban/don-vi/{token} /zalo_verifiercode.html "
    "/webhooks/zalo-oa/code".split()
)
"""Addresses for everybody; a token in one is all that opens it."""
SIGNED = frozenset(["/webhooks/telegram", "/webhooks/zalo-oa", "/webhooks/zalo-bot"])
"""Addresses for platforms, which sign what they deliver."""
BY_PASS = {"/san-khau/{code}/cham": "juror", "/san-khau/{code}/nhap-ho": "helper"}
RUN: tuple[Act, ...] = ("contest.run",)
TELL: tuple[Act, ...] = ("notices.send",)
ACTS: dict[str, tuple[Act, ...]] = {
    **dict.fromkeys(("/san-khau/quan-ly", "/san-khau/{code}/dieu-khien"), RUN),
    **dict.fromkeys(("/san-khau/{code}/buoc", "/san-khau/{code}/nguoi"), RUN),
    **dict.fromkeys(("/tin", "/tin/{kind}/{id}", "/tin/{kind}/{id}.png"), TELL),
    **dict.fromkeys(("/su-kien/{name}/cau-hoi", "/su-kien/{name}/diem-danh"), (*TELL, *RUN)),
    "/su-kien/{name}/diem-danh/dem": (*TELL, *RUN),
    "/su-kien/{name}/bien-ban.docx": (*TELL, *RUN),
}
OVERRULED: dict[tuple[str, str], tuple[Act, ...]] = {
    **{(door.path, door.method): (door.act,) for door in DOORS},
}
"""Where what is posted needs another power than what is shown; and the desk, by its doors."""
PARTS = {"{name:path}": "chat.css", "{number:int}": "1", "{kind}": "su-kien", "{season}": "x"}
OURS = {"sec-fetch-site": "same-origin", "accept": "application/json"}
REFUSED = frozenset([401, 403])
CANARY = b"CANARY"
"""In every secret that is set: no page, redirect, document or workbook may hold it."""


@dataclass(frozen=True)
class House:
    """The whole application with every channel, and a contest on its stage."""

    asgi: Starlette
    theatre: Theatre

    @property
    def cells(self) -> list[tuple[str, str]]:
        """Every address with every method it takes; HEAD is GET without the body."""
        routes = [route for route in self.asgi.routes if isinstance(route, Route)]
        return [
            (route.path, method)
            for route in routes
            for method in sorted(route.methods or ())
            if method != "HEAD"
        ]

    def browser(self, cookies: dict[str, str]) -> httpx.AsyncClient:
        """A browser which keeps the cookies it is given, and no other."""
        transport = httpx.ASGITransport(app=self.asgi)
        return httpx.AsyncClient(
            transport=transport, base_url="https://test", headers={"cookie": pairs(cookies)}
        )


@pytest.fixture(scope="module")
def house(
    tmp_path_factory: pytest.TempPathFactory, matcher_cache: Path, content: Content
) -> Iterator[House]:
    """The application; its streams end at once."""
    state = tmp_path_factory.mktemp("everybody")
    shutil.copytree(matcher_cache, state / "cache")
    settings = Settings(
        state_dir=str(state),
        public_url="https://test",
        telegram_token="1234:CANARY-telegram-token",
        telegram_mode="webhook",
        telegram_webhook_secret="CANARY-telegram-secret",
        zalo_oa_app_id="1",
        zalo_oa_app_secret="CANARY-app-secret",
        zalo_oa_secret_key="CANARY-oa-secret",
        zalo_oa_id="2",
        zalo_bot_token="1234:CANARY-zalo-token",
        zalo_bot_mode="webhook",
        zalo_bot_webhook_secret="CANARY-bot-secret",
        zalo_site_code="code",
    )
    made = build(settings)
    made.signals.close()
    theatre = Theatre("https://test", made.db, Signals())
    opens(theatre)
    yield House(made.asgi(), theatre)
    made.db.close()


def cookies(theatre: Theatre, holder: str) -> dict[str, str]:
    """What the browser of somebody carries; a fresh session each time."""
    match holder:
        case "nobody":
            return {}
        case "visitor":
            return {chat.COOKIE: secrets.token_hex(16)}
        case "forged":
            secret = secrets.token_urlsafe(32)
        case "ended":
            secret = theatre.organiser("admin")
            found = theatre.db.read(partial(passes.holder, secret=secret, now=now()))
            assert found is not None
            theatre.db.run(partial(passes.leave, pass_id=found.pass_id, now=now())).result()
        case "removed":
            secret = theatre.organiser("admin")
            theatre.removed()
        case "team":
            secret = theatre.session(
                "team", theatre.enrolled("team", f"Đội {secrets.token_hex(3)}")
            )
        case "helper":
            secret = theatre.session("helper", str(theatre.round_id))
        case "juror":
            secret = theatre.session("juror", theatre.juror(secrets.token_hex(3)))
        case _:
            secret = theatre.organiser(holder)  # type: ignore[arg-type]
    return {auth.COOKIE: secret}


def gets_in(holder: str, path: str, method: str) -> bool | None:
    """Whether somebody should get in; None: organisers perhaps, for we do not know the address."""
    acts = OVERRULED.get((path, method)) or ACTS.get(path)
    if acts is not None:
        return holder in ROLES and bool(POWERS[holder] & set(acts))
    if path in SIGNED or path in BY_PASS:
        return holder == BY_PASS.get(path)
    if path in OPEN:
        return True
    return False if holder in STRANGERS else None


def filled(path: str, theatre: Theatre) -> str:
    """An address with its varying parts filled in."""
    if path.startswith("/san-khau"):
        path = path.replace("{code}", theatre.code)
    for part, value in PARTS.items():
        path = path.replace(part, value)
    while "{" in path:
        path = path[: path.index("{")] + "x" + path[path.index("}") + 1 :]
    return path


def pairs(cookies: dict[str, str]) -> str:
    """Cookies as a browser sends them."""
    return "; ".join(f"{name}={value}" for name, value in cookies.items())


async def ask(
    house: House, held: dict[str, str], method: str, path: str, headers: dict[str, str] = OURS
) -> int:
    """The status of an answer to somebody who holds some cookies; no secret is in it."""
    data = {"csrf": token_of(held.get(auth.COOKIE, "")), "text": "vneid là gì", "act": "?"}
    client = house.browser(held)
    body = data if method == "POST" else None
    answer = await client.request(method, filled(path, house.theatre), data=body, headers=headers)
    shown = unpacked(answer.content) + repr(answer.headers.multi_items()).encode()
    assert CANARY not in shown, (method, path)
    return answer.status_code


def unpacked(body: bytes) -> bytes:
    """What is in an answer: of a document or workbook, what is in its parts."""
    if not body.startswith(b"PK"):
        return body
    with zipfile.ZipFile(io.BytesIO(body)) as parts:
        return b"".join(parts.read(name) for name in parts.namelist())


@pytest.mark.parametrize("holder", HOLDERS)
async def test_each_gets_in_where_they_may_and_nowhere_else(house: House, holder: str) -> None:
    """Every address, every method it takes: refused with 401 or 403, or not, as its rule says."""
    wrong, held = [], cookies(house.theatre, holder)
    for path, method in house.cells:
        status = await ask(house, held, method, path)
        expected = gets_in(holder, path, method)
        refused = status in REFUSED or (path in SIGNED and status == 400)
        if status >= 500 or (expected is not None and refused == expected):
            wrong.append((method, path, status))
        if path == "/ra":  # it worked: a new session
            held = cookies(house.theatre, holder)

    assert wrong == []
    assert len(house.cells) * len(HOLDERS) >= 1000


@pytest.mark.parametrize("holder", ["nobody", "admin"])
async def test_no_address_takes_another_method(house: House, holder: str) -> None:
    """PUT, DELETE and OPTIONS are refused everywhere, to the admin as well."""
    held = cookies(house.theatre, holder)
    taken = {}
    for path in {path for path, _method in house.cells}:
        for method in ("PUT", "DELETE", "OPTIONS"):
            status = await ask(house, held, method, path)
            if status not in {401, 403, 404, 405}:
                taken[method, path] = status

    assert taken == {}


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_no_form_of_another_site_is_taken(house: House, site: str) -> None:
    """Whatever takes a form refuses it from elsewhere, though an admin's browser sent it."""
    held = cookies(house.theatre, "admin")
    posts = [path for path, method in house.cells if method == "POST"]
    headers = {"sec-fetch-site": site}
    statuses = {path: await ask(house, held, "POST", path, headers) for path in posts}

    assert set(statuses.values()) == {403}, statuses


def test_the_rules_name_only_addresses_there_are(house: House) -> None:
    """An address that went away, or has another name now, leaves no rule behind."""
    there = {path for path, _method in house.cells}

    assert there >= OPEN | SIGNED | ACTS.keys() | BY_PASS.keys()
    assert not OPEN & (SIGNED | ACTS.keys() | BY_PASS.keys())
