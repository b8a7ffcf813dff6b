"""The openai libraries drive /v1 over real HTTP."""
