# ruff: noqa: E501
"""Forged approvals, in as many shapes as we could think of: none is obeyed.

An approval needs the secretary or the chair, a sender who is proven, and the
reference of exactly the newest draft, which only its receiver has seen.  Each
shape lacks one of them, or brings it in a way that does not count.  The same
desk goes through all; at its end the real approval shows that all it would
have taken was the real thing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

import pytest

from service.adapters.database.models import Base
from tests.desk import Desk, Got, only, to
from tests.faults.figures import count

MEETING = "2027-02-11"
SERVER = "mx.samverkan.example"
SECRETARY = "Ingrid Palm <ingrid.palm@regionjh.example>"
CHAIR = "Maria Lundgren <maria.lundgren@ostersund.example>"
MEMBER = "Lena Wikström <lena.wikstrom@regionjh.example>"
NETWORK = "samreko@samverkan.example"


def said(domain: str, result: str = "pass", server: str = SERVER) -> str:
    """What our receiving server writes of a domain."""
    return f"{server}; dkim={result} header.d={domain}; dmarc={result} header.from={domain}"


PROVEN = said("regionjh.example")


class Scene:
    """A draft in two versions, both with the secretary, and nobody's approval yet."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.mail(SECRETARY, "Ett ärende", "Jag vill ta upp avtalet om datadelning på mötet den 11 februari.")
        self.mail(MEMBER, "Ett ärende till", "Jag vill ta upp köerna till BUP på mötet den 11 februari.")
        drafts = [g for g in desk.at("2027-02-01 08:00") if g.what == "agenda-draft"]
        self.old = only(drafts)
        number = self.old.number_of("Köerna till BUP")
        self.new = only(
            [
                g
                for g in self.mail(SECRETARY, "", f"Ge punkt {number} 30 minuter.", answers=self.old)
                if g.what == "agenda-draft"
            ]
        )
        desk.got.clear()

    def mail(
        self,
        sender: str | None,
        subject: str,
        text: str,
        *,
        answers: Got | None = None,
        proof: tuple[str, ...] | None = None,
        headers: tuple[tuple[str, str], ...] = (),
        references: str = "",
        html: str = "",
    ) -> list[Got]:
        """A message with exactly these headers; by default the server has proven its sender."""
        address = (sender or "").rpartition("@")[2].rstrip(">")
        message = EmailMessage()
        for line in (said(address),) if proof is None else proof:
            message["Authentication-Results"] = line
        if sender:
            message["From"] = sender
        message["To"] = NETWORK
        self.desk.clock = self.desk.clock.replace(microsecond=self.desk.clock.microsecond + 1)
        message["Date"] = format_datetime(self.desk.clock)
        message["Message-ID"] = f"<{id(message)}.{self.desk.clock.microsecond}@member.example>"
        if answers:
            subject = f"Sv: {answers.subject}"
            references = answers.id
        message["Subject"] = subject
        if references:
            message["In-Reply-To"] = references
            message["References"] = references
        for name, value in headers:
            del message[name]
            message[name] = value
        message.set_content(text)
        if html:
            message.add_alternative(html, subtype="html")
        return self.desk.bytes(message.as_bytes())

    def raw(self, text: str, **values: str) -> list[Got]:
        """A message whose header is written as it stands."""
        header, _, body = text.partition("\n\n")
        values.setdefault("date", format_datetime(self.desk.clock))
        ready = header.format(new=self.new.id, subject=self.new.subject, **values)
        return self.desk.bytes(f"{ready}\n\n{body}".replace("\n", "\r\n").encode())

    @property
    def subject(self) -> str:
        return f"Sv: {self.new.subject}"

    def guessed(self, token: str = "k7f3q9mwabcd", version: int = 2) -> str:
        return f"<agenda-draft.{MEETING}.{version}.{token}@samverkan.example>"

    def quoted(self) -> str:
        return "\n".join(f"> {line}" for line in self.new.text.splitlines())


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with Desk(tmp_path_factory.mktemp("forged"), "2027-01-11 09:00", authserv=(SERVER,)) as desk:
        desk.work()
        yield Scene(desk)


