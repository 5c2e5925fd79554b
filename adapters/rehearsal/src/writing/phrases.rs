//! Sentences that fit any subject. `{term}` stands after "about", "with" or "on"; `{about}` after "about" or "at"; `{audience}`
//! after "for". None of them states a figure or a fact about the world.

/// How a first draft opens: calmly, without a question or a figure.
pub(super) const OPENINGS: &[&str] = &[
    "Most teams talk about {term} once a year, when the plan is due. The rest of the time the subject runs along in the background.",
    "There is no shortage of advice about {term}. Little of it says what to do on an ordinary Tuesday.",
    "Ask around about {term}, and you will hear strong opinions. You will hear fewer plans.",
    "Everybody has a story about {term}. Most of these stories begin with a good idea and end with a full calendar.",
    "The hard part about {term} is seldom the knowledge. It is finding a place to begin.",
    "When people talk about {term}, they often mean quite different things. It helps to get concrete early.",
    "A good deal has been written about {term}. This piece tries to be short, plain and useful.",
    "Some subjects look larger than they are, and that is often so with {term}. Taken one step at a time, it becomes manageable.",
    "You do not need a big project to make progress with {term}. You need a few good habits and the patience to keep them.",
    "Progress with {term} is mostly a matter of small decisions. They are easy to put off, and that is the problem.",
    "If the talk turned to {term} in your last meeting, you are not alone. The subject visits many tables and often leaves them unsolved.",
    "It is easy to nod when somebody talks about {term}. It is harder to leave the room with a next step.",
];

/// What the piece promises.
pub(super) const PROMISES: &[&str] = &[
    "This piece is about {about}. It is written for {audience}, and each part ends with something you can do this week.",
    "What follows was written for {audience}. It looks at {about}, one idea at a time, and each idea comes with a first step.",
    "Here is a calm look at {about}. It is meant for {audience}, and nothing in it needs a new budget to try.",
    "The pages below are for {audience}. They look at {about} and keep to things that one person can start.",
    "Written for {audience}, this is a practical look at {about}. Read it in one go, or take the part that fits your week.",
    "We wrote this for {audience}. It is about {about}, and it leaves out everything you cannot use by Friday.",
    "This is a place to begin for {audience}. It is about {about}, and it keeps to plain words and small steps.",
    "This is a short guide for {audience}. It takes a look at {about}, with an example and a first step in every part.",
];

/// How an idea is tied to the subject.
pub(super) const LINKS: &[&str] = &[
    "Seen this way, the question about {term} gets smaller and easier to answer.",
    "It is worth settling early when you think about {term}.",
    "Few steps bring more calm into the work on {term}.",
    "In the daily work with {term}, this is often the part that is missing.",
    "Many plans about {term} skip this, and that is where they get stuck.",
    "It sounds small, but it changes how people talk about {term}.",
    "With {term} in mind, this deserves a place near the top of the list.",
    "This is where a plain plan for {term} starts to pay off.",
    "It is one of the few things about {term} that you can test in a week.",
    "That holds for many subjects, and for {term} in particular.",
    "Whoever answers for {term} will feel the difference first.",
    "It also gives the next talk about {term} a solid ground.",
    "None of this is special to {term}, which is why it is so often overlooked.",
    "For a subject like {term}, that is a strong place to start.",
    "This alone will not settle everything about {term}, but it moves the rest along.",
    "Good work on {term} often begins with something as plain as this.",
];

/// How an example is led in.
pub(super) const LEADS: &[&str] = &[
    "For example:",
    "An example:",
    "Picture this:",
    "Here is how it can look:",
    "A small case:",
    "In practice:",
    "Think of it like this:",
    "One scene, to make it plain:",
    "To give one case:",
    "Here is a picture of it:",
    "On a normal day it may look like this:",
    "Take a simple case:",
];

