"""A reading told to a person: `kallelse inspect LETTER` without --json."""

from __future__ import annotations

from pathlib import Path

from service.adapters.mime import parse
from service.adapters.network_files import load_network
from service.adapters.rule_files import load_rulebook, shipped_rules
from service.interpretation.explain import told
from service.interpretation.reading import read_explained
from service.interpretation.surroundings import Surroundings

NETWORK = load_network(Path(__file__).parent / "network.toml")
RULES = load_rulebook(shipped_rules())


def explained(text: str) -> str:
    """What is told of a letter from Erik Jonsson."""
    letter = parse(
        f"From: Erik Jonsson <erik.jonsson@krokom.example>\nTo: samreko@samverkan.example\n"
        f"Subject: April\nDate: Mon, 12 Apr 2027 09:00:00 +0200\n"
        f"Content-Type: text/plain; charset=utf-8\n\n{text}\n".encode()
    )
    assert letter.date is not None
    return told(
        "brev.eml", letter, *read_explained(letter, RULES, Surroundings(network=NETWORK, now=letter.date))
    )


def test_each_sentence_is_told_with_its_meaning_and_the_rules_that_spoke():
    """In Swedish, with how likely it is, and who plays which part."""
    shown = explained("Jag kan inte komma den 22 april. Håkan Nilsson går i mitt ställe.")

    sentences = shown.partition("Mening för mening")[2]
    assert "förhinder" in sentences
    assert "ersätter ”Håkan Nilsson”" in sentences
    assert "absence/" in sentences
    assert " %" in sentences


def test_a_rule_that_nearly_spoke_is_told_beside_its_sentence():
    """With the words that spoke against it."""
    shown = explained("Vi drar tillbaka punkten om munhälsa. Ta bort mig från listan.")

    assert "nästan withdrawal/title-after, men ”ta bort" in shown


def test_a_letter_that_a_machine_wrote_has_no_sentences():
    """Nothing was looked for in it."""
    letter = parse(
        b"From: MAILER-DAEMON@post.example\nTo: samreko@samverkan.example\nSubject: Undelivered Mail\n"
        b"Auto-Submitted: auto-replied\nDate: Mon, 12 Apr 2027 09:00:00 +0200\n\nSorry.\n"
    )
    assert letter.date is not None

    shown = told(
        "b.eml", letter, *read_explained(letter, RULES, Surroundings(network=NETWORK, now=letter.date))
    )

    assert "Skrivet av en maskin" in shown
    assert "Mening för mening" not in shown
