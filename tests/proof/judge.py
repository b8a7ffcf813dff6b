"""What must be true afterwards, whatever happened."""

from typing import Any

from tests.fakes.provider import FakeProvider


def orders_of(fake: FakeProvider, job_id: str) -> int:
    """How many orders the fake provider has of a job, under whatever keys."""
    return sum(key.startswith(job_id) for key in list(fake.ledger.by_key))


def check(facts: dict[str, Any]) -> None:
    """Ledger exact, holds resolved once, one original per row and none without, nothing left open."""
    assert facts["violations"] == []
    assert facts["originals"] == facts["images"]
    assert facts["strangers"] == []
    for job_id, job in facts["jobs"].items():
        hold = facts["holds"][job_id]
        if job["unknown"]:
            assert (job["status"], hold, job["images"]) == ("PROCESSING", "open", 0), (job_id, job, hold)
            continue
        assert job["status"] in ("COMPLETED", "FAILED", "CANCELLED"), (job_id, job)
        done = job["status"] == "COMPLETED"
        expected = (job["price"], 1, "captured") if done else (0, 0, "released")
        assert (job["paid"], job["images"], hold) == expected, (job_id, job)
        assert "open" not in job["attempts"], (job_id, job)
    assert facts["open_attempts"] == 0
