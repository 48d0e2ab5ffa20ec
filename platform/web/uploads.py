"""Files that people upload: really what they say they are, without metadata, kept sealed, served to few.

Source: 鄂建文〔2019〕27号 二(三) (vouchers of the basic data); product 5.2, Attachment.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from io import BytesIO
from pathlib import PurePath

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from kernel.errors import DomainError, NotFound, NotHereYet
from kernel.store import fetch, has, keep
from standards.selectors import parameter

_SIDE = 2400
_QUALITY = 85
# So many dots are taken into memory at most. A larger JPEG is made smaller while it is read; a larger PNG is
# not a photograph but an attempt to fill the memory.
_MOST_DOTS = 25_000_000
_TYPES = {".jpg": "image/jpeg", ".png": "image/png", ".pdf": "application/pdf"}
_WORDS = {
    ("image",): "JPG 或 PNG 图片",
    ("pdf",): "PDF",
    ("image", "pdf"): "JPG、PNG 图片或 PDF",
}


class BadFile(DomainError):
    """The file is not what it should be; nothing of it was kept."""

    code = "bad_file"


@dataclass(frozen=True)
class Kept:
    """A checked file: what it is and under which name it came. It enters the store when an act asks where."""

    content: bytes = field(repr=False)
    kind: str
    name: str

    @cached_property
    def address(self) -> str:
        """Its address in the store; a form that was refused has asked for none and left nothing behind."""
        return keep(self.content)


def check_file(content: bytes, *, name: str, kinds: Sequence[str] = ("image", "pdf")) -> Kept:
    """A photograph or scan, fit to keep. Images are turned upright and written anew, without metadata.

    Raises BadFile with a sentence: empty, too large, another kind, damaged, locked.
    """
    check_size(len(content), name=name)
    shown = _shown(name)
    kind = "pdf" if _is_pdf(content) else "image"
    if kind not in kinds:
        raise BadFile(_not_wanted(shown, kinds))
    clean = _checked_pdf(content, shown) if kind == "pdf" else _upright(content, shown, kinds)
    return Kept(clean, kind, shown)


def check_size(size: int, *, name: str) -> None:
    """Refuse an empty file and one beyond the parameter, before anybody reads it. Raises BadFile."""
    if not size:
        raise BadFile(_("“{name}”是空文件，请重新选择。").format(name=_shown(name)))
    most = int(parameter("uploads.most_kilobytes")) * 1024
    if size > most:
        raise BadFile(
            _("“{name}”有 {size:.1f} MB，超过上限 {most:.0f} MB。请压缩或分开后再上传。").format(
                name=_shown(name), size=size / 1048576, most=most / 1048576
            ),
            code="file_too_large",
        )


def _shown(name: str) -> str:
    """The file's own name, without the folders it lay in."""
    return PurePath(name.replace("\\", "/")).name[:100] or str(_("文件"))


def _not_wanted(name: str, kinds: Sequence[str]) -> str:
    wanted = _WORDS[tuple(sorted(kinds))]
    told = _("“{name}”不是能打开的 {wanted}。请上传 {wanted}，改扩展名不起作用。")
    return told.format(name=name, wanted=wanted)


def _upright(content: bytes, name: str, kinds: Sequence[str]) -> bytes:
    """The picture as a JPEG of moderate size, upright, with nothing beside it."""
    try:
        with Image.open(BytesIO(content), formats=("JPEG", "PNG")) as found:
            found.draft("RGB", (_SIDE, _SIDE))
            if found.width * found.height > _MOST_DOTS:
                raise BadFile(_too_many_dots(name, found), code="too_many_dots")
            found.thumbnail((_SIDE, _SIDE))
            picture = ImageOps.exif_transpose(found).convert("RGB")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError):
        raise BadFile(_not_wanted(name, kinds)) from None
    # Comments and profiles would be written again: they are what the file said beside its picture.
    picture.info.clear()
    written = BytesIO()
    picture.save(written, "JPEG", quality=_QUALITY, optimize=True)
    return written.getvalue()


def _too_many_dots(name: str, picture: Image.Image) -> str:
    told = _("“{name}”有 {width}×{height} 个像素，太大了，打不开。请用照相机拍成 JPG，或缩小后再上传。")
    return told.format(name=name, width=picture.width, height=picture.height)


def _checked_pdf(content: bytes, name: str) -> bytes:
    try:
        reader = PdfReader(BytesIO(content))
        if reader.is_encrypted:
            raise BadFile(_("“{name}”设有密码，打不开。请去掉密码后再上传。").format(name=name))
        pages = len(reader.pages)
    except (PyPdfError, ValueError, KeyError, RecursionError, OSError):
        raise BadFile(_("“{name}”已损坏，打不开。请重新扫描或导出后再上传。").format(name=name)) from None
    if not pages:
        raise BadFile(_("“{name}”没有一页内容，请重新扫描。").format(name=name))
    return content


@dataclass(frozen=True)
class Absence:
    """Why a file that a record names is not here, in a word beside the record and in a sentence."""

    word: str
    sentence: str


_explaining: list[Callable[[str], Absence | None]] = []


def explain_absence(explain: Callable[[str], Absence | None]) -> None:
    """Know why a file is not here: it follows a record that came from another node."""
    _explaining.append(explain)


def absence_of(address: str) -> Absence | None:
    """Why nothing is kept at an address; None where the file is here, or nobody knows."""
    if not address or has(address):
        return None
    return next((told for explain in _explaining if (told := explain(address))), None)


def serve(address: str, name: str) -> HttpResponse:
    """A kept file for whoever a view has found entitled to it. Raises NotFound where nothing is kept, and
    NotHereYet while it is on its way from another node.

    It is shown inside the page's own policy without scripts, and no cache keeps it.
    """
    try:
        content = fetch(address)
    except FileNotFoundError:
        told = absence_of(address)
        raise NotHereYet(told.sentence) if told else NotFound from None
    suffix = _suffix(content)
    answer = HttpResponse(content, content_type=_TYPES[suffix])
    # A browser's PDF viewer does not open inside the sandbox below.
    answer["Content-Disposition"] = content_disposition_header(suffix == ".pdf", f"{name}{suffix}") or ""
    answer["Cache-Control"] = "no-store"
    answer["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return answer


def _is_pdf(content: bytes) -> bool:
    return content.lstrip()[:5] == b"%PDF-"


def _suffix(content: bytes) -> str:
    """What the bytes are; vendors' photographs are kept as they came, and may be PNG."""
    if _is_pdf(content):
        return ".pdf"
    return ".png" if content.startswith(b"\x89PNG") else ".jpg"
