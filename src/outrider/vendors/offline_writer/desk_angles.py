"""First mails about leases that stand on their own words, their size, their desk.

In: nothing. Out: angles, in the form of `angles`. Never: a competitor, a figure, a promise about the
sender.
"""

from __future__ import annotations

from outrider.vendors.offline_writer.angles import OFFER, PITCH
from outrider.vendors.offline_writer.shape import Angle, Shape, line

OWN_WORDS = Angle(
    key="their_own_words",
    theme="leases",
    purpose="first_touch",
    why="the annual report says in one sentence what the team carries every day",
    subjects=(
        "A line in {company}'s annual report",
        "One sentence about {company}'s leases",
        "{company}'s leases in one sentence",
        "A line in your annual report",
        "What the report says on leases",
        "One sentence on leases",
        "{company}'s leases, in its own words",
        "What {company} writes about its leases",
        "Behind one line on leases",
        "A sentence on {company}'s leases",
    ),
    shapes=(
        Shape(
            paragraphs=(
                (
                    line(
                        "One line in {company}'s annual report says more than the tables do: "
                        '"{quote}"',
                        '{company}\'s annual report sums it up in one line: "{quote}"',
                    ),
                ),
                (
                    line(
                        "Behind that sentence is a stack of contracts, each with its own dates, "
                        "options and rent steps.",
                        "The work is in what that sentence leaves out: which options, which dates, "
                        "whose approval.",
                    ),
                    OFFER,
                ),
            ),
            questions=(
                "How does your team keep all of it current?",
                "Where does that detail live at {company} today?",
            ),
        ),
        Shape(
            paragraphs=(
                (
                    line(
                        "It takes one sentence to describe a lease portfolio and a team to keep that "
                        "sentence true.",
                        "A lease portfolio fits into one sentence. The work of keeping it up to date "
                        "doesn't.",
                    ),
                ),
                (line('Yours, from the annual report: "{quote}"'),),
                (
                    line(
                        "The hard part is the day somebody signs an amendment and doesn't mention "
                        "it.",
                        "It stays true only as long as every amendment finds its way to one desk.",
                        spare=1,
                    ),
                    OFFER,
                ),
            ),
            questions=(
                "How many people touch a lease before its terms are in the system?",
                "How do changes to those leases reach accounting?",
            ),
        ),
        Shape(
            paragraphs=(
                (
                    line(
                        'The annual report says this of {company}\'s leases: "{quote}"',
                        'On leases, {company}\'s annual report says: "{quote}"',
                    ),
                ),
                (
                    line(
                        "That's enough for a reader of filings. From the inside I'd expect a few "
                        "more exceptions.",
                        "A filing can leave it there. Your team can't, because each of those has a "
                        "contract of its own.",
                    ),
                    OFFER,
                ),
            ),
            questions=(
                "What would you add to that sentence?",
                "Which part of it takes the most work?",
            ),
        ),
        Shape(
            paragraphs=(
                (
                    line(
                        "Notes on leases are written so that nobody has to ask. I'd still like to "
                        "ask about one.",
                        "I have a question about one sentence that {company} wrote on its leases.",
                    ),
                ),
                (line('It\'s in the annual report: "{quote}"'),),
                (OFFER,),
            ),
            questions=(
                "How far is that from the day-to-day on your side?",
                "Who keeps track of all that at {company}?",
            ),
        ),
    ),
)

