"""The page of people at the desk, and what each of them did."""

import re

import httpx

from tests.web.desk.bench import OURS, Bench, words

PAGE, LOG = "/ban/nguoi", "/ban/nguoi/nhat-ky"
EVIL = "<script>alert(1)</script>"


def number(bench: Bench, name: str) -> int:
    """The row of an organiser who has not signed in."""
    return bench.organiser("viewer", name)


def test_somebody_is_added_signs_in_and_is_removed(bench: Bench) -> None:
    """The link is shown once; what changes holds at the very next request."""
    admin = bench.signed("admin", "Chị Hoa")
    made = admin.post(PAGE, ten="Anh Nam", vai="viewer").text
    link = re.search(r"/vao/[\w-]+", made)
    assert link
    with httpx.Client(base_url=bench.url, headers=OURS) as nam:
        nam.post(link[0])
        seen = [nam.get(PAGE).status_code, nam.get("/ban/noi-dung/nhap").status_code]
        admin.post(f"{PAGE}/2", viec="vai", vai="editor")
        seen.append(nam.get("/ban/noi-dung/nhap").status_code)
        listed = words(admin.get(PAGE).text)
        admin.post(f"{PAGE}/2", viec="bo")
        seen.append(nam.get("/ban").status_code)
        admin.post(f"{PAGE}/2", viec="bo", chac=1)
        seen.append(nam.get("/ban").status_code)

    assert seen == [403, 403, 200, 200, 403]
    assert "/start org-" in made
    assert "/vao/" not in admin.get(PAGE).text
    assert "Anh Nam Biên tập nội dung vào bàn gần nhất" in listed
    assert [line[:3] for line in bench.audit() if line[0] == "Chị Hoa"] == [
        ("Chị Hoa", "organisers.add", "organiser 2 viewer"),
        ("Chị Hoa", "organisers.link", "organiser 2"),
        ("Chị Hoa", "organisers.role", "organiser 2 editor"),
        ("Chị Hoa", "organisers.remove", "organiser 2"),
    ]


def test_the_last_admin_and_ones_own_role_are_safe(bench: Bench) -> None:
    """Told in words, with nothing changed; unknown rows and acts are told too."""
    admin = bench.signed("admin", "Chị Hoa")
    answers = [
        admin.post(f"{PAGE}/1", viec="bo", chac=1),
        admin.post(f"{PAGE}/1", viec="vai", vai="viewer"),
        admin.post(f"{PAGE}/99", viec="lien-ket"),
        admin.post(f"{PAGE}/1", viec="vai", vai="king"),
        admin.post(PAGE, ten="Nam", vai="king"),
        admin.post(PAGE, ten="chị hoa", vai="viewer"),
    ]

    assert [answer.status_code for answer in answers] == [422] * 6
    assert "người quản trị cuối cùng" in answers[0].text
    assert "tự đổi vai trò" in answers[1].text
    assert admin.get(PAGE).status_code == 200


def test_taking_back_sessions_signs_somebody_out(bench: Bench) -> None:
    """Also oneself, who then stands outside."""
    admin, viewer = bench.signed("admin", "Chị Hoa"), bench.signed("viewer", "Anh Nam")
    admin.post(f"{PAGE}/2", viec="phien")
    own = admin.post(f"{PAGE}/1", viec="phien").headers["location"]

    assert viewer.get("/ban").status_code == 403
    assert own.startswith("/ban?")
    assert admin.get("/ban").status_code == 403


def test_the_log_is_read_by_person_and_day(bench: Bench) -> None:
    """In plain words; hostile names and questions show as they are and open nothing."""
    admin = bench.signed("admin", "Chị Hoa")
    admin.post(PAGE, ten=EVIL, vai="viewer")
    bench.signed("viewer", "Anh Nam").get(PAGE)
    whole = admin.get(LOG)
    nam = words(admin.get(f"{LOG}?ai=Anh Nam").text)
    queries = ("ngay=x", "truoc=-1", "truoc=99999999999", "ai=%00", "ngay=2026-11-25")
    odd = [admin.get(f"{LOG}?{query}").status_code for query in queries]

    assert EVIL not in whole.text
    assert "thêm người tổ chức" in words(whole.text)
    assert "Anh Nam bị từ chối : vào trang người tổ chức" in nam
    assert "Chị Hoa thêm" not in nam
    assert odd == [200] * 5


def test_residents_are_counted_never_named(bench: Bench) -> None:
    """Below five not even counted."""
    admin = bench.signed("admin", "Chị Hoa")
    for user in ("lan", "minh", "hoa", "tu"):
        bench.ask("phân lô đất ở đâu", user)
    few = words(admin.get(PAGE).text)
    bench.ask("phân lô đất ở đâu", "nam")
    enough = words(admin.get(PAGE).text)

    assert "người đã nhắn" not in few
    assert "Đến nay 5 người đã nhắn cho bot" in enough
