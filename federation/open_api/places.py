"""Where a site lies, as careless clients write it."""

from decimal import Decimal

from federation.open_api.calls import Failed

# WGS 84. No place of China has a latitude like a longitude of its own.
ALL_OF_CHINA = (Decimal(3), Decimal(54), Decimal(73), Decimal(136))


def position(lat: Decimal | None, lng: Decimal | None) -> tuple[Decimal | None, Decimal | None]:
    """Latitude and longitude; zeros mean that nobody knows, and two that are swapped are put right.

    Raises Failed for a place beyond China.
    """
    lat, lng = lat or None, lng or None
    if lat is None or lng is None:
        return None, None
    for north, east in ((lat, lng), (lng, lat)):
        south, up, west, right = ALL_OF_CHINA
        if south <= north <= up and west <= east <= right:
            return north, east
    raise Failed("[lat]值超出范围或无效!请填写项目所在地的WGS84纬度(lat)和经度(lng)")