Forgery = Callable[[Scene], object]
SHAPES: dict[str, Forgery] = {}


def shape(forgery: Forgery) -> Forgery:
    """A shape of forged approval, named for what it tries."""
    SHAPES[forgery.__name__.replace("_", " ")] = forgery
    return forgery


# The wrong person.


@shape
def a_member_answers_the_draft(s: Scene) -> object:
    return s.mail(MEMBER, "", "Ok, skicka!", answers=s.new)


@shape
def a_stranger_who_has_seen_the_draft_answers_it(s: Scene) -> object:
    return s.mail("Ond <ond@elak.example>", "", "Godkänt", answers=s.new)


@shape
def last_years_secretary_answers_it(s: Scene) -> object:
    return s.mail("Ulla Strand <ulla.strand@ostersund.example>", "", "Godkänd!", answers=s.new)


@shape
def last_years_chair_answers_it(s: Scene) -> object:
    return s.mail("Karin Nyström <karin.nystrom@regionjh.example>", "", "Ok", answers=s.new)


@shape
def a_substitute_answers_it(s: Scene) -> object:
    return s.mail("Johan Edlund <johan.edlund@regionjh.example>", "", "Ok", answers=s.new)


@shape
def the_secretarys_name_on_a_strangers_address(s: Scene) -> object:
    return s.mail("Ingrid Palm <ingrid.palm@elak.example>", "", "Ok", answers=s.new)


@shape
def her_address_as_a_strangers_display_name(s: Scene) -> object:
    return s.mail('"ingrid.palm@regionjh.example" <ond@elak.example>', "", "Ok", answers=s.new)


@shape
def a_domain_that_looks_like_hers(s: Scene) -> object:
    return s.mail("Ingrid Palm <ingrid.palm@regionjh.example.elak.example>", "", "Ok", answers=s.new)


@shape
def a_letter_that_looks_like_another(s: Scene) -> object:
    return s.mail("Ingrid Palm <іngrid.palm@regionjh.example>", "", "Ok", answers=s.new)


@shape
def a_stranger_with_her_address_in_reply_to(s: Scene) -> object:
    return s.mail("Ond <ond@elak.example>", "", "Ok", answers=s.new, headers=(("Reply-To", SECRETARY),))


@shape
def a_stranger_who_signs_with_her_name(s: Scene) -> object:
    return s.mail("Ond <ond@elak.example>", "", "Ok, skicka!\n\nIngrid Palm\nSekreterare", answers=s.new)


# The right name, not proven.


@shape
def her_address_that_the_server_says_is_forged(s: Scene) -> object:
    return s.mail(SECRETARY, "", "Ok", answers=s.new, proof=(said("regionjh.example", "fail"),))


@shape
def her_address_without_a_word_from_the_server(s: Scene) -> object:
    return s.mail(SECRETARY, "", "Ok", answers=s.new, proof=())


@shape
def a_proof_by_another_server(s: Scene) -> object:
    return s.mail(
        SECRETARY, "", "Ok", answers=s.new, proof=(said("regionjh.example", server="mx.elak.example"),)
    )


@shape
def a_forged_proof_below_our_servers_own(s: Scene) -> object:
    return s.mail(SECRETARY, "", "Ok", answers=s.new, proof=(said("regionjh.example", "fail"), PROVEN))


@shape
def a_forged_proof_below_one_that_says_nothing(s: Scene) -> object:
    return s.mail(SECRETARY, "", "Ok", answers=s.new, proof=(f"{SERVER}; none", PROVEN))


@shape
def a_proof_for_the_forgers_own_domain(s: Scene) -> object:
    return s.mail(SECRETARY, "", "Ok", answers=s.new, proof=(said("elak.example"),))


@shape
def spf_for_the_forgers_own_envelope(s: Scene) -> object:
    return s.mail(
        SECRETARY, "", "Ok", answers=s.new, proof=(f"{SERVER}; spf=pass smtp.mailfrom=x@elak.example",)
    )


