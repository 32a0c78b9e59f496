"""Settings: all optional, secrets from files, a bad value stops the start with its name."""

import re
from pathlib import Path

import pytest

from bot import settings
from bot.settings import SettingsError


def test_nothing_is_needed() -> None:
    """With no settings at all there is a web chat on the usual port."""
    found = settings.load({})

    assert (found.host, found.port, found.url) == ("127.0.0.1", "8000", "sqlite:///var/bot.db")


def test_a_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    """NAME_FILE names a file with the secret."""
    (tmp_path / "token").write_text("123:abc\n", "utf-8")

    found = settings.load({"BOT_TELEGRAM_TOKEN_FILE": str(tmp_path / "token")})

    assert found.telegram_token == "123:abc"


def test_variables_win_over_the_file(tmp_path: Path) -> None:
    """A .env file is read, and what the environment says counts more."""
    file = tmp_path / ".env"
    file.write_text("# chú thích\nBOT_PORT=9000\nBOT_HOST='0.0.0.0'\n", "utf-8")

    found = settings.load({"BOT_PORT": "9001"}, file)

    assert (found.port, found.host) == ("9001", "0.0.0.0")  # noqa: S104 - just a value here


@pytest.mark.parametrize(
    ("given", "named"),
    [
        pytest.param({"BOT_PORT": "tám nghìn"}, "BOT_PORT", id="a port in words"),
        pytest.param({"BOT_PORT": "70000"}, "BOT_PORT", id="a port too large"),
        pytest.param({"BOT_TIMEZONE": "Lý Sơn"}, "BOT_TIMEZONE", id="no such zone"),
        pytest.param({"BOT_TELEGRAM_MODE": "push"}, "BOT_TELEGRAM_MODE", id="no such mode"),
        pytest.param({"BOT_TELEGRAM_TOKEN": "abc"}, "BOT_TELEGRAM_TOKEN", id="no token"),
        pytest.param({"BOT_PUBLIC_URL": "chat.vn"}, "BOT_PUBLIC_URL", id="no scheme"),
        pytest.param({"BOT_DATABASE_URL": "mysql://x"}, "BOT_DATABASE_URL", id="MySQL"),
        pytest.param({"BOT_LOG_LEVEL": "LOUD"}, "BOT_LOG_LEVEL", id="no such level"),
        pytest.param({"BOT_TELEGRAM_WEBHOOK_SECRET": "á"}, "WEBHOOK_SECRET", id="bad secret"),
        pytest.param({"BOT_TELEGRAM_TOKEN_FILE": "/nowhere"}, "TOKEN_FILE", id="no file"),
        pytest.param(
            {"BOT_TELEGRAM_TOKEN": "1:a", "BOT_TELEGRAM_MODE": "webhook"},
            "WEBHOOK_SECRET",
            id="a webhook without its secret",
        ),
        pytest.param({"BOT_ZALO_OA_MODE": "push"}, "BOT_ZALO_OA_MODE", id="no such Zalo mode"),
        pytest.param({"BOT_ZALO_OA_BUTTONS": "on"}, "BOT_ZALO_OA_BUTTONS", id="no such buttons"),
        pytest.param({"BOT_ZALO_OA_BILLED": "yes"}, "BOT_ZALO_OA_BILLED", id="neither on nor off"),
        pytest.param({"BOT_ZALO_OA_APP_ID": "1"}, "BOT_ZALO_OA_SECRET_KEY", id="an app alone"),
        pytest.param(
            {
                **{f"BOT_ZALO_OA_{name}": "same" for name in ("APP_ID", "APP_SECRET", "ID")},
                "BOT_ZALO_OA_SECRET_KEY": "same",
                "BOT_PUBLIC_URL": "https://chat.vn",
            },
            "OA Secret Key",
            id="the app's secret for the webhook's",
        ),
        pytest.param(
            {
                **{f"BOT_ZALO_OA_{name}": "1" for name in ("APP_ID", "APP_SECRET", "ID")},
                "BOT_ZALO_OA_MODE": "polling",
            },
            "BOT_ZALO_OA_CALLBACK",
            id="no way back from the consent",
        ),
        pytest.param({"BOT_ZALO_SITE_CODE": "<meta>"}, "BOT_ZALO_SITE_CODE", id="a whole tag"),
        pytest.param({"BOT_ZALO_BOT_TOKEN": "abc"}, "BOT_ZALO_BOT_TOKEN", id="no Zalo token"),
        pytest.param({"BOT_ZALO_BOT_MODE": "push"}, "BOT_ZALO_BOT_MODE", id="no such bot mode"),
        pytest.param({"BOT_ZALO_BOT_MONTHLY": "many"}, "BOT_ZALO_BOT_MONTHLY", id="no number"),
        pytest.param(
            {"BOT_ZALO_BOT_WEBHOOK_SECRET": "short"}, "WEBHOOK_SECRET", id="a short secret"
        ),
        pytest.param(
            {"BOT_ZALO_BOT_TOKEN": "1:a", "BOT_ZALO_BOT_MODE": "webhook"},
            "BOT_PUBLIC_URL",
            id="a webhook without an address",
        ),
    ],
)
def test_a_bad_value_is_named(given: dict[str, str], named: str) -> None:
    """The problem names the setting, and does not repeat a secret."""
    with pytest.raises(SettingsError, match=named):
        settings.load(given)


def test_secrets_are_not_shown() -> None:
    """Printing the settings shows no secret."""
    given = {"BOT_TELEGRAM_TOKEN": "1:s3cret", "BOT_ZALO_BOT_TOKEN": "1:s3cret"}

    assert "s3cret" not in repr(settings.load(given))


def test_every_secret_is_known_to_the_logs() -> None:
    """Whatever is marked a secret is hidden in logs."""
    found = settings.load({"BOT_TELEGRAM_TOKEN": "1:one", "BOT_ZALO_BOT_TOKEN": "1:two"})

    assert settings.secrets_of(found) == ("1:one", "1:two")


def test_the_documents_name_every_setting() -> None:
    """.env.example and README.md name each setting, and no other."""
    names = set(settings.variables())
    for file in (".env.example", "README.md"):
        found = set(re.findall(r"BOT_[A-Z_]+[A-Z]", Path(file).read_text("utf-8")))
        assert names <= found, file
        assert {name.removesuffix("_FILE") for name in found} <= names, file
