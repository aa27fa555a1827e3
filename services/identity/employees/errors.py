from shared.errors import ServiceError


class EmployeeExists(ServiceError):
    status = 409
    code = "employee_exists"
    en = "The bureau has an employee with this e-mail address."
    sv = "Byrån har redan en medarbetare med den här e-postadressen."


class EmployeeInactive(ServiceError):
    status = 409
    code = "employee_inactive"
    en = "The employee is deactivated. Add the same e-mail address again to take the person back."
    sv = "Medarbetaren är inaktiverad. Lägg upp samma e-postadress igen för att ta tillbaka personen."


class LastAdministrator(ServiceError):
    status = 409
    code = "last_administrator"
    en = "A bureau keeps at least one administrator with full maintenance."
    sv = "En byrå har alltid minst en administratör med fullt underhåll."


class MustBeMoved(ServiceError):
    """`customers`: those that the person is responsible for or takes part in. `cases`: open ones that the
    person holds, by `id` and `number`."""

    status = 409
    code = "must_be_moved"
    en = "The employee has customers or open cases. Name a colleague in `transfer_to` to take them over."
    sv = "Medarbetaren har kunder eller öppna ärenden. Ange i `transfer_to` en kollega som tar över dem."
