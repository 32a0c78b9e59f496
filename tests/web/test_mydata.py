"""The page where people fetch their file: one look costs nothing, one press gives it, once."""

from datetime import UTC, datetime
from functools import partial

from sqlmodel import Session

from bot import dossier, people
from tests.conftest import NOON
from tests.web.stand import Site


def _link(session: Session, text: str) -> str:
    now = datetime.now(UTC)
    lan, _new = people.welcome(session, "zalo", text, text, NOON)
    return f"/du-lieu/{dossier.issue(session, lan, now)}"


def test_a_link_gives_the_file_once(site: Site) -> None:
    """Looking uses nothing up; the button gives the file; a second press gives none."""
    url = site.db.run(partial(_link, text="lan-5151")).result(5)
    with site.visitor() as browser:
        looked = [browser.get(url) for _time in range(2)]
        file = browser.post(url)
        again = [browser.post(url), browser.get(url)]

    assert [page.status_code for page in looked] == [200, 200]
    assert "lan-5151" not in looked[0].text
    assert file.headers["content-disposition"] == 'attachment; filename="du-lieu-cua-toi.html"'
    assert file.headers["cache-control"] == "no-store"
    assert "lan-5151" in file.text
    assert [page.status_code for page in again] == [410, 410]
    assert "lan-5151" not in again[0].text


def test_a_guess_gives_nothing(site: Site) -> None:
    """A token nobody was given leads to a page that says so."""
    with site.visitor() as browser:
        pages = [browser.get("/du-lieu/" + "a" * 43), browser.post("/du-lieu/" + "a" * 43)]

    assert [page.status_code for page in pages] == [410, 410]
    assert "/dulieu" in pages[0].text
