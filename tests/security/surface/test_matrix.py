"""Each role may do with each operation what `matrix.txt` says, no more and no less."""

from tests.factories.town import Town
from tests.security.surface.matrix import BY_TOKEN, FILE, LAST, Table, answers_of, outcome
from tests.security.surface.operations import Operation, operations
from tests.security.surface.seeds import SEEDS
from tests.security.surface.tenants import Tenant

TABLE = Table(FILE.read_text())


def in_order(town: Town) -> list[Operation]:
    every = operations(town)
    return sorted(every, key=lambda each: LAST.index(each.name) + 1 if each.name in LAST else 0)


async def test_each_role_may_do_what_the_table_says(town: Town, tenant: Tenant) -> None:
    found: dict[str, str] = {}
    undone = []
    for operation in in_order(town):
        answers = await answers_of(operation, tenant)
        outcomes = {role: outcome(answer) for role, answer in answers.items()}
        found[operation.label] = TABLE.line(operation.label, outcomes)
        if operation.name not in BY_TOKEN and not any(each.is_success for each in answers.values()):
            undone.append((operation.label, {each.text for each in answers.values()}))
    assert undone == [], f"nobody can do this: give it a body, or things in the right state, in {SEEDS}"
    others = {label: line for label, line in found.items() if TABLE.lines.get(label) != line}
    assert not others, f"read what each role may do, and correct {FILE.name}:\n" + "\n".join(others.values())
    assert TABLE.lines.keys() == found.keys(), "an operation is gone: take its line out of the table"
