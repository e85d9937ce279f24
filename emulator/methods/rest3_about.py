"""REST 3 about itself: its methods as an OpenAPI document, and as a tree of modules, controllers and methods."""

from .. import dto, openapi
from ..registry import REST3_METHODS, Method, Whole, method
from ..shapes import takes

DOCS = "https://apidocs.bitrix24.com/api-reference/rest-v3.html"
FILTERS = ("filterModule", "filterController", "filterMethod")
BARE = "the document is the whole body, without `result` and `time`"
ASKED = takes(" ".join(f"{name} string" for name in FILTERS))
# Short names that mean another method.
SYNONYMS = ("documentation",)


@method("rest.documentation.openapi", scope="basic", docs=DOCS, rest3=True, differs=BARE, gives={"type": "object"})
def document(portal, caller, params):
    return Whole(openapi.document(f"{portal.base_url}/rest/api/{caller.user_id}/{portal.token}"))


@method("documentation", scope="basic", docs=DOCS, rest3=True, differs=BARE, gives={"type": "object"})
def documentation(portal, caller, params):
    return document(portal, caller, params)


@method(
    "rest.scope.list",
    scope="basic",
    docs=DOCS,
    rest3=True,
    differs="the answer is not documented: a tree of modules, controllers and methods, as the PHP SDK reads it; no titles",
    takes=ASKED,
    gives={"type": "object"},
)
def scope_list(portal, caller, params):
    """The filters compare whole words."""
    wanted = [dto.given(params, ASKED)[name] for name in FILTERS]
    tree: dict = {}
    for declared in sorted(REST3_METHODS.values(), key=lambda one: one.name):
        place = _place(declared)
        if declared.name not in SYNONYMS and all(want in (None, own) for want, own in zip(wanted, place, strict=True)):
            module, controller, name = place
            told = {"scope": declared.name, "title": "", "description": "", "fields": None}
            tree.setdefault(module, {}).setdefault(controller, {})[name] = told
    return tree


def _place(declared: Method) -> tuple[str, str, str]:
    """`tasks.task.result.list` → tasks, task.result, list."""
    module, _, rest = declared.name.partition(".")
    controller, _, name = rest.rpartition(".")
    return module, controller, name
