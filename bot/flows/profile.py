"""Oneself: greeting, help, language, thôn and unit, privacy, my data, forget me."""

from bot import dossier, organisers, privacy, rights
from bot.flows.turn import Turn
from bot.i18n import LANGUAGES, _, number, speaking
from bot.messages import Link, Reply
from bot.people import agree
from quiz import board


def greet() -> Reply:
    """Who we are and what we can do."""
    return Reply(
        _(
            "Chào bạn! Mình là chatbot Chuyển đổi số của đặc khu Lý Sơn, máy trả lời tự động, "
            "không phải cán bộ.\n"
            "Bạn hỏi gì về dịch vụ công, VNeID, thanh toán, lừa đảo trên mạng... cứ nhắn như nói "
            "chuyện, không cần gõ dấu.\n"
            "Gõ /trogiup để xem mình làm được gì."
        )
    )


def notice(turn: Turn) -> Reply:
    """The first-use notice: who runs the bot, what is stored."""
    return Reply(
        _(
            "Đôi lời lần đầu: {operator} vận hành chatbot này. Mình lưu tin nhắn bạn gửi và mã "
            "cuộc trò chuyện để trả lời, không cần tên hay số điện thoại. Đừng gửi số căn cước, "
            "mã OTP, mật khẩu. Xem /quyenriengtu; xóa hết bằng /xoadulieu."
        ).format(operator=turn.house.operator)
    )


def start(turn: Turn, payload: str) -> list[Reply]:
    """/start: greet; with a payload, do what the link was made for."""
    if payload.startswith("org-"):
        return [join(turn, payload.removeprefix("org-"))]
    return [greet(), notice(turn)]


def join(turn: Turn, code: str) -> Reply:
    """Take on an organiser's powers with a code that works once."""
    if not (turn.message.private and turn.message.trusted):
        return Reply(_("Mã này chỉ dùng trong cuộc trò chuyện riêng với mình."))
    organiser = organisers.join(turn.session, turn.person, code, turn.now)
    if organiser is None:
        return Reply(_("Mã không đúng hoặc đã hết hạn. Bạn xin mã mới nhé."))
    board.bar(turn.session, turn.person.key)
    text = _("Chào {name}, bạn đã là người tổ chức ({role}). Gõ /cauhoi để xem câu hỏi đang chờ.")
    return Reply(text.format(name=organiser.name, role=organiser.role))


def help_(turn: Turn) -> list[Reply]:
    """/trogiup: what can be done, a line each."""
    lines = [
        _('Bạn cứ hỏi bằng lời của mình, ví dụ: "làm vneid mức 2 ở đâu".'),
        _("/camnang: cẩm nang chuyển đổi số và bài học các tỉnh"),
        _("/sukien: sự kiện sắp tới · /lichphat: lịch loa truyền thanh"),
        _("/tintuc: tin mới nhất · /tintuc tuần: nhận tin 18:00 Chủ nhật mỗi tuần"),
        _("/dangky: nhận thông báo và tin sự kiện · /huy: tắt hết, ngay lập tức"),
        _("/diemdanh: điểm danh khi tới tọa đàm · /hoitruoc: gửi trước câu hỏi"),
        _("/xacminh: xem thông báo, đường dẫn, số điện thoại có phải thật không"),
        _("/quyenriengtu: mình lưu gì, bạn có quyền gì"),
        _("/dulieu: xem mọi thứ mình đang giữ về bạn"),
        _("/xoadulieu: xóa hết dữ liệu của bạn"),
        _("/ngonngu: đổi ngôn ngữ (English)"),
        _("/lienket: nối các kênh bạn dùng thành một, để mỗi thông báo chỉ nhận một lần"),
    ]
    if turn.house.content.places.hamlets:
        lines.append(_("/thon: chọn thôn của bạn"))
    if turn.house.content.places.units:
        lines.append(_("/donvi: chọn đơn vị của bạn"))
    if organisers.may(turn.session, turn.person, "questions.read"):
        lines.append(_("/cauhoi: câu hỏi đang chờ · /traloi H-0001 nội dung: trả lời"))
    if organisers.may(turn.session, turn.person, "notices.send"):
        lines.append(_("/thongbao: viết và gửi thông báo"))
    numbers = turn.house.content.places.emergency
    lines.append(" · ".join(f"{number.say} {number.label}" for number in numbers))
    return [Reply("\n".join(lines))]


