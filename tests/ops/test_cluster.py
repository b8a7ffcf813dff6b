"""The watch over the queue's cluster."""

import time

import pytest
from django.db import OperationalError

from studio.ops import cluster
from studio.ops.cluster import STUCK_AFTER, Cluster


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Cluster:
    monkeypatch.setattr(cluster, "enqueue", lambda _path: None)
    return Cluster()


def test_a_cluster_that_begins_no_task_although_some_wait_is_stuck(watched: Cluster) -> None:
    now = time.monotonic() + 1
    watched._pulse(now)
    watched._pulse(now + 10)
    assert not watched._is_stuck(now + STUCK_AFTER - 1)
    assert watched._is_stuck(now + STUCK_AFTER + 1)


def test_one_task_shows_that_it_is_not(watched: Cluster) -> None:
    now = time.monotonic() + 1
    watched._pulse(now)
    watched.began.value = now + 5
    assert not watched._is_stuck(now + STUCK_AFTER + 1)


def test_a_database_that_is_away_is_not_the_clusters_fault(watched: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.monotonic() + 1
    watched._pulse(now)

    def refuse(_path: str) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(cluster, "enqueue", refuse)
    watched._pulse(now + 10)
    assert not watched._is_stuck(now + STUCK_AFTER + 1)
