"""One person, several channels: link two chats with a code, choose where to be told, part again."""

import re

from sqlmodel import Session

from bot import organisers, outbox, pairing, people, privacy, pushes
from bot.flows.turn import Turn
from bot.i18n import _
from bot.messages import Reply
from bot.notices import enqueue
from bot.pairing import Shown, TooManyTriesError
from bot.people import Person, id_of

CODE = re.compile(r"\d{3}[ .-]?\d{3}")
CHANNELS = {
    "telegram": "Telegram",
    "zalo_oa": "Zalo OA",
    "zalo_bot": "Zalo Bot",
    "web": "web",
    "console": "terminal",
}


def command(turn: Turn, rest: str) -> list[Reply]:
    """/lienket: show a code; with a code shown elsewhere, ask whether to link."""
    if not (turn.message.private and turn.message.trusted):
        return [Reply(_("Việc này mình chỉ làm trong cuộc trò chuyện riêng với bạn."))]
    if organisers.of(turn.session, turn.person) is not None:
        return [_not_organisers()]
    if not rest:
        return _show(turn)
    if CODE.fullmatch(rest) is None:
        return [Reply(_("Mã nối có 6 chữ số. Gõ /lienket ở kênh kia để lấy mã."))]
    return [_check(turn, re.sub(r"\D", "", rest))]


def _not_organisers() -> Reply:
    # A code can be talked out of somebody; powers must not travel that way.
    return Reply(_("Người tổ chức không nối kênh, để quyền của bạn không lan sang nơi khác."))


def _show(turn: Turn) -> list[Reply]:
    code = pairing.show(turn.session, turn.person_id, turn.lane, turn.now)
    text = _(
        "Mã nối của bạn: {code} (10 phút, dùng một lần). Mở kênh kia của chính bạn và gõ: /lienket "
        "{code}. Đừng đưa mã này cho ai."
    )
    shown = Reply(text.format(code=code))
    if len(_channels(turn.session, turn.person)) < 2:
        return [shown]
    return [shown, _ask_where(turn)]


def _check(turn: Turn, code: str) -> Reply:
    try:
        shown = pairing.check(turn.session, turn.person_id, code, turn.now)
    except TooManyTriesError:
        return Reply(_("Gõ sai mã nhiều lần rồi. Bạn chờ 10 phút rồi thử lại nhé."))
    if shown is None:
        return Reply(_("Mã không đúng hoặc đã hết hạn. Gõ /lienket ở kênh kia để lấy mã mới."))
    if shown.person_id == turn.person_id:
        return Reply(_("Hai cuộc trò chuyện này đã là một rồi."))
    text = _(
        "Nối với cuộc trò chuyện của bạn trên {channel}? Hai bên sẽ dùng chung dữ liệu: ai đọc "
        "được bên kia sẽ xem được của bạn. Chỉ nối khi chính bạn vừa lấy mã."
    )
    options = [
        (_("Nối"), {"link": "yes", "code": code}),
        (_("Không nối"), {"link": "no", "code": ""}),
    ]
    channel = _called(shown.lane.partition(":")[0])
    return turn.ask("link", text.format(channel=channel), options, footer=_("Gõ 1 hoặc 2."))


def picked(turn: Turn, kind: str, meaning: dict[str, str]) -> list[Reply]:
    """What a person chose: to link, where to be told, to part."""
    match kind:
        case "link" if meaning["link"] == "yes":
            return _link(turn, meaning["code"])
        case "link":
            return [Reply(_("Mình không nối gì cả."))]
        case "channel":
            turn.person.preferred = meaning["channel"]
            text = _("Từ giờ mình gửi thông báo cho bạn trên {channel}.")
            return [Reply(text.format(channel=_called(meaning["channel"])))]
        case _ if meaning["part"] == "yes":
            return [_part(turn)]
        case _:
            return [Reply(_("Mình giữ nguyên."))]


def _link(turn: Turn, code: str) -> list[Reply]:
    shown = pairing.use(turn.session, code, turn.now)
    other = turn.session.get(Person, shown.person_id) if shown else None
    if shown is None or other is None or other.id == turn.person_id:
        return [Reply(_("Mã không đúng hoặc đã hết hạn. Gõ /lienket ở kênh kia để lấy mã mới."))]
    if organisers.of(turn.session, other) is not None:
        return [_not_organisers()]
    enqueue.merge(turn.session, turn.person_id, id_of(other), turn.now)
    privacy.merge(turn.session, turn.person, other)
    _tell(turn, shown)
    return [Reply(_("Đã nối. Mỗi thông báo bạn chỉ nhận một lần.")), _ask_where(turn)]


def _tell(turn: Turn, shown: Shown) -> None:
    """Say so in the other chat, so that nobody is linked unawares."""
    channel, _sep, chat = shown.lane.partition(":")
    if channel not in turn.ways.can:
        return
    text = _(
        "Cuộc trò chuyện này vừa được nối với một cuộc trò chuyện trên {channel}. Không phải bạn "
        "làm? Gõ /bolienket ngay."
    ).format(channel=_called(turn.message.channel))
    outbox.put(
        turn.session,
        channel,
        chat,
        [Reply(text)],
        turn.ways.can[channel],
        turn.now,
        person_id=turn.person_id,
        late=True,
    )


def _ask_where(turn: Turn) -> Reply:
    options = [(_called(name), {"channel": name}) for name in _channels(turn.session, turn.person)]
    return turn.ask("channel", _("Bạn muốn nhận thông báo ở đâu?"), options)


def _channels(session: Session, person: Person) -> list[str]:
    found = (address.channel for address in people.addresses(session, id_of(person)))
    return list(dict.fromkeys(found))


def _called(channel: str) -> str:
    """A channel as people call it."""
    return CHANNELS.get(channel, channel)


def ask_to_part(turn: Turn) -> list[Reply]:
    """/bolienket: ask first."""
    if not (turn.message.private and turn.message.trusted):
        return [Reply(_("Việc này mình chỉ làm trong cuộc trò chuyện riêng với bạn."))]
    if len(people.addresses(turn.session, turn.person_id)) < 2:
        return [Reply(_("Bạn chưa nối kênh nào."))]
    text = _("Tách cuộc trò chuyện này khỏi các kênh kia? Tin ở đây đi theo, phần còn lại ở lại.")
    options = [(_("Tách ra"), {"part": "yes"}), (_("Giữ nguyên"), {"part": "no"})]
    return [turn.ask("part", text, options, footer=_("Gõ 1 hoặc 2."))]


def _part(turn: Turn) -> Reply:
    """From now on this chat is somebody else: what was said here goes along."""
    message, session = turn.message, turn.session
    mine = [
        address
        for address in people.addresses(session, turn.person_id)
        if (address.channel, address.user) == (message.channel, message.user)
    ]
    if len(people.addresses(session, turn.person_id)) == len(mine):
        return Reply(_("Bạn chưa nối kênh nào."))
    alone = people.part(session, turn.person, mine, turn.now)
    privacy.part(session, turn.person, alone, turn.lane)
    pushes.part(session, message.user, id_of(alone))
    if turn.person.preferred == message.channel:
        turn.person.preferred = ""
    turn.chat.person_id = id_of(alone)
    return Reply(_("Đã tách. Từ giờ hai bên không dùng chung gì nữa."))
