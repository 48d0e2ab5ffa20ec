import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session):
    import tests.support.routes as r

    keep = dict(r.SHARING_ROUTES)
    keep["own_readers"] = r.ROUTES["own_readers"]
    r.ROUTES.clear()
    r.ROUTES.update(keep)