MANY_HANDS = Angle(
    key="many_hands",
    theme="leases",
    purpose="first_touch",
    why="in a company of that size, lease changes come from many places",
    subjects=(
        "How lease changes reach accounting",
        "Lease changes at {company}",
        "Who hears about a lease change",
        "News of {company}'s lease changes",
        "The last to hear",
        "When a lease changes on site",
        "{company}'s lease changes, and who hears",
        "From a signed lease to accounting",
    ),
    shapes=(
        Shape(
            paragraphs=(
                (
                    line(
                        "A company of {employees} people doesn't hear about lease changes from one "
                        "place. They come from real estate, from operations, from a landlord's mail.",
                        "In a company of {employees} people, lease changes come in from all sides: "
                        "real estate, operations, a landlord's mail.",
                    ),
                ),
                (
                    line(
                        "By the time one reaches accounting, the reason for it has often stayed "
                        "behind."
                    ),
                    OFFER,
                ),
            ),
            questions=(
                "Where do those changes usually reach your team first?",
                "Is there one desk at {company} where they all come together?",
            ),
        ),
        Shape(
            paragraphs=(
                (
                    line(
                        "The hard part of lease accounting isn't the accounting. It's hearing that "
                        "something changed, and getting the page that says so.",
                        "Somebody signs a lease change, and accounting is the last to hear of it. "
                        "Often there's no page to go with the news.",
                    ),
                ),
                (
                    line(
                        "With {employees} people at {company}, I'd guess news of that kind travels "
                        "slowly."
                    ),
                    PITCH,
                ),
            ),
            questions=(
                "How does your team find out today?",
                "Who usually tells you that a lease has changed?",
            ),
        ),
        Shape(
            paragraphs=(
                (
                    line(
                        "At {employees} people, {company} must have more ways to change a lease than "
                        "to hear about it.",
                        "With {employees} people, {company} has a lot of places where a lease change "
                        "can start.",
                    ),
                    line(
                        "A renewal gets signed on site, and the schedule learns of it weeks later.",
                    ),
                ),
                (OFFER,),
            ),
            questions=(
                "How long does that usually take at {company}?",
                "What's the usual way for such news to reach you?",
            ),
        ),
        Shape(
            paragraphs=(
                (
                    line(
                        "Leases rarely change where the accounting is done. They change on site, and "
                        "the news takes the long way home.",
                        "The person who signs a lease change is rarely the one who has to account "
                        "for it.",
                    ),
                ),
                (
                    line(
                        "In a company of {employees} people I'd expect to see that every month.",
                        "With {employees} people at {company}, there may be a lot of desks in "
                        "between.",
                    ),
                    OFFER,
                ),
            ),
            questions=(
                "Is there a quicker way at {company}?",
                "How many desks does a change pass before it reaches yours?",
            ),
        ),
    ),
)

DESK = Angle(
    key="your_desk",
    theme="leases",
    purpose="first_touch",
    why="starts from the reader's own job and uses no filing data",
    subjects=(
        "A question about lease data",
        "Lease terms at {company}",
        "Who reads the leases",
        "One question about {company}'s leases",
        "The lease questions that come last",
        "Reading leases at {company}",
        "Lease amendments and where they hide",
        "Whose job are {company}'s leases",
        "Leases at {company}",
    ),
    shapes=(
        Shape(
            paragraphs=(
                (
                    line(
                        "Lease data is one of those jobs that nobody owns until a number is wrong. "
                        "Then it's everybody's week.",
                        "Lease questions have a way of arriving last and being due first.",
                    ),
                    line(
                        "The answer is nearly always in a document. It's a matter of which one, and "
                        "who read it.",
                        spare=1,
                    ),
                ),
                (OFFER,),
            ),
            questions=(
                "Does any of that sound like {company}?",
                "Who at {company} would have an opinion on that?",
            ),
        ),
        Shape(
            paragraphs=(
                (
                    line(
                        "I have one question about how {company} handles leases, and I'd rather ask "
                        "than assume."
                    ),
                ),
                (
                    line(
                        "When a lease is renewed or amended, somebody has to read it and carry the "
                        "new terms over. In some teams that's routine. In others it's whoever has "
                        "time."
                    ),
                    PITCH,
                ),
            ),
            questions=("Which one is it on your side?", "How does that go on your side?"),
        ),
        Shape(
            paragraphs=(
                (
                    line(
                        "Every lease has a folder, and every folder has a gap: an amendment that's "
                        "still in somebody's mail.",
                        "A lease amendment can sit in somebody's mailbox until the day it's needed.",
                    ),
                ),
                (
                    line(
                        "It's harmless until a question comes up about that one site, and then "
                        "it's the only paper that counts."
                    ),
                    OFFER,
                ),
            ),
            questions=(
                "Where would your team look for it first?",
                "Does that happen at {company}, or is the folder complete?",
            ),
        ),
        Shape(
            paragraphs=(
                (
                    line(
                        "Lease accounting looks finished from the outside. Then a renewal arrives, "
                        "and somebody starts reading again.",
                        "The standard on leases is old news by now. The reading that it takes isn't "
                        "over.",
                    ),
                ),
                (
                    line("It's a small job each time, and it never quite ends.", spare=1),
                    OFFER,
                ),
            ),
            questions=(
                "Who carries that at {company}?",
                "How much of it lands on your own desk?",
            ),
        ),
        Shape(
            is_terse=True,
            paragraphs=(
                (
                    line(
                        "One question about leases, and no pitch: when an amendment comes in, "
                        "somebody has to read it and carry the new terms over.",
                    ),
                ),
            ),
            questions=("Who is that at {company}?", "Is that you, or somebody on your team?"),
        ),
    ),
)

DESK_FIRST = (OWN_WORDS, MANY_HANDS, DESK)
