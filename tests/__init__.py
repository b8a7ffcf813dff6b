"""The tests."""

from tests import bytecode

bytecode.keep()
