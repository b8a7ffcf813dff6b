"""`python -m tests.proof FUNCTION [ARGUMENTS]`: one function of story.py in a whole new process, its answer as JSON."""

import json
import sys

import django

django.setup()

from tests.proof import story  # noqa: E402 -- models need a loaded Django

print(json.dumps(getattr(story, sys.argv[1])(*json.loads(sys.argv[2] if len(sys.argv) > 2 else "[]"))))
