"""Names on a board: decent ones pass, others are refused with the reason."""

import pytest

from quiz import nicknames


@pytest.mark.parametrize(
    "name",
    [
        "Lan",
        "Tí Tởm",
        "Cường Đô La",
        "Chó Con",
        "Lon Bia",
        "Nguyễn Thị Bích Phượng",
        "Robot",
        "Đủ Mạnh",
        "Bưởi",
        "Lý Sơn 🌊",
        "Đội 1 - An Hải",
        "Tỏi_2026",
        "Cặp đôi",
        "Cu Tèo",
        "Hiệp sĩ",
        "D.Long",
        "Mẹ Mít",
        "Điểm 10",
    ],
)
def test_decent_names_pass(name: str) -> None:
    """Words that only look rude without their accents are no reason to refuse."""
    assert nicknames.problem(nicknames.tidy(name)) is None


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", "short"),
        ("a", "short"),
        ("!!!", "short"),
        ("x" * 25, "long"),
        ("Địt mẹ", "rude"),
        ("d.i.t.m.e", "rude"),
        ("DITME", "rude"),
        ("d!t m3", "rude"),
        ("đụ má", "rude"),
        ("vcl", "rude"),
        ("v c l", "rude"),
        ("con cặc", "rude"),
        ("f u c k", "rude"),
        ("Ban Tổ Chức", "posing"),
        ("ban to chuc", "posing"),
        ("B.T.C", "posing"),
        ("Ad-min", "posing"),
        ("4dm1n", "posing"),
        ("UBND đặc khu", "posing"),
        ("Chatbot", "posing"),
        ("0912 345 678", "number"),
        ("tui 0912345678", "number"),
        ("Z̷̡̛ă̴l", "unsafe"),
        ("<b>Lan</b>", "unsafe"),
        ("Лан", "unsafe"),
        ("لان", "unsafe"),
        ("=1+1|cmd", "unsafe"),
    ],
)
def test_others_are_refused_with_the_reason(name: str, why: str) -> None:
    """Rude, posing, unreadable and revealing names are each told apart."""
    assert nicknames.problem(nicknames.tidy(name)) == why


@pytest.mark.parametrize("mark", ["\u202e", "\u200b", "\u2066", "\x00", "\x07", "\ufeff"])
def test_invisible_marks_are_taken_out(mark: str) -> None:
    """Direction marks and controls never reach a board."""
    assert nicknames.tidy(f"La{mark}n") == "Lan"


def test_accents_in_parts_become_whole_letters() -> None:
    """The same name typed on two phones is the same text."""
    assert nicknames.tidy("Tie\u0302\u0301n") == "Tiến"
