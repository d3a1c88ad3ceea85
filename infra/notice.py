"""`make notice NOTICE=notice.json`: compiles a notice document and writes its renderings.

It is for authors of a notice: it needs no stack and no settings. Findings come with their line and
column. A document that compiles is written as people would read it, in every language, with the
record of processing activities beside it, into `.build/notice`. With `FORMAT=dpv` or `FORMAT=tilt`
it is written for programs instead: in the W3C's Data Privacy Vocabulary, or in TILT.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from chalicelib.instants import instant
from chalicelib.notices.compiler import marks
from chalicelib.notices.compiler.warnings import warnings
from chalicelib.notices.model import Notice
from chalicelib.notices.processing import report_csv, report_json
from chalicelib.notices.rendering import render_html, render_markdown
from chalicelib.notices.rendering.words import Wording, speaks
from infra.notice_document import NoticeUnusable, check, chosen, content, counted, gathered
from infra.notice_dpv import dpv
from infra.notice_tilt import tilt

PROJECT = Path(__file__).parent.parent
WRITTEN: Final = PROJECT / ".build" / "notice"
FORMATS: Final = ("dpv", "tilt")


def main(arguments: list[str]) -> int:
    """Check the named document: 0 if it compiles, else 1 with what is wrong.

    A second argument is the format that it is exported in.
    """
    document, form = chosen(*arguments[:1]), "".join(arguments[1:2])
    if form and form not in FORMATS:
        sys.stderr.write(f"FORMAT={form}: is none of {', '.join(FORMATS)}.\n")
        return 1
    try:
        notice, found = check(content(document))
    except NoticeUnusable as unusable:
        sys.stderr.write(f"{unusable}\n")
        return 1
    if notice is None:
        told = gathered(document, found)
        sys.stderr.write("\n".join([*told, f"{counted(found)}; nothing was written."]) + "\n")
        return 1
    written = export(notice, form, WRITTEN) if form else write(notice, WRITTEN)
    sys.stdout.write("\n".join([*summary(notice), *written]) + "\n")
    return 0


def summary(notice: Notice) -> Iterator[str]:
    """Yields lines about the document: version, purposes, warnings, marks to be confirmed."""
    wording = Wording(notice, notice.locales[0])
    yield f"{notice.site_name}, version {notice.version}"
    yield f"takes effect {instant(notice.effective_at)}, digest {notice.digest}"
    yield f"languages: {', '.join(notice.locales)}"
    for locale in notice.locales:
        if not speaks(locale):
            yield f"  {locale}: what `labels` does not bring is shown in English"
    yield f"purposes: {len(notice.purposes)} (with consent: {len(notice.choices)})"
    for purpose in notice.purposes.values():
        yield f"  {purpose.id} ({purpose.basis.value}): {wording.words(purpose.title)}"
    for warning in warnings(notice):
        yield f"to mind: {warning.pointer} {warning.detail}"
    yield f"to confirm before production: {len(notice.unconfirmed)}"
    for entry in marks.confirmations(notice.document):
        yield f"  {entry}"
    if notice.unconfirmed:
        yield "whole sections, to confirm everything in them at once:"
        for entry in marks.sections(notice.document):
            yield f"  {entry}"


def write(notice: Notice, folder: Path) -> Iterator[str]:
    """Writes every rendering into a folder that is made anew; yields a line for each file."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for locale in notice.locales:
        files = {
            f"notice.{locale}.html": _beside(notice, render_html(notice, locale), "html"),
            f"notice.{locale}.md": _beside(notice, render_markdown(notice, locale), "md"),
            f"processing.{locale}.csv": report_csv(notice, locale),
            f"processing.{locale}.json": report_json(notice, locale),
        }
        for name, rendered in files.items():
            (folder / name).write_bytes(rendered)
            yield f"wrote {_near(folder / name)}"


def export(notice: Notice, form: str, folder: Path) -> Iterator[str]:
    """Writes a notice for programs into a folder that is made anew; yields a line for each file.

    DPV holds every language in one file. TILT has a file for each, and none for a language whose
    code it does not know, which a line tells.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    if form == "dpv":
        yield _written(folder / "notice.dpv.jsonld", dpv(notice))
        return
    for locale in notice.locales:
        try:
            document = tilt(notice, locale)
        except ValueError as unknown:
            yield f"  {unknown}"
            continue
        yield _written(folder / f"notice.{locale}.tilt.json", document)


def _written(path: Path, document: Mapping[str, Any]) -> str:
    path.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", "utf-8")
    return f"wrote {_near(path)}"


def _beside(notice: Notice, text: str, suffix: str) -> bytes:
    """Returns a rendering whose links to other languages lead to the file beside it."""
    for locale in notice.locales:
        for before, after in (('href="', '"'), ("](", ")")):
            link = f"{before}?lang={locale}{after}"
            text = text.replace(link, f"{before}notice.{locale}.{suffix}{after}")
    return text.encode()


def _near(path: Path) -> Path:
    return path.relative_to(PROJECT) if path.is_relative_to(PROJECT) else path


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