def privacy_notice(turn: Turn) -> list[Reply]:
    """/quyenriengtu: the notice the law asks for, in plain words."""
    text = _(
        "{operator} vận hành chatbot này và chịu trách nhiệm về dữ liệu.\n"
        "1. Lưu: tin nhắn bạn gửi, mã cuộc trò chuyện, ngôn ngữ, và thôn hay đơn vị nếu bạn chọn. "
        "Không hỏi tên, số điện thoại, số căn cước.\n"
        "2. Để làm gì: trả lời bạn, chuyển câu khó cho cán bộ, sửa câu trả lời cho đúng hơn.\n"
        "3. Ai khác thấy: tin đi qua máy chủ của kênh bạn dùng (Zalo ở Việt Nam; Telegram ở nước "
        "ngoài). Mình không bán, không chia sẻ.\n"
        "4. Quyền của bạn theo Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15: xem (/dulieu), xóa "
        "(/xoadulieu), sửa, rút đồng ý, khiếu nại.\n"
        "5. Gửi nhầm số căn cước, số thẻ, mã OTP: mình ẩn ngay, không lưu."
    )
    return [Reply(text.format(operator=turn.house.operator))]


def choose_language(turn: Turn, wanted: str) -> list[Reply]:
    """/ngonngu: ask, or change at once when a language is named."""
    named = {"vi": "vi", "viet": "vi", "tieng viet": "vi", "en": "en", "english": "en", "anh": "en"}
    if wanted in named:
        return [set_language(turn, named[wanted])]
    options = [(name, {"language": code}) for code, name in LANGUAGES.items()]
    text = "Bạn muốn dùng ngôn ngữ nào? / Which language?"
    return [turn.ask("language", text, options, footer="Gõ 1 hoặc 2 / Type 1 or 2")]


def set_language(turn: Turn, code: str) -> Reply:
    """Speak a language from now on."""
    turn.person.language = code
    with speaking(code):
        return Reply(_("Từ giờ mình nói tiếng Việt với bạn."))


def choose_place(turn: Turn, kind: str) -> list[Reply]:
    """/thon and /donvi: pick from the list, when there is one."""
    places = turn.house.content.places
    listed = places.hamlets if kind == "hamlet" else places.units
    if not listed:
        return [
            Reply(_("Danh sách này chưa có nên mình chưa hỏi. Bạn cứ hỏi đáp bình thường nhé."))
        ]
    options = [(place.name, {kind: place.id}) for place in listed]
    return [turn.ask("place", _("Bạn thuộc nơi nào?"), options)]


def set_place(turn: Turn, meaning: dict[str, str]) -> Reply:
    """Remember the thôn or unit a person picked, and that they agreed to it."""
    for kind, name in meaning.items():
        setattr(turn.person, kind, name)
        agree(turn.session, turn.person, kind, _("Bạn thuộc nơi nào?"), turn.now)
    return Reply(_("Mình đã ghi nhớ. Đổi lại lúc nào cũng được."))


def my_data(turn: Turn) -> list[Reply]:
    """/dulieu: everything held about the person who asks."""
    if not turn.message.private:
        return [Reply(_("Việc này mình chỉ làm trong cuộc trò chuyện riêng với bạn."))]
    rights.receive(turn.session, "see", turn.now, done=True)
    found = dossier.gather(turn.session, turn.person, turn.house.zone, turn.now)
    intro = _("Đây là mọi thứ mình đang giữ về bạn, trên mọi kênh bạn đã nối:")
    summary = "\n".join(f"- {name}: {number(count)}" for name, count in dossier.counted(found))
    if turn.can is not None and turn.can.files:
        text = _("Chi tiết ở trong tệp này, mở bằng trình duyệt.")
        return [Reply(f"{intro}\n{summary}\n{text}", file_of=turn.person.key)]
    on_page = turn.can is not None and turn.can.markup == "page"
    if turn.house.public_url or on_page:
        token = dossier.issue(turn.session, turn.person, turn.now)
        link = Link(_("Tải tệp chi tiết"), f"{turn.house.public_url}/du-lieu/{token}")
        once = _("Liên kết dùng một lần, trong 30 phút. Đừng chuyển cho ai.")
        return [Reply(f"{intro}\n{summary}", links=(link,), source=once)]
    return [Reply(f"{intro}\n{dossier.as_text(found)}")]


def ask_to_forget(turn: Turn) -> list[Reply]:
    """/xoadulieu: ask first, since it cannot be undone."""
    if not turn.message.private:
        return [Reply(_("Việc này mình chỉ làm trong cuộc trò chuyện riêng với bạn."))]
    text = _("Xóa hết dữ liệu của bạn ở đây, kể cả câu hỏi đang chờ trả lời? Không lấy lại được.")
    options = [
        (_("Xóa hết"), {"forget": "yes"}),
        (_("Giữ lại"), {"forget": "no"}),
    ]
    return [turn.ask("forget", text, options, footer=_("Gõ 1 hoặc 2."))]


def forget(turn: Turn, meaning: dict[str, str]) -> list[Reply]:
    """Forget the person, everywhere, now."""
    if meaning["forget"] != "yes":
        return [Reply(_("Mình giữ nguyên dữ liệu của bạn."))]
    privacy.forget(turn.session, turn.person)
    rights.receive(turn.session, "forget", turn.now)
    text = _("Mình đã xóa hết dữ liệu của bạn. Khi nào cần, bạn cứ nhắn lại như người mới.")
    return [Reply(text, passing=True)]
