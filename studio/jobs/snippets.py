"""The text of a program that places one order: cURL, Python, JavaScript, with the key in $STUDIO_API_KEY."""

import json
import shlex
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from studio.core.numbers import grouped, listed
from studio.jobs.bodies import V1, V2, Call, calls_of, prompt_max
from studio.jobs.models import Job
from studio.providers import catalogue

KEY = "STUDIO_API_KEY"
OPENAI_NAMES = {  # what OpenAI's library for Python takes by name; anything else goes into extra_body
    "background", "model", "moderation", "n", "output_compression", "output_format", "prompt", "quality",
    "response_format", "size", "style", "user",
}  # fmt: skip


@dataclass(frozen=True)
class Snippet:
    """One program: `language` is what it is run with (bash, python, node), `name` what people call it."""

    id: str
    name: str
    language: str
    text: str


def snippets(call: Call, base: str) -> list[Snippet]:
    """The same order in every language; `base` is the address of the studio, without a slash at its end."""
    found = [Snippet("curl", "cURL", "bash", curl(call, base))]
    if call.dialect == V1:
        found.append(Snippet("openai-python", "Python, openai", "python", _openai_python(call, base)))
    found.append(Snippet("requests", "Python, requests", "python", _requests(call, base)))
    if call.dialect == V1:
        found.append(Snippet("openai-js", "JavaScript, openai", "node", _openai_js(call, base)))
    found.append(Snippet("fetch", "JavaScript, fetch", "node", _fetch(call, base)))
    return found


def curl(call: Call, base: str) -> str:
    """One command for a POSIX shell."""
    return (
        f"curl {base}{call.path} \\\n"
        f'  -H "X-API-Key: ${KEY}" \\\n'
        f'  -H "Content-Type: application/json" \\\n'
        f"  -d {_quoted(_json(call.body))}"
    )


@dataclass(frozen=True)
class WrittenCall:
    """A call as the page of a job shows it; `notes` are sentences about what it leaves out or takes for granted."""

    dialect: str
    title: str
    text: str
    notes: list[str]


def written_calls(job: Job) -> list[WrittenCall]:
    """The commands that make a job again, in each dialect."""
    titles = {V2: _("Apiframe’s words, /v2"), V1: _("OpenAI’s words, /v1")}
    return [
        WrittenCall(call.dialect, titles[call.dialect], curl(call, settings.STUDIO_BASE_URL), _notes(job, call))
        for call in calls_of(job)
    ]


def _notes(job: Job, call: Call) -> list[str]:
    model, notes = catalogue.find(job.model), []
    if model and len(job.prompt) > (longest := prompt_max(call.dialect, model)):
        words = {"path": f"/{call.dialect}", "most": grouped(longest), "number": grouped(len(job.prompt))}
        notes.append(
            _("%(path)s refuses this: it reads %(most)s characters of a prompt, and this has %(number)s.") % words
        )
    if call.unsaid and model:
        labels = [str(model.by_name[name].label) if name in model.by_name else _("Pictures") for name in call.unsaid]
        notes.append(_("Left out, for these words have no name for it: %(names)s.") % {"names": listed(labels)})
    if call.names_references:
        notes.append(
            _("ref: names a picture kept here: a key of yours may send it. Others send the address of a picture.")
        )
    return notes


def look(base: str) -> str:
    """The command that asks how a job is, its id in $JOB_ID."""
    return f'curl {base}/v2/jobs/$JOB_ID -H "X-API-Key: ${KEY}"'


def _quoted(text: str) -> str:
    """In single quotes, in which a shell changes nothing; a quote itself stands outside of them."""
    return "'" + text.replace("'", "'\\''") + "'" if "'" in text else shlex.quote(text)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def _python(value: Any, depth: int = 0) -> str:
    """A literal over several lines; the escapes of JSON's texts mean the same in Python."""
    inner, outer = "    " * (depth + 1), "    " * depth
    if isinstance(value, dict) and value:
        lines = [f"{inner}{_python(name)}: {_python(each, depth + 1)},\n" for name, each in value.items()]
        return "{\n" + "".join(lines) + outer + "}"
    if isinstance(value, list) and value:
        return "[\n" + "".join(f"{inner}{_python(each, depth + 1)},\n" for each in value) + outer + "]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return repr(value)


def _requests(call: Call, base: str) -> str:
    head = f"import os\n{'import time' if call.dialect == V2 else ''}\n\nimport requests\n\n".replace("\n\n\n", "\n\n")
    order = (
        f'studio = requests.Session()\nstudio.headers["X-API-Key"] = os.environ["{KEY}"]\n\n'
        f'answer = studio.post("{base}{call.path}", json={_python(call.body)})\nanswer.raise_for_status()\n'
    )
    if call.dialect == V1:
        return f'{head}{order}print(answer.json()["data"][0]["url"])\n'
    return (
        f'{head}{order}job = answer.json()\nwhile job["status"] in ("QUEUED", "PROCESSING"):\n    time.sleep(2)\n'
        f'    job = studio.get("{base}/v2/jobs/" + answer.json()["jobId"]).json()\n'
        'print(job["result"]["images"] if job["result"] else job["error"])\n'
    )


def _openai_python(call: Call, base: str) -> str:
    named = {name: value for name, value in call.body.items() if name in OPENAI_NAMES}
    others = {name: value for name, value in call.body.items() if name not in OPENAI_NAMES}
    lines = [f"    {name}={_python(value, 1)},\n" for name, value in named.items()]
    if others:
        lines.append(f"    extra_body={_python(others, 1)},\n")
    return (
        "import os\n\nfrom openai import OpenAI\n\n"
        f'client = OpenAI(base_url="{base}/v1", api_key=os.environ["{KEY}"])\n'
        f"answer = client.images.generate(\n{''.join(lines)})\nprint(answer.data[0].url)\n"
    )


def _fetch(call: Call, base: str) -> str:
    order = (
        f'const headers = {{ "X-API-Key": process.env.{KEY}, "Content-Type": "application/json" }};\n'
        f'const answer = await fetch("{base}{call.path}", {{\n  method: "POST",\n  headers,\n'
        f"  body: JSON.stringify({_indented(_json(call.body))}),\n}});\n"
        "if (!answer.ok) throw new Error(await answer.text());\n"
    )
    if call.dialect == V1:
        return order + "console.log((await answer.json()).data[0].url);\n"
    return (
        f"{order}let job = await answer.json();\nconst {{ jobId }} = job;\n"
        'while (["QUEUED", "PROCESSING"].includes(job.status)) {\n'
        "  await new Promise((done) => setTimeout(done, 2000));\n"
        f'  job = await (await fetch("{base}/v2/jobs/" + jobId, {{ headers }})).json();\n}}\n'
        "console.log(job.result ? job.result.images : job.error);\n"
    )


def _openai_js(call: Call, base: str) -> str:
    return (
        'import OpenAI from "openai";\n\n'
        f'const client = new OpenAI({{ baseURL: "{base}/v1", apiKey: process.env.{KEY} }});\n'
        f"const answer = await client.images.generate({_json(call.body)});\nconsole.log(answer.data[0].url);\n"
    )


def _indented(text: str) -> str:
    return text.replace("\n", "\n  ")
