"""The finder of scope sites finds each kind, and a broken site is open to everybody."""

import ast
from importlib import import_module

from tools.scope_sites import LOOKUPS, _Breaker, broken, sites

SOURCE = """
class Row(ScopedModel):
    region_lookup = "project__region"
    project_lookup = None

    @classmethod
    def scope(cls, reach):
        return Q(pk__in=Other.objects.within(reach).values("row"))


def rows(actor):
    return Row.objects.visible_to(actor, permission="rows.view").order_by("pk")


def act(actor, row):
    require(actor, "rows.act", on=row)
    require(actor, "rows.act")


def nearest(actor):
    if actor.reach("rows.view").participations:
        return None
    return actor.reach("rows.view").region_paths
"""


def _broken(number: int) -> str:
    return ast.unparse(
        ast.fix_missing_locations(_Breaker(number, counts_reach=True).visit(ast.parse(SOURCE)))
    )


def test_each_kind_of_site_is_found_in_its_order() -> None:
    breaker = _Breaker(None, counts_reach=True)
    breaker.visit(ast.parse(SOURCE))
    assert [kind for _line, kind, _model in breaker.met] == [
        "region_lookup",
        "scope()",
        "within",
        "visible_to",
        "require(on=…)",
        "reach",
    ]


def test_a_broken_site_is_open_and_the_others_stay_as_they_are() -> None:
    assert "return __import__('django.db.models').db.models.Q(pk__isnull=False)" in _broken(1)
    assert "Other.objects.unscoped(because='broken on purpose')" in _broken(2)
    opened = _broken(3)
    assert "Row.objects.unscoped(because='broken on purpose')" in opened
    assert "Other.objects.within(reach)" in opened
    assert _broken(4).count("require(actor, 'rows.act')") == 2
    assert "frozenset({'420000/'})" in _broken(5)


def test_every_site_of_the_product_has_living_code_that_can_be_exchanged() -> None:
    found = sites()
    assert len(found) > 100
    for site in found:
        module = import_module(site.module)
        if site.kind in LOOKUPS:
            assert getattr(module, site.model).scope
        else:
            compiled = broken(site)
            assert compiled.co_filename == module.__file__