/// How a first step is led in.
pub(super) const STEPS: &[&str] = &[
    "**First step:**",
    "**Try this:**",
    "**Do it today:**",
    "**To begin:**",
    "**This week:**",
    "**A place to start:**",
    "**Your move:**",
    "**Start here:**",
];

/// How an idea from the field itself follows a general step.
pub(super) const CLOSER: &[&str] = &[
    "Closer to the subject:",
    "For the case at hand:",
    "One thought on the subject itself:",
    "What this means here:",
    "And here in particular:",
];

/// Thoughts that lengthen a section.
pub(super) const REFLECTIONS: &[&str] = &[
    "It helps to say out loud what you expect. A plain guess, written down, can be checked later, and a checked guess is worth more than a strong feeling.",
    "Do not wait until everyone agrees. Two people who try it and report back will convince more colleagues than a long paper.",
    "If it does not work at once, make it smaller. A step that is too small to fail still tells you something.",
    "The first attempt will feel slow. That is normal, because you are learning and working in the same hour.",
    "Keep a short note of what you tried and what came of it. In three months this note will be the best advice you have.",
    "There is one trap here: doing it for show. If nobody uses the result, stop and ask who was meant to use it.",
    "The same idea works in a team of two and in a house of two thousand. Only the number of people to ask is different.",
    "Someone will say that this was tried before. Ask what happened then, because the answer often holds the missing piece.",
    "You can tell that it works when people stop asking about it. Quiet is a good sign in this case.",
    "It is fine to borrow. Look at a neighbour who does this well, and copy the part that fits your own house.",
    "If you have little time, do only this part. It stands on its own and makes the others easier.",
    "Put your own figure here before you share this with others: what it costs today, and what it should cost. Nobody else can supply it.",
    "Ask one person who disagrees. The talk will be short, and you will leave it with a better version.",
    "The tools are the smaller half of it. What counts is that somebody feels in charge and has the time to act.",
    "Small gains are easy to laugh at. Over a year they decide who is calm in December and who is not.",
    "It pays to begin where the pain is greatest. People forgive a rough start when it takes away a daily nuisance.",
    "A good test is to explain it in two sentences. If that is hard, the plan may be trying to do too much.",
    "Give it a fair trial. Two weeks are long enough to see a direction and short enough to change your mind.",
    "Most of the effort lies in the first round. The second one goes faster, and the third one is routine.",
    "Be clear about what you will not do. That frees more time than any trick.",
    "When in doubt, ask the person at the other end. They know what is missing, and they seldom mind the question.",
    "Leave a little room for what you cannot foresee. A full plan breaks at the first surprise.",
];

/// How the last section is called.
pub(super) const ENDINGS: &[&str] = &[
    "In Short",
    "Before You Go",
    "The Short Version",
    "What to Take With You",
    "Your Next Step",
    "All of It on One Page",
];

/// What the list in the last section is.
pub(super) const SUMMARIES: &[&str] = &[
    "If you keep only a few lines of all this, keep these:",
    "Here is the whole piece again, short enough for a sticky note:",
    "The main points, in the order in which they came:",
    "For those who read the end first, this is what the piece says:",
    "Print it, pin it up, and tick off what is done:",
];

/// What the table in the last section is.
pub(super) const TABLES: &[&str] = &[
    "The same thing as a table, with a first step for each idea:",
    "To have it at a glance, each idea stands next to its first step:",
    "Here is the plan for {audience} on half a page:",
];

/// How a piece closes.
pub(super) const CLOSINGS: &[&str] = &[
    "None of this has to happen at once. Pick the one point that would help you most, and leave the others for later.",
    "You will notice that no point needs a new tool or a large budget. They need a decision and an hour.",
    "Things will go wrong on the way, and that is no reason to stop. A small step can be taken back.",
    "Progress with {term} comes from doing one thing and looking at it honestly. Then comes the next one.",
    "If you remember one thing about {term}, let it be this: begin small, look at what happens, and go on from there.",
    "The best plan is the one that survives a busy week. Choose the step that would.",
    "A year from now you will not remember this text, but you may still have the habit that it started.",
    "It is tempting to begin with the hardest point. Begin with the easiest one, and let it carry you.",
];

