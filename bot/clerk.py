"""Organisers and waiting questions from the command line."""

import argparse
from datetime import UTC, datetime
from functools import partial

from sqlmodel import Session

from bot import content as contents
from bot import organisers, passes
from bot.channels.console import CAN as CONSOLE
from bot.channels.telegram.channel import TelegramChannel
from bot.channels.webchat import CAN as WEB
from bot.channels.zalo_bot.channel import ZaloBotChannel
from bot.channels.zalo_oa.channel import ZaloOaChannel
from bot.db import Database
from bot.desk import staff
from bot.flows.helpdesk import Back, give_back
from bot.i18n import day
from bot.notices import spoken
from bot.settings import Settings
from bot.tables import migrate
from faq import unanswered

CAN = {"console": CONSOLE, "web": WEB, "telegram": TelegramChannel.can} | {
    channel.name: channel.can for channel in (ZaloOaChannel, ZaloBotChannel)
}
ACTOR = "command line"


def organiser(settings: Settings, options: argparse.Namespace) -> int:
    """add, list or remove organisers; the exit status."""
    db = _open(settings)
    now = datetime.now(UTC)
    try:
        match options.act:
            case "add":
                return _add(db, options, settings, now)
            case "link":
                return _link(db, options.id, settings, now)
            case "list":
                print("\n".join(db.read(_listed)) or "Chưa có người tổ chức nào.")
            case _:
                return _remove(db, options.id, now)
    finally:
        db.close()
    return 0


def _add(db: Database, options: argparse.Namespace, settings: Settings, now: datetime) -> int:
    work = partial(staff.add, name=options.name, role=options.role, actor=ACTOR, now=now)
    try:
        made, code = db.run(work).result()
    except staff.NameTakenError:
        print(f"Đã có người tổ chức tên {options.name}. Bạn đặt tên khác để sổ ghi việc rõ ai.")
        return 1
    minutes = int(organisers.CODE_FOR.total_seconds() // 60)
    print(f"Trong {minutes} phút, {options.name} nhắn cho bot (một lần):")
    print(f"/start org-{code}")
    return _link(db, made, settings, now)


def _listed(session: Session) -> list[str]:
    return [
        f"{item.id}. {item.name} ({item.role})" + ("" if item.person_id else ", chưa nhận mã")
        for item in organisers.listed(session)
    ]


def _remove(db: Database, organiser_id: int, now: datetime) -> int:
    def work(session: Session) -> str:
        return staff.remove(session, organiser_id, ACTOR, now).name

    try:
        print(f"Đã bỏ quyền của {db.run(work).result()}.")
    except organisers.UnknownOrganiserError:
        print(f"Không có người tổ chức số {organiser_id}.")
        return 1
    except staff.LastAdminError:
        print("Đây là người quản trị cuối cùng. Bạn thêm một người khác, chờ họ vào, rồi bỏ.")
        return 1
    return 0


def _link(db: Database, organiser_id: int, settings: Settings, now: datetime) -> int:
    address = settings.public_url or f"http://{settings.host}:{settings.port}"
    work = partial(sign_in_link, organiser_id=organiser_id, address=address, now=now)
    try:
        url = db.run(work).result()
    except organisers.UnknownOrganiserError:
        print(f"Không có người tổ chức số {organiser_id}.")
        return 1
    minutes = int(passes.LINK_FOR.total_seconds() // 60)
    print(f"Mở liên kết này trong {minutes} phút, dùng được một lần:\n{url}")
    return 0


def sign_in_link(session: Session, organiser_id: int, address: str, now: datetime) -> str:
    """A one-time link with which an organiser opens the pages. Raises UnknownOrganiserError."""
    token = staff.link(session, organiser_id, ACTOR, now)
    return f"{address.rstrip('/')}/vao/{token}"


def questions(settings: Settings, options: argparse.Namespace) -> int:
    """List the questions that wait, or answer one; the exit status."""
    db = _open(settings)
    try:
        if options.act == "list":
            lines = db.read(partial(_waiting, settings=settings))
            print("\n".join(lines) or "Không còn câu hỏi nào đang chờ.")
            return 0
        return _answer(db, settings, options.code, options.text)
    finally:
        db.close()


def _waiting(session: Session, settings: Settings) -> list[str]:
    lines = []
    for group in unanswered.grouped(unanswered.waiting(session, 500)):
        many = f" [{len(group)} câu giống nhau]" if len(group) > 1 else ""
        for item in group:
            lines.append(f"{item.code} ({day(item.asked_at, settings.zone)}): {item.text}{many}")
            many = ""
    return lines


def _answer(db: Database, settings: Settings, code: str, text: str) -> int:
    now, said = datetime.now(UTC), spoken.load(contents.DATA / "spoken.yaml")[0]

    def work(session: Session) -> bool:
        question = unanswered.by_code(session, code)
        if question.state == unanswered.ANSWERED:
            return False
        unanswered.answer(question, text, ACTOR, now)
        organisers.note(session, ACTOR, "questions.answer", question.code, now)
        give_back(session, question, Back(CAN, settings.zone, said), now)
        return True

    try:
        new = db.run(work).result()
    except unanswered.UnknownQuestionError:
        print(f"Không có câu hỏi {code}.")
        return 1
    print("Đã xếp gửi cho người hỏi." if new else "Câu này đã được trả lời rồi.")
    return 0 if new else 1


def _open(settings: Settings) -> Database:
    settings.state.mkdir(parents=True, exist_ok=True)
    db = Database(settings.url)
    migrate(db.engine)
    return db


def phrasings(settings: Settings, options: argparse.Namespace) -> int:
    """List the wordings people confirmed, take one into its entry, or refuse it."""
    db = _open(settings)
    try:
        if options.act == "list":
            lines = db.read(_candidates)
            print("\n".join(lines) or "Không có cách hỏi nào đang chờ.")
            return 0
        return _decide(db, options.id, take=options.act == "approve")
    finally:
        db.close()


def _candidates(session: Session) -> list[str]:
    return [f"{item.id}. {item.entry}: {item.text}" for item in unanswered.candidates(session)]


def _decide(db: Database, candidate_id: int, *, take: bool) -> int:
    now = datetime.now(UTC)

    def work(session: Session) -> str:
        found = unanswered.decide(session, candidate_id, take=take)
        act = "phrasings.approve" if take else "phrasings.refuse"
        organisers.note(session, ACTOR, act, f"candidate {candidate_id} {found.entry}", now)
        return found.entry

    try:
        entry = db.run(work).result()
    except unanswered.UnknownCandidateError:
        print(f"Không có cách hỏi số {candidate_id} đang chờ.")
        return 1
    done = "Đã thêm vào" if take else "Đã bỏ, không thêm vào"
    print(f"{done} mục {entry}." + (" Bot đang chạy sẽ dùng sau vài giây." if take else ""))
    return 0
