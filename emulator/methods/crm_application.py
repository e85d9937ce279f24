"""What only an application may call, of timelines and activities; a webhook is told so."""

from ..errors import application_only, wrong_context
from ..registry import method

DOCS = "https://apidocs.bitrix24.com/api-reference/crm/timeline/{}.html"
TYPES = ("add", "list", "delete")
CONFIGURABLE = ("add", "get", "update")
BLOCKS = ("set", "get", "delete")


def _declare(name: str, page: str, refusal) -> None:
    @method(name, scope="crm", docs=DOCS.format(page))
    def refuse(portal, caller, params):
        raise refusal()


for _verb in TYPES:
    _declare(f"crm.activity.type.{_verb}", f"activities/types/crm-activity-type-{_verb}", application_only)
for _verb in CONFIGURABLE:
    _page = f"activities/configurable/crm-activity-configurable-{_verb}"
    _declare(f"crm.activity.configurable.{_verb}", _page, wrong_context)
for _verb in BLOCKS:
    _page = f"activities/layout-blocks/crm-activity-layout-blocks-{_verb}"
    _declare(f"crm.activity.layout.blocks.{_verb}", _page, wrong_context)
    _declare(f"crm.timeline.layout.blocks.{_verb}", f"layout-blocks/crm-timeline-layout-blocks-{_verb}", wrong_context)
