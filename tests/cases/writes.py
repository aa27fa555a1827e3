"""How each write of cases is done, at a moment when it can be."""

from typing import Any, NamedTuple

from tests.factories.cases import (
    PDF,
    Colleague,
    Counterpart,
    Participant,
    add_file,
    hire,
    open_case,
    post,
)
from tests.factories.records import Bureau
from tests.factories.repeats import NEW, Write, Writes
from tests.factories.service import Service

TEMPLATE = {"name": "Moms", "type": "question", "subject": "Moms", "body": "Skicka momsen."}


class World(NamedTuple):
    service: Service
    bureau: Bureau
    anna: Colleague
    customer: Counterpart
    karin: Participant

    async def case(self, **fields: Any) -> dict[str, Any]:
        return await open_case(self.anna, self.customer, **fields)

    async def request(self) -> tuple[dict[str, Any], str]:
        """A document request with two items, and the path of the first."""
        case = await self.case(type="document_request", items=["Kontoutdrag", "Inventering"])
        return case, f"/v1/cases/{case['id']}/items/{case['items'][0]['id']}"

    async def answered(self) -> str:
        """The path of an item that Karin has answered."""
        case, item = await self.request()
        file = await add_file(self.karin, case, item_id=case["items"][0]["id"])
        assert (await self.karin.put(f"{item}/answer", {"file_ids": [file["id"]]})).is_success
        return item

    async def template(self) -> dict[str, Any]:
        return dict((await self.anna.post("/v1/templates", TEMPLATE)).json())


async def answer_item(world: World) -> Write:
    case, item = await world.request()
    files = [(await add_file(world.karin, case))["id"] for _ in range(2)]
    return Write(world.karin, "PUT", f"{item}/answer", {"file_ids": files})


async def answer_that_it_does_not_apply(world: World) -> Write:
    _, item = await world.request()
    body = {"not_applicable": True, "reason": "Vi har inget lager."}
    return Write(world.karin, "PUT", f"{item}/answer", body)


async def answer_without_names(world: World) -> Write:
    case, item = await world.request()
    await add_file(world.karin, case, item_id=case["items"][0]["id"])
    return Write(world.karin, "PUT", f"{item}/answer", {})


async def accept_item(world: World) -> Write:
    return Write(world.anna, "POST", f"{await world.answered()}/accept")


async def accept_last_item(world: World) -> Write:
    case = await world.case(type="document_request", items=["Kontoutdrag"])
    item = f"/v1/cases/{case['id']}/items/{case['items'][0]['id']}"
    await world.karin.put(f"{item}/answer", {"not_applicable": True, "reason": "Inget konto."})
    return Write(world.anna, "POST", f"{item}/accept")


async def return_item(world: World) -> Write:
    return Write(world.anna, "POST", f"{await world.answered()}/return", {"reason": "Fel månad."})


async def decide_approval(world: World) -> Write:
    case = await world.case(type="approval", statement="Jag godkänner.")
    return Write(world.karin, "POST", f"/v1/cases/{case['id']}/approval", {"decision": "approve"})


async def decline_approval(world: World) -> Write:
    case = await world.case(type="approval", statement="Jag godkänner.")
    body = {"decision": "decline", "comment": "Fel belopp."}
    return Write(world.karin, "POST", f"/v1/cases/{case['id']}/approval", body)


async def acknowledge_case(world: World) -> Write:
    case = await world.case(type="information", must_acknowledge=True)
    return Write(world.karin, "POST", f"/v1/cases/{case['id']}/acknowledge")


async def create_case(world: World) -> Write:
    body = {
        "customer_id": str(world.customer.customer_id),
        "type": "question",
        "subject": "Kvitto från mars",
        "body": "Vad är detta köp?",
        "participant_ids": [str(world.karin.contact_id)],
        "send": True,
    }
    return Write(world.anna, "POST", "/v1/cases", body)


async def change_case(world: World) -> Write:
    case = await world.case()
    body = {"priority": "high", "labels": ["moms"], "due_on": "2027-01-12"}
    return Write(world.anna, "PATCH", f"/v1/cases/{case['id']}", body, version="*")


async def send_case(world: World) -> Write:
    draft = await world.case(send=False)
    return Write(world.anna, "POST", f"/v1/cases/{draft['id']}/send")


async def resolve_case(world: World) -> Write:
    return Write(world.anna, "POST", f"/v1/cases/{(await world.case())['id']}/resolve")


