"""Compiles the templates of pages, so that no cold start has to.

Run as a program in the folder of an app, `python templates.py`, it writes a Python module for each
template of a page into `chalicelib/pages/compiled`, where the environment of templates looks first.
Jinja writes the same modules for the same templates.
"""

from __future__ import annotations

import sys
from pathlib import Path

#: The templates that are compiled. Those of mails are many and are rendered behind queues, where
#: nobody waits; the notice's Markdown has an environment of its own, which compiles otherwise.
ENDINGS = (".html.j2", ".css")


def compile_templates(app: Path) -> None:
    """Writes the modules of the templates of the app in the folder `app`.

    Raises jinja2.TemplateSyntaxError for a template that does not compile.
    """
    sys.path.insert(0, str(app))
    from chalicelib.pages.environment import COMPILED, environment

    environment().compile_templates(
        str(app / "chalicelib" / "pages" / COMPILED.name),
        zip=None,
        filter_func=lambda name: name.endswith(ENDINGS),
        ignore_errors=False,
    )


if __name__ == "__main__":
    compile_templates(Path.cwd())
