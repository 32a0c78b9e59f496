"""Web Push: sealed for the browser, signed by us, and what a push service's answer means."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from webpush import VAPID

from bot.channels.webpush import SHOWN, WebPushChannel, known
from bot.messages import DeliveryError, GoneError, RefusedError, Reply, RetryError
from bot.pushes import Keys, Subscription
from tests.web.pushing import PushService, push_service

REAL = ("fcm.googleapis.com", "push.apple.com")


@pytest.fixture
async def service() -> AsyncIterator[PushService]:
    """A push service of its own for each test."""
    async with push_service() as made:
        yield made


class Phone:
    """A channel to one browser; remembers whom it forgot."""

    def __init__(self, service: PushService, endpoint: str = "") -> None:
        private, public, application = VAPID.generate_keys()
        self.endpoint = endpoint or service.url
        self.service = service
        self.forgotten: list[str] = []
        self.channel = WebPushChannel(
            Keys(private, public, application),
            "so@lyson.example",
            self.browsers,
            self.forget,
            (service.host,),
        )

    async def browsers(self, visitor: str) -> list[Subscription]:
        """The one browser."""
        keys = self.service.browser.keys
        return [
            Subscription(
                person_id=1,
                visitor=visitor,
                endpoint=self.endpoint,
                p256dh=keys["p256dh"],
                auth=keys["auth"],
                at=datetime.now(UTC),
            )
        ]

    async def forget(self, endpoint: str) -> None:
        """Remember."""
        self.forgotten.append(endpoint)


async def test_the_browser_reads_what_was_sent(service: PushService) -> None:
    """What the push service hands on, only the browser opens; it was signed by us."""
    phone = Phone(service)

    await phone.channel.send("v", Reply("Mời bà con dự tọa đàm."))
    await phone.channel.close()

    [news] = service.came
    assert news["body"] == "Mời bà con dự tọa đàm."
    assert service.claims[0]["sub"] == "mailto:so@lyson.example"


async def test_a_long_notice_is_cut_for_the_notification(service: PushService) -> None:
    """A notification is short; the page has the whole."""
    phone = Phone(service)

    await phone.channel.send("v", Reply("ế" * 1500))
    await phone.channel.close()

    assert len(service.came[0]["body"]) == SHOWN


@pytest.mark.parametrize(
    ("status", "error", "forgotten"),
    [
        pytest.param(410, GoneError, True, id="unsubscribed"),
        pytest.param(404, GoneError, True, id="unknown"),
        pytest.param(429, RetryError, False, id="too fast"),
        pytest.param(503, RetryError, False, id="ill"),
        pytest.param(400, RefusedError, False, id="refused"),
    ],
)
async def test_what_an_answer_means(
    service: PushService, status: int, error: type[DeliveryError], forgotten: bool
) -> None:
    """A browser that is gone is forgotten; what may work later is tried again."""
    service.status = status
    phone = Phone(service)

    with pytest.raises(RefusedError if error is GoneError else error):
        await phone.channel.send("v", Reply("x"))
    await phone.channel.close()

    assert bool(phone.forgotten) == forgotten


async def test_nothing_is_sent_elsewhere(service: PushService) -> None:
    """An endpoint that is no push service's is forgotten, not called."""
    phone = Phone(service, "http://127.0.0.1:1/push")

    with pytest.raises(RefusedError):
        await phone.channel.send("v", Reply("x"))

    assert phone.forgotten == ["http://127.0.0.1:1/push"]


@pytest.mark.parametrize(
    ("endpoint", "is_one"),
    [
        pytest.param("https://fcm.googleapis.com/fcm/send/abc", True, id="Chrome"),
        pytest.param("https://web.push.apple.com/abc", True, id="below a host"),
        pytest.param("http://fcm.googleapis.com/abc", False, id="not encrypted"),
        pytest.param("https://fcm.googleapis.com:8443/abc", False, id="another port"),
        pytest.param("https://evilfcm.googleapis.com.example/abc", False, id="looks like one"),
        pytest.param("https://notpush.apple.com/abc", False, id="ends like one"),
        pytest.param("https://user@127.0.0.1/abc", False, id="our own machine"),
        pytest.param("https://[::1]/", False, id="our own machine, six"),
        pytest.param("https://fcm.googleapis.com:x/", False, id="nonsense"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_which_endpoints_are_push_services(endpoint: str, is_one: bool) -> None:
    """Only the browsers' own push services are called, by HTTPS."""
    assert known(endpoint, REAL) == is_one


def test_nothing_comes_in() -> None:
    """There is nothing to read from a push service."""
    private, public, application = VAPID.generate_keys()

    async def nobody(_visitor: str) -> list[Subscription]:
        return []

    channel = WebPushChannel(Keys(private, public, application), "a@b.vn", nobody, nobody, REAL)

    assert channel.read("{}") is None