/// What the reader is asked to do.
pub(super) const CALLS: &[&str] = &[
    "Choose one step today and tell us how it went. We read every answer.",
    "Which of these will you try first? Write to us, and we will compare notes.",
    "Send this to one colleague and agree on a first step together.",
    "Put thirty minutes in your calendar now, while you still remember why.",
    "Take the list to your next meeting and let each person pick one line.",
    "Start this week, look back in two, and keep what worked.",
];

/// How a revised piece opens with a question.
pub(super) const QUESTIONS: &[&str] = &[
    "What would you do about {term} if you had only one hour this week?",
    "When did you last change something about {term} and then look at what came of it?",
    "If a new colleague asked you about {term} today, what would you say first?",
    "What is the one thing about {term} that you keep putting off?",
    "Who in your house decides about {term}, and when did they last have time for it?",
    "How much of your week goes into {term}, and how much of that was planned?",
];

/// The sentence after the question; `{parts}` and `{minutes}` are counted, not made up.
pub(super) const COUNTS: &[&str] = &[
    "This piece gives you {parts} and takes about {minutes} to read. One of them is enough to begin.",
    "Below you will find {parts}, to be read in about {minutes}. Each one ends with something to do.",
    "Take {minutes} for {parts}. You can start with any of them.",
    "You need about {minutes} for what follows: {parts}, and a first step in each.",
];

/// A worked example: `{the_term}` is the term as others speak of it, `{action}` the first step of an idea, in its own sentence.
pub(super) const CASES: &[&str] = &[
    "Let us follow one person through a week. She works for a firm of thirty people, and {the_term} became her task one morning, without much of a plan. On Monday she writes down how things stand and who is waiting for what.\n\nOn Tuesday she takes one first step. {action} It takes less than an hour. On Wednesday she shows the result to two colleagues and asks only one question: what is still unclear?\n\nBy Friday she has changed two things and dropped one. There is no grand result yet, but there is a date for the next look, and everyone knows it. Put your own figures next to hers: the hours before, and the hours after.",
    "Here is one case from start to finish; the names are invented, and the steps are not special. A team of four wants to make headway with {the_term}. They have no budget for it and two hours a week.\n\nIn the first week they choose a single step. {action} In the second week they look at what happened, keep the part that helped, and write it down in three lines.\n\nIn the third week they tell another team about it. That talk brings up the question which they had missed, and the answer becomes the plan for the next month. Where this text has no figures, yours belong: note the time it took you, and what changed.",
    "Imagine a small office on a rainy morning. Somebody asks about {the_term}, and for once the group does not open a long debate. They take a sheet of paper and draw two columns, one for today and one for the end of the month.\n\nUnder today they write what they see. Under the end of the month they write one sentence. Then comes the first step. {action} One name and one date stand next to it.\n\nFour weeks later they take the sheet out again. Two lines are done, one turned out to be wrong, and nobody misses it. It is an ordinary story, and that is the point of it.",
];

/// A section that somebody asked for: `{topic}` stands after "about".
pub(super) const ASKED: &[&str] = &[
    "A word about {topic}, because it belongs here. It is easy to treat as a detail, and it often decides how the rest turns out. Ask early who is touched by it and what they would need to say yes.",
    "No piece like this is complete without a look at {topic}. Begin with what you know for sure, keep it apart from what you assume, and be open about the gap. That alone makes the next talk shorter.",
    "Then there is the question about {topic}. It has no single answer, but it has a good order: first look, then choose, then try it on a small scale. Whoever keeps to that order seldom has to start again.",
    "It is worth stopping for a moment to think about {topic}. Take one real case from your own house and walk through it step by step. You will see quickly what is settled and what only seemed to be.",
];

