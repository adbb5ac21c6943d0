"""Filing: what each kind of intent does to the records, a row for each kind."""

from __future__ import annotations

from collections.abc import Callable

from service.domain import intents
from service.domain.intents import Intent
from service.usecases.filing.approval import file_approval, file_changes
from service.usecases.filing.attendance import file_absence, file_attendance
from service.usecases.filing.case import Case, Outcome
from service.usecases.filing.matters import file_proposal, file_supplement, file_withdrawal
from service.usecases.filing.meetings import file_meeting_change
from service.usecases.filing.minutes import file_minutes
from service.usecases.filing.people import file_contact, file_replacement
from service.usecases.filing.talk import file_courtesy, file_help, file_question, file_undo

FILING: dict[type[Intent], Callable[[Case], Outcome]] = {
    intents.Proposal: file_proposal,
    intents.Withdrawal: file_withdrawal,
    intents.Supplement: file_supplement,
    intents.Absence: file_absence,
    intents.Attendance: file_attendance,
    intents.Replacement: file_replacement,
    intents.ContactChange: file_contact,
    intents.Approval: file_approval,
    intents.Changes: file_changes,
    intents.MinutesFiled: file_minutes,
    intents.MeetingChange: file_meeting_change,
    intents.Question: file_question,
    intents.Help: file_help,
    intents.Undo: file_undo,
    intents.Courtesy: file_courtesy,
}
