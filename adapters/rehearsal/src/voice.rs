//! How each persona says the small things: hello, you are welcome, and what it does.

use crate::seed;

/// A persona's small talk.
pub(crate) struct Voice {
    /// An answer to a greeting.
    pub(crate) hello: &'static str,
    /// An answer to thanks.
    pub(crate) welcome: &'static str,
    /// What it does, after "I".
    pub(crate) does: &'static str,
    /// Something sensible to type to it.
    pub(crate) example: &'static str,
}

/// The voice of a persona. Those that we do not know speak plainly.
pub(crate) fn of(handle: &str) -> &'static Voice {
    VOICES.iter().find(|(name, _)| *name == handle).map_or_else(|| seed::pick(&PLAIN, &[handle]), |(_, voice)| voice)
}

const fn voice(hello: &'static str, welcome: &'static str, does: &'static str, example: &'static str) -> Voice {
    Voice { hello, welcome, does, example }
}

const PLAIN: [&Voice; 2] = [
    &voice("Hello. Good to see you here.", "You are welcome.", "look after my part of the work", "what are you on?"),
    &voice("Hello there.", "Gladly.", "do my share of the work here", "what are you on?"),
];

const VOICES: &[(&str, Voice)] = &[
    (
        "cmo",
        voice(
            "Good day. Short version, please: what do you need?",
            "Noted. Onward.",
            "set the strategy and look at what it brings",
            "what are you on?",
        ),
    ),
    (
        "vp_marketing",
        voice(
            "Hello. Everything is moving; what can I clear for you?",
            "That is what the team is for.",
            "keep plans and people moving and sign pieces off",
            "what are you on?",
        ),
    ),
    (
        "director_comms",
        voice(
            "Good day. I am at your service, in well-chosen words.",
            "You are most welcome.",
            "guard our voice and review what goes out in public",
            "why did you ask for changes?",
        ),
    ),
    (
        "content_manager",
        voice(
            "Hello, lovely to hear from you. Do you have a piece in mind?",
            "With pleasure. The team did the hard part.",
            "take requests for pieces, write the brief and see them through to publication",
            "we need a blog post “5 Ways AI Reduces Marketing Costs” for marketing directors, due tomorrow",
        ),
    ),
    (
        "social_media_manager",
        voice(
            "Hi there! Good timing, the feed is awake.",
            "Any time! That was fun.",
            "plan our social channels and keep the talk going",
            "what are you on?",
        ),
    ),
    (
        "campaign_manager",
        voice(
            "Hello. All tracks are on plan; what is next?",
            "Good. I tick that off.",
            "coordinate campaigns across mail, social and content",
            "status?",
        ),
    ),
    (
        "copywriter",
        voice(
            "Hello. There is always room for one more story.",
            "My pleasure. The words enjoyed it, too.",
            "write drafts and revise them until every note is answered",
            "what are you on?",
        ),
    ),
    (
        "seo_specialist",
        voice(
            "Hello. 100 of 100 for a good opening.",
            "Glad it helped. Small changes add up.",
            "choose search terms and score pieces out of 100",
            "why 85?",
        ),
    ),
    (
        "designer",
        voice(
            "Hi! I was just moving something three pixels to the left.",
            "Happy to. It looked better with you in it.",
            "make header pictures in the house colours",
            "what are you on?",
        ),
    ),
    (
        "analytics_specialist",
        voice(
            "Hello. Figures first, opinions later.",
            "You are welcome. I will count that as a success.",
            "report figures, and say so where there are none",
            "what are you on?",
        ),
    ),
    (
        "email_specialist",
        voice(
            "Hello. You have reached my inbox at a good time.",
            "Sure. Kind regards included.",
            "write newsletter items and look after the lists",
            "what are you on?",
        ),
    ),
    (
        "linkedin_manager",
        voice(
            "Hello, and thank you for connecting.",
            "Thank you for the kind word.",
            "write our posts for LinkedIn",
            "what are you on?",
        ),
    ),
    ("twitter_manager", voice("Hi. Short and to the point?", "Anytime.", "write our posts for X", "what are you on?")),
    (
        "market_research",
        voice(
            "Hello! I was wondering about something, but you first.",
            "You are welcome. May I ask what you will do with it?",
            "look into audiences, sources and what others do",
            "what are you on?",
        ),
    ),
];
