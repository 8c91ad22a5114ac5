"""Versions compare, and ranges match, as semver.org and its users expect."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dq.contract import Range, Version

ORDER = """
    0.0.1 0.1.0 1.0.0-0 1.0.0-1 1.0.0-10 1.0.0-alpha 1.0.0-alpha.1 1.0.0-alpha.beta 1.0.0-beta.2 1.0.0-beta.11 1.0.0-rc.1
    1.0.0 1.0.1 1.2.0 1.10.0 2.0.0
"""


def test_precedence_is_that_of_the_standard() -> None:
    """Numbers before words, pre-releases before releases, parts one by one (semver.org, item 11)."""
    versions = [Version.parse(text) for text in ORDER.split()]
    assert all(low < high for low, high in pairwise(versions))
    assert [str(version) for version in versions] == ORDER.split()


def test_build_metadata_counts_for_nothing() -> None:
    """Versions that differ in build metadata alone are equal, and keep it."""
    assert Version.parse("1.0.0+a") == Version.parse("1.0.0+b.2")
    assert str(Version.parse("1.0.0-rc.1+a")) == "1.0.0-rc.1+a"


@pytest.mark.parametrize(
    "text", ["", "1", "1.0", "v1.0.0", "01.0.0", "1.0.0-", "1.0.0-01", "1.0.0+", "1.0.0 ", "1.0.0.0", "a.b.c", "\u0661.0.0"]
)
def test_other_text_is_no_version(text: str) -> None:
    """What is not three numbers with an optional tail is refused, as written."""
    with pytest.raises(ValueError, match=r"is not a version such as 1\.2\.0"):
        Version.parse(text)


@pytest.mark.parametrize(
    ("wanted", "inside", "outside"),
    [
        ("", "0.0.1 9.9.9", "1.0.0-rc.1"),
        ("*", "0.0.1 9.9.9", "1.0.0-rc.1"),
        ("1.2.3", "1.2.3 1.2.3+b", "1.2.4 1.2.3-rc.1 1.2.2"),
        ("=1.2.3", "1.2.3", "1.2.4"),
        ("v1.2.3", "1.2.3", "1.2.4"),
        ("1", "1.0.0 1.9.9", "0.9.9 2.0.0"),
        ("1.x", "1.0.0 1.9.9", "0.9.9 2.0.0"),
        ("1.2", "1.2.0 1.2.9", "1.1.9 1.3.0"),
        ("1.2.*", "1.2.0 1.2.9", "1.1.9 1.3.0"),
        ("^1", "1.0.0 1.9.9", "0.9.9 2.0.0 2.0.0-rc.1"),
        ("^1.2.3", "1.2.3 1.9.9", "1.2.2 2.0.0"),
        ("^0.2.3", "0.2.3 0.2.9", "0.2.2 0.3.0"),
        ("^0.0.3", "0.0.3", "0.0.4 0.0.2"),
        ("^0.0", "0.0.0 0.0.9", "0.1.0"),
        ("^0", "0.0.0 0.9.9", "1.0.0"),
        ("~1.2.3", "1.2.3 1.2.9", "1.2.2 1.3.0"),
        ("~1.2", "1.2.0 1.2.9", "1.3.0"),
        ("~1", "1.0.0 1.9.9", "2.0.0"),
        (">=1.1,<2", "1.1.0 1.9.9", "1.0.9 2.0.0 2.0.0-rc.1"),
        (">= 1.1, < 2", "1.1.0 1.9.9", "1.0.9 2.0.0"),
        (">=1.1 <2", "1.1.0 1.9.9", "1.0.9 2.0.0"),
        (">1.1", "1.2.0", "1.1.9 1.1.0"),
        (">1.1.1", "1.1.2", "1.1.1"),
        ("<=1.1", "1.1.9 0.1.0", "1.2.0"),
        ("<=1.1.1", "1.1.1", "1.1.2"),
        ("<1.1", "1.0.9", "1.1.0 1.1.0-rc.1"),
        ("^1.0.0-rc.2", "1.0.0-rc.2 1.0.0-rc.3 1.0.0 1.9.0", "1.0.0-rc.1 1.1.0-rc.3 2.0.0"),
        ("1.0.0-rc.1", "1.0.0-rc.1", "1.0.0-rc.2 1.0.0"),
        (">=1.0.0-rc.1,<1.0.0", "1.0.0-rc.1 1.0.0-rc.9", "1.0.0"),
    ],
)
def test_ranges_hold_what_their_users_expect(wanted: str, inside: str, outside: str) -> None:
    """A range holds the versions that package managers put in it; pre-releases only when one is named."""
    ranged = Range.parse(wanted)
    assert [text for text in inside.split() if Version.parse(text) not in ranged] == []
    assert [text for text in outside.split() if Version.parse(text) in ranged] == []


@pytest.mark.parametrize("text", ["latest", "1..2", "^", ">", "^1.x", "1.2-rc", "1.2.3.4", "!=1", "1;2"])
def test_other_text_is_no_range(text: str) -> None:
    """What is no comparator is refused, and told."""
    with pytest.raises(ValueError, match="is not a range such as"):
        Range.parse(text)


VERSIONS = st.builds(Version, st.tuples(*[st.integers(0, 3)] * 3), st.sampled_from([(), (), ("rc", "1"), ("0",)]))


@given(st.lists(VERSIONS), VERSIONS)
def test_the_newest_is_inside_and_none_is_newer(versions: list[Version], low: Version) -> None:
    """`newest` gives the greatest version of the range, None when there is none."""
    ranged = Range.parse(f">={low}")
    newest = ranged.newest(tuple(versions))
    inside = [version for version in versions if version in ranged]
    assert newest == (max(inside) if inside else None)
