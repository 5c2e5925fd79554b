//! What a person wants when they speak to a persona.

use crate::order::Taken;
use crate::text;

/// What is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Intent {
    /// A new piece of work.
    Order,
    /// A change to the work whose thread this is.
    Change,
    /// Reasons for a review.
    Why,
    /// What somebody is doing, or how far something is.
    Status,
    /// That work ends, which a person does in another way.
    Stop,
    /// Thanks, praise, agreement.
    Thanks,
    /// A greeting.
    Hello,
    /// What somebody can do.
    Help,
    /// Something else.
    Unclear,
}

/// Where the words were said.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Place {
    /// In the thread of work that may be changed.
    pub(crate) may_change: bool,
    /// Whether a title stood in quotation marks.
    pub(crate) quoted: bool,
}

/// Understands a sentence. `taken` is where it names something that work can be asked for.
pub(crate) fn of(said: &str, taken: Option<&Taken>, place: Place) -> Intent {
    let lower = addressed(said).to_lowercase().replace('’', "'");
    let has = |phrases: &[&str]| phrases.iter().any(|phrase| text::says(&lower, phrase));
    let orders = taken.is_some_and(|taken| orders(said, &lower, taken, place));
    if orders {
        return Intent::Order;
    }
    let asks = asks(&lower);
    if has(&[
        "why",
        "what was wrong",
        "what is wrong",
        "what's wrong",
        "how come",
        "your score",
        "the score",
        "what did you object to",
    ]) && (asks || !place.may_change)
    {
        return Intent::Why;
    }
    const STATUS: [&str; 25] = [
        "what are you on",
        "status",
        "what are you doing",
        "are you busy",
        "busy",
        "what are you working on",
        "on your desk",
        "what are you up to",
        "how far",
        "progress",
        "how is it going",
        "how's it going",
        "where are we",
        "any news",
        "any update",
        "what is next",
        "what's next",
        "still open",
        "when will",
        "when is",
        "is it done",
        "is it ready",
        "is it finished",
        "what is going on",
        "your workload",
    ];
    if has(&STATUS) && (asks || !place.may_change || text::count_words(&lower) <= 3) {
        return Intent::Status;
    }
    if taken.is_some()
        && asks
        && has(&["done", "ready", "finished", "due", "coming", "going", "published", "approved", "start", "where"])
    {
        return Intent::Status;
    }
    if ["cancel", "stop", "abort", "forget it", "never mind", "nevermind", "call it off"]
        .iter()
        .any(|word| lower == *word || lower.starts_with(&format!("{word} ")))
        && text::count_words(&lower) <= 6
    {
        return Intent::Stop;
    }
    let short = text::count_words(&lower) <= 8;
    if short
        && has(&[
            "thanks",
            "thank you",
            "thx",
            "cheers",
            "well done",
            "great job",
            "good job",
            "nice work",
            "great work",
            "looks good",
            "lgtm",
            "love it",
            "perfect",
            "approved",
            "okay",
            "ok",
        ])
        && !has(&["but"])
    {
        return Intent::Thanks;
    }
    if short
        && !place.may_change
        && has(&[
            "hello",
            "hi",
            "hey",
            "good morning",
            "good afternoon",
            "good evening",
            "good day",
            "greetings",
            "hallo",
        ])
    {
        return Intent::Hello;
    }
    if has(&[
        "what can you do",
        "what do you do",
        "who are you",
        "how do you work",
        "help me",
        "what should i type",
        "how does this work",
        "are you a bot",
        "are you real",
        "are you an ai",
    ]) || lower == "help"
    {
        return Intent::Help;
    }
    if place.may_change && !asks && text::count_words(&lower) >= 2 && lower.chars().any(char::is_alphabetic) {
        return if short && has(&["hello", "hi", "hey"]) { Intent::Hello } else { Intent::Change };
    }
    Intent::Unclear
}

/// The sentence without the mentions and greetings before it.
fn addressed(said: &str) -> &str {
    let mut rest = said.trim();
    loop {
        let word = rest.split_whitespace().next().unwrap_or_default();
        let bare = word.trim_end_matches([',', ':', '!', '.']).to_lowercase();
        let greeting = ["hi", "hello", "hey", "dear", "ok", "okay", "so", "well", "and"].contains(&bare.as_str());
        if !(word.starts_with('@') || word.starts_with("<@") || greeting) || rest.len() == word.len() {
            return rest;
        }
        rest = rest[word.len()..].trim_start();
    }
}

/// Whether the words are a question and not an order in the form of one.
fn asks(lower: &str) -> bool {
    const ORDERS: [&str; 18] = [
        "can you",
        "could you",
        "would you",
        "will you",
        "can we",
        "could we",
        "can i",
        "could i",
        "may i",
        "may we",
        "shall we",
        "should we",
        "how about",
        "what about",
        "is it possible",
        "any chance",
        "would it be possible",
        "why don't we",
    ];
    const QUESTIONS: [&str; 24] = [
        "when", "where", "what", "who", "why", "which", "how", "is", "are", "did", "does", "do", "has", "have", "was",
        "were", "what's", "how's", "who's", "where's", "when's", "isn't", "aren't", "am",
    ];
    if ORDERS.iter().any(|order| lower.starts_with(order)) {
        return false;
    }
    let first = text::words(lower).next().unwrap_or_default();
    QUESTIONS.contains(&first)
        || (lower.trim_end().ends_with('?')
            && !lower.contains("please")
            && !ORDERS.iter().any(|order| lower.contains(order)))
}

