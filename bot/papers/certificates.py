"""Certificates of commended units, a page of A4 each; who signs fills the blanks. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

from PIL import Image

from bot.lettering import Sheet
from bot.pictures import DEEP, EMBLEM, GOLD, INK, SEA, SOFT, WHITE

DPI = 200
SIZE = WIDTH, HEIGHT = 2339, 1654
"""A4 on its side at that many dots an inch."""
EDGE, INNER = 60, 84
"""Where the two lines of the frame stand."""
MIDDLE = WIDTH // 2
NATION = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")
NUMBER = "Số: ................................"
DATED = "Lý Sơn, ngày ....... tháng ....... năm ............"


@dataclass(frozen=True)
class Certificate:
    """What a certificate says, in words ready to be drawn. No number, no date, no name signed."""

    operator: str
    kind: str
    unit: str
    reason: str
    signer: tuple[str, ...] = ()


def pdf(certificates: Sequence[Certificate]) -> bytes:
    """A page for each, in their order. Raises ValueError without any."""
    if not certificates:
        msg = "a file needs a certificate"
        raise ValueError(msg)
    made = BytesIO()
    first, *others = [compose(one).image for one in certificates]
    first.save(
        made,
        "PDF",
        resolution=float(DPI),
        title=certificates[0].kind,
        save_all=True,
        append_images=others,
    )
    return made.getvalue()


def compose(certificate: Certificate) -> Sheet:
    """A certificate on its sheet, with the boxes of its texts."""
    sheet = Sheet(Image.new("RGB", SIZE, WHITE))
    _frame(sheet)
    _head(sheet, certificate.operator)
    wide = WIDTH - 2 * 240
    kinds = (150, 130, 110, 90)
    top = (MIDDLE, 470), (wide, 210)
    sheet.write(certificate.kind, *top, kinds, weight="Bold", fill=SEA, anchor="m")
    sheet.write("Tặng", (MIDDLE, 684), (wide, 70), (48,), fill=INK, anchor="m")
    unit = (MIDDLE, 760), (wide, 210)
    names = (92, 80, 70, 60, 50)
    sheet.write(certificate.unit, *unit, names, weight="Bold", fill=DEEP, anchor="m", lines=2)
    reason = (MIDDLE, 974), (wide, 160)
    sheet.write(certificate.reason, *reason, (50, 44, 38, 34), fill=INK, anchor="m", lines=3)
    _foot(sheet, certificate.signer)
    return sheet


def _frame(sheet: Sheet) -> None:
    box = (EDGE, EDGE, WIDTH - EDGE, HEIGHT - EDGE)
    sheet.pen.rectangle(box, outline=SEA, width=10)
    inner = (INNER, INNER, WIDTH - INNER, HEIGHT - INNER)
    sheet.pen.rectangle(inner, outline=GOLD, width=4)


def _head(sheet: Sheet, operator: str) -> None:
    """Who gives it on the left, the nation on the right, each over its line, the emblem between."""
    left, right, wide = 560, WIDTH - 620, 800
    sheet.write(
        operator.upper(), (left, 130), (wide, 60), (42, 36, 30), weight="Bold", fill=INK, anchor="m"
    )
    sheet.pen.line((left - 130, 200, left + 130, 200), INK, 3)
    sheet.write(NUMBER, (left, 214), (wide, 56), (36,), fill=INK, anchor="m")
    for at, line in enumerate(NATION):
        put = (right, 130 + at * 56), (wide, 56)
        sheet.write(line, *put, (38, 34), weight="Bold", fill=INK, anchor="m")
    sheet.pen.line((right - 250, 252, right + 250, 252), INK, 3)
    with Image.open(EMBLEM) as emblem:
        small = emblem.resize((170, 170), Image.Resampling.LANCZOS)
    sheet.image.paste(small, (MIDDLE - 85, 276), small)


def _foot(sheet: Sheet, signer: Sequence[str]) -> None:
    """Place and date to be filled in, who signs, and room to sign and to seal."""
    right, wide = WIDTH - 640, 900
    sheet.write(DATED, (right, 1160), (wide, 56), (36, 32), fill=INK, anchor="m")
    for at, line in enumerate(signer[:3]):
        put = (right, 1220 + at * 54), (wide, 54)
        sheet.write(line, *put, (38, 34, 30), weight="Bold", fill=INK, anchor="m")
    under = (right, 1220 + len(signer[:3]) * 54), (wide, 48)
    sheet.write("(Ký, đóng dấu, ghi rõ họ tên)", *under, (28,), fill=SOFT, anchor="m")
