"""The two sides of a dialogue: a bureau with an employee, its customer with a member, and their case."""

from dataclasses import dataclass, replace

from tests.factories.records import Bureau, Case, Customer, Employee, Invitation, Member


@dataclass(frozen=True)
class World:
    """`to_customer` is the case after a step of the bureau, `to_bureau` after one of the customer.

    The employee reads Swedish, the member English.
    """

    bureau: Bureau
    employee: Employee
    customer: Customer
    member: Member
    to_customer: Case
    to_bureau: Case
    invitation: Invitation


def new_world() -> World:
    bureau = Bureau()
    employee = Employee(bureau.id)
    customer = Customer(bureau.id, responsible_id=employee.employee_id)
    member = Member(customer.account_id, language="en")
    to_customer = Case(
        bureau.id, customer.customer_id, customer.account_id, by="bureau", recipient_ids=[member.user_id]
    )
    to_bureau = replace(to_customer, by="customer", recipient_ids=[employee.user_id])
    invitation = Invitation(bureau.id, customer.customer_id)
    return World(bureau, employee, customer, member, to_customer, to_bureau, invitation)
