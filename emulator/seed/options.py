"""Options of enumerations by their words."""


class Options:
    def __init__(self, portal, uf_entity: str):
        self._ids = {
            (row["FIELD_NAME"], row["VALUE"]): row["ID"]
            for row in portal.store.enum_options.having(ENTITY_ID=uf_entity)
        }

    def id(self, field: str, value: str) -> int:
        return self._ids[field, value]