@shape
def only_an_arc_seal_vouches(s: Scene) -> object:
    return s.mail(
        SECRETARY,
        "",
        "Ok",
        answers=s.new,
        proof=(),
        headers=(("ARC-Authentication-Results", f"i=1; {PROVEN}"),),
    )


@shape
def only_received_spf_vouches(s: Scene) -> object:
    return s.mail(
        SECRETARY,
        "",
        "Ok",
        answers=s.new,
        proof=(),
        headers=(("Received-SPF", "pass (mx.samverkan.example: domain of ingrid.palm)"),),
    )


@shape
def our_servers_name_as_the_beginning_of_another(s: Scene) -> object:
    return s.mail(
        SECRETARY, "", "Ok", answers=s.new, proof=(said("regionjh.example", server=f"{SERVER}.elak.example"),)
    )


@shape
def a_proof_inside_a_comment(s: Scene) -> object:
    return s.mail(
        SECRETARY,
        "",
        "Ok",
        answers=s.new,
        proof=(
            f"{SERVER}; dmarc=fail (dmarc=pass header.from=regionjh.example) header.from=regionjh.example",
        ),
    )


@shape
def a_domain_under_which_hers_would_stand(s: Scene) -> object:
    return s.mail(SECRETARY, "", "Ok", answers=s.new, proof=(f"{SERVER}; dkim=pass header.d=example",))


@shape
def two_from_headers_hers_first(s: Scene) -> object:
    return s.raw(
        "Authentication-Results: " + PROVEN + "\nFrom: ingrid.palm@regionjh.example\nFrom: ond@elak.example\n"
        "To: samreko@samverkan.example\nDate: {date}\nMessage-ID: <tva1@elak.example>\nSubject: Sv: {subject}\n"
        "In-Reply-To: {new}\n\nOk, skicka!\n"
    )


@shape
def two_from_headers_hers_last(s: Scene) -> object:
    return s.raw(
        "Authentication-Results: " + said("elak.example") + "\nFrom: ond@elak.example\n"
        "From: ingrid.palm@regionjh.example\n"
        "To: samreko@samverkan.example\nDate: {date}\nMessage-ID: <tva2@elak.example>\nSubject: Sv: {subject}\n"
        "In-Reply-To: {new}\n\nOk, skicka!\n"
    )


@shape
def two_addresses_in_one_from(s: Scene) -> object:
    return s.raw(
        "Authentication-Results: " + PROVEN + "\nFrom: ond@elak.example, ingrid.palm@regionjh.example\n"
        "To: samreko@samverkan.example\nDate: {date}\nMessage-ID: <tva3@elak.example>\nSubject: Sv: {subject}\n"
        "In-Reply-To: {new}\n\nOk, skicka!\n"
    )


@shape
def a_broken_from_with_her_address_outside_the_brackets(s: Scene) -> object:
    return s.raw(
        "Authentication-Results: " + PROVEN + "\nFrom: ingrid.palm@regionjh.example <ond@elak.example>\n"
        "To: samreko@samverkan.example\nDate: {date}\nMessage-ID: <bruten@elak.example>\nSubject: Sv: {subject}\n"
        "In-Reply-To: {new}\n\nOk, skicka!\n"
    )


@shape
def no_from_but_her_address_in_sender(s: Scene) -> object:
    return s.mail(None, "", "Ok", answers=s.new, headers=(("Sender", SECRETARY),), proof=(PROVEN,))


# The right person, not her own hand.


@shape
def her_assistant_answers_in_her_name(s: Scene) -> object:
    return s.mail(
        SECRETARY,
        "",
        "Ok, skicka!",
        answers=s.new,
        headers=(("Sender", "Assistent <assistent@regionjh.example>"),),
    )


@shape
def it_comes_by_a_mailing_list(s: Scene) -> object:
    return s.mail(
        SECRETARY,
        "",
        "Ok, skicka!",
        answers=s.new,
        headers=(("List-Id", "<samreko.listor.example>"), ("List-Post", "<mailto:s@listor.example>")),
    )


@shape
def her_out_of_office_answers_the_draft(s: Scene) -> object:
    return s.mail(
        SECRETARY, "", "Ok, jag är på semester.", answers=s.new, headers=(("Auto-Submitted", "auto-replied"),)
    )