/// How such a section goes on.
pub(super) const ASKED_MORE: &[&str] = &[
    "Write down one sentence about {topic} that everybody in the room can agree to. If that takes more than ten minutes, you have found the place where the work should begin.",
    "If you want to go one step further, name a person who will look after it. A subject with a name next to it moves; a subject without one waits.",
    "There is no figure from us here, because we do not have yours. Note what you spend on it today, in hours or in money, and look again in a month.",
    "Keep the first attempt small. Two weeks are enough to see whether the thinking about {topic} was right, and they cost little if it was not.",
];

/// A wish whose subject is known, in a sentence: `{topic}` stands after "about" or "of".
pub(super) const MENTIONS: &[&str] = &[
    "One more thing belongs in this picture, and it concerns {topic}. Give it a line of its own in your plan, so that it is not lost between the others.",
    "Do not forget about {topic} while you do this. It is cheap to include at the beginning and costly to add at the end.",
    "All of this touches on {topic} as well. Ask the person who knows most about it to look at your plan before you start.",
    "Here it pays to think of {topic} too. A short check now saves a long repair later.",
];

/// A wish that is understood by its words only.
pub(super) const WISHES: &[&str] = &[
    "An early reader of this text put a wish next to this part: “{wish}”. The wish is fair, and it points at what matters here.",
    "While this piece was written, one remark stayed with us: “{wish}”. It deserves more than a nod.",
    "“{wish}” is what one reader asked for at this point. So let us be plain about it.",
    "One reader told us: “{wish}”. That is a useful push, so here is an answer in a few lines.",
];

/// Light sentences, for those who asked for some.
pub(super) const LIGHT: &[&str] = &[
    "Fair warning: no whiteboard was harmed while this text was written, although one was stared at for quite some time.",
    "If it comforts you, even the coffee machine in our imaginary office has an opinion about {term}, and it also has no plan.",
    "Nobody ever framed a plan for {term} and hung it above the sofa, but a good one comes close.",
];

/// A way of leading to the secondary terms: `{terms}` is a list of them.
pub(super) const RELATED: &[&str] = &[
    "Close by lie {terms}, and a step in one of them usually helps the others.",
    "The same thinking helps with {terms}, so keep them in view.",
    "Those who want to go on from here can look at {terms} next.",
    "It is worth reading up on {terms} as well, because they tend to come up in the same meetings.",
];

/// Links at the end: to something of ours, and to general reference.
pub(super) const LINKED: &[&str] = &[
    "If you would like to read on, see {internal}. For the wider background, the overview of {external} is a good start.",
    "There is more where this came from: {internal}. Those who want the theory behind it will find it under {external}.",
    "For the next step, have a look at {internal}. A general introduction stands under {external}.",
];

/// How the section with questions is called.
pub(super) const QUESTION_HEADINGS: &[&str] =
    &["Questions You May Hear", "What Colleagues Will Ask", "Fair Questions, Short Answers", "What Skeptics Say"];

/// Questions that come up with any subject, each with an answer.
pub(super) const ANSWERS: &[&str] = &[
    "**“Do we have time for this?”** Perhaps not for all of it. You have time for one step, and one step is enough to see whether the rest is worth it.",
    "**“What will it cost?”** Count hours first and money second. Put your own figure here before you decide, because ours would be a guess.",
    "**“Who should do it?”** One person with a name and an hour a week. A group can help, but a group alone will not begin.",
    "**“What if it does not work?”** Then you stop, and you know more than before. Agree on the day of that decision before you start.",
    "**“Have we not tried that already?”** Ask what was tried, and who remembers why it ended. The second try can begin where the first one stopped.",
    "**“How will we know that it helps?”** Write down how things are today, in one line. Look at that line again in four weeks.",
    "**“Can it wait until next quarter?”** It can. It has probably waited for a few quarters already, and nothing about {term} became easier in that time.",
    "**“Is this not a matter for experts?”** Some of it is. The first steps are not, and an expert will be glad when they are done.",
];
