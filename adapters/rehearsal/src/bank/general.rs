//! Advice that fits any subject, the steps of a how-to, and the frame of a themed piece.

use super::{Field, Idea};

/// For subjects that no field knows, and to fill up a long list.
pub(crate) const GENERAL: Field = Field {
    triggers: &[],
    terms: &["fresh ideas", "common mistakes", "simple checklist", "practical examples"],
    reference: ("critical thinking", "https://en.wikipedia.org/wiki/Critical_thinking"),
    ideas: &[
        Idea {
            heading: "Start From What You See",
            point: "Opinions are plenty and observations are rare. A morning spent watching how things are done today is the best start.",
            example: "Someone sits next to a colleague for an hour and finds the one step that everybody repeats.",
            action: "Write down what happens today, step by step, without judging any of it.",
        },
        Idea {
            heading: "Ask the People It Touches",
            point: "Those who live with a thing know where it hurts. They are seldom asked before a plan is made.",
            example: "Three short talks bring up a problem that was missing from every slide.",
            action: "Name three people who will feel the change and ask each of them the same two questions.",
        },
        Idea {
            heading: "Pick One Thing to Change",
            point: "Many changes at once blur each other. One change at a time shows what it did.",
            example: "Only the order of two steps is changed in the first week, and the difference can be seen.",
            action: "Choose the change that is easiest to take back and begin with that one.",
        },
        Idea {
            heading: "Put a Date on It",
            point: "Good plans fade without a date. A small deadline turns an intention into an appointment.",
            example: "The trial ends on the last Friday of the month, and on that day the group decides.",
            action: "Set the date for a first look before you begin.",
        },
        Idea {
            heading: "Agree on What Good Means",
            point: "People can work hard toward different goals. One shared sentence about the result saves much of that.",
            example: "For one person good means quick, for the other it means complete, and it takes a talk to notice.",
            action: "Let everybody write the goal in one line and read the lines aloud.",
        },
        Idea {
            heading: "Keep the Parts That Work",
            point: "In the hurry to improve, good things get lost. A short list of what must stay protects them.",
            example: "The old form was ugly, but everyone knew where the phone number was.",
            action: "List three things that nobody wants to lose and check them at the end.",
        },
        Idea {
            heading: "Make the Result Easy to Find",
            point: "Work that cannot be found is done again. One place, one name and one date are enough.",
            example: "A page with the last decision on top ends the search through old messages.",
            action: "Decide where the result will live before you produce it.",
        },
        Idea {
            heading: "Plan for the Second Try",
            point: "The first attempt is a question put to the world. The second one contains the answer.",
            example: "Half of the time is kept for the version after the first feedback.",
            action: "Set aside time for a second version and say so from the beginning.",
        },
        Idea {
            heading: "Take the Objection Seriously",
            point: "Whoever objects has often seen something. A good answer to the hardest objection makes the whole plan stronger.",
            example: "The most critical person in the room becomes the first tester.",
            action: "Write down the strongest argument against your plan and answer it in three sentences.",
        },
        Idea {
            heading: "Share What You Learned",
            point: "Experience is lost when it stays with one person. Ten lines after the work is done help the next group to begin further on.",
            example: "A short note on what took longer than expected saves another team two weeks.",
            action: "Reserve half an hour at the end to write down what you would tell a friend.",
        },
        Idea {
            heading: "Do the Simple Version First",
            point: "The clever answer can wait. A simple one shows whether the direction is right.",
            example: "A paper list on the wall does the job of a tool for the first month.",
            action: "Ask what you would do if you had only one day, and do that.",
        },
        Idea {
            heading: "Check It With Fresh Eyes",
            point: "After a while we see what we meant and not what is there. A stranger sees it at once.",
            example: "A neighbour from another department asks one naive question, and it is the right one.",
            action: "Show it to someone who knows nothing about it and keep silent for five minutes.",
        },
    ],
};

/// The steps of a how-to, in order.
pub(crate) const STEPS: &[Idea] = &[
    Idea {
        heading: "Decide What Good Looks Like",
        point: "You cannot aim without a target. Describe the result as if it were already there, in words that somebody else could check.",
        example: "“It is done when a new colleague can use it without asking” is a sentence that everybody understands.",
        action: "Write your own sentence and show it to the person who will judge the result.",
    },
    Idea {
        heading: "Collect What You Already Have",
        point: "Hardly anyone starts from nothing. Older attempts, notes and examples save the first day.",
        example: "A folder from last year holds two versions that were almost right.",
        action: "Give yourself one hour to collect, and then stop collecting.",
    },
    Idea {
        heading: "Make a Small First Version",
        point: "A rough version makes the talk concrete. It shows in minutes what a plan hides for weeks.",
        example: "Half a page, written in one sitting, brings out the question that really matters.",
        action: "Set a timer for forty minutes and finish something that you can show.",
    },
    Idea {
        heading: "Show It to One Real Person",
        point: "One honest reader is worth more than a round of polite ones. Choose someone who will use the result.",
        example: "The first reader stops at the second line, and that is precisely the line to repair.",
        action: "Ask what is unclear, thank them for it, and do not explain.",
    },
    Idea {
        heading: "Fix What Gets in the Way",
        point: "Not all remarks weigh the same. What stops people comes first, and what merely could be nicer comes later.",
        example: "Of nine remarks two are about the same hurdle, so that hurdle goes first.",
        action: "Sort the remarks into now, later and never, and work on the first group only.",
    },
    Idea {
        heading: "Finish and Let Go",
        point: "The last details take the most time and bring the least. A finished thing that is out teaches more than a perfect one in a drawer.",
        example: "The version of Friday goes out on Friday, with a date for the next one.",
        action: "Name the day it goes out and tell somebody about it.",
    },
    Idea {
        heading: "Turn It Into a Habit",
        point: "Doing it once is a project. Doing it a second time in half the time is a skill.",
        example: "A short list of the steps, kept next to the tool, makes the next round easy.",
        action: "Write down your steps while you still remember them and put the next date in the calendar.",
    },
];

/// How a themed piece begins.
pub(crate) const OPEN: Idea = Idea {
    heading: "Why This Matters Now",
    point: "Most people put a subject like this off because nothing breaks today. The price comes later, in small delays that nobody adds up.",
    example: "A question that could be settled in an hour comes up in four meetings, and each time it is moved to the next one.",
    action: "Write down where the subject last cost you time, and you have the best reason to read on.",
};

/// How a themed piece ends.
pub(crate) const CLOSE: Idea = Idea {
    heading: "Where to Start on Monday",
    point: "Nothing here needs a large project. One step, done on a normal Monday, is enough to see whether it helps.",
    example: "Someone blocks thirty minutes, picks the smallest of the ideas above, and has a first result by noon.",
    action: "Choose your step now, write it down, and tell one person that you will do it.",
};
