"""A vendor's words are kept short, printable and without keys."""

import pytest

from studio.providers.wording import is_busy, is_content_policy, retry_after, scrubbed


def test_keys_are_taken_out_of_a_vendors_words() -> None:
    said = "Key k-123-secret of Bearer abcdefgh12345 and afk_ABCDEFGHIJ or sk-proj-abcdefgh is inactive"
    assert scrubbed(said, "k-123-secret") == "Key [key] of [key] and [key] or [key] is inactive"
    assert scrubbed("API key is required") == "API key is required"


def test_words_are_at_most_500_printable_characters() -> None:
    assert len(scrubbed("x" * 100_000)) == 500
    assert scrubbed("a\x00b\r\nc\u202e\t d") == "a b c d"
    assert scrubbed(None) == ""
    assert scrubbed({"a": 1}) == "{'a': 1}"


@pytest.mark.parametrize(
    "said",
    [
        "Provider error: content policy violation",
        "moderation_blocked",
        "Your request was rejected by our safety system",
        "NSFW content detected",
        "The prompt violates our usage policies",
    ],
)
def test_a_refusal_for_content_is_recognised(said: str) -> None:
    assert is_content_policy(said)


@pytest.mark.parametrize(
    "said", ["gptImage2Params.moderation: invalid option", "Invalid API key", "No available capacity", ""]
)
def test_other_errors_are_no_refusal_for_content(said: str) -> None:
    assert not is_content_policy(said)


def test_no_room_is_recognised() -> None:
    assert is_busy("No available capacity")
    assert not is_busy("Internal error")


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7), ("1.5", 1.5), ("99999999", 3600), ("soon", None), ("", None), ("-1", None), ("nan", None)],
)
def test_retry_after_reads_seconds(header: str, seconds: float | None) -> None:
    assert retry_after({"Retry-After": header}) == seconds
