"""The JSON door for programs."""
