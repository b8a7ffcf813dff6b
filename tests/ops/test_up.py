"""`manage.py up`, as its user meets it."""

import http.client
import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import psutil
import pytest

from tests import once
from tests.ops.conftest import Start
from tests.ops.studio_process import StudioProcess, free_port, gone, manage


def test_a_start_ends_with_the_address_and_a_sigterm_with_exit_code_0(start: Start) -> None:
    studio = start().ready()
    assert studio.get("/healthz") == (200, '{"status": "ok"}')
    family = studio.family()
    began = time.monotonic()
    assert studio.stop() == 0
    assert time.monotonic() - began < 30  # contract, section 1
    assert gone(family, 0) == []


@pytest.fixture
def empty_start(tmp_path: Path) -> Iterator[Start]:
    """Starts studios on a data folder without an administrator, which is not there yet, and on what that leaves."""
    started = []

    def run(**settings: str) -> StudioProcess:
        started.append(StudioProcess(tmp_path / "fresh", **settings))
        return started[-1]

    yield run
    for studio in started:
        studio.close()


def test_the_first_start_prints_a_password_that_signs_in_and_later_starts_do_not(empty_start: Start) -> None:
    first = empty_start().ready()
    assert first.stop() == 0
    printed = first.output.splitlines()
    ready = next(index for index, line in enumerate(printed) if "Studio is ready at" in line)
    assert printed[ready + 1].split() == ["Name:", "admin"]
    password = printed[ready + 2].split()[1]
    studio = empty_start().ready()
    assert "Password" not in studio.output
    assert sign_in(studio, "admin", "wrong") == 422
    assert sign_in(studio, "admin", password) == 302


def test_a_given_administrator_password_is_taken_and_not_repeated(
    request: pytest.FixtureRequest, empty_start: Start, tmp_path: Path
) -> None:
    once.studio_folder(request.config, tmp_path / "fresh")
    studio = empty_start(STUDIO_ADMIN_PASSWORD="a long enough word").ready()
    assert sign_in(studio, "admin", "a long enough word") == 302
    assert "enough" not in studio.output


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="only Linux tells proportional memory")
def test_the_whole_idle_studio_stays_within_its_memory(start: Start) -> None:
    studio = start().ready()
    everything = [psutil.Process(studio.popen.pid), *studio.family()]
    assert sum(process.memory_full_info().pss for process in everything) < 270e6  # the rest is for `uv run`


def test_the_queue_leaves_the_processor_to_the_web_servers_first(start: Start) -> None:
    studio = start().ready()
    queue, web = studio.part("qcluster"), studio.part("granian")
    assert {each.nice() for each in [queue, *queue.children(recursive=True)]} == {5}
    assert web.nice() == 0
    sessions = {each.pid: Path(f"/proc/{each.pid}/autogroup") for each in (queue, web)}
    if sessions[queue.pid].exists():  # only Linux has it, and not everywhere
        assert sessions[queue.pid].read_text().split()[-1] == "5"
        assert sessions[web.pid].read_text().split()[-1] == "0"


def test_a_link_printed_beside_a_running_up_leads_to_it(start: Start, folder: Path) -> None:
    studio = start().ready()
    path = manage(folder, "add_user", "mira").stdout.strip().partition(f"once: http://127.0.0.1:{studio.port}")[2]
    status, page = studio.get(path)
    assert status == 200
    assert "mira" in page
    elsewhere = manage(folder, "add_user", "noor", STUDIO_BASE_URL="https://studio.example.com").stdout
    assert "once: https://studio.example.com/accounts/invitation/" in elsewhere


def test_ctrl_c_is_a_clean_end_too(start: Start) -> None:
    assert start().ready().stop(signal.SIGINT) == 0


def test_a_stop_in_mid_start_is_a_clean_end(empty_start: Start, tmp_path: Path) -> None:
    studio = empty_start()
    while not (tmp_path / "fresh" / "up.lock").exists():
        time.sleep(0.02)
    assert studio.stop() == 0
    assert "Traceback" not in studio.output


