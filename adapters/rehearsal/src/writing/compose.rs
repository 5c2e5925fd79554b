//! A first draft from the brief.

use super::article::{Article, SIGNATURE, Section};
use super::{Piece, head, phrases, tune, wish};
use crate::assignment::{Assignment, fill, list_at};
use crate::bank::{self, Idea};
use crate::seed::{self, Walk};
use crate::topic::Shape;
use crate::{brief, text};

/// Words of a piece where nothing is said.
const USUAL_WORDS: usize = 900;

/// From this length on a piece answers a few questions at its end.
const WORDS_WITH_QUESTIONS: usize = 700;

/// A first draft.
pub(super) fn draft(work: &Assignment<'_>) -> Piece {
    let mut outline = list_at(work.material, "/inputs/brief/outline");
    if outline.is_empty() {
        outline = brief::outline(work, 10);
    }
    let asked = work.material.pointer("/inputs/brief/words").and_then(serde_json::Value::as_u64);
    let words = asked.map(|words| words as usize).or_else(|| wish::words_asked(work.text("/request/notes")));
    let mut article = Composer::new(work).article(&outline, words.unwrap_or(USUAL_WORDS).clamp(200, 4000));
    tune::use_term(&mut article, work);
    let mut keywords = vec![work.keyword.clone()];
    keywords.extend(work.secondary.iter().cloned());
    let piece = Piece {
        title: text::clip(&work.title, 120),
        slug: head::slug(&work.title, &work.keyword),
        meta_description: head::long_description(work),
        keywords,
        article,
    };
    super::revise::granted(work, piece, work.text("/request/notes"))
}

/// A shorter text without closing section, for fields that no one told us about.
pub(super) fn passage(work: &Assignment<'_>, words: usize) -> Article {
    let parts = (words / 120).clamp(1, 5);
    let outline: Vec<String> = work.ideas().iter().take(parts).map(|idea| idea.heading.to_owned()).collect();
    let mut composer = Composer::new(work);
    let intro = composer.intro();
    let sections = outline.iter().map(|heading| composer.section(heading)).collect();
    Article { intro: intro.into_iter().take(2).collect(), sections, foot: vec![SIGNATURE.to_owned()] }
}

/// Puts a text together and remembers what it has used.
struct Composer<'a> {
    work: &'a Assignment<'a>,
    links: Walk,
    leads: Walk,
    steps: Walk,
    asked: Walk,
    closer: Walk,
    /// Headings of ideas that were used, so that none comes twice.
    used: Vec<&'static str>,
}

impl<'a> Composer<'a> {
    fn new(work: &'a Assignment<'a>) -> Self {
        let walk = |items, salt| Walk::over(items, &[&work.title, salt]);
        Self {
            work,
            links: walk(phrases::LINKS, "links"),
            leads: walk(phrases::LEADS, "leads"),
            steps: walk(phrases::STEPS, "steps"),
            asked: walk(phrases::ASKED, "asked"),
            closer: walk(phrases::CLOSER, "closer"),
            used: Vec::new(),
        }
    }

    fn article(&mut self, outline: &[String], words: usize) -> Article {
        self.used = outline.iter().filter_map(|heading| bank::idea_named(heading)).map(|idea| idea.heading).collect();
        let mut article = Article { intro: self.intro(), sections: Vec::new(), foot: vec![SIGNATURE.to_owned()] };
        for heading in outline {
            let section = self.section(heading);
            article.sections.push(section);
        }
        if words >= WORDS_WITH_QUESTIONS {
            article.sections.push(self.questions());
        }
        article.sections.push(self.closing(outline));
        let framed =
            |section: &&mut Section| section.heading != bank::OPEN.heading && section.heading != bank::CLOSE.heading;
        for section in article.sections[..outline.len()].iter_mut().filter(framed).step_by(2) {
            if let Some(first) = section.blocks.first_mut().filter(|first| !first.contains('\n')) {
                *first = format!("{first} {}", self.work.say(self.links.next()));
            }
        }
        self.stretch(&mut article, words);
        article
    }

    fn intro(&mut self) -> Vec<String> {
        let mut intro =
            vec![self.work.choose(phrases::OPENINGS, "opening"), self.work.choose(phrases::PROMISES, "promise")];
        let angle = self.work.text("/inputs/brief/angle");
        if !angle.is_empty() {
            intro.push(format!("**The point in one line:** {}", text::inline(angle)));
        }
        let findings = list_at(self.work.material, "/inputs/research/findings");
        if let Some(finding) = findings.iter().find(|finding| !finding.contains("needs a source")) {
            let lead = if finding.starts_with("For ") {
                "Our research comes down to a simple point:"
            } else {
                "Our research found:"
            };
            intro.push(format!("{lead} {}", text::inline(&text::lower_first(finding))));
        }
        intro
    }