/// Whether something that work can be asked for is wished for, and not asked about.
fn orders(said: &str, lower: &str, taken: &Taken, place: Place) -> bool {
    const AGAINST: [&str; 14] = [
        "don't need",
        "do not need",
        "no longer need",
        "don't want",
        "do not want",
        "don't write",
        "do not write",
        "cancel",
        "forget",
        "never mind",
        "nevermind",
        "already have",
        "not need",
        "stop",
    ];
    const WISHES: [&str; 41] = [
        "need",
        "needs",
        "please",
        "can you",
        "could you",
        "can we",
        "could we",
        "would you",
        "will you",
        "i'd like",
        "would like",
        "we'd like",
        "want",
        "let's",
        "lets",
        "write",
        "draft",
        "create",
        "make",
        "prepare",
        "produce",
        "publish",
        "give us",
        "give me",
        "how about",
        "what about",
        "time for",
        "looking for",
        "start",
        "begin",
        "kick off",
        "do a",
        "another",
        "get me",
        "get us",
        "request",
        "wanted",
        "new",
        "may i",
        "shall we",
        "possible",
    ];
    let has = |phrases: &[&str]| phrases.iter().any(|phrase| text::says(lower, phrase));
    if has(&AGAINST) || asks(lower) {
        return false;
    }
    let definite = definite(said.get(..taken.span.start).unwrap_or_default());
    match (place.may_change, definite) {
        (true, _) => place.quoted && definite == Some(false) && has(&WISHES),
        (false, Some(true)) => place.quoted && has(&WISHES),
        (false, _) => has(&WISHES) || place.quoted,
    }
}

/// Whether "the" thing is meant (`true`), "a" thing (`false`), or neither is said.
fn definite(before: &str) -> Option<bool> {
    const THE: [&str; 11] = ["the", "this", "that", "my", "your", "its", "their", "these", "those", "last", "previous"];
    const AN: [&str; 10] = ["a", "an", "another", "one", "new", "some", "next", "two", "three", "more"];
    before.split_whitespace().rev().take(5).find_map(|word| {
        let word = word.to_lowercase();
        if AN.contains(&word.as_str()) {
            return Some(false);
        }
        THE.contains(&word.as_str()).then_some(true)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::order;

    fn intent(said: &str, may_change: bool) -> Intent {
        let takes = ["blog post", "post", "article", "guide"].map(str::to_owned);
        let taken = order::taken(said, &takes);
        let quoted = order::read(said, taken.as_ref(), "", "").quoted;
        of(said, taken.as_ref(), Place { may_change, quoted })
    }

    #[test]
    fn orders_are_told_from_questions() {
        for said in [
            "@content_manager we need a blog post \"X\" for Y, due tomorrow",
            "Could we have an article about tea?",
            "Hi! Can you please write a guide to pricing?",
            "how about a post on coffee?",
            "blog post \"X\" for bakers",
            "I’d like two blog posts about rain",
        ] {
            assert_eq!(intent(said, false), Intent::Order, "{said}");
        }
        for said in [
            "when is the blog post done?",
            "is the article ready?",
            "how is the blog post going?",
            "@content_manager where is my article?",
        ] {
            assert_eq!(intent(said, false), Intent::Status, "{said}");
        }
        for said in
            ["we don't need a blog post", "do we need a blog post?", "who reads a blog post?", "nice post you shared"]
        {
            assert_ne!(intent(said, false), Intent::Order, "{said}");
        }
    }

    #[test]
    fn small_talk_and_questions() {
        for (said, wanted) in [
            ("@copywriter what are you on?", Intent::Status),
            ("status", Intent::Status),
            ("busy?", Intent::Status),
            ("@seo_specialist why 85?", Intent::Why),
            ("why did you ask for changes", Intent::Why),
            ("What was wrong?", Intent::Why),
            ("thanks a lot!", Intent::Thanks),
            ("Hello", Intent::Hello),
            ("@designer hi", Intent::Hello),
            ("what can you do?", Intent::Help),
            ("the weather is mild", Intent::Unclear),
            ("cancel it", Intent::Stop),
            ("", Intent::Unclear),
        ] {
            assert_eq!(intent(said, false), wanted, "{said}");
        }
    }

    #[test]
    fn in_a_thread_wishes_are_changes() {
        for said in [
            "make the intro shorter",
            "please change the title to \"New\"",
            "can you add a line about data protection?",
            "the post should mention our prices",
            "Too long for my taste.",
            "the status of the CFO should be in it, and our progress too",
        ] {
            assert_eq!(intent(said, true), Intent::Change, "{said}");
        }
        assert_eq!(intent("why is it so long?", true), Intent::Why);
        assert_eq!(intent("when will it be done?", true), Intent::Status);
        assert_eq!(intent("who approves this?", true), Intent::Unclear);
        assert_eq!(intent("thanks, looks good", true), Intent::Thanks);
        assert_eq!(intent("we need another blog post \"Y\" for Z", true), Intent::Order);
    }
}
