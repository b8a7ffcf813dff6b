"""The programs on an endpoint's page, as they stand there, checking a delivery that came over the wire."""

import html
import json
import os
import re
import shutil
import subprocess
import sys

import pytest

from studio.jobs import lifecycle
from studio.jobs.services import submit_job
from studio.webhooks.verifiers import verifiers_for
from tests.webhooks.conftest import LOOPBACK, claimed, deliver, endpoint_of, read

pytestmark = pytest.mark.django_db(transaction=True)

PYTHON = """
import json, sys
from pathlib import Path
from verify import verify, verify_vendor
told = json.loads(Path(sys.argv[1]).read_text())
body = Path(sys.argv[2]).read_bytes()
print(verify(told["secret"], told["headers"], body), verify_vendor(told["secret"], told["headers"], body))
"""
NODE = """
import { readFileSync } from "node:fs";
import { verify, verifyVendor } from "./verify.mjs";
const told = JSON.parse(readFileSync(process.argv[2]));
const body = readFileSync(process.argv[3]);
console.log(verify(told.secret, told.headers, body), verifyVendor(told.secret, told.headers, body));
"""
GO = """
package webhooks
import ("encoding/json"; "fmt"; "net/http"; "os"; "testing")
func TestIt(t *testing.T) {
	var told struct{ Secret string; Headers map[string]string }
	raw, _ := os.ReadFile("told.json")
	_ = json.Unmarshal(raw, &told)
	body, _ := os.ReadFile("body")
	header := http.Header{}
	for name, value := range told.Headers { header.Set(name, value) }
	fmt.Println("said", Verify(told.Secret, header, body), VerifyVendor(told.Secret, header, body))
}
"""


@pytest.fixture
def received(alice, catalogue, settings, receiver):
    """Secret, headers and body of a delivery, as the receiver had them from us."""
    settings.WEBHOOK_ALLOW = LOOPBACK
    _endpoint, secret = endpoint_of(alice, receiver.url())
    job = submit_job(user=alice, model="dall-e-3", prompt="a fox", params={})[0]
    lifecycle.fail(claimed(job), code="bad_request")
    deliver()
    _first, headers, body = read(receiver.requests[0])
    return secret, headers, body


def need(program):
    path = shutil.which(program)
    if path is None and program in os.environ.get("STUDIO_TEST_REQUIRE", "").split(","):
        pytest.fail(f"{program} is required (STUDIO_TEST_REQUIRE) and not on this machine.")
    return path or pytest.skip(f"{program} is not on this machine.")


def run(folder, *command, **env):
    there = {"PATH": os.environ["PATH"], "HOME": str(folder), **env}
    done = subprocess.run(command, cwd=folder, env=there, capture_output=True, text=True, timeout=120)
    assert not done.stderr, done.stderr
    return done.stdout.strip().lower(), done.returncode


def python(folder, told):
    (folder / "run.py").write_text(PYTHON)
    return run(folder, sys.executable, "-W", "error", "run.py", "told.json", "body")[0]


def node(folder, told):
    (folder / "run.mjs").write_text(NODE)
    return run(folder, need("node"), "run.mjs", "told.json", "body")[0]


def go(folder, told):
    program = need("go")
    (folder / "verify_test.go").write_text(GO)
    (folder / "go.mod").write_text("module webhooks\n\ngo 1.21\n")
    said, _code = run(folder, program, "test", "-v", "-run", "TestIt", ".", GOFLAGS="-mod=mod", GOTOOLCHAIN="local")
    return re.search("said (.*)", said)[1]


def shell(folder, told):
    need("openssl")
    names = ("webhook-id", "webhook-timestamp", "webhook-signature", "x-webhook-signature")
    values = [told["headers"][name] for name in names]
    said, code = run(folder, need("sh"), "verify.sh", "body", *values, SECRET=told["secret"])
    assert (code == 0) is (said == "ok")
    return {"ok": "true true", "wrong webhook-signature": "false", "wrong x-webhook-signature": "true false"}.get(
        said, said
    )


RUNS = {"verify.py": python, "verify.mjs": node, "verify.go": go, "verify.sh": shell}


@pytest.mark.parametrize("file", RUNS)
def test_a_verifier_tells_true_from_false(file, received, tmp_path, client, alice):
    secret, headers, body = received
    endpoint = alice.webhook_endpoints.get()
    client.force_login(alice)
    page = client.get(f"/webhooks/endpoints/{endpoint.pk}/").content.decode()
    on_page = [
        html.unescape(text) for text in re.findall(r'<pre tabindex="0" id="verifier-\d">(.*?)</pre>', page, re.S)
    ]
    verifier = next(one for one in verifiers_for(str(endpoint.pk)) if one.file == file)
    assert verifier.text in on_page
    assert str(endpoint.pk) in verifier.text
    (tmp_path / file).write_text(verifier.text)

    def says(*, secret=secret, headers=headers, body=body):
        told = {"secret": secret, "headers": headers}
        (tmp_path / "told.json").write_text(json.dumps(told))
        (tmp_path / "body").write_bytes(body)
        return RUNS[file](tmp_path, told)

    assert says() == "true true"
    two = {**headers, "webhook-signature": f"v1,{'A' * 43}= {headers['webhook-signature']}"}
    assert says(headers=two) == "true true"  # as during a rotation
    assert says(body=body + b"\n").startswith("false")
    assert says(secret=f"whsec_{'A' * 43}=").startswith("false")
    assert not says(headers={**headers, "webhook-timestamp": "1"}).startswith("true")
    assert says(headers={**headers, "x-webhook-signature": "sha256=" + "0" * 64}) == "true false"


def test_there_is_one_for_each_language(alice):
    found = verifiers_for("an-endpoint")
    assert [one.language for one in found] == ["Python", "JavaScript", "Go", "Shell (openssl)"]
    go_text = found[2].text
    for needed in ("hmac.Equal", "webhook-timestamp", "X-Webhook-Signature", "webhook-signature", "sha256.New"):
        assert needed in go_text
    assert go_text.count("{") == go_text.count("}")
