"""The one engine of a queue worker process."""

from multiprocessing import util

from studio.jobs.engine import Engine
from studio.jobs.launch import launch
from studio.jobs.sweep import Sweeper

_engine: Engine | None = None


def engine() -> Engine:
    """The engine of this process, started on first use and stopped when the worker ends."""
    global _engine
    if _engine is None:
        _engine = Engine(launch=launch, sweep=Sweeper())
        # multiprocessing's own exit hooks run in a worker; atexit's do not.
        util.Finalize(None, _engine.stop, exitpriority=100)
        _engine.start()
    return _engine


def start_engine() -> None:
    """Called when a worker process is spawned."""
    engine()
