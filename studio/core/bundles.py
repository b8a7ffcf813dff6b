"""One style sheet and one script for the first page, and a small one for public pages, joined from their parts."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import rcssmin
import rjsmin
from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

# Order matters in both: tokens before what uses them, `window.studio` before what speaks through it.
_STYLES = ["tokens", "fonts", "base", "forms", "components", "ratios", "cards", "studio"]
_SCRIPTS = [
    "toast",
    "pages",
    "polling",
    "menu",
    "copy",
    "placing",
    "composer",
    "drafts",
    "references",
    "write",
    "later",
    "standing",
    "keys",
]
_PUBLIC_SCRIPTS = ["toast", "menu", "copy", "keys"]
_KEYS = [
    "theme",
    "press",
    "sheet",
    "fuzzy",
    "offers",
    "palette",
    "look",
]  # one module, imported when somebody presses a key
BUNDLES: dict[str, list[str]] = {
    "css/first.css": [f"css/{name}.css" for name in _STYLES],
    "css/compose.css": ["css/picker.css", "css/composer.css"],  # of the studio's page alone
    "css/grid.css": [f"css/{name}.css" for name in ("marks", "gallery", "boards", "lightbox")],
    "css/sides.css": ["css/marks.css", "css/compare.css"],
    "css/viewer.css": ["css/marks.css", "css/job.css"],
    "js/first.js": [f"js/{name}.js" for name in _SCRIPTS],
    "js/bound.js": [f"js/{name}.js" for name in _KEYS],
    "js/grid.js": [f"js/{name}.js" for name in ("stars", "gallery", "large", "lightbox")],  # a module too
    "js/public.js": [f"js/{name}.js" for name in _PUBLIC_SCRIPTS],
}


_SMALLER: dict[str, Callable[[str], str]] = {"css": rcssmin.cssmin, "js": rjsmin.jsmin}


def joined(name: str) -> str:
    """The text of a bundle, made from its files under `static/`, without their comments and needless spaces."""
    text = "\n".join((settings.BASE_DIR / "static" / part).read_text() for part in BUNDLES[name])
    return _SMALLER[name.rpartition(".")[2]](text)


class BundleFinder(BaseFinder):
    """Gives `collectstatic` and the development server the joined files, as if they lay in `static/`.

    Joined rather than served apart because each file is a request more on the first page, and rather than
    built because there is then nothing to run after an edit.
    """

    def __init__(self, app_names: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.storage = FileSystemStorage(location=settings.STUDIO_DATA_DIR / "bundles")

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        if path not in BUNDLES:
            return []
        file = self._write(path)
        return [str(file)] if find_all else str(file)

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, FileSystemStorage]]:
        for name in BUNDLES:
            self._write(name)
            yield name, self.storage

    def _write(self, name: str) -> Path:
        file = Path(self.storage.path(name))
        text = joined(name)
        if not file.exists() or file.read_text() != text:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        return file
