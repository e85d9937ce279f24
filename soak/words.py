"""The portal's ids for the words of config/: funnels, stages, fields."""

from dataclasses import dataclass

from config import Field, Process, company

DEAL = 2
NATIVE = {"title": "title", "amount": "opportunity", "company": "companyId", "contact": "contactId"}
EMPTY = (None, "", [], 0, "0", False)


@dataclass(frozen=True)
class Words:
    """`categories`: which funnel of the portal is which process; `options`: texts of lists by field and id."""

    categories: dict[str, int]
    options: dict[str, dict[str, str]]

    @classmethod
    def read(cls, ask) -> "Words":
        """`ask(method, params)` asks the portal as its administrator."""
        funnels = ask("crm.category.list", {"entityTypeId": DEAL})["categories"]
        fields = ask("crm.item.fields", {"entityTypeId": DEAL, "useOriginalUfNames": "Y"})["fields"]
        by_name = {one["name"]: int(one["id"]) for one in funnels}
        options = {
            name: {str(item["ID"]): item["VALUE"] for item in field["items"]}
            for name, field in fields.items()
            if field.get("items")
        }
        return cls({code: by_name[process.funnel] for code, process in company().processes.items()}, options)

    def process(self, category: object) -> Process | None:
        code = next((code for code, number in self.categories.items() if str(number) == str(category)), None)
        return company().processes.get(code)

    def stage_id(self, process: str, stage: str) -> str:
        return f"C{self.categories[process]}:{stage}"

    def field(self, name: str) -> Field:
        """A field of a Soft card, or of an estimate under it."""
        own = (company().processes[process].fields.get(name) for process in ("SOFT", "LOGISTICS"))
        return next(filter(None, own), None) or company().deal_fields[name]

    def key(self, name: str) -> str:
        """How crm.item.* calls the field."""
        return NATIVE.get(name, self.field(name).code)

    def option(self, name: str, text: str) -> str:
        """The id of an option of a list."""
        return next(number for number, one in self.options[self.key(name)].items() if one == text)


def stage_of(stage_id: str) -> str:
    """`C7:OFFER` → OFFER."""
    return stage_id.rpartition(":")[2]
