"""One meeting, from the call for matters to the sent minutes, as a diary."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.desk import Desk, only, to

SECRETARY = "ingrid.palm@regionjh.example"


@pytest.fixture(params=["plain", "dovecot", "dovecot and postgresql"])
def sit_down(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], Desk]:
    """A desk without servers, one on Dovecot and SMTP, and one with PostgreSQL as well."""
    if request.param == "plain":
        return lambda at: Desk(tmp_path, at)
    account, post = request.getfixturevalue("dovecot"), request.getfixturevalue("smtp")
    url = request.getfixturevalue("postgres_url") if "postgresql" in request.param else ""
    return lambda at: Desk(tmp_path, at, database_url=url, account=account, post=post)


def test_one_meeting_from_call_to_minutes(sit_down: Callable[[str], Desk]):
    """The ordinary course of 11 February 2027, with what usually happens on the way."""
    with sit_down("2026-12-30 12:00") as desk:
        # Six weeks before, everyone is asked for matters.
        calls = [g for g in desk.at("2026-12-31 08:00") + desk.at("2027-01-04 08:00") if g.what == "call"]
        assert len(calls) == len({g.to for g in calls}) >= 12

        # Two proposals, one of them with a file, and one matter that is taken up by its subject only.
        desk.at("2027-01-11 10:00")
        desk.mail(
            "lena.wikstrom",
            "Köerna till BUP",
            "Hej! Jag vill ta upp köerna till BUP på mötet den 11 februari, 20 minuter. Johan Edlund "
            "föredrar.\n\nLena",
            files=[("Köer.pdf", b"%PDF-1.4 ...")],
        )
        desk.mail(
            "per.ahlstrom",
            "Avtal om datadelning",
            "Hej, vi behöver fatta beslut om avtalet om datadelning vid nästa möte. 15 min.\n\nPer",
        )

        # An absence calls in the substitute; a head of school will be replaced in March.
        got = desk.mail("mats.hedin", "Förhinder", "Jag kan inte komma den 11 februari.\n\nMats")
        assert to(got, "maria.lundqvist@regionjh.example")

        # A reminder before matters close, then the list to those who prepare.
        assert {g.what for g in desk.at("2027-01-21 08:00")} == {"reminder"}
        prepared = desk.at("2027-01-27 13:00")
        assert {g.to for g in prepared} >= {
            "karin.nystrom@regionjh.example",
            "eva.martensson@regionjh.example",
            "jonas.dahl@regionjh.example",
        }
        assert "Köer.pdf" in prepared[0].files

        # Ten days before, the secretary gets a draft, and changes it twice.
        draft = only(desk.at("2027-02-01 08:00"))
        assert (draft.to, draft.what) == (SECRETARY, "agenda-draft")
        assert draft.subject == "Utkast till dagordning 11 februari 2027 (version 1)"
        queue = draft.number_of("Köerna till BUP")
        second = only(desk.mail("ingrid.palm", "", f"Ge punkt {queue} 30 minuter.", answers=draft))
        assert second.subject.endswith("(version 2)")
        third = only(desk.mail("ingrid.palm", "", f"Flytta punkt {queue} till plats 3.", answers=second))
        assert third.subject.endswith("(version 3)")

        # Approving an old version sends nothing.
        got = desk.mail("ingrid.palm", "", "Ok", answers=second)
        assert desk.meeting("2027-02-11")["state"] == "draft"
        assert {g.what for g in got} == {"ack", "agenda-draft"}

        approved = only(desk.mail("ingrid.palm", "", "Ok, skicka!", answers=third))
        assert approved.what == "ack"
        assert desk.meeting("2027-02-11")["state"] == "approved"

        # Exactly a week before at eight, everyone has it, each in a message of their own.
        assert desk.at("2027-02-04 07:59") == []
        mailing = desk.at("2027-02-04 08:00")
        agendas = [g for g in mailing if g.what == "agenda"]
        addresses = [g.to for g in agendas]
        assert len(addresses) == len(set(addresses))
        assert {"maria.lundqvist@regionjh.example", "johan.edlund@regionjh.example", SECRETARY} <= set(
            addresses
        )
        assert {"Köer.pdf", "invite.ics", "Dagordning SamReKo 2027-02-11.pdf"} <= set(agendas[0].files)
        assert agendas[0].file("Dagordning SamReKo 2027-02-11.pdf").startswith(b"%PDF")
        report = only([g for g in mailing if g.what == "ack"])
        assert report.to == SECRETARY
        assert all(address in report.text for address in addresses)
        # A second look at the same moment sends nothing again.
        assert desk.work() == []

        # Late absence: the substitute gets the whole packet at once.
        got = desk.mail("annika.sjodin", "Sjuk", "Jag kan tyvärr inte komma den 11 februari.\n\nAnnika")
        packet = only(to(got, "tomas.oberg@regionjh.example"))
        assert {"Köer.pdf", "Dagordning SamReKo 2027-02-11.pdf"} <= set(packet.files)

        # The day before, who comes; when the meeting has ended, a form for the minutes.
        lists = desk.at("2027-02-10 13:00")
        assert {g.to for g in lists} == {SECRETARY, "maria.lundgren@ostersund.example"}
        form = only(desk.at("2027-02-11 15:00"))
        assert form.to == SECRETARY
        assert any(name.endswith(".pdf") for name in form.files)

        # She mails the minutes, sees the mailing, approves it, and everyone has them.
        desk.at("2027-02-15 09:00")
        shown = only(
            desk.mail(
                "ingrid.palm",
                "",
                "Hej, här kommer protokollet från mötet den 11 februari.",
                answers=form,
                files=[("Protokoll 11 februari.pdf", b"%PDF-1.4 protokoll")],
            )
        )
        assert (shown.to, shown.what) == (SECRETARY, "minutes-draft")
        got = desk.mail("ingrid.palm", "", "Ok", answers=shown)
        minutes = [g for g in got if g.what == "minutes"]
        assert {
            "hakan.nilsson@are.example",
            "johan.edlund@regionjh.example",
            "tomas.oberg@regionjh.example",
            "erik.jonsson@krokom.example",
        } <= {g.to for g in minutes}
        assert all("Protokoll 11 februari.pdf" in g.files for g in minutes)
        assert desk.meeting("2027-02-11")["state"] == "minutes-sent"
        assert desk.work() == []
