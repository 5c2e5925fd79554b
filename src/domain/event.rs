//! Facts that arrive in a lane: from chat, from a model or a skill, from a timer, from another lane.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::act;
use crate::act::discussion::Draft;
use crate::bundle::Tap;
use crate::letter::Letter;
use crate::name::Handle;
use crate::proposal::Voice;
use crate::record::Category;
use crate::task::{Cause, Priority};

/// A message on the platform that the department works on, by the platform's own ids.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct MessageId {
    /// The channel's id.
    pub channel: String,
    /// The message's id.
    pub id: String,
}

/// Something somebody said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// The message.
    pub message: MessageId,
    /// The thread's root, when it stands in one.
    pub thread: Option<String>,
    /// Who said it: the name of a human.
    pub by: String,
    /// What it says, as Markdown.
    pub text: String,
    /// Handles that the platform marks as mentioned; those written in the text are found here in the domain.
    pub mentions: Vec<String>,
    /// The persona that a direct conversation is held with.
    pub direct: Option<Handle>,
    /// The thread's root, when it is one of our own posts.
    pub thread_of: Option<OurPost>,
    /// The persona that was the last to speak in a thread that the author began: a reply goes on with it.
    #[serde(default)]
    pub follows: Option<Handle>,
}

/// A post of ours that stands on a platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OurPost {
    /// The persona that it speaks as.
    pub persona: Handle,
    /// The effect that posted it.
    pub post: Uuid,
}

/// What another lane asks this one to begin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requested {
    /// The root task's id.
    pub task: Uuid,
    /// The playbook to run.
    pub playbook: String,
    /// The request's fields.
    pub fields: Map<String, Value>,
    /// When it should be done.
    pub due: Option<DateTime<Utc>>,
    /// How soon; as the playbook has it where nobody said so.
    #[serde(default)]
    pub priority: Option<Priority>,
    /// Who asked: a person's name, or a persona's handle.
    pub by: String,
    /// The message that asked, if one did.
    pub source: Option<MessageId>,
    /// The channel to put the root post in; the owner's own where there is none.
    pub channel: Option<String>,
    /// What set it off, where that is another piece of work.
    #[serde(default)]
    pub cause: Option<Cause>,
}

/// A decision that a persona proposes; it is discussed in a lane of its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Proposed {
    /// The root task's id.
    pub task: Uuid,
    /// Who proposes it.
    pub by: Handle,
    /// Who asked for it: a person's name.
    pub asked_by: String,
    /// The message that asked.
    pub source: Option<MessageId>,
    /// The channel to put the root post in; the proposer's own where there is none.
    pub channel: Option<String>,
    /// The root task of the work that it is about, where it came up in its thread.
    pub about: Option<Uuid>,
    /// What is proposed.
    pub draft: Draft,
}

/// What a persona hands to people, by one of its criteria.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForPeople {
    /// The persona that was addressed.
    pub persona: Handle,
    /// What it was told.
    pub said: Said,
    /// What kind of trouble it is.
    pub category: Category,
    /// What it is about.
    pub about: String,
    /// The criterion, with its file and line and what met it.
    pub why: String,
}

/// What a call (a model's turn or a skill) was made for; it comes back with its result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "for", rename_all = "snake_case")]
pub enum Purpose {
    /// Answer somebody who addressed a persona.
    Talk(Talk),
    /// Carry out a step.
    Work {
        /// The step's task.
        task: Uuid,
    },
    /// Run the check of a review step.
    Check {
        /// The step's task.
        task: Uuid,
    },
    /// Judge what a step made.
    Review {
        /// The step's task.
        task: Uuid,
    },
    /// Help a colleague who cannot go on.
    Help {
        /// The escalation.
        escalation: Uuid,
        /// The level that it stood at; at another it is with somebody else.
        level: i32,
        /// Whether it is asked a second time because the first answer did not validate.
        again: bool,
    },
    /// Take part in a decision.
    Discuss {
        /// The proposal.
        proposal: Uuid,
        /// What is asked for.
        voice: Voice,
        /// Whether it is asked a second time because the first answer did not validate.
        again: bool,
    },
    /// Carry out what was decided.
    Carry {
        /// The action's task.
        task: Uuid,
    },
    /// Read an edited request again.
    Reread {
        /// The root task.
        task: Uuid,
        /// The request's new text.
        said: Said,
    },
}

