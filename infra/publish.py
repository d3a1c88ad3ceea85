"""Publishes a notice document: `python -m infra.publish <document.json>`.

An operator's command: it runs with the settings of a stage in the environment and the rights of its
caller. A document that does not compile is refused with all its findings.
"""

from __future__ import annotations

import sys
from pathlib import Path

from chalicelib.errors import Problem
from chalicelib.publications.service import publication
from infra.notice_document import NoticeUnusable, document_of


def main(arguments: list[str]) -> int:
    """Publish the named document; 1, with every finding, if it is refused."""
    try:
        notice = publication.publish(document_of(Path(arguments[0])), again=True)
    except NoticeUnusable as unusable:
        sys.stderr.write(f"{unusable}\n")
        return 1
    except Problem as refused:
        findings = [f"{found.pointer}: {found.detail}" for found in refused.findings]
        sys.stderr.write("\n".join([refused.title, refused.detail, *findings]) + "\n")
        return 1
    sys.stdout.write(f"published {notice.version}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
