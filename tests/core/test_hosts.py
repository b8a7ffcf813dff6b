"""A request for somebody else's name is told what is wrong, and the log keeps one line of it."""

import logging

import pytest
from django.conf import settings
from django.test import Client

from studio.core import hosts


@pytest.fixture(autouse=True)
def _nothing_said_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hosts, "_said", set())


def test_a_page_asked_for_by_another_name_says_so_and_is_logged_once(
    client: Client, db: None, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        for _time in range(3):
            answer = client.get("/", headers={"host": "192.0.2.2:8455"})
            assert answer.status_code == 400
            assert "The studio does not know itself by this address." in answer.text
    (line,) = [line for line in caplog.records if line.name.startswith("studio")]
    assert line.getMessage() == (
        "Refused a request for '192.0.2.2:8455': STUDIO_BASE_URL or STUDIO_ALLOWED_HOSTS must name this host."
    )
    assert line.exc_info is None


def test_any_number_of_names_does_not_fill_the_log(
    client: Client, db: None, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hosts, "REMEMBERED", 3)
    for number in range(6):
        client.get("/", headers={"host": f"h{number}.example"})
    assert len([line for line in caplog.records if line.name == hosts.__name__]) == 3


def test_djangos_own_long_line_about_it_goes_nowhere() -> None:
    assert settings.LOGGING["loggers"]["django.security.DisallowedHost"] == {"handlers": [], "propagate": False}


@pytest.mark.parametrize("path", ["/v1/models", "/v2/models"])
def test_a_program_has_its_dialects_envelope(client: Client, db: None, path: str) -> None:
    answer = client.get(path, headers={"host": "192.0.2.2"})
    assert answer.status_code == 400
    assert "error" in answer.json()
