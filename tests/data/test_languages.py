"""Which languages something is made in."""

import pytest

from jiaokou.data.languages import chosen
from jiaokou.errors import WrongUseError


def test_languages_keep_the_houses_order_and_come_once() -> None:
    assert chosen((), (), "") == ["zh", "en"]
    assert chosen((), ("en",), "") == ["en"]
    assert chosen(["en", "zh", "en"], (), "") == ["zh", "en"]


@pytest.mark.parametrize(
    ("asked", "message"), [("fr", "unknown language 'fr': use zh or en"), ("en", "speaks zh alone")]
)
def test_a_language_that_is_not_there_is_refused(asked: str, message: str) -> None:
    with pytest.raises(WrongUseError, match=message):
        chosen([asked], ("zh",), "a-county")
