from shared.errors import ServiceError


class NoCollaboration(ServiceError):
    status = 409
    code = "no_collaboration"
    en = "There is no open collaboration: invite the customer first."
    sv = "Det finns inget öppet samarbete: bjud in kunden först."


class CannotReceive(ServiceError):
    status = 422
    code = "contact_cannot_receive"
    en = "Not all of these people can receive cases."
    sv = "Alla de här personerna kan inte ta emot ärenden."


class EmployeeInactive(ServiceError):
    status = 422
    code = "employee_inactive"
    en = "{name} no longer works at the bureau."
    sv = "{name} arbetar inte längre på byrån."
