"""What tests of the protocol share."""

from tests.postgres import postgres

__all__ = ["postgres"]