@shape
def her_out_of_office_by_exchange(s: Scene) -> object:
    return s.mail(
        SECRETARY,
        "",
        "Godkänt",
        answers=s.new,
        headers=(("Subject", f"Automatiskt svar: {s.new.subject}"), ("X-Auto-Response-Suppress", "All")),
    )


@shape
def a_mail_robot_of_hers(s: Scene) -> object:
    return s.mail(SECRETARY, "", "Ok", answers=s.new, headers=(("Precedence", "auto_reply"),))


@shape
def a_bounce_of_the_draft_with_the_word_in_it(s: Scene) -> object:
    return s.mail(
        "Mail Delivery System <mailer-daemon@regionjh.example>",
        "",
        "Ok godkänd",
        answers=s.new,
        headers=(("Return-Path", "<>"), ("Auto-Submitted", "auto-replied")),
    )


@shape
def an_empty_return_path(s: Scene) -> object:
    return s.mail(SECRETARY, "", "Ok", answers=s.new, headers=(("Return-Path", "<>"),))


@shape
def a_member_forwards_her_yes(s: Scene) -> object:
    return s.mail(
        MEMBER,
        "VB: Utkast till dagordning 11 februari 2027 (version 2)",
        f"Se nedan, hon godkände.\n\nFrån: {SECRETARY}\nSkickat: den 2 februari 2027 09:00\n"
        f"Till: Lena\nÄmne: Sv: {s.new.subject}\n\nOk, skicka!\n",
        references=s.new.id,
    )


@shape
def she_forwards_the_draft_without_a_word(s: Scene) -> object:
    return s.mail(
        SECRETARY,
        f"VB: {s.new.subject}",
        f"\n\nFrån: SamReKo\nSkickat: den 1 februari 2027\nTill: {SECRETARY}\n"
        f"Ämne: {s.new.subject}\n\n{s.new.text}",
    )


@shape
def she_forwards_someone_elses_yes(s: Scene) -> object:
    return s.mail(
        SECRETARY,
        f"VB: {s.new.subject}",
        "För kännedom.\n\nFrån: Lena Wikström <lena.wikstrom@regionjh.example>\n"
        f"Skickat: den 2 februari 2027\nTill: Ingrid\nÄmne: Sv: {s.new.subject}\n\nOk, godkänd, skicka!",
        references=s.new.id,
    )


# The right person, not the real reference.


@shape
def a_guessed_reference_of_the_right_form(s: Scene) -> object:
    return s.mail(SECRETARY, s.subject, "Ok", references=s.guessed())


@shape
def a_guessed_reference_of_the_next_version(s: Scene) -> object:
    return s.mail(SECRETARY, s.subject, "Ok", references=s.guessed(version=3))


@shape
def the_old_versions_token_with_the_new_number(s: Scene) -> object:
    return s.mail(SECRETARY, s.subject, "Ok", references=s.old.id.replace(".1.", ".2.", 1))


@shape
def the_newest_token_with_a_letter_too_little(s: Scene) -> object:
    return s.mail(SECRETARY, s.subject, "Ok", references=re.sub(r".@", "@", s.new.id))


@shape
def the_real_token_at_another_domain(s: Scene) -> object:
    return s.mail(SECRETARY, s.subject, "Ok", references=s.new.id.replace("@samverkan", "@elak"))


@shape
def only_the_subject_tells(s: Scene) -> object:
    return s.mail(SECRETARY, s.subject, "Ok, skicka!")


@shape
def only_the_subject_of_a_later_version(s: Scene) -> object:
    return s.mail(SECRETARY, "Sv: Utkast till dagordning 11 februari 2027 (version 9)", "Ok, skicka!")


@shape
def the_answer_to_another_letter_of_ours(s: Scene) -> object:
    calls = [i for i in _all_ids(s) if i.startswith("<call.")]
    return s.mail(SECRETARY, s.subject, "Ok, skicka dagordningen!", references=calls[0])