    fn section(&mut self, heading: &str) -> Section {
        if let Some(rest) = brief::more_in_short(heading) {
            return Section::new(heading, self.rest(rest));
        }
        let heading = text::line(heading);
        let mut blocks = Vec::new();
        let idea = match bank::idea_named(&heading) {
            Some(idea) => idea,
            None => {
                let topic = text::inline(&text::lower_first(text::plain_heading(&heading)));
                blocks.push(fill(self.asked.next(), &[("topic", &topic)]));
                self.fresh(&heading)
            }
        };
        blocks.push(idea.point.to_owned());
        blocks.push(format!("{} {}", self.leads.next(), idea.example));
        blocks.push(format!("{} {}", self.steps.next(), idea.action));
        if self.work.topic.shape == Shape::Steps
            && let Some(close) = self.close_idea()
        {
            blocks.push(format!("{} {} {}", self.closer.next(), close.point, close.action));
        }
        Section::new(text::inline(&heading), blocks)
    }

    /// An idea from the field of the title itself, which ties a general step to the subject.
    fn close_idea(&mut self) -> Option<&'static Idea> {
        let field = self.work.topic.fields[0];
        let idea = field.ideas.iter().find(|idea| !field.triggers.is_empty() && !self.used.contains(&idea.heading))?;
        self.used.push(idea.heading);
        Some(idea)
    }

    /// An idea that was not used yet, the closest to `subject`.
    fn fresh(&mut self, subject: &str) -> &'static Idea {
        let near = bank::fields_for(subject)
            .into_iter()
            .filter(|field| !field.triggers.is_empty())
            .flat_map(|field| field.ideas);
        let all: Vec<&'static Idea> = near.chain(self.work.ideas()).collect();
        let idea =
            all.iter().find(|idea| !self.used.contains(&idea.heading)).or(all.first()).copied().unwrap_or(&bank::OPEN);
        self.used.push(idea.heading);
        idea
    }

    /// The items of a long list that get one line each.
    fn rest(&mut self, (first, count): (usize, usize)) -> Vec<String> {
        let ideas = self.work.ideas();
        let mut lines = Vec::new();
        for idea in ideas.into_iter().filter(|idea| !self.used.contains(&idea.heading)).take(count) {
            lines.push(format!("{}. **{}.** {}", first + lines.len(), idea.heading, idea.action));
        }
        let all = first + lines.len() - 1;
        let lead = match self.work.topic.shape {
            Shape::List(promised) if promised > all => format!(
                "The title promises {promised}, and the stand-in that wrote this knows {all}. The rest get a line each; the others are left to a model, or to you:"
            ),
            _ => "These deserve a line each, so that the list is complete without becoming a book:".to_owned(),
        };
        vec![lead, lines.join("\n")]
    }

    fn questions(&self) -> Section {
        let mut answers = Walk::over(phrases::ANSWERS, &[&self.work.title, "answers"]);
        let blocks = (0..3).map(|_| self.work.say(answers.next())).collect();
        Section::new(self.work.choose(phrases::QUESTION_HEADINGS, "questions"), blocks)
    }

    fn closing(&self, outline: &[String]) -> Section {
        let work = self.work;
        let single = outline.iter().filter(|heading| brief::more_in_short(heading).is_none());
        let plain: Vec<&str> = single.map(|heading| text::plain_heading(heading)).collect();
        let mut blocks = Vec::new();
        if seed::hash(&[&work.title, "closing"]).is_multiple_of(3) {
            let rows = plain.iter().filter_map(|heading| Some((heading, bank::idea_named(heading)?.action)));
            let rows: Vec<String> = rows.map(|(heading, action)| format!("| {heading} | {action} |")).collect();
            if rows.len() > 1 {
                blocks.push(work.choose(phrases::TABLES, "table"));
                blocks.push(format!("| Idea | First step |\n|---|---|\n{}", rows.join("\n")));
            }
        }
        if blocks.is_empty() {
            let lines: Vec<String> = plain.iter().map(|heading| format!("- {}", text::inline(heading))).collect();
            blocks.push(work.choose(phrases::SUMMARIES, "summary"));
            blocks.push(lines.join("\n"));
        }
        blocks.push(work.choose(phrases::CLOSINGS, "closing"));
        blocks.push(work.choose(phrases::CALLS, "call"));
        let steps = work.topic.shape == Shape::Steps;
        let heading = if steps { "All Steps at a Glance".to_owned() } else { work.choose(phrases::ENDINGS, "ending") };
        Section::new(heading, blocks)
    }

    /// Brings the text near to the length that was asked for.
    fn stretch(&self, article: &mut Article, words: usize) {
        if article.words() > words + words / 5 {
            super::length::cut(article, self.work, words + words / 10);
        } else {
            super::length::fill(article, self.work, words);
        }
    }
}