def test_nothing_outlives_a_killed_up(start: Start) -> None:
    studio = start().ready()
    family = studio.family()
    assert len(family) >= 5
    studio.popen.kill()
    assert gone(family, 3) == []


def test_no_worker_outlives_its_killed_cluster(start: Start) -> None:
    studio = start().ready()
    queue = studio.part("qcluster")
    family = queue.children(recursive=True)
    queue.kill()
    assert gone(family, 3) == []
    studio.wait_for("The queue ended (SIGKILL); starting it again.")
    studio.wait_for_status("/readyz", 200, 15)
    assert studio.part("qcluster").pid != queue.pid


def test_a_dead_web_server_comes_back_and_no_connection_is_refused(start: Start) -> None:
    studio = start().ready()
    studio.part("granian").kill()
    assert studio.get("/healthz", timeout=15)[0] == 200
    studio.wait_for("Web server 1 ended (SIGKILL); starting it again.")


def test_a_part_that_keeps_dying_ends_up_with_a_failure(start: Start) -> None:
    studio = start().ready()
    family = studio.family()
    for _death in range(4):
        web = studio.part("granian")
        web.kill()
        web.wait(10)
        time.sleep(1.1)  # deaths within a second count once
    assert studio.popen.wait(60) == 1
    assert "giving up" in studio.output
    assert gone(family, 3) == []


def test_a_taken_port_is_named_with_who_holds_it(start: Start) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        studio = start(port=port)
        assert studio.popen.wait(60) == 1
        time.sleep(0.1)
    assert f"port {port} on 127.0.0.1 is taken" in studio.output
    if Path("/proc/net/tcp").exists():
        assert f"(process {os.getpid()})" in studio.output
    assert len(studio.lines) == 1


def test_two_on_one_data_folder_are_refused(start: Start) -> None:
    first = start().ready()
    second = start()
    assert second.popen.wait(60) == 1
    time.sleep(0.1)
    assert "already running on the data folder" in second.output
    assert f"(process {first.popen.pid})" in second.output
    assert first.get("/healthz")[0] == 200


@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [
        ("STUDIO_WORKERS", "many", "STUDIO_WORKERS must be a whole number, not 'many'."),
        ("STUDIO_BASE_URL", "studio.example", "STUDIO_BASE_URL must be an http or https address"),
        ("STUDIO_ALLOWED_HOSTS", "*", "STUDIO_ALLOWED_HOSTS must name hosts"),
        ("STUDIO_SECRET_KEY", "short", "need at least 32 characters"),
        ("DATABASE_URL", "postgres://me:hidden@127.0.0.1:1/none", "the database (none on 127.0.0.1:1) does not answer"),
    ],
)
def test_a_bad_setting_is_one_clear_line(start: Start, setting: str, value: str, words: str) -> None:
    studio = start(**{setting: value})
    assert studio.popen.wait(60) == 1
    time.sleep(0.1)
    assert words in studio.output
    assert "hidden" not in studio.output
    assert len(studio.lines) == 1, studio.output


def test_a_data_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    studio = StudioProcess(tmp_path / "file" / "var", port=free_port())
    try:
        assert studio.popen.wait(60) == 1
        time.sleep(0.1)
        assert str(tmp_path / "file") in studio.output
        assert len(studio.lines) == 1
    finally:
        studio.close()


def sign_in(studio: StudioProcess, name: str, password: str) -> int:
    """The status the login form answers with: 302 is a success."""
    connection = http.client.HTTPConnection("127.0.0.1", studio.port, timeout=10)
    try:
        connection.request("GET", "/accounts/login/")
        page = connection.getresponse()
        cookie = str(page.headers["Set-Cookie"]).partition(";")[0]
        token = page.read().decode().partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
        form = urlencode({"csrfmiddlewaretoken": token, "login": name, "password": password})
        headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", "/accounts/login/", form, headers)
        return connection.getresponse().status
    finally:
        connection.close()
