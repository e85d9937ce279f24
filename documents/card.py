"""What a document is made of: the card, what belongs to it on the portal, and the rules of the house."""

from dataclasses import dataclass

from config import Agreed, Company, DocumentKind, OurCompany
from documents import parties
from documents.dealings import Dealings
from documents.parties import Party
from engine.deal import Deal, Row
from rules.payment_schedule import Part
from rules.working_time import WorkingCalendar

REGISTER = "REGISTRY"


@dataclass
class Card:
    """`deal`: the card that the document is made from, a deal or a card of the register."""

    deal: Deal
    found: dict
    company: Company
    kind: DocumentKind
    our: OurCompany
    calendar: WorkingCalendar
    rows: list[Row]
    parts: list[Part]

    def __post_init__(self):
        self.ours: Party = parties.ours(self.our)
        self.client: Party = parties.client(self.found)

    @property
    def agreed(self) -> Agreed:
        """What config/contracts.yaml says for this template."""
        return self.company.contracts[self.kind.code]

    @property
    def dealings(self) -> Dealings:
        """What was delivered and paid; read for the templates that tell of it."""
        return self.found["dealings"]

    @property
    def is_of_register(self) -> bool:
        """Whether the card is itself the contract that the document belongs to."""
        return self.deal.process == REGISTER
