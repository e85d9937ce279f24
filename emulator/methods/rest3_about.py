"""REST 3 about itself: its methods as an OpenAPI document."""

from ..registry import REST3_METHODS, method

DOCS = "https://apidocs.bitrix24.com/api-reference/rest-v3.html"
PATHS_ONLY = "inside `result`; the methods without their parameters and schemas"


@method("rest.documentation.openapi", scope="basic", docs=DOCS, rest3=True, differs=PATHS_ONLY)
def openapi(portal, caller, params):
    scopes = sorted({declared.scope for declared in REST3_METHODS.values()} - {"basic"})
    return {
        "openapi": "3.0.0",
        "info": {"title": "Bitrix24 REST V3 API", "version": "1.0.0"},
        "tags": [{"name": scope, "description": f"{scope} module methods"} for scope in scopes],
        "paths": {f"/{declared.name}": {"post": {"tags": [declared.scope]}} for declared in REST3_METHODS.values()},
    }


@method("documentation", scope="basic", docs=DOCS, rest3=True, differs=PATHS_ONLY)
def documentation(portal, caller, params):
    return openapi(portal, caller, params)
