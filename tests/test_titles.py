"""A matter is called what a secretary would put on the agenda."""

from __future__ import annotations

import pytest

from service.interpretation.titles import after, before, is_title, masked, related, subject_title, tidy, topic


def spans(text: str, *words: str) -> list[tuple[int, int]]:
    """Where some words stand, as the meeting mentions that a letter's reader finds."""
    return [(text.index(w), text.index(w) + len(w)) for w in words if w in text]


@pytest.mark.parametrize(
    ("words", "title"),
    [
        (" köerna till barnahuset igen. Ca 20 min, Olle drar.", "Köerna till barnahuset"),
        (" frågan om ersättning till kontaktfamiljer.", "Ersättning till kontaktfamiljer"),
        (" en ordentlig diskussion om samverkan kring nyanlända, gärna i vår", "Samverkan kring nyanlända"),
        (" något om suicidprevention, tio minuter.", "Suicidprevention"),
        (" hur de gör med mötesplatserna för unga?", "Mötesplatserna för unga"),
        (
            " barn, unga och familjer som placeras på HVB, 20 minuter",
            "Barn, unga och familjer som placeras på HVB",
        ),
        (" ”Tolkar i vården” på dagordningen", "Tolkar i vården"),
        (" den nya planen för folkhälsa så att alla känner till den", "Den nya planen för folkhälsa"),
        (" jourlinjen och jag kan dra den", "Jourlinjen"),
        (" vår modell för närvaro i skolan", "Modell för närvaro i skolan"),
    ],
)
def test_a_title_begins_after_the_words_that_ask_and_ends_where_details_begin(words: str, title: str):
    """Time, presenter, reason and politeness are no part of what a matter is called."""
    assert after(masked(words)) == title


def test_a_title_ends_where_the_meeting_begins():
    """ "... på aprilmötet" says when, not what."""
    words = " läget på akuten nattetid på aprilmötet?"

    assert after(masked(words, spans(words, "aprilmötet"))) == "Läget på akuten nattetid"


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("Förresten, kan inte vår modell för närvaro ", "Modell för närvaro"),
        ("Jag tycker att köerna till logopeden ", "Köerna till logopeden"),
        ("Vi har pratat länge. Skyddade boenden ", "Skyddade boenden"),
    ],
)
def test_a_title_may_stand_before_the_words_that_ask(words: str, title: str):
    """ "... behöver in på dagordningen": what was just named is the matter."""
    assert before(words) == title


@pytest.mark.parametrize(
    ("subject", "meeting", "title"),
    [
        ("Dagordningspunkt: barn som placeras utom länet", None, "Barn som placeras utom länet"),
        ("Problematisk frånvaro – gemensam rutin?", None, "Problematisk frånvaro – gemensam rutin?"),
        ("Till septembermötet: trygghet på bussen", "septembermötet", "Trygghet på bussen"),
        ("Ärende till 11/2 – överenskommelse om tandhälsa", "11/2", "Överenskommelse om tandhälsa"),
        ("Samsjuklighet - punkt till nästa möte", "nästa möte", "Samsjuklighet"),
        ("Ny punkt: LSS", None, "LSS"),
        ("Punkt: Skolskjuts vid växelvist boende. Info, 10 min.", None, "Skolskjuts vid växelvist boende"),
    ],
)
def test_a_subject_line_that_says_something_is_the_title(subject: str, meeting: str | None, title: str):
    """A label in front of it, or a meeting behind it, is cut off."""
    assert subject_title(subject, spans(subject, meeting) if meeting else ()) == title


@pytest.mark.parametrize(
    "subject", ["Hej", "Punkter", "Anmälan av ärende", "Fråga", "Övrig punkt", "SamReKo", "Två saker", ""]
)
def test_a_subject_line_that_says_nothing_is_no_title(subject: str):
    """Nobody puts "Hej" on an agenda."""
    assert subject_title(subject) is None


@pytest.mark.parametrize("words", ["det", "en punkt", "detta", "den, åtminstone", "på nästa möte"])
def test_a_pronoun_is_no_title(words: str):
    """What it points at must be found elsewhere."""
    assert not is_title(words)


def test_what_a_story_is_about_stands_before_its_verb():
    """ "Väntetiderna ... är så långa att ...": the matter of a sentence that does not ask."""
    assert (
        topic("Väntetiderna till logopeden är i dag så långa att skolan lider.")
        == "Väntetiderna till logopeden"
    )


def test_two_titles_are_of_one_matter_when_they_share_a_telling_word():
    """Inflected and compound forms count; small words do not."""
    assert related("BUP-köerna", "köerna till BUP-utredningar")
    assert not related("Köerna till logopeden", "Frågan om tolkar till hösten")


def test_a_title_is_one_line_with_a_capital():
    """However it was cut out."""
    assert tidy("  skyddat  boende, ") == "Skyddat boende"
