"""The address of Redis: one server, or sentinels that know the master."""

import pytest

from kernel.sentinel import Sentinels, broker, cache

URL = "sentinel://:se%40cret@a:26379,b,c:5/platform/2?sentinel_password=other"


def test_an_address_of_sentinels_is_read_and_hides_its_passwords() -> None:
    found = Sentinels.of(URL)
    assert found.hosts == (("a", 26379), ("b", 26379), ("c", 5))
    assert (found.master, found.number, found.password, found.sentinel_password) == (
        "platform",
        2,
        "se@cret",
        "other",
    )
    assert "cret" not in repr(found)
    assert "other" not in repr(found)


@pytest.mark.parametrize(
    "url", ["sentinel://", "sentinel://a,b", "sentinel:///platform/0", "sentinel://a/platform/x"]
)
def test_an_address_that_lacks_something_is_refused_with_the_form(url: str) -> None:
    with pytest.raises(ValueError, match="expected sentinel://"):
        Sentinels.of(url)


def test_celery_gets_each_sentinel_and_the_masters_name() -> None:
    address, options = broker(URL)
    assert address == (
        "sentinel://:se%40cret@a:26379/2;sentinel://:se%40cret@b:26379/2;sentinel://:se%40cret@c:5/2"
    )
    assert options == {
        "master_name": "platform",
        "sentinel_kwargs": {"socket_timeout": 1.0, "password": "other"},
    }


def test_one_server_stays_as_it_was() -> None:
    url = "redis://:secret@127.0.0.1:6379/0"
    assert broker(url) == (url, {})
    assert cache(url) == {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": url}