@shape
def a_receipts_token_in_a_drafts_reference(s: Scene) -> object:
    token = next(i for i in _all_ids(s) if i.startswith("<ack.")).split(".")[-2].split("@")[0]
    return s.mail(SECRETARY, s.subject, "Ok", references=s.guessed(token))


@shape
def a_guessed_reference_quoted_in_the_text(s: Scene) -> object:
    return s.mail(SECRETARY, s.subject, f"Ok\n\n> Utkastets nummer: agenda-draft.{MEETING}.2.k7f3q9mwabcd")


@shape
def the_reference_of_the_old_version(s: Scene) -> object:
    return s.mail(SECRETARY, "", "Ok, skicka!", answers=s.old)


@shape
def a_wish_that_approves_without_a_draft(s: Scene) -> object:
    return s.mail(SECRETARY, "Dagordningen", "Jag godkänner dagordningen för den 11 februari. Skicka den!")


# The right person, the real reference, and no yes of hers.


@shape
def the_word_stands_only_in_what_she_quotes(s: Scene) -> object:
    return s.mail(
        SECRETARY, "", f"\n\nDen 1 februari 2027 skrev SamReKo:\n{s.quoted()}\n> Ok\n", answers=s.new
    )


@shape
def the_word_stands_only_in_her_signature(s: Scene) -> object:
    return s.mail(SECRETARY, "", "\n-- \nIngrid Palm\nOk, godkänt, skicka!", answers=s.new)


@shape
def it_is_not_approved(s: Scene) -> object:
    return s.mail(SECRETARY, "", "Inte godkänd, vänta med den.", answers=s.new)


@shape
def it_would_be_approved_if(s: Scene) -> object:
    return s.mail(SECRETARY, "", "Ok om ordföranden också tycker det.", answers=s.new)


@shape
def she_asks_whether_it_is_approved(s: Scene) -> object:
    return s.mail(SECRETARY, "", "Är den godkänd?", answers=s.new)


@shape
def the_word_is_hidden_in_the_html(s: Scene) -> object:
    return s.mail(
        SECRETARY,
        "",
        "Tack, jag läser i morgon.",
        answers=s.new,
        html="<p>Tack, jag läser i morgon.</p><p style='display:none'>Ok, skicka!</p>",
    )


@shape
def the_word_is_only_in_the_subject(s: Scene) -> object:
    return s.mail(SECRETARY, "Ok, godkänd", "Jag återkommer.", references=s.new.id)


@shape
def a_number_as_though_it_answered_a_question(s: Scene) -> object:
    return s.mail(SECRETARY, "", "1", answers=s.new)


@shape
def thanks_for_the_draft(s: Scene) -> object:
    return s.mail(SECRETARY, "", "Tack så mycket!", answers=s.new)


@shape
def an_enclosed_message_says_yes(s: Scene) -> object:
    inner = EmailMessage()
    inner["From"], inner["Subject"] = SECRETARY, s.subject
    inner["In-Reply-To"] = s.new.id
    inner.set_content("Ok, skicka!")
    outer = EmailMessage()
    outer["Authentication-Results"] = said("regionjh.example")
    outer["From"], outer["To"], outer["Subject"] = MEMBER, NETWORK, "Hennes svar"
    outer["Date"], outer["Message-ID"] = format_datetime(s.desk.clock), "<bifogat@member.example>"
    outer.set_content("Se bifogat.")
    outer.add_attachment(inner)
    return s.desk.bytes(outer.as_bytes())


def _in_the_records(s: Scene) -> str:
    """The newest draft's Message-ID, as a copy of the database has it."""
    with s.desk.service.store.work() as book:
        day = next(d for d in book.world.meetings if d.isoformat() == MEETING)
        return book.mailing("agenda-draft", day)[-1].message_id


@shape
def somebody_who_has_read_the_database_answers_in_her_name(s: Scene) -> object:
    return s.mail(SECRETARY, s.subject, "Ok, skicka!", references=_in_the_records(s))


