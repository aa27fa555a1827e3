"""A case of each type, answered in its own way, resolved and closed."""

from typing import Any

from arende.demo.client import patiently, until
from arende.demo.story import Company, Story

PERIOD = "oktober 2026"
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)
RECEIPTS = "datum;leverantör;belopp\n2026-10-03;Pappersbolaget;1250,00\n2026-10-17;Telia;499,00\n".encode()


async def work_with_cases(story: Story) -> None:
    story.screen.chapter("Cases from ready-made templates, and their answers")
    templates = {
        each["key"]: each for each in await story.admin.all("/v1/templates", language="sv") if each.get("key")
    }
    first, second, third, _ = story.companies
    await _document_request(story, first, templates)
    await _approval(story, second, templates)
    await _question(story, third, templates)
    await _information(story, first, templates)
    states = [
        await story.admin.get(f"/v1/cases/{case['id']}")
        for company in story.companies
        for case in company.cases
    ]
    story.report["cases"] = {
        "sent": sum(case["sent_at"] is not None for case in states),
        "answered": len(states),
        "resolved": sum(case["resolved_at"] is not None for case in states),
        "closed": sum(case["status"] == "closed" for case in states),
    }


def _of_type(templates: dict[str, Any], case_type: str, *, prefer: str) -> dict[str, Any]:
    named: dict[str, Any] | None = templates.get(prefer)
    return named or next(each for each in templates.values() if each["type"] == case_type)


async def _open(
    story: Story, company: Company, template: dict[str, Any], *, send: bool = True
) -> dict[str, Any]:
    """Open a case from the template with the main contact. It is refused until the events about collaboration
    and member have reached cases."""
    body = {
        "customer_id": company.customer["id"],
        "type": template["type"],
        "template_id": template["id"],
        "period": PERIOD,
        "participant_ids": [company.customer["main_contact"]["id"]],
        "send": send,
    }
    passing = {"no_collaboration", "contact_cannot_receive", "not_found"}
    case: dict[str, Any] = await patiently(lambda: story.admin.post("/v1/cases", body), while_refused=passing)
    company.cases.append(case)
    story.screen.did(f"{case['number']} {template['type']} to {company.name}: {case['subject']}")
    return case


async def _seen_by(company: Company, case: dict[str, Any]) -> dict[str, Any]:
    """The case as the customer sees it, from the menu item Byråärenden."""
    listed = await company.person.get("/v1/cases")
    if all(each["id"] != case["id"] for each in listed["items"]):
        raise RuntimeError(f"{company.name} does not see {case['number']}")
    seen: dict[str, Any] = await company.person.get(f"/v1/cases/{case['id']}")
    await company.person.put(f"/v1/cases/{case['id']}/read")
    return seen


async def _close(story: Story, case: dict[str, Any]) -> None:
    closed = await story.admin.post(f"/v1/cases/{case['id']}/close")
    story.screen.did(f"{case['number']} is {closed['status']}")


async def _document_request(story: Story, company: Company, templates: dict[str, Any]) -> None:
    template = _of_type(templates, "document_request", prefer="vat_documents")
    case = await _open(story, company, template)
    await story.letters.to(company.person.email, "case_sent")
    path, items = f"/v1/cases/{case['id']}", (await _seen_by(company, case))["items"]
    for item in items[:-1]:
        file = await company.person.upload(f"{path}/files", "kvitton oktober.csv", RECEIPTS, "text/csv")
        await company.person.put(f"{path}/items/{item['id']}/answer", {"file_ids": [file["id"]]})
    reason = {"not_applicable": True, "reason": "Vi hade inga sådana i oktober."}
    await company.person.put(f"{path}/items/{items[-1]['id']}/answer", reason)
    story.screen.did(f"{company.person.name} answered {len(items)} items, one of them not applicable")
    back = {"reason": "Kvittot från den 17 oktober går inte att läsa."}
    await story.admin.post(f"{path}/items/{items[0]['id']}/return", back)
    story.screen.refused("the bureau returned one, with the reason")
    file = await company.person.upload(f"{path}/files", "kvitto 17 oktober.pdf", PDF, "application/pdf")
    await company.person.put(f"{path}/items/{items[0]['id']}/answer", {"file_ids": [file["id"]]})
    for item in items:
        await story.admin.post(f"{path}/items/{item['id']}/accept")
    story.screen.did("the bureau accepted all, and so the case resolved itself")
    await _close(story, case)


async def _approval(story: Story, company: Company, templates: dict[str, Any]) -> None:
    template = _of_type(templates, "approval", prefer="annual_report_approval")
    case = await _open(story, company, template, send=False)
    path = f"/v1/cases/{case['id']}"
    file = await story.admin.upload(f"{path}/files", "årsredovisning.pdf", PDF, "application/pdf")
    await story.admin.post(f"{path}/send")
    await _seen_by(company, case)
    read = await company.person.send("GET", f"/v1/files/{file['id']}")
    if read.content != PDF:
        raise RuntimeError("the document came back as another one")
    seen = {"document_hashes": [file["sha256"]]}
    await company.person.post(f"{path}/approval", {"decision": "approve", "comment": "Ser bra ut.", **seen})
    story.screen.did(f"{company.person.name} read the document and approved it")
    await _close(story, case)


async def _question(story: Story, company: Company, templates: dict[str, Any]) -> None:
    case = await _open(story, company, _of_type(templates, "question", prefer="general_question"))
    path = f"/v1/cases/{case['id']}"
    await _seen_by(company, case)
    await company.person.post(f"{path}/messages", {"body": "Det gäller leasingbilen, till mars."})
    await story.admin.post(f"{path}/notes", {"body": "Stäm av med Per innan vi svarar."})
    await story.admin.post(f"{path}/messages", {"body": "Tack! Då bokför vi den som vanligt."})
    await story.admin.post(f"{path}/resolve")
    await company.person.post(f"{path}/messages", {"body": "En sak till: avtalet är förlängt till maj."})
    reopened = await story.admin.get(path)
    story.screen.did(f"five messages went; the last reopened the case: {reopened['status']}")
    await story.admin.post(f"{path}/messages", {"body": "Noterat, tack."})
    await story.admin.post(f"{path}/resolve")
    await _close(story, case)


async def _information(story: Story, company: Company, templates: dict[str, Any]) -> None:
    must_be_read = [
        each for each in templates.values() if each["type"] == "information" and each["must_acknowledge"]
    ]
    case = await _open(story, company, must_be_read[0])
    await _seen_by(company, case)
    await company.person.post(f"/v1/cases/{case['id']}/acknowledge")
    story.screen.did(f"{company.person.name} confirmed: I have read it")
    await _close(story, case)


async def show_menu(story: Story) -> None:
    """Byråärenden appears in the customer's menu with the first case."""
    company = story.companies[0]

    async def shown() -> bool:
        return "bureau_cases" in (await company.person.get("/v1/me"))["menu"]

    await until(shown, "Byråärenden in the customer's menu")
    story.screen.did(f"{company.person.name} has Byråärenden in the menu")


async def show_timeline(story: Story) -> None:
    case = story.companies[0].cases[0]
    story.screen.chapter(f"The timeline of {case['number']}")
    entries = (await story.admin.get(f"/v1/cases/{case['id']}/timeline"))["items"]
    rows = [
        [
            str(entry["position"]),
            entry["at"][:16].replace("T", " "),
            entry["by"]["name"] or entry["by"]["side"],
            entry["action"],
            entry["hash"][:8],
        ]
        for entry in entries
    ]
    story.screen.table(("", "when (UTC)", "who", "what", "hash"), rows, numbers=(0,))
