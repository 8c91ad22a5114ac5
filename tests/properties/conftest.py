"""Databases for properties that hold for tables too."""

from __future__ import annotations

from tests.conformance.databases import database
from tests.mariadb import mariadb
from tests.postgres import postgres

__all__ = ["database", "mariadb", "postgres"]