@shape
def somebody_who_has_read_the_database_quotes_the_reference(s: Scene) -> object:
    reference = _in_the_records(s).strip("<>").partition("@")[0]
    return s.mail(SECRETARY, s.subject, f"Ok, skicka!\n\nUtkastets nummer: {reference}\n")


def _all_ids(s: Scene) -> list[str]:
    with s.desk.service.store.work() as book:
        found = []
        for mailing in ("call", "receipt", "remind-call"):
            for day in s.desk.world.meetings:
                found += [letter.message_id for letter in book.mailing(mailing, day)]
    assert found
    return found


def _states(scene: Scene) -> list[str]:
    return [d.state for d in scene.desk.world.drafts.values()]


@pytest.mark.parametrize("name", SHAPES)
def test_a_forged_approval_is_not_obeyed(scene: Scene, name: str):
    """No draft becomes approved, and no agenda goes out."""
    got = SHAPES[name](scene)

    mailed = isinstance(got, list) and any(g.what == "agenda" for g in got)
    count("forged approvals tried")
    count("forged approvals obeyed", int(mailed or "approved" in _states(scene)))
    assert _states(scene) == ["superseded", "waiting"], name
    assert isinstance(got, list)
    assert not [g for g in got if g.what == "agenda"]


def test_the_shapes_are_many():
    """At least forty."""
    assert len(SHAPES) >= 40


def test_after_all_forgeries_nothing_goes_out_and_the_real_answer_is_obeyed(scene: Scene):
    """Silence to the forgers at the hour of the mailing; then she answers the newest draft herself."""
    late = scene.desk.at("2027-02-04 08:00")
    assert not [g for g in late if g.what == "agenda"]
    shown = [g for g in scene.desk.got if g.what == "agenda-draft"][-1]

    got = scene.mail(SECRETARY, "", "Ok, skicka!", answers=shown)

    assert len([g for g in got if g.what == "agenda"]) > 10
    # Once it has gone out the reference is of no use.
    again = scene.mail(SECRETARY, "", "Ok, skicka!", answers=shown)
    assert [g.what for g in again] == ["ack"]
    assert "redan skickats" in only(again).words


def test_the_reference_of_a_sent_draft_is_nowhere_in_the_records(tmp_path: Path):
    """Neither in the outbox, the questions nor the journal; only its hash, which the real answer meets."""
    with Desk(tmp_path, "2027-01-11 09:00", authserv=(SERVER,)) as desk:
        desk.work()
        draft = only([g for g in desk.at("2027-02-01 08:00") if g.what == "agenda-draft"])
        asked = only(to(desk.mail("Sara <sara@barnahus.example>", "Tolkar",
                               "Jag vill ta upp tolkarna på mötet den 22 april.",
                               headers=[("Authentication-Results", said("barnahus.example"))]), "ingrid.palm@regionjh.example"))  # fmt: skip
        with desk.service.store.work() as book:
            for table in Base.metadata.sorted_tables:
                for row in book.connection.execute(table.select()):
                    for secret in (draft.id[1:].partition("@")[0], asked.id[1:].partition("@")[0]):
                        assert secret not in str(tuple(row)), table.name
            assert book.sent(draft.id) is not None
            assert book.question_asked_in(asked.id) is not None


@pytest.fixture
def desk(scene: Scene, tmp_path) -> Iterator[Scene]:  # type: ignore[no-untyped-def]
    """A desk of one's own."""
    with Desk(tmp_path, "2027-01-11 09:00", authserv=(SERVER,)) as desk:
        desk.work()
        yield Scene(desk)


def test_the_chair_approves_by_answering_what_was_shown(desk: Scene):
    """The chair may approve what the secretary may."""
    desk.mail(CHAIR, "", "Godkänt", answers=desk.new)

    assert desk.desk.meeting(MEETING)["state"] == "approved"


def test_without_headers_the_reference_in_the_quoted_text_is_enough(desk: Scene):
    """Some mail programs drop In-Reply-To; the draft carries its reference in its text too."""
    desk.mail(
        SECRETARY, desk.subject, f"Ok, skicka!\n\nDen 1 februari 2027 skrev SamReKo:\n{desk.quoted()}\n"
    )

    assert desk.desk.meeting(MEETING)["state"] == "approved"


