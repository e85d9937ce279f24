"""The portal's refusals: an error word, a description, an HTTP status."""


class RestError(Exception):
    """A refusal as the portal words it; `code` may be empty or a number in a string, as in the documentation."""

    def __init__(self, code: str | int, description: str = "", status: int = 400, validation: list | None = None):
        super().__init__(f"{code}: {description}")
        self.validation = validation or []
        self.code = code
        self.description = description
        self.status = status

    def body(self) -> dict:
        return {"error": self.code, "error_description": self.description}


def not_found(what: str = "Element not found") -> RestError:
    """crm.item.* answers 400, not 404, when there is no such element."""
    return RestError("NOT_FOUND", what)


def application_only() -> RestError:
    """A method of applications; a webhook is told so."""
    return RestError("ACCESS_DENIED", "Access denied! Application context required", 403)


def wrong_context() -> RestError:
    """The same in the words of the newer methods of the CRM."""
    return RestError("ERROR_WRONG_CONTEXT", "Method call is only possible in the context of a REST application")


def missing(parameter: str) -> RestError:
    """A required parameter was left out: error "100" of the reflection layer."""
    return RestError("100", f"Could not find value for parameter {{{parameter}}}")
