"""Why a change of the register is refused."""

from shared.errors import FieldError, InvalidRequest, ServiceError


class HasOrganisationNumber(ServiceError):
    status = 422
    code = "has_organisation_number"
    en = "A customer with an organisation number is a company and can't be a private individual."
    sv = "En kund med organisationsnummer är ett företag och kan inte vara privatperson."

    @classmethod
    def of_field(cls, field: str) -> FieldError:
        """The same, of a field or a column."""
        return FieldError(field, cls.code, en=cls.en, sv=cls.sv)


class OrganisationNumberMissing(InvalidRequest):
    """A company has one, since only companies are billed for."""

    fault = FieldError(
        "organisation_number",
        "required",
        en="Give it: a company has one.",
        sv="Ange det: ett företag har ett.",
    )

    def __init__(self) -> None:
        super().__init__(errors=[self.fault])


class NumberTaken(ServiceError):
    status = 409
    code = "number_taken"
    en = "Another customer has the number {number}."
    sv = "En annan kund har numret {number}."
