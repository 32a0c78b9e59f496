"""Every setting, its default and its meaning; the one reader of the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot import spans


class SettingsError(Exception):
    """Settings that cannot be used; each problem names the setting and what was expected."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def _setting(default: str, meaning: str, *, secret: bool = False) -> Any:
    """A field of Settings read from the variable BOT_<NAME>."""
    return field(default=default, repr=not secret, metadata={"meaning": meaning, "secret": secret})


@dataclass(frozen=True)
class Settings:
    """What an operator may set. All are optional; secrets are also read from NAME_FILE."""

    database_url: str = _setting(
        "", "SQLAlchemy URL of the database; empty: SQLite in the state folder", secret=True
    )
    state_dir: str = _setting("var", "folder for the database, caches and exports")
    host: str = _setting("127.0.0.1", "address the web server listens on")
    port: str = _setting("8000", "port the web server listens on, 1-65535")
    public_url: str = _setting("", "address people reach us at, e.g. https://chat.example.vn")
    timezone: str = _setting("Asia/Ho_Chi_Minh", "IANA time zone of dates shown to people")
    operator: str = _setting(
        "UBND đặc khu Lý Sơn", "who runs the bot, as named in the privacy notice"
    )
    telegram_token: str = _setting("", "token from @BotFather; empty: no Telegram", secret=True)
    telegram_api_url: str = _setting("https://api.telegram.org", "root of a Bot API server")
    telegram_name: str = _setting("", "name of the bot without @, for links on posters")
    telegram_mode: str = _setting("polling", "polling or webhook (at PUBLIC_URL/webhooks/telegram)")
    telegram_webhook_secret: str = _setting(
        "", "1-256 characters of A-Z a-z 0-9 _ -; required in webhook mode", secret=True
    )
    zalo_oa_app_id: str = _setting("", "ID of the Zalo app; empty: no Zalo Official Account")
    zalo_oa_app_secret: str = _setting(
        "", "secret key of the Zalo app, for the tokens", secret=True
    )
    zalo_oa_secret_key: str = _setting(
        "", "OA Secret Key of the app's webhook page, for signatures", secret=True
    )
    zalo_oa_id: str = _setting("", "ID of the Official Account")
    zalo_oa_mode: str = _setting(
        "webhook", "webhook (at PUBLIC_URL/webhooks/zalo-oa), or polling where there is no address"
    )
    zalo_oa_callback: str = _setting(
        "", "callback URL of the app; empty: PUBLIC_URL/webhooks/zalo-oa/code"
    )
    zalo_oa_billed: str = _setting(
        "off", "on: also send from 48 hours to 7 days after somebody wrote, which Zalo bills"
    )
    zalo_oa_buttons: str = _setting(
        "off", "off, or the form of buttons to try on a real account: plain or button"
    )
    zalo_oa_api_url: str = _setting("https://openapi.zalo.me", "root of the OA OpenAPI")
    zalo_oauth_url: str = _setting("https://oauth.zaloapp.com", "root of Zalo's OAuth")
    zalo_site_code: str = _setting(
        "", "code in Zalo's tag zalo-platform-site-verification, to prove that the domain is ours"
    )
    zalo_bot_token: str = _setting(
        "", "token of a Zalo Bot, from Zalo Bot Manager; empty: no Zalo Bot", secret=True
    )
    zalo_bot_api_url: str = _setting(
        "https://bot-api.zaloplatforms.com", "root of the Zalo Bot API"
    )
    zalo_bot_mode: str = _setting("polling", "polling or webhook (at PUBLIC_URL/webhooks/zalo-bot)")
    zalo_bot_webhook_secret: str = _setting(
        "", "8-256 characters; required in webhook mode", secret=True
    )
    zalo_bot_monthly: str = _setting("3000", "messages a month of the bot's plan (free: 3000)")
    push_contact: str = _setting(
        "",
        "e-mail that browsers' push services may write to; empty: webmaster at PUBLIC_URL's host",
    )
    push_services: str = _setting(
        "fcm.googleapis.com,updates.push.services.mozilla.com,notify.windows.com,push.apple.com",
        "hosts of the push services browsers may name; empty: no Web Push",
    )
    news_feed: str = _setting("", "RSS or Atom feed of the portal (https); empty: no import")
    reminders: str = _setting(
        "7d,1d,2h", "how long before events people are reminded of them: 7d, 2h, 30m; none: never"
    )
    keep_days: str = _setting("90", "days the texts of messages are kept, 1-3650")
    log_level: str = _setting("INFO", "DEBUG, INFO, WARNING or ERROR")

    @property
    def state(self) -> Path:
        """The state folder."""
        return Path(self.state_dir)

    @property
    def url(self) -> str:
        """The database URL in use."""
        return self.database_url or f"sqlite:///{self.state / 'bot.db'}"

    @property
    def keep(self) -> timedelta:
        """How long the texts of messages are kept."""
        return timedelta(days=int(self.keep_days))

    @property
    def remind(self) -> tuple[timedelta, ...]:
        """How long before events people are reminded of them, the longest first."""
        return spans.read(self.reminders)

    @property
    def zone(self) -> ZoneInfo:
        """The zone of dates shown to people."""
        return ZoneInfo(self.timezone)

    @property
    def pushing(self) -> tuple[tuple[str, ...], str]:
        """The push services we send to, and whom they may write to."""
        hosts = tuple(host.strip() for host in self.push_services.split(",") if host.strip())
        name = urlsplit(self.public_url).hostname or "localhost"
        return hosts, self.push_contact or f"webmaster@{name}"