/// What a persona answers to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Talk {
    /// The message to answer, with the text that the persona is shown.
    pub said: Said,
    /// The message's version when it was read; 0 until it is edited.
    pub version: i64,
    /// The personas that already spoke in this chain, oldest first; its length is the hop count.
    pub chain: Vec<Handle>,
    /// How often it was asked again, because the message changed meanwhile or the answer did not validate.
    pub again: u8,
    /// The letter that the answer belongs to.
    #[serde(default)]
    pub letter: Option<Uuid>,
}

/// How a call ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// A model answered with these acts, not yet judged.
    Acts {
        /// What it wants done.
        acts: Vec<act::Proposed>,
        /// What it said beside them.
        text: Option<String>,
    },
    /// A skill ran.
    Result {
        /// What it gave.
        output: Value,
    },
    /// It failed for good or for a long time; the sentence is for people.
    Failed {
        /// What happened and what to do.
        why: String,
        /// Whether trying later may help.
        later: bool,
    },
    /// No model was asked: a person has taken the conversation over.
    Withheld,
    /// The budget is empty.
    Unfunded {
        /// What is spent and what the limit is, in words.
        why: String,
        /// When there is money again; none where only a person's word brings some.
        until: Option<DateTime<Utc>>,
    },
}

/// What a timer is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "timer", rename_all = "snake_case")]
pub enum Timer {
    /// An approval has not been decided for a while.
    Remind {
        /// The approval.
        approval: Uuid,
    },
    /// An approval runs out.
    Expire {
        /// The approval.
        approval: Uuid,
    },
    /// Nobody has answered an escalation.
    Climb {
        /// The escalation.
        escalation: Uuid,
        /// The level that it stood at; at another it has climbed on meanwhile.
        level: i32,
    },
    /// The time for a question of a discussion is up, a test is over, or a decision's outcome is looked at.
    Discuss {
        /// The proposal.
        proposal: Uuid,
        /// The question that it was set with; after another one it is nothing.
        turn: i32,
    },
    /// A step's waiting is over, or a blocked step may be tried again.
    Resume {
        /// The step's task.
        task: Uuid,
        /// The round it was set in; another round ignores it.
        round: i32,
    },
    /// A task's due date comes near, or is over.
    Due {
        /// The root task.
        task: Uuid,
        /// The due date that it was set for; with another it comes to nothing.
        due: DateTime<Utc>,
    },
    /// A letter should have been answered.
    Respond {
        /// The letter.
        letter: Uuid,
    },
    /// A person's time to be answered first is over.
    Floor {
        /// The letter that was held for it.
        letter: Uuid,
    },
}

/// A fact.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// Somebody said something.
    Said(Said),
    /// A message's text is now another.
    Edited {
        /// The message with its new text.
        said: Said,
    },
    /// A message is gone.
    Deleted {
        /// Which one.
        message: MessageId,
        /// Who wrote it.
        by: String,
    },
    /// One of our own posts was deleted by somebody who may do that on the platform.
    Removed {
        /// The effect that made the post.
        post: Uuid,
    },
    /// A person's reaction on one of our posts is now set, or not.
    Reacted {
        /// The effect that made the post.
        post: Uuid,
        /// The person's name.
        by: String,
        /// The emoji, folded.
        emoji: String,
        /// Whether it is set now.
        set: bool,
        /// Whether a button stood for it, which leaves no reaction on the post.
        #[serde(default)]
        button: bool,
    },
    /// Another lane asks this one to begin.
    Requested(Requested),
    /// A decision is proposed, and this lane discusses it.
    Proposed(Box<Proposed>),
    /// A decision in another lane set another due date.
    Rescheduled {
        /// The new date.
        due: DateTime<Utc>,
        /// Who decided it.
        by: String,
        /// What was decided.
        decision: String,
    },
    /// What somebody said in this thread is for people.
    ForPeople(ForPeople),
    /// Another lane hands this one a letter: its answer is waited for here.
    Handed(Box<Letter>),
    /// A call came back.
    Answered {
        /// The call.
        call: Uuid,
        /// The persona it was made for.
        persona: Handle,
        /// What for.
        purpose: Purpose,
        /// How it ended.
        #[serde(flatten)]
        outcome: Outcome,
    },
    /// A person reacted on a card that lists several approvals, one of which is in this lane.
    Tapped(Tap),
    /// A person handed their approvals to somebody, or took them back.
    Delegated {
        /// Whose.
        of: String,
    },
    /// A timer is due.
    Due(Timer),
}
