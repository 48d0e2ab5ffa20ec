"""The two-county world, and what is walked through in it: every selector, every act, every route.

A new selector, act or route fails the scope tests until it has its row here.
"""

from tests.support.counties import ROLES, County, TwoCounties, two_counties, wuchang, xiantao

__all__ = ["ROLES", "County", "TwoCounties", "two_counties", "wuchang", "xiantao"]