def variables() -> dict[str, tuple[str, str]]:
    """Each variable's name with its default and its meaning, for documents and `doctor`."""
    return {
        f"BOT_{item.name.upper()}": (str(item.default), item.metadata["meaning"])
        for item in fields(Settings)
    }


def load(environ: Mapping[str, str] | None = None, dotenv: Path | None = None) -> Settings:
    """Read the settings; variables win over the file `dotenv`.

    Raises SettingsError with every problem found.
    """
    given = {**_dotenv(dotenv), **(os.environ if environ is None else environ)}
    problems: list[str] = []
    values = {}
    for item in fields(Settings):
        name = f"BOT_{item.name.upper()}"
        value = _value(name, given, secret=item.metadata["secret"], problems=problems)
        if value is not None:
            values[item.name] = value
    settings = Settings(**values)
    problems += _check(settings)
    if problems:
        raise SettingsError(problems)
    return settings


def _dotenv(path: Path | None) -> dict[str, str]:
    if path is None or not path.is_file():
        return {}
    lines = (line.strip() for line in path.read_text("utf-8").splitlines())
    pairs = (line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    return {name.strip(): value.strip().strip("\"'") for name, value in pairs}


def _value(name: str, given: Mapping[str, str], *, secret: bool, problems: list[str]) -> str | None:
    file = given.get(f"{name}_FILE", "").strip()
    if secret and file:
        try:
            return Path(file).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            problems.append(f"{name}_FILE: không đọc được tệp {file}")
            return None
    value = given.get(name, "").strip()
    return value or None


def _check(settings: Settings) -> list[str]:
    """What is wrong with the values, a sentence each."""
    problems = [
        *_check_server(settings),
        *_check_telegram(settings),
        *_check_zalo_oa(settings),
        *_check_zalo_bot(settings),
    ]
    if settings.news_feed and not settings.news_feed.startswith("https://"):
        problems.append("BOT_NEWS_FEED: cần địa chỉ https:// của nguồn tin RSS hoặc Atom")
    if settings.log_level not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
        problems.append("BOT_LOG_LEVEL: cần DEBUG, INFO, WARNING hoặc ERROR")
    try:
        ZoneInfo(settings.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        problems.append("BOT_TIMEZONE: cần tên múi giờ IANA, ví dụ Asia/Ho_Chi_Minh")
    if settings.database_url and not settings.database_url.startswith(
        ("sqlite:///", "postgresql+psycopg://", "postgresql://")
    ):
        problems.append("BOT_DATABASE_URL: cần sqlite:///... hoặc postgresql://...")
    return problems


def _check_server(settings: Settings) -> list[str]:
    problems = []
    if not settings.port.isdecimal() or not 1 <= int(settings.port) <= 65535:
        problems.append("BOT_PORT: cần một số từ 1 đến 65535")
    if not settings.keep_days.isdecimal() or not 1 <= int(settings.keep_days) <= 3650:
        problems.append("BOT_KEEP_DAYS: cần số ngày từ 1 đến 3650")
    try:
        spans.read(settings.reminders)
    except spans.SpanError as error:
        problems.append(f"BOT_REMINDERS: {error}")
    if settings.public_url:
        parts = urlsplit(settings.public_url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            problems.append("BOT_PUBLIC_URL: cần địa chỉ http(s) đầy đủ, ví dụ https://chat.vn")
    return problems


def _check_telegram(settings: Settings) -> list[str]:
    problems = []
    if settings.telegram_mode not in {"polling", "webhook"}:
        problems.append("BOT_TELEGRAM_MODE: cần polling hoặc webhook")
    secret = settings.telegram_webhook_secret
    plain = secret.replace("_", "a").replace("-", "a")
    # https://core.telegram.org/bots/api#setwebhook: 1-256 characters of A-Z a-z 0-9 _ -
    if secret and not (plain.isascii() and plain.isalnum() and len(secret) <= 256):
        problems.append("BOT_TELEGRAM_WEBHOOK_SECRET: cần 1-256 ký tự A-Z a-z 0-9 _ -")
    if settings.telegram_token and settings.telegram_mode == "webhook":
        if not secret:
            problems.append("BOT_TELEGRAM_WEBHOOK_SECRET: bắt buộc khi BOT_TELEGRAM_MODE=webhook")
        if not settings.public_url:
            problems.append("BOT_PUBLIC_URL: bắt buộc khi BOT_TELEGRAM_MODE=webhook")
    token_id, _, token_key = settings.telegram_token.partition(":")
    if settings.telegram_token and not (token_id.isdecimal() and token_key):
        problems.append("BOT_TELEGRAM_TOKEN: cần dạng 123456:ABC... lấy từ @BotFather")
    return problems


def _check_zalo_oa(settings: Settings) -> list[str]:
    problems = []
    for name, allowed in (
        ("zalo_oa_mode", ("webhook", "polling")),
        ("zalo_oa_billed", ("off", "on")),
        ("zalo_oa_buttons", ("off", "plain", "button")),
    ):
        if getattr(settings, name) not in allowed:
            problems.append(f"BOT_{name.upper()}: cần {' hoặc '.join(allowed)}")
    code = settings.zalo_site_code.replace("-", "a").replace("_", "a")
    if code and not (code.isascii() and code.isalnum()):
        problems.append("BOT_ZALO_SITE_CODE: chỉ cần mã trong content=..., gồm A-Z a-z 0-9 _ -")
    if not settings.zalo_oa_app_id:
        return problems
    needed = ["zalo_oa_app_secret", "zalo_oa_id"]
    if settings.zalo_oa_mode == "webhook":
        needed += ["zalo_oa_secret_key", "public_url"]
    elif not settings.public_url:
        needed.append("zalo_oa_callback")
    missing = [name for name in needed if not getattr(settings, name)]
    problems += [f"BOT_{name.upper()}: bắt buộc khi có BOT_ZALO_OA_APP_ID" for name in missing]
    same = (
        settings.zalo_oa_app_secret and settings.zalo_oa_app_secret == settings.zalo_oa_secret_key
    )
    if same:
        problems.append(
            "BOT_ZALO_OA_SECRET_KEY: cần OA Secret Key ở trang Webhook, "
            "không phải khóa bí mật của ứng dụng"
        )
    return problems


def _check_zalo_bot(settings: Settings) -> list[str]:
    problems = []
    if settings.zalo_bot_mode not in {"polling", "webhook"}:
        problems.append("BOT_ZALO_BOT_MODE: cần polling hoặc webhook")
    if not settings.zalo_bot_monthly.isdecimal():
        problems.append("BOT_ZALO_BOT_MONTHLY: cần một số, ví dụ 3000")
    secret = settings.zalo_bot_webhook_secret
    if secret and not 8 <= len(secret) <= 256:
        problems.append("BOT_ZALO_BOT_WEBHOOK_SECRET: cần 8-256 ký tự")
    if settings.zalo_bot_token and settings.zalo_bot_mode == "webhook":
        if not secret:
            problems.append("BOT_ZALO_BOT_WEBHOOK_SECRET: bắt buộc khi BOT_ZALO_BOT_MODE=webhook")
        if not settings.public_url:
            problems.append("BOT_PUBLIC_URL: bắt buộc khi BOT_ZALO_BOT_MODE=webhook")
    left, _, right = settings.zalo_bot_token.partition(":")
    if settings.zalo_bot_token and not (left.isdecimal() and right):
        problems.append("BOT_ZALO_BOT_TOKEN: cần dạng 12345689:abc-xyz, do Zalo Bot Manager gửi")
    return problems


def secrets_of(settings: Settings) -> tuple[str, ...]:
    """Every secret that is set, so that logs can hide it."""
    named = (
        str(getattr(settings, item.name)) for item in fields(settings) if item.metadata["secret"]
    )
    return tuple(secret for secret in named if secret)