async def close_case(world: World) -> Write:
    case = await world.case()
    await post(world.anna, case, "resolve")
    return Write(world.anna, "POST", f"/v1/cases/{case['id']}/close")


async def reopen_case(world: World) -> Write:
    case = await world.case()
    await post(world.anna, case, "resolve")
    return Write(world.anna, "POST", f"/v1/cases/{case['id']}/reopen")


async def cancel_case(world: World) -> Write:
    return Write(world.anna, "POST", f"/v1/cases/{(await world.case())['id']}/cancel")


async def assign_case(world: World) -> Write:
    bo = await hire(world.service, world.bureau, "Bo Alm")
    path = f"/v1/cases/{(await world.case())['id']}/assignee"
    return Write(world.anna, "PUT", path, {"employee_id": str(bo.employee_id)})


async def set_followers(world: World) -> Write:
    bo, eva = [await hire(world.service, world.bureau, name) for name in ("Bo Alm", "Eva Lind")]
    path = f"/v1/cases/{(await world.case())['id']}/followers"
    return Write(world.anna, "PUT", path, {"employee_ids": [str(eva.employee_id), str(bo.employee_id)]})


async def set_participants(world: World) -> Write:
    draft = await world.case(participant_ids=[], send=False)
    body = {"contact_ids": [str(world.karin.contact_id)]}
    return Write(world.anna, "PUT", f"/v1/cases/{draft['id']}/participants", body)


async def mark_case_read(world: World) -> Write:
    return Write(world.karin, "PUT", f"/v1/cases/{(await world.case())['id']}/read")


async def post_message(world: World) -> Write:
    return Write(world.karin, "POST", f"/v1/cases/{(await world.case())['id']}/messages", {"body": "Hej"})


async def correct_message(world: World) -> Write:
    case = await world.case()
    message = (await post(world.anna, case, "messages", {"body": "1 000 kr"})).json()
    path = f"/v1/cases/{case['id']}/messages/{message['id']}"
    return Write(world.anna, "PATCH", path, {"body": "10 000 kr"})


async def add_note(world: World) -> Write:
    return Write(world.anna, "POST", f"/v1/cases/{(await world.case())['id']}/notes", {"body": "Ring"})


async def upload_file(world: World) -> Write:
    path = f"/v1/cases/{(await world.case())['id']}/files"
    return Write(world.anna, "POST", path, more={"files": {"file": ("a.pdf", PDF, "application/pdf")}})


async def add_template(world: World) -> Write:
    return Write(world.anna, "POST", "/v1/templates", TEMPLATE)


async def change_template(world: World) -> Write:
    template = await world.template()
    return Write(world.anna, "PATCH", f"/v1/templates/{template['id']}", {"name": "Momsen"}, version="*")


async def remove_template(world: World) -> Write:
    return Write(world.anna, "DELETE", f"/v1/templates/{(await world.template())['id']}")


async def preview_template(world: World) -> Write:
    path = f"/v1/templates/{(await world.template())['id']}/preview"
    return Write(world.anna, "POST", path, {"customer_id": str(world.customer.customer_id)})


WRITES: Writes = {
    "answer_item": (answer_item, 200),
    "answer_item: does not apply": (answer_that_it_does_not_apply, 200),
    "answer_item: without names": (answer_without_names, 200),
    "accept_item": (accept_item, 200),
    "accept_item: the last one": (accept_last_item, 200),
    "return_item": (return_item, 200),
    "decide_approval": (decide_approval, 200),
    "decide_approval: decline": (decline_approval, 200),
    "acknowledge_case": (acknowledge_case, 200),
    "create_case": (create_case, NEW),
    "change_case": (change_case, 200),
    "send_case": (send_case, "transition_not_allowed"),
    "resolve_case": (resolve_case, 200),
    "close_case": (close_case, 200),
    "reopen_case": (reopen_case, "transition_not_allowed"),
    "cancel_case": (cancel_case, 200),
    "assign_case": (assign_case, 200),
    "set_followers": (set_followers, 200),
    "set_participants": (set_participants, 200),
    "mark_case_read": (mark_case_read, 200),
    "post_message": (post_message, NEW),
    "correct_message": (correct_message, 200),
    "add_note": (add_note, NEW),
    "add_file": (upload_file, NEW),
    "add_template": (add_template, NEW),
    "change_template": (change_template, 200),
    "remove_template": (remove_template, "not_found"),
    "preview_template": (preview_template, 200),
}
