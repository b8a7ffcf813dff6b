"""Runs Python programs side by side in this one process, so that what they import is loaded once.

`python -m tests.programs.together FOLDER`: every `*.py` there; what broke is told with its file and is the end.
"""

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path


def run(path: Path) -> None:
    try:
        exec(compile(path.read_text(), path.name, "exec"), {"__name__": "__main__"})  # noqa: S102 - samples of ours
    except Exception as error:
        raise SystemExit(f"{path.name}: {error!r}") from error


if __name__ == "__main__":
    samples = sorted(Path(sys.argv[1]).glob("*.py"))
    with ThreadPoolExecutor(len(samples)) as pool:
        list(pool.map(run, samples))
