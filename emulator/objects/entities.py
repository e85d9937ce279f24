"""The kinds of CRM objects: their numbers, tables, native fields, events.

Fields: https://apidocs.bitrix24.com/api-reference/crm/universal/crm-item-fields.html; the third column is the name of
the older methods (crm.deal.*), then stand `ro` for what only the portal writes, `older` and `item` for what only the
older methods or only crm.item.* know.
"""

from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class NativeField:
    name: str
    kind: str
    upper: str
    read_only: bool = False
    multiple: bool = False
    only: str = ""

    @property
    def title(self) -> str:
        return _TITLES.get(self.name, self.upper)


@dataclass(frozen=True)
class Entity:
    type_id: int
    code: str
    short: str
    table: str
    uf_entity: str
    event: str
    default_title: str
    field_table: str

    @cached_property
    def fields(self) -> dict[str, NativeField]:
        return {field.name: field for field in map(_field, self.field_table.strip().splitlines())}

    @cached_property
    def universal(self) -> dict[str, NativeField]:
        """What crm.item.* knows."""
        return {name: field for name, field in self.fields.items() if field.only != "older"}

    @cached_property
    def older(self) -> dict[str, NativeField]:
        """What crm.deal.* and its siblings know."""
        return {name: field for name, field in self.fields.items() if field.only != "item"}

    @cached_property
    def by_upper(self) -> dict[str, NativeField]:
        return {field.upper: field for field in self.older.values()}

    @property
    def has_stages(self) -> bool:
        return "stageId" in self.fields


def _field(line: str) -> NativeField:
    name, kind, upper, *flags = line.split()
    only = next((flag for flag in flags if flag in ("older", "item")), "")
    return NativeField(name, kind.removesuffix("[]"), upper, "ro" in flags, kind.endswith("[]"), only)


_DEAL_FIELDS = """
id                 integer       ID                  ro
createdTime        datetime      DATE_CREATE         ro
updatedTime        datetime      DATE_MODIFY         ro
createdBy          user          CREATED_BY_ID       ro
updatedBy          user          MODIFY_BY_ID        ro
assignedById       user          ASSIGNED_BY_ID
opened             boolean       OPENED
leadId             crm_lead      LEAD_ID
companyId          crm_company   COMPANY_ID
contactId          crm_contact   CONTACT_ID
quoteId            crm_quote     QUOTE_ID
title              string        TITLE
categoryId         crm_category  CATEGORY_ID
stageId            crm_status    STAGE_ID
stageSemanticId    string        STAGE_SEMANTIC_ID   ro
previousStageId    crm_status    PREVIOUS_STAGE_ID   ro
isNew              boolean       IS_NEW              ro
isRecurring        boolean       IS_RECURRING
isReturnCustomer   boolean       IS_RETURN_CUSTOMER  ro
isRepeatedApproach boolean       IS_REPEATED_APPROACH ro
closed             boolean       CLOSED              ro
typeId             crm_status    TYPE_ID
opportunity        double        OPPORTUNITY
isManualOpportunity boolean      IS_MANUAL_OPPORTUNITY
taxValue           double        TAX_VALUE
currencyId         crm_currency  CURRENCY_ID
probability        integer       PROBABILITY
comments           text          COMMENTS
begindate          date          BEGINDATE
closedate          date          CLOSEDATE
webformId          integer       WEBFORM_ID
sourceId           crm_status    SOURCE_ID
sourceDescription  text          SOURCE_DESCRIPTION
originatorId       string        ORIGINATOR_ID
originId           string        ORIGIN_ID
additionalInfo     string        ADDITIONAL_INFO
movedBy            user          MOVED_BY_ID         ro
movedTime          datetime      MOVED_TIME          ro
lastActivityBy     user          LAST_ACTIVITY_BY    ro
lastActivityTime   datetime      LAST_ACTIVITY_TIME  ro
utmSource          string        UTM_SOURCE
utmMedium          string        UTM_MEDIUM
utmCampaign        string        UTM_CAMPAIGN
utmContent         string        UTM_CONTENT
utmTerm            string        UTM_TERM
observers          user[]        OBSERVERS
contactIds         crm_contact[] CONTACT_IDS
"""

