"""All that is told, in the order of time: an order from its request to its last payment, a week of reports, two months."""

from datetime import datetime
from zoneinfo import ZoneInfo

from config import company
from demo.month import MONTH
from demo.sights import MOMENT
from demo.story import STORY, Scene
from demo.week import WEEK


def _moment(scene: Scene) -> datetime:
    return datetime.strptime(scene.at, MOMENT).replace(tzinfo=ZoneInfo(company().cities[scene.city].zone))


STORIES = tuple(sorted((*STORY, *WEEK, *MONTH), key=_moment))
