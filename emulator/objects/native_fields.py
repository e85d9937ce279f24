"""The native fields of the kinds of CRM objects, a table of text each: the name, the type, the name of the older methods
(crm.deal.*), then `ro` for what only the portal writes, `older` and `item` for what only the older methods or only
crm.item.* know.

https://apidocs.bitrix24.com/api-reference/crm/universal/crm-item-fields.html,
https://apidocs.bitrix24.com/api-reference/crm/universal/object-fields.html
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class NativeField:
    name: str
    kind: str
    upper: str
    read_only: bool = False
    multiple: bool = False
    only: str = ""
    parent: int = 0
    own_title: str = ""

    @property
    def title(self) -> str:
        return self.own_title or _TITLES.get(self.name, self.upper)


def described_in(table: str) -> dict[str, NativeField]:
    """The fields of a table by their names."""
    return {field.name: field for field in map(_field, table.strip().splitlines())}


def _field(line: str) -> NativeField:
    name, kind, upper, *flags = line.split()
    only = next((flag for flag in flags if flag in ("older", "item")), "")
    return NativeField(name, kind.removesuffix("[]"), upper, "ro" in flags, kind.endswith("[]"), only)


DEAL_FIELDS = """
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

LEAD_FIELDS = """
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

CONTACT_FIELDS = (
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

COMPANY_FIELDS = (
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

QUOTE_FIELDS = """
id                 integer       ID                  ro
quoteNumber        string        QUOTE_NUMBER        ro
title              string        TITLE
stageId            crm_status    STATUS_ID
currencyId         crm_currency  CURRENCY_ID
opportunity        double        OPPORTUNITY
isManualOpportunity boolean      IS_MANUAL_OPPORTUNITY item
taxValue           double        TAX_VALUE
companyId          crm_company   COMPANY_ID
mycompanyId        crm_company   MYCOMPANY_ID
contactId          crm_contact   CONTACT_ID
contactIds         crm_contact[] CONTACT_IDS
begindate          date          BEGINDATE
closedate          date          CLOSEDATE
actualDate         date          ACTUAL_DATE
opened             boolean       OPENED
closed             boolean       CLOSED              ro
comments           text          COMMENTS
commentsType       integer       COMMENTS_TYPE       item ro
content            text          CONTENT
contentType        integer       CONTENT_TYPE        item ro
terms              text          TERMS
termsType          integer       TERMS_TYPE          item ro
storageTypeId      integer       STORAGE_TYPE_ID     item
storageElementIds  integer[]     STORAGE_ELEMENT_IDS item
clientTitle        string        CLIENT_TITLE
clientAddr         string        CLIENT_ADDR
clientContact      string        CLIENT_CONTACT
clientEmail        string        CLIENT_EMAIL
clientPhone        string        CLIENT_PHONE
clientTpId         string        CLIENT_TP_ID
clientTpaId        string        CLIENT_TPA_ID
assignedById       user          ASSIGNED_BY_ID
createdBy          user          CREATED_BY_ID       ro
updatedBy          user          MODIFY_BY_ID        ro
createdTime        datetime      DATE_CREATE         ro
updatedTime        datetime      DATE_MODIFY         ro
leadId             crm_lead      LEAD_ID
dealId             crm_deal      DEAL_ID
personTypeId       integer       PERSON_TYPE_ID
locationId         location      LOCATION_ID
webformId          integer       WEBFORM_ID          item
utmSource          string        UTM_SOURCE
utmMedium          string        UTM_MEDIUM
utmCampaign        string        UTM_CAMPAIGN
utmContent         string        UTM_CONTENT
utmTerm            string        UTM_TERM
lastActivityTime   datetime      LAST_ACTIVITY_TIME  ro
lastActivityBy     user          LAST_ACTIVITY_BY    ro
lastCommunicationTime string     LAST_COMMUNICATION_TIME ro older
"""

DYNAMIC_FIELDS = """
id                 integer       ID                  ro
title              string        TITLE
xmlId              string        XML_ID
createdTime        datetime      CREATED_TIME        ro
updatedTime        datetime      UPDATED_TIME        ro
createdBy          user          CREATED_BY          ro
updatedBy          user          UPDATED_BY          ro
assignedById       user          ASSIGNED_BY_ID
opened             boolean       OPENED
webformId          integer       WEBFORM_ID
categoryId         crm_category  CATEGORY_ID
lastActivityBy     user          LAST_ACTIVITY_BY    ro
lastActivityTime   datetime      LAST_ACTIVITY_TIME  ro
utmSource          string        UTM_SOURCE
utmMedium          string        UTM_MEDIUM
utmCampaign        string        UTM_CAMPAIGN
utmContent         string        UTM_CONTENT
utmTerm            string        UTM_TERM
"""

# A setting of a smart process → the fields that it switches on. An invoice has them all.
SWITCHED_FIELDS = {
    "isStagesEnabled": """stageId crm_status STAGE_ID
previousStageId    crm_status    PREVIOUS_STAGE_ID   ro
movedTime          datetime      MOVED_TIME          ro
movedBy            user          MOVED_BY            ro
""",
    "isBeginCloseDatesEnabled": """begindate date BEGINDATE
closedate          date          CLOSEDATE
""",
    "isClientEnabled": """companyId crm_company COMPANY_ID
contactId          crm_contact   CONTACT_ID
contactIds         crm_contact[] CONTACT_IDS
""",
    "isObserversEnabled": "observers user[] OBSERVERS\n",
    "isSourceEnabled": """sourceId crm_status SOURCE_ID
sourceDescription  text          SOURCE_DESCRIPTION
""",
    "isLinkWithProductsEnabled": """currencyId crm_currency CURRENCY_ID
isManualOpportunity boolean      IS_MANUAL_OPPORTUNITY
opportunity        double        OPPORTUNITY
taxValue           double        TAX_VALUE
""",
    "isMycompanyEnabled": "mycompanyId crm_company MYCOMPANY_ID\n",
}

INVOICE_FIELDS = (
    DYNAMIC_FIELDS
    + "".join(SWITCHED_FIELDS.values())
    + """comments text COMMENTS
accountNumber      string        ACCOUNT_NUMBER      ro
locationId         location      LOCATION_ID
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
    "dealId": "Сделка",
    "leadId": "Лид",
    "quoteNumber": "Номер предложения",
    "accountNumber": "Номер счёта",
    "actualDate": "Действительно до",
    "mycompanyId": "Реквизиты вашей компании",
    "xmlId": "Внешний код",
    "sourceDescription": "Дополнительно об источнике",
    "content": "Содержание",
    "terms": "Условия",
}
