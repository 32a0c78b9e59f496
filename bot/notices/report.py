"""How a notice stands, in the words of organisers: the numbers add up to the total."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.i18n import _, moment
from bot.messages import plain
from bot.notices import announce
from bot.notices.announce import Notice, NoticeError
from bot.notices.audience import Survey, Ways, reason
from bot.notices.tally import Progress


def state(name: str) -> str:
    """A notice's state."""
    return {
        "draft": _("nháp"),
        "scheduled": _("chờ gửi"),
        "sending": _("đang gửi"),
        "paused": _("tạm dừng"),
        "done": _("đã gửi xong"),
        "cancelled": _("đã hủy"),
    }[name]


def lines(far: Progress) -> list[str]:
    """How a notice stands, a line each."""
    told = far.tally
    first = state(far.state).capitalize()
    if far.resting:
        first += _(", nghỉ đêm, 06:30 gửi tiếp")
    pairs = [
        (_("Đã gửi {count}"), told.sent, listed(told.by_channel, channel)),
        (_("Đã xem khi nhắn lại: {count}"), told.later, ""),
        (_("Còn lại {count}"), told.left, ""),
        (_("Chưa đến được {count}"), told.unreached.total(), listed(told.unreached, reason)),
        (_("Gửi hỏng {count}"), told.failed.total(), listed(told.failed, reason)),
        (_("Chưa rõ đến hay chưa, không tự gửi lại: {count}"), told.unknown, ""),
        (_("Đã hủy {count}"), told.cancelled, ""),
    ]
    parts = [text.format(count=count) + f"{more}." for text, count, more in pairs if count]
    if far.filled or told.total or far.state == "cancelled":
        total = f"{first}. " + _("Tổng {count} người.").format(count=told.total)
    else:
        total = f"{first}. " + _("Tới giờ gửi mình mới đếm người nhận.")
    return [total, *parts, *_groups(far.groups)]


def acts(far: Progress) -> list[tuple[str, str]]:
    """What can be done with a notice now: the names of `dispatch.ACTS`, and what buttons say."""
    match far.state:
        case announce.SCHEDULED | announce.SENDING:
            return [("pause", _("Tạm dừng")), ("cancel", _("Hủy phần chưa gửi"))]
        case announce.PAUSED:
            return [("resume", _("Gửi tiếp")), ("cancel", _("Hủy phần chưa gửi"))]
        case announce.DONE if far.tally.failed:
            return [("retry", _("Gửi lại cho người gửi hỏng"))]
        case _:
            return []


def when(notice: Notice, now: datetime, zone: ZoneInfo) -> str:
    """When a draft would be sent."""
    at = max(notice.due_at or now, now)
    due = at if notice.urgent else announce.wake(at, zone)
    if due == now:
        return _("Gửi ngay khi bạn đồng ý.")
    return _("Gửi lúc {at}.").format(at=moment(due, zone))


def previews(notice: Notice, ways: Ways) -> list[tuple[list[str], list[str]]]:
    """What channels show: those that show the same stand together, each with its messages."""
    alike: dict[tuple[str, ...], list[str]] = {}
    for name, replies in announce.preview(notice, ways).items():
        alike.setdefault(tuple(plain(reply) for reply in replies), []).append(name)
    return [(names, list(told)) for told, names in alike.items()]


def _groups(counts: Counter[str]) -> list[str]:
    """How the groups fared, counted apart from people."""
    words = {
        "sent": _("đã gửi {count}"),
        "left": _("còn lại {count}"),
        "full": _("đủ tin hôm nay, không gửi {count}"),
        "channel off": _("kênh đang tắt {count}"),
        "failed": _("gửi hỏng {count}"),
        "unknown": _("chưa rõ {count}"),
        "cancelled": _("đã hủy {count}"),
    }
    parts = [text.format(count=counts[key]) for key, text in words.items() if counts[key]]
    return [_("Nhóm: {parts}.").format(parts="; ".join(parts))] if parts else []


def survey(found: Survey) -> str:
    """Who would be told, and who would not, and why."""
    text = _("Sẽ đến {count} người").format(count=found.reached)
    told = [f"{text}{listed(found.by_channel, channel)}."]
    missing = found.unreached.total()
    if missing:
        text = _("Chưa đến được {count} người").format(count=missing)
        told.append(f"{text}{listed(found.unreached, reason)}.")
    if found.groups:
        told.append(_("Thêm {count} nhóm đã đăng ký.").format(count=found.groups))
    if found.full:
        told.append(_("{count} nhóm đã đủ tin hôm nay nên không nhận.").format(count=found.full))
    if found.unregistered:
        text = _("Không gửi cho {count} người chưa đăng ký nhận tin (họ gõ /dangky thì mới nhận).")
        told.append(text.format(count=found.unregistered))
    return "\n".join(told)


def channel(name: str) -> str:
    """A channel as organisers call it."""
    words = {
        "telegram": "Telegram",
        "zalo_oa": "Zalo OA",
        "zalo_bot": "Zalo Bot",
        "web": _("trang chat"),
        "webpush": _("báo tin của trang chat"),
    }
    return words.get(name, name)


def listed(counts: Counter[str], name: Callable[[str], str] = str) -> str:
    """Numbers by their name, the largest first."""
    named: Counter[str] = Counter()
    for key, many in counts.items():
        named[name(key)] += many
    parts = "; ".join(f"{key} {many}" for key, many in named.most_common())
    return f": {parts}" if parts else ""


def wrong(error: NoticeError) -> str:
    """What was wrong with what was asked of a notice."""
    return {
        "long": _("Nội dung dài quá {most} ký tự, bạn rút gọn giúp mình.").format(
            most=announce.LONGEST
        ),
        "empty": _("Chưa có nội dung."),
        "state": _("Thông báo không còn ở bước làm được việc này."),
        "unknown": _("Không có thông báo này."),
        "past": _("Giờ gửi đã qua."),
    }[error.why]
