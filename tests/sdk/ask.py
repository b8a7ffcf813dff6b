"""One call of OpenAI's library: {address, key, options, method, arguments} on standard input, its outcome as JSON."""

import json
import sys

import openai

asked = json.load(sys.stdin)
options = asked["options"]
if "timeout" in options:
    options["timeout"] /= 1000  # milliseconds in JavaScript
if "maxRetries" in options:
    options["max_retries"] = options.pop("maxRetries")
client = openai.OpenAI(base_url=asked["address"], api_key=asked["key"], **options)
try:
    if asked["method"] == "models":
        answer = {"ids": [model.id for model in client.models.list()]}
    else:
        answer = client.images.generate(**asked["arguments"][0]).model_dump(exclude_none=True)
    print(json.dumps({"answer": answer}))
except openai.APIError as error:
    response = getattr(error, "response", None)
    headers = response.headers if response is not None else {}
    told = {
        "error": type(error).__name__,
        "status": getattr(error, "status_code", None),
        "code": error.code,
        "param": error.param,
        "job": headers.get("x-studio-job"),
        "retry": headers.get("x-should-retry"),
    }
    print(json.dumps(told))
