"""The fields of a task, and what a client may write into them.

Kept under the names of tasks.task.*, canonical; shown as strings. https://apidocs.bitrix24.com/api-reference/tasks/fields.html
"""

from dataclasses import dataclass

from ..php import as_list, as_map
from ..registry import whole
from ..values import canonical, flag

PARAMETERS = DATES_OF_SUBTASKS, FOLLOWS_SUBTASKS, NEEDS_RESULT = (1, 2, 3)


@dataclass(frozen=True)
class TaskField:
    name: str
    upper: str
    kind: str
    multiple: bool
    read_only: bool
    default: object


def _field(line: str) -> TaskField:
    name, upper, kind, default, *flags = line.split()
    return TaskField(
        name, upper, kind.removesuffix("[]"), kind.endswith("[]"), "ro" in flags, None if default == "-" else default
    )


FIELDS = {
    field.name: field
    for field in map(
        _field,
        """
id                  ID                    integer   -     ro
parentId            PARENT_ID             integer   -
title               TITLE                 string    -
description         DESCRIPTION           text      -
mark                MARK                  string    -
priority            PRIORITY              integer   1
multitask           MULTITASK             char      N
notViewed           NOT_VIEWED            char      N     ro
replicate           REPLICATE             char      N
stageId             STAGE_ID              integer   0
createdBy           CREATED_BY            integer   -
createdDate         CREATED_DATE          datetime  -     ro
responsibleId       RESPONSIBLE_ID        integer   -
changedBy           CHANGED_BY            integer   -     ro
changedDate         CHANGED_DATE          datetime  -     ro
statusChangedBy     STATUS_CHANGED_BY     integer   -     ro
statusChangedDate   STATUS_CHANGED_DATE   datetime  -     ro
closedBy            CLOSED_BY             integer   -     ro
closedDate          CLOSED_DATE           datetime  -     ro
activityDate        ACTIVITY_DATE         datetime  -     ro
dateStart           DATE_START            datetime  -     ro
deadline            DEADLINE              datetime  -
startDatePlan       START_DATE_PLAN       datetime  -
endDatePlan         END_DATE_PLAN         datetime  -
guid                GUID                  string    -     ro
xmlId               XML_ID                string    -
commentsCount       COMMENTS_COUNT        integer   -     ro
serviceCommentsCount SERVICE_COMMENTS_COUNT integer -     ro
allowChangeDeadline ALLOW_CHANGE_DEADLINE char      N
allowTimeTracking   ALLOW_TIME_TRACKING   char      N
taskControl         TASK_CONTROL          char      N
addInReport         ADD_IN_REPORT         char      N
timeEstimate        TIME_ESTIMATE         integer   0
timeSpentInLogs     TIME_SPENT_IN_LOGS    integer   -     ro
matchWorkTime       MATCH_WORK_TIME       char      N
siteId              SITE_ID               string    s1
subordinate         SUBORDINATE           char      N     ro
outlookVersion      OUTLOOK_VERSION       integer   1     ro
descriptionInBbcode DESCRIPTION_IN_BBCODE char      Y
status              STATUS                integer   2
durationType        DURATION_TYPE         string    days
favorite            FAVORITE              char      N     ro
isMuted             IS_MUTED              char      N     ro
isPinned            IS_PINNED             char      N     ro
chatId              CHAT_ID               number    -     ro
isPinnedInGroup     IS_PINNED_IN_GROUP    char      N     ro
sprintId            SPRINT_ID             integer   -     ro
backlogId           BACKLOG_ID            integer   -     ro
forkedByTemplateId  FORKED_BY_TEMPLATE_ID integer   -     ro
forumTopicId        FORUM_TOPIC_ID        integer   -     ro
forumId             FORUM_ID              integer   -     ro
exchangeModified    EXCHANGE_MODIFIED     datetime  -     ro
exchangeId          EXCHANGE_ID           integer   -     ro
viewedDate          VIEWED_DATE           datetime  -     ro
sorting             SORTING               double    -     ro
durationPlan        DURATION_PLAN         integer   -     ro
durationFact        DURATION_FACT         integer   -     ro
flowId              FLOW_ID               integer   -     ro
groupId             GROUP_ID              integer   0
auditors            AUDITORS              integer[] -
accomplices         ACCOMPLICES           integer[] -
ufCrmTask           UF_CRM_TASK           string[]  -
ufTaskWebdavFiles   UF_TASK_WEBDAV_FILES  disk[]    -
ufMailMessage       UF_MAIL_MESSAGE       string    -     ro
""".strip().splitlines(),
    )
}
BY_UPPER = {field.upper: field for field in FIELDS.values()}


def field_named(name: str) -> TaskField | None:
    """A field by either spelling."""
    return FIELDS.get(name) or BY_UPPER.get(name.upper())


def written(given: dict) -> dict:
    """The canonical values of what may be written; the rest is ignored."""
    values = {}
    for name, value in given.items():
        field = field_named(name)
        if field is not None and not field.read_only:
            values[field.name] = _kept(field, value)
        elif name.upper() == "SE_PARAMETER":
            values["parameters"] = _parameters(value)
    return values


def fresh() -> dict:
    """A task of which nothing is known yet."""
    row = {field.name: [] if field.multiple else _kept(field, field.default) for field in FIELDS.values()}
    return row | {"description": "", "parameters": dict.fromkeys(PARAMETERS, "N")}


def _kept(field: TaskField, value: object) -> object:
    if field.kind == "disk":
        return canonical("integer", [str(one).removeprefix("n") for one in canonical("string", value, True)], True)
    return canonical(field.kind, value, field.multiple)


def _parameters(given: object) -> dict[int, str]:
    """SE_PARAMETER: `[{"CODE": 3, "VALUE": "Y"}]`."""
    pairs = [as_map(one) for one in as_list(given)]
    return {whole(one.get("CODE")): flag(one.get("VALUE")) for one in pairs if whole(one.get("CODE")) in PARAMETERS}
