"""Compiling the agenda, and carrying out the secretary's changes on it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from service.adapters.terms_files import load_rules
from service.domain.agenda import Draft, Item, compile_agenda, differences, edit
from service.domain.intents import Contact, Operation
from service.domain.network import Meeting
from service.wiring import shipped

STOCKHOLM = ZoneInfo("Europe/Stockholm")
STANDING = load_rules(shipped("rules")).standing_items
DAY = date(2027, 2, 11)
CREATED = datetime(2027, 2, 1, 8, tzinfo=STOCKHOLM)


def a_meeting(day: date, kind: str = "ordinary") -> Meeting:
    start = datetime(day.year, day.month, day.day, 13, tzinfo=STOCKHOLM)
    return Meeting(key=day, start=start, end=start + timedelta(hours=2), kind=kind)  # type: ignore[arg-type]


YEAR = [a_meeting(date(2027, 2, 11)), a_meeting(date(2027, 4, 22)), a_meeting(date(2027, 6, 3), "strategic"),
        a_meeting(date(2027, 11, 25))]  # fmt: skip


def matter(item_id: str, title: str, hour: int = 9, **changes: object) -> Item:
    received = datetime(2027, 1, 5, hour, tzinfo=STOCKHOLM)
    return Item(id=item_id, meeting=DAY, title=title, received=received, **changes)  # type: ignore[arg-type]


def draft(*titles: str, version: int = 1) -> Draft:
    lines = tuple(matter(str(n), title) for n, title in enumerate(titles, 1))
    return Draft("agenda", DAY, version, CREATED, lines)


def test_matters_stand_between_the_standing_items_in_the_order_they_came():
    """Opening first, other questions last, and the earlier proposal before the later."""
    lines = compile_agenda(YEAR[1], [matter("b", "Sent", 15), matter("a", "Tidigt", 9)], STANDING, YEAR)

    titles = [i.title for i in lines]
    assert titles[0] == "Mötet öppnas"
    assert titles[-1] == "Övriga frågor"
    assert titles.index("Tidigt") + 1 == titles.index("Sent")


def test_the_years_first_meeting_sets_priorities_and_its_last_evaluates_them():
    """By the terms of reference; the strategic day is neither."""
    first = [i.title for i in compile_agenda(YEAR[0], [], STANDING, YEAR)]
    middle = [i.title for i in compile_agenda(YEAR[1], [], STANDING, YEAR)]
    last = [i.title for i in compile_agenda(YEAR[3], [], STANDING, YEAR)]

    assert "Prioritering av fokusområden 2027" in first
    assert "Utvärdering av fokusområden 2027" in last
    assert not {"Prioritering av fokusområden 2027", "Utvärdering av fokusområden 2027"} & set(middle)


def test_withdrawn_and_late_matters_are_left_out():
    """Only what is proposed stands on the agenda."""
    items = [matter("a", "Kvar"), matter("b", "Borta", state="withdrawn"), matter("c", "Sent", state="late")]

    titles = [i.title for i in compile_agenda(YEAR[0], items, STANDING, YEAR)]

    assert "Kvar" in titles
    assert not {"Borta", "Sent"} & set(titles)


def test_numbers_are_those_of_the_version_that_was_seen():
    """Striking 1 and then 3 strikes what stood there, not what has moved up meanwhile."""
    seen = draft("Ett", "Två", "Tre", "Fyra")

    edited = edit(seen, seen, [Operation("remove", item=1), Operation("remove", item=3)], "9")

    assert [i.title for i in edited.lines] == ["Två", "Fyra"]


def test_changes_to_an_old_version_find_their_items_in_the_newest():
    """She answered version 1 while version 2 had lost its first item."""
    seen = draft("Ett", "Två", "Tre")
    newest = Draft("agenda", DAY, 2, CREATED, seen.lines[1:])

    edited = edit(seen, newest, [Operation("minutes", item=3, minutes=20), Operation("remove", item=1)], "9")

    assert [(i.title, i.minutes) for i in edited.lines] == [("Två", None), ("Tre", 20)]
    assert edited.not_done == ("Punkt 1 (”Ett”) står inte längre på dagordningen.",)


def test_a_moved_item_ends_up_where_it_was_sent():
    """`to` is the place where the item ends up, upwards and downwards."""
    seen = draft("Ett", "Två", "Tre", "Fyra")

    up = edit(seen, seen, [Operation("move", item=4, to=2)], "9")
    down = edit(seen, seen, [Operation("move", item=1, to=3)], "9")

    assert [i.title for i in up.lines] == ["Ett", "Fyra", "Två", "Tre"]
    assert [i.title for i in down.lines] == ["Två", "Tre", "Ett", "Fyra"]


def test_an_item_that_does_not_exist_is_told_and_nothing_is_guessed():
    """There is no item 7 among four."""
    seen = draft("Ett", "Två")

    edited = edit(seen, seen, [Operation("remove", item=7)], "9")

    assert edited.lines == seen.lines
    assert edited.done == ()
    assert edited.not_done == ("Punkt 7 finns inte i version 1.",)


def test_an_added_item_stands_before_the_closing_ones():
    """New matters do not come after other questions."""
    lines = compile_agenda(YEAR[1], [matter("a", "Ett")], STANDING, YEAR)
    seen = Draft("agenda", DAY, 1, CREATED, lines)
    adding = Operation("add", title="Nytt", minutes=15, presenter=Contact("Eva Ek"))

    edited = edit(seen, seen, [adding], "9")

    titles = [i.title for i in edited.lines]
    assert titles[-1] == "Övriga frågor"
    assert titles[titles.index("Ett") + 1] == "Nytt"


def test_a_postponed_item_is_told_apart_from_a_removed_one():
    """The one waits for the next meeting, the other is gone."""
    seen = draft("Ett", "Två", "Tre")

    edited = edit(seen, seen, [Operation("postpone", item=1), Operation("remove", item=2)], "9")

    assert [i.title for i in edited.postponed] == ["Ett"]
    assert [i.title for i in edited.removed] == ["Två"]


def test_only_what_a_reader_sees_differently_is_marked():
    """A removed line does not mark all that follow it; a moved one is marked."""
    seen = draft("Ett", "Två", "Tre")
    edited = edit(seen, seen, [Operation("remove", item=1), Operation("rename", item=3, title="Trean")], "9")

    assert differences(seen.lines, edited.lines) == {"3"}
    assert differences(seen.lines, seen.lines) == frozenset()
