"""bizproc.workflow.*: templates of workflows and what runs by them; administrators only."""

from collections.abc import Callable

from ..errors import RestError, application_only
from ..filters import Condition, Where, ordering, parse
from ..listing import Columns, as_text, page
from ..objects import workflow_documents, workflows
from ..registry import Page, Params, Unchanged, method
from ..store import Table

DOCS = "https://apidocs.bitrix24.com/api-reference/bizproc/bizproc-workflow-{}.html"
TEMPLATE = "https://apidocs.bitrix24.com/api-reference/bizproc/template/bizproc-workflow-template-{}.html"
INSTANCES = Columns(
    {
        "ID": "string",
        "MODIFIED": "datetime",
        "OWNED_UNTIL": "datetime",
        "MODULE_ID": "string",
        "ENTITY": "string",
        "DOCUMENT_ID": "string",
        "STARTED": "datetime",
        "STARTED_BY": "user",
        "TEMPLATE_ID": "integer",
    }
)
TEMPLATES = Columns(
    {
        "ID": "integer",
        "MODULE_ID": "string",
        "ENTITY": "string",
        "DOCUMENT_TYPE": "string",
        "AUTO_EXECUTE": "integer",
        "NAME": "string",
        "TEMPLATE": "string",
        "PARAMETERS": "string",
        "VARIABLES": "string",
        "CONSTANTS": "string",
        "MODIFIED": "datetime",
        "IS_MODIFIED": "char",
        "USER_ID": "user",
        "SYSTEM_CODE": "string",
    }
)
RUNNING = Condition("=", "RUNNING", ("y",))
PLANTED = "only templates that a fresh portal has: those of the processes in the feed, and one for deals"


@method(
    "bizproc.workflow.start",
    scope="bizproc",
    docs=DOCS.format("start"),
    writes=True,
    differs=f"{PLANTED}; a process asks its parameter Approver, or who started it, and ends with the answer; one of a "
    "deal runs until it is stopped and does nothing",
)
def start(portal, caller, params):
    _check_rights(portal, caller)
    if params.get("TEMPLATE_ID") in (None, "", 0, "0"):
        raise RestError("ERROR_WRONG_WORKFLOW_ID", "Empty TEMPLATE_ID")
    template = portal.store.workflow_templates.get(params.integer("TEMPLATE_ID"))
    if template is None:
        raise RestError("ERROR_WRONG_WORKFLOW_ID", "Template not found")
    document = workflow_documents.read(portal, params.get("DOCUMENT_ID"))
    wanted = template["MODULE_ID"], template["ENTITY"], template["DOCUMENT_TYPE"]
    if wanted != (document.module, document.entity, document.type):
        raise RestError("", "Template type and DOCUMENT_ID mismatch!")
    return workflows.start(portal, caller.user_id, template, document, params.map("PARAMETERS"))["ID"]


def instances(portal, caller, params) -> Page:
    """What runs, the last changed first."""
    _check_rights(portal, caller)
    shown = ("ID", "MODIFIED", "OWNED_UNTIL")
    return page_of(portal, portal.store.workflows, params, INSTANCES, shown, [("MODIFIED", True)], (RUNNING,))


for _name in ("instances", "instance.list"):
    method(f"bizproc.workflow.{_name}", scope="bizproc", docs=DOCS.format("instances"))(instances)


@method("bizproc.workflow.terminate", scope="bizproc", docs=DOCS.format("terminate"), writes=True)
def terminate(portal, caller, params):
    """With STATUS for the state that people see."""
    row = _running(portal, caller, params)
    if row is None or row["RUNNING"] != "Y":
        raise RestError("", "Workflow instance not found")
    workflows.end(portal, row, params.text("STATUS") or "Terminated")
    return True


@method("bizproc.workflow.kill", scope="bizproc", docs=DOCS.format("kill"), writes=True)
def kill(portal, caller, params):
    """With everything that is known of it; one that is not there is no error."""
    row = _running(portal, caller, params)
    if row is None:
        return Unchanged(True)
    workflows.kill(portal, row)
    return True


@method("bizproc.workflow.template.list", scope="bizproc", docs=TEMPLATE.format("list"), differs=PLANTED)
def templates(portal, caller, params) -> Page:
    _check_rights(portal, caller, 400)
    return page_of(portal, portal.store.workflow_templates, params, TEMPLATES, ("ID",), [("ID", False)])


def _refused(portal, caller, params):
    """Applications only; a webhook is told so."""
    raise application_only()


for _verb in ("add", "update", "delete"):
    method(f"bizproc.workflow.template.{_verb}", scope="bizproc", docs=TEMPLATE.format(_verb))(_refused)


def page_of(
    portal, table: Table, params: Params, columns: Columns, default: tuple[str, ...], order: list[tuple],
    conditions: tuple[Condition, ...] = (), readable: Callable[[dict], bool] | None = None,
) -> Page:  # fmt: skip
    """A list of workflows' things: names in any case, `default` columns where none are selected, texts but for maps."""
    selected = {columns.name(str(name)) for name in params.list("SELECT")} or set(default)
    names = [name for name in columns if name in selected]
    where = Where(conditions, (parse(params.map("FILTER"), columns.read),))
    keys = ordering(params.map("ORDER"), columns.name) or order

    def show(row: dict) -> dict:
        return {name: row[name] if isinstance(row[name], (dict, list)) else as_text(row[name]) for name in names}

    return page(portal, table, params, where, keys, show, readable=readable)


def _check_rights(portal, caller, status: int = 403) -> None:
    if not portal.is_admin(caller.user_id):
        raise RestError("ACCESS_DENIED", "Access denied!", status)


def _running(portal, caller, params: Params) -> dict | None:
    _check_rights(portal, caller)
    if not params.text("ID"):
        raise RestError("ERROR_WRONG_WORKFLOW_ID", "Empty workflow instance ID")
    return workflows.named(portal, params.text("ID"))
