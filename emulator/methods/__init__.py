"""Every emulated method, one file per family; importing this package declares them all."""

from ..registry import METHODS, REST3_METHODS
from . import (
    core,
    crm_activity,
    crm_address,
    crm_category,
    crm_classic,
    crm_item,
    crm_product,
    crm_productrow,
    crm_requisite,
    crm_stagehistory,
    crm_status,
    crm_timeline,
    crm_userfield,
    department,
    disk,
    im_notify,
    task_checklist,
    task_messages,
    tasks_task,
    user,
)

FAMILIES = (
    core,
    crm_activity,
    crm_address,
    crm_category,
    crm_classic,
    crm_item,
    crm_product,
    crm_productrow,
    crm_requisite,
    crm_stagehistory,
    crm_status,
    crm_timeline,
    crm_userfield,
    department,
    disk,
    im_notify,
    task_checklist,
    task_messages,
    tasks_task,
    user,
)

__all__ = ["FAMILIES", "METHODS", "REST3_METHODS"]
