"""What an unchanged look of a live page costs: CPU seconds of this process per request, without a network.

    STUDIO_DATA_DIR=/tmp/polls uv run python -m tests.benchmarks.polls [requests] [--profile]

CPU rather than time, so that a busy machine says the same; best of five rounds.
"""

import cProfile
import io
import os
import pstats
import re
import sys
import time
from datetime import timedelta
from html import unescape

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")


def main() -> None:
    import django

    django.setup()
    from django.contrib.auth import get_user_model
    from django.core.management import call_command
    from django.test import Client
    from django.utils import timezone

    from studio.credits.services import account_of
    from studio.jobs.models import Job
    from studio.jobs.services import submit_job

    number = next((int(word) for word in sys.argv[1:] if word.isdecimal()), 500)
    call_command("prepare")
    user, _created = get_user_model().objects.get_or_create(username="poller")
    account_of(user, opening=100_000)
    while Job.objects.of(user).active().count() < 3:
        submit_job(user=user, model="dall-e-3", prompt="a blue kettle", params={}, count=1)
    # of an age at which the next interval stays the same while we measure
    Job.objects.of(user).active().update(created_at=timezone.now() - timedelta(minutes=20))
    from studio.wsgi import application

    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(user)
    page = client.get("/").text
    path, _mark, query = unescape(re.search(r'id="live"[^>]*hx-get="([^"]+)"', page)[1]).partition("?")  # type: ignore[index]
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    said: list[str] = []

    def ask(path: str, query: str, **headers: str) -> None:
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "127.0.0.1",
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": sys.stderr,
            **headers,
        }
        said.clear()
        answer = application(environ, lambda status, _headers: said.append(status))
        for _part in answer:
            pass
        answer.close()  # type: ignore[attr-defined]

    browser = {"HTTP_COOKIE": cookies, "HTTP_HX_REQUEST": "true", "HTTP_HX_CURRENT_URL": "http://127.0.0.1/"}
    browser |= {"HTTP_ACCEPT_ENCODING": "gzip, br", "HTTP_ACCEPT_LANGUAGE": "en-GB,en;q=0.9"}

    def cost(*question: str, **headers: str) -> float:
        ask(*question, **headers)
        rounds = []
        for _round in range(5):
            start = time.process_time()
            for _again in range(number):
                ask(*question, **headers)
            rounds.append((time.process_time() - start) / number)
        return min(rounds)

    poll, bare = cost(path, query, **browser), cost("/healthz", "")
    ask(path, query, **browser)
    print(f"unchanged look: {poll * 1e6:.0f} µs ({said[0]}); /healthz: {bare * 1e6:.0f} µs; ratio {poll / bare:.2f}")
    if "--profile" in sys.argv:
        profile = cProfile.Profile()
        profile.enable()
        for _again in range(number):
            ask(path, query, **browser)
        profile.disable()
        pstats.Stats(profile).sort_stats("cumulative").print_stats(70)


if __name__ == "__main__":
    main()