_LEAD_FIELDS = """
id                 integer       ID                  ro
title              string        TITLE
honorific          crm_status    HONORIFIC
name               string        NAME
secondName         string        SECOND_NAME
lastName           string        LAST_NAME
birthdate          date          BIRTHDATE
companyTitle       string        COMPANY_TITLE
sourceId           crm_status    SOURCE_ID
sourceDescription  text          SOURCE_DESCRIPTION
stageId            crm_status    STATUS_ID
statusDescription  text          STATUS_DESCRIPTION
stageSemanticId    string        STATUS_SEMANTIC_ID  ro
post               string        POST
address            string        ADDRESS             older
address2           string        ADDRESS_2           older
addressCity        string        ADDRESS_CITY        older
addressPostalCode  string        ADDRESS_POSTAL_CODE older
addressRegion      string        ADDRESS_REGION      older
addressProvince    string        ADDRESS_PROVINCE    older
addressCountry     string        ADDRESS_COUNTRY     older
addressCountryCode string        ADDRESS_COUNTRY_CODE older
addressLocAddrId   integer       ADDRESS_LOC_ADDR_ID older
currencyId         crm_currency  CURRENCY_ID
opportunity        double        OPPORTUNITY
isManualOpportunity boolean      IS_MANUAL_OPPORTUNITY
opened             boolean       OPENED
comments           text          COMMENTS
hasPhone           boolean       HAS_PHONE           ro
hasEmail           boolean       HAS_EMAIL           ro
hasImol            boolean       HAS_IMOL            ro
assignedById       user          ASSIGNED_BY_ID
createdBy          user          CREATED_BY_ID       ro
updatedBy          user          MODIFY_BY_ID        ro
movedBy            user          MOVED_BY_ID         ro
createdTime        datetime      DATE_CREATE         ro
updatedTime        datetime      DATE_MODIFY         ro
movedTime          datetime      MOVED_TIME          ro
companyId          crm_company   COMPANY_ID
contactId          crm_contact   CONTACT_ID
contactIds         crm_contact[] CONTACT_IDS
isReturnCustomer   boolean       IS_RETURN_CUSTOMER  ro
dateClosed         datetime      DATE_CLOSED         ro
originatorId       string        ORIGINATOR_ID
originId           string        ORIGIN_ID
utmSource          string        UTM_SOURCE
utmMedium          string        UTM_MEDIUM
utmCampaign        string        UTM_CAMPAIGN
utmContent         string        UTM_CONTENT
utmTerm            string        UTM_TERM
lastActivityTime   datetime      LAST_ACTIVITY_TIME  ro
lastActivityBy     user          LAST_ACTIVITY_BY    ro
webformId          integer       WEBFORM_ID          item
observers          user[]        OBSERVERS           item
"""

_PERSON_AND_FIRM_FIELDS = """
id                 integer       ID                  ro
createdTime        datetime      DATE_CREATE         ro
updatedTime        datetime      DATE_MODIFY         ro
createdBy          user          CREATED_BY_ID       ro
updatedBy          user          MODIFY_BY_ID        ro
assignedById       user          ASSIGNED_BY_ID
opened             boolean       OPENED
comments           text          COMMENTS
originatorId       string        ORIGINATOR_ID
originId           string        ORIGIN_ID
lastActivityBy     user          LAST_ACTIVITY_BY    ro
lastActivityTime   datetime      LAST_ACTIVITY_TIME  ro
hasPhone           boolean       HAS_PHONE           ro
hasEmail           boolean       HAS_EMAIL           ro
hasImol            boolean       HAS_IMOL            ro
utmSource          string        UTM_SOURCE
utmMedium          string        UTM_MEDIUM
utmCampaign        string        UTM_CAMPAIGN
utmContent         string        UTM_CONTENT
utmTerm            string        UTM_TERM
observers          user[]        OBSERVERS
"""

_CONTACT_FIELDS = (
    _PERSON_AND_FIRM_FIELDS
    + """name       string        NAME
secondName         string        SECOND_NAME
lastName           string        LAST_NAME
honorific          crm_status    HONORIFIC
birthdate          date          BIRTHDATE
post               string        POST
companyId          crm_company   COMPANY_ID
companyIds         crm_company[] COMPANY_IDS
typeId             crm_status    TYPE_ID
sourceId           crm_status    SOURCE_ID
sourceDescription  text          SOURCE_DESCRIPTION
export             boolean       EXPORT
"""
)

_COMPANY_FIELDS = (
    _PERSON_AND_FIRM_FIELDS
    + """title      string        TITLE
typeId             crm_status    COMPANY_TYPE
industry           crm_status    INDUSTRY
employees          crm_status    EMPLOYEES
revenue            double        REVENUE
currencyId         crm_currency  CURRENCY_ID
isMyCompany        boolean       IS_MY_COMPANY
contactIds         crm_contact[] CONTACT_IDS
"""
)

_TITLES = {
    "title": "Название",
    "assignedById": "Ответственный",
    "companyId": "Компания",
    "contactId": "Контакт",
    "contactIds": "Контакты",
    "categoryId": "Воронка",
    "stageId": "Стадия",
    "opportunity": "Сумма",
    "currencyId": "Валюта",
    "comments": "Комментарий",
    "createdTime": "Дата создания",
    "updatedTime": "Дата изменения",
    "createdBy": "Кем создана",
    "updatedBy": "Кем изменена",
    "begindate": "Дата начала",
    "closedate": "Дата завершения",
    "sourceId": "Источник",
    "typeId": "Тип",
    "observers": "Наблюдатели",
    "originId": "Внешний ключ",
    "originatorId": "Внешний источник",
    "name": "Имя",
    "secondName": "Отчество",
    "lastName": "Фамилия",
    "post": "Должность",
    "companyTitle": "Название компании",
}

LEAD = Entity(1, "lead", "L", "leads", "CRM_LEAD", "ONCRMLEAD", "Лид #{id}", _LEAD_FIELDS)
DEAL = Entity(2, "deal", "D", "deals", "CRM_DEAL", "ONCRMDEAL", "Сделка #{id}", _DEAL_FIELDS)
CONTACT = Entity(3, "contact", "C", "contacts", "CRM_CONTACT", "ONCRMCONTACT", "Контакт #{id}", _CONTACT_FIELDS)
COMPANY = Entity(4, "company", "CO", "companies", "CRM_COMPANY", "ONCRMCOMPANY", "Компания #{id}", _COMPANY_FIELDS)

BY_TYPE_ID = {entity.type_id: entity for entity in (LEAD, DEAL, CONTACT, COMPANY)}
BY_CODE = {entity.code: entity for entity in BY_TYPE_ID.values()}
BY_SHORT = {entity.short: entity for entity in BY_TYPE_ID.values()}