def test_without_any_reference_the_newest_draft_comes_back_to_be_answered(desk: Scene):
    """She is told why, and has it at the top of her inbox."""
    got = desk.mail(SECRETARY, desk.subject, "Ok, skicka!")

    assert {g.what for g in got} == {"ack", "agenda-draft"}
    again = only([g for g in got if g.what == "agenda-draft"])
    assert again.subject == desk.new.subject
    desk.mail(SECRETARY, "", "Ok, skicka!", answers=again)
    assert desk.desk.meeting(MEETING)["state"] == "approved"


def test_approving_twice_is_harmless(desk: Scene):
    """She gets the same answer, and everyone gets one agenda."""
    desk.mail(SECRETARY, "", "Ok", answers=desk.new)
    got = desk.mail(SECRETARY, "", "Ok", answers=desk.new)

    assert [g.what for g in got] == ["ack"]
    mailing = [g for g in desk.desk.at("2027-02-04 08:00") if g.what == "agenda"]
    assert len(mailing) == len({g.to for g in mailing})


def test_an_old_version_brings_the_newest_with_what_has_changed_since(desk: Scene):
    """What is new since the version she answered is marked, not only since the last one."""
    number = desk.new.number_of("Avtalet om datadelning")
    third = only(desk.mail(SECRETARY, "", f"Ge punkt {number} 5 minuter.", answers=desk.new))

    got = desk.mail(SECRETARY, "", "Ok", answers=desk.old)

    shown = only([g for g in got if g.what == "agenda-draft"])
    assert shown.subject == third.subject
    assert desk.desk.meeting(MEETING)["state"] == "draft"
    changed = [line for line in shown.text.splitlines() if "ändrat)" in line]
    assert len(changed) >= 2, shown.text


def test_an_unproven_yes_is_shown_to_the_secretary_with_the_reason(desk: Scene):
    """If it was hers she is told how to give it; a forger is not told anything."""
    got = desk.mail(SECRETARY, "", "Ok", answers=desk.new, proof=(said("regionjh.example", "fail"),))

    shown = only(got)
    assert shown.to == "ingrid.palm@regionjh.example"
    assert "förfalskat" in shown.words
    assert "siffran" not in shown.words


def test_a_strangers_yes_to_a_draft_becomes_no_choice_for_the_secretary(desk: Scene):
    """She is never one digit from approving what somebody else has approved."""
    got = desk.mail("Ond <ond@elak.example>", "", "Ok", answers=desk.new)

    shown = only(to(got, "ingrid.palm@regionjh.example"))
    desk.mail(SECRETARY, "", "1", answers=shown)
    desk.mail(SECRETARY, "", "Ja", answers=shown)
    assert desk.desk.meeting(MEETING)["state"] == "draft"


def test_a_question_to_the_secretary_is_settled_by_nobody_else(desk: Scene):
    """A wish waits for her: a stranger, a member, an unproven she and a guessed reference settle nothing."""
    got = desk.mail(
        "Sara Lindgren <sara.lindgren@barnahus.example>",
        "Förslag",
        "Hej! Jag vill ta upp utvärderingen av Barnahus på mötet den 22 april.\n\nSara",
    )
    asked = only(to(got, "ingrid.palm@regionjh.example"))

    desk.mail("Sara Lindgren <sara.lindgren@barnahus.example>", "", "1", answers=asked)
    desk.mail(MEMBER, "", "1", answers=asked)
    desk.mail(SECRETARY, "", "1", answers=asked, proof=())
    desk.mail(SECRETARY, "", "1", answers=asked, headers=(("Sender", "A <a@regionjh.example>"),))
    desk.mail(
        SECRETARY, f"Sv: {asked.subject}", "1", references=re.sub(r"\w{12}@", "k7f3q9mwabcd@", asked.id)
    )
    assert not [i for i in desk.desk.world.items.values() if "Barnahus" in i.title]

    desk.mail(SECRETARY, "", "1", answers=asked)
    assert [i for i in desk.desk.world.items.values() if "Barnahus" in i.title]
