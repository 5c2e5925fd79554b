use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::authority::{Authority, Gate, Line, Rank, Row};
use crate::decide::tests::lane::directory;
use crate::playbook::Playbook;

fn handle(text: &str) -> Handle {
    Handle::parse(text).expect("a handle")
}

/// A verdict in short.
fn short(verdict: &Verdict) -> String {
    let stage = |stage: &Stage| match stage {
        Stage::Personas(who) => who.iter().map(ToString::to_string).collect::<Vec<_>>().join("|"),
        Stage::People { .. } => "people".to_owned(),
    };
    match verdict {
        Verdict::Do => "do".to_owned(),
        Verdict::NeedApproval { order } => order.iter().map(stage).collect::<Vec<_>>().join(" > "),
        Verdict::Escalate { to, category, .. } => format!("{category} to {}", to.join("|")),
        Verdict::Refuse => "no".to_owned(),
    }
}

fn ruled(directory: &Directory, actor: &str, kind: &str, amount: Option<u64>) -> String {
    let situation = Situation { amount, ..Situation::default() };
    short(&judge(directory, &handle(actor), &Matter::decision(kind, situation)).verdict)
}

#[test]
fn the_matrix_that_is_shipped_means_what_it_says() {
    let directory = directory();
    let mut table = String::new();
    for kind in directory.team.authority.decisions.keys() {
        for actor in ["copywriter", "campaign_manager", "vp_marketing", "director_comms", "cmo"] {
            table.push_str(&format!("{kind} {actor}: {}\n", ruled(&directory, actor, kind, None)));
        }
    }
    let expected = "\
blog_post_topic copywriter: outside_authority to content_manager
blog_post_topic campaign_manager: do
blog_post_topic vp_marketing: do
blog_post_topic director_comms: no
blog_post_topic cmo: no
brand_positioning copywriter: outside_authority to cmo
brand_positioning campaign_manager: vp_marketing > cmo
brand_positioning vp_marketing: cmo
brand_positioning director_comms: cmo
brand_positioning cmo: do
budget_allocation copywriter: outside_authority to cmo
budget_allocation campaign_manager: vp_marketing > cmo
budget_allocation vp_marketing: cmo
budget_allocation director_comms: cmo
budget_allocation cmo: do
campaign_strategy copywriter: outside_authority to vp_marketing
campaign_strategy campaign_manager: vp_marketing > cmo
campaign_strategy vp_marketing: cmo
campaign_strategy director_comms: cmo
campaign_strategy cmo: do
campaign_timeline copywriter: outside_authority to vp_marketing
campaign_timeline campaign_manager: vp_marketing
campaign_timeline vp_marketing: do
campaign_timeline director_comms: no
campaign_timeline cmo: no
content_calendar copywriter: outside_authority to content_manager
content_calendar campaign_manager: do
content_calendar vp_marketing: no
content_calendar director_comms: no
content_calendar cmo: no
daily_social_post copywriter: do
daily_social_post campaign_manager: no
daily_social_post vp_marketing: no
daily_social_post director_comms: no
daily_social_post cmo: no
legal_compliance copywriter: no
legal_compliance campaign_manager: legal to vp_marketing
legal_compliance vp_marketing: legal to cmo
legal_compliance director_comms: legal to cmo
legal_compliance cmo: legal to you|ana
major_initiative copywriter: outside_authority to cmo
major_initiative campaign_manager: vp_marketing > cmo > people
major_initiative vp_marketing: cmo > people
major_initiative director_comms: cmo > people
major_initiative cmo: people
";
    assert_eq!(table, expected);
}

#[test]
fn a_limit_holds_up_to_its_amount_and_not_without_one() {
    let directory = directory();
    let budget = |actor, amount| ruled(&directory, actor, "budget_allocation", amount);
    assert_eq!(budget("vp_marketing", Some(5000)), "do");
    assert_eq!(budget("vp_marketing", Some(5001)), "cmo");
    assert_eq!(budget("vp_marketing", None), "cmo");
    assert_eq!(budget("campaign_manager", Some(5000)), "vp_marketing", "the VP decides it, and the CMO is not asked");
    assert_eq!(budget("campaign_manager", Some(5001)), "vp_marketing > cmo");
}

#[test]
fn acts_need_what_their_rules_and_where_they_go_ask_for() {
    let directory = directory();
    let act = |actor, action: Action| short(&judge(&directory, &handle(actor), &action.into()).verdict);
    assert_eq!(act("content_manager", Action::PublishArticle), "director_comms > people");
    assert_eq!(act("linkedin_manager", Action::PostSocial), "director_comms");
    assert_eq!(act("email_specialist", Action::MailNewsletter), "director_comms > people");
    assert_eq!(act("content_manager", Action::TaskStart), "do");
    assert_eq!(act("designer", Action::PublishArticle), "no");
    assert_eq!(act("nobody", Action::TaskStart), "no");
}

#[test]
fn a_run_mode_narrows_whatever_else_holds() {
    let mut directory = directory();
    let mut act = |mode, action: Action| {
        let handle = handle("linkedin_manager");
        let persona = directory.personas.get_mut(&handle).expect("it is shipped");
        Arc::make_mut(persona).mode = mode;
        judge(&directory, &handle, &action.into())
    };
    assert_eq!(short(&act(RunMode::Assisted, Action::PostSocial).verdict), "director_comms > people");
    let refused = act(RunMode::ReviewOnly, Action::PostSocial);
    assert_eq!(refused.verdict, Verdict::Refuse);
    assert_eq!(refused.reason(), "@linkedin_manager only reviews, and post.social is more than that");
}

#[test]
fn a_quorum_is_asked_for_and_missed_where_too_few_may_vote() {
    let mut directory = directory();
    let mut team = (*directory.team).clone();
    team.autonomy.get_mut(&Action::PublishArticle).expect("it is shipped").quorum = 2;
    directory.team = Arc::new(team);
    let playbook = Arc::clone(&directory.playbooks["content"]);
    let asked =
        |directory: &Directory| match judge(directory, &handle("content_manager"), &Action::PublishArticle.into())
            .verdict
        {
            Verdict::NeedApproval { order } => order.last().map(ToString::to_string),
            _ => None,
        };
    assert_eq!(asked(&directory).as_deref(), Some("2 of you, ana"));
    assert_eq!(unmet(&directory, &playbook), Vec::new());
    directory.people.retain(|person| person.name != "ana");
    let found = unmet(&directory, &playbook);
    assert!(found[0].problem.starts_with("2 people must agree to publish.article, and 1 may"), "{found:?}");
}

#[test]
fn a_playbook_that_the_rules_would_stop_says_so_when_it_is_read() {
    let directory = directory();
    let mut playbook = (*directory.playbooks["content"]).clone();
    let step = |playbook: &mut Playbook, id: &str| playbook.steps.iter().position(|s| s.id == id).expect("a step");
    let (voice, out) = (step(&mut playbook, "linkedin_voice"), step(&mut playbook, "x_out"));
    playbook.steps[voice].role = handle("copywriter");
    playbook.steps[out].role = handle("designer");
    let found = unmet(&directory, &playbook);
    let fields: Vec<&str> = found.iter().map(|problem| problem.field.as_str()).collect();
    let linkedin_out = step(&mut playbook, "linkedin_out");
    assert_eq!(fields, [format!("steps[{linkedin_out}].needs"), format!("steps[{out}].role")]);
    assert!(found[0].problem.starts_with("post.social needs a review by @director_comms of what it puts out"));
}

#[test]
fn a_ruling_names_the_rule_with_its_file_and_line() {
    let directory = directory();
    let lines = include_str!("../../../personas/marketing/team.yaml").lines().map(str::trim_start);
    let line = |begins: &str| lines.clone().position(|l| l.starts_with(begins)).map_or(0, |at| at + 1);
    let why = judge(&directory, &handle("content_manager"), &Action::PublishArticle.into()).explained(&directory);
    let rule = format!("(`autonomy.publish.article` in team.yaml:{})", line("publish.article:"));
    let gate = format!("(`authority.gates[0]` in team.yaml:{})", line("- audience: public"));
    assert!(why.contains(&rule) && why.contains(&gate), "{why}");
    let vp = judge(&directory, &handle("vp_marketing"), &Matter::decision("legal_compliance", Situation::default()));
    let part = format!("in team.yaml:{})", line("parts: { manager: F, vp: E"));
    assert!(vp.explained(&directory).ends_with(&part), "{}", vp.explained(&directory));
}

/// A matrix of any kind, sound or not: `parts` has one entry for each rank and for people.
fn authority(parts: &[Option<Part>; 5], line: Option<(Handle, Part, Option<u64>)>, gate: Option<Handle>) -> Authority {
    let ids = ["a", "b", "c", "d", crate::authority::HUMAN];
    let levels: [&[u8]; 4] = [&[1, 2], &[3], &[4], &[5]];
    let ranks = ids.iter().zip(levels);
    let ranks = ranks.map(|(id, levels)| Rank { id: (*id).into(), title: (*id).into(), levels: levels.into() });
    let parts = ids.iter().zip(parts).filter_map(|(id, part)| Some(((*id).to_owned(), (*part)?))).collect();
    let roles = line.map(|(who, part, up_to)| Line {
        who: vec![who],
        decision: "it".into(),
        part,
        up_to,
        audience: None,
        channels: Vec::new(),
        why: "because".into(),
    });
    Authority {
        ranks: ranks.collect(),
        decisions: [("it".to_owned(), Row { title: "It".into(), parts, dates: false })].into(),
        roles: roles.into_iter().collect(),
        gates: gate
            .map(|by| Gate { audience: Audience::Public, by: vec![by], why: "voice".into() })
            .into_iter()
            .collect(),
    }
}

fn part() -> impl Strategy<Value = Part> {
    use Part::{A, C, D, E, F, I, P, R};
    prop::sample::select(vec![D, A, P, R, C, I, F, E])
}

fn actor() -> impl Strategy<Value = Handle> {
    let shipped: Vec<Handle> = directory().personas.into_keys().collect();
    prop_oneof![20 => prop::sample::select(shipped), 1 => Just(handle("stranger"))]
}

fn mode() -> impl Strategy<Value = RunMode> {
    prop::sample::select(vec![RunMode::FullAuto, RunMode::Assisted, RunMode::ReviewOnly])
}

/// How much a verdict leaves to the actor: the less, the greater.
fn strictness(verdict: &Verdict) -> u8 {
    match verdict {
        Verdict::Do => 0,
        Verdict::NeedApproval { .. } => 1,
        Verdict::Escalate { .. } => 2,
        Verdict::Refuse => 3,
    }
}

proptest! {
    // With the stories of the lane, more than 100,000 acts are judged in a run of the tests.
    #![proptest_config(ProptestConfig { cases: 30_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Under any matrix, four acts each: whoever is not given the word by a rule has it for nothing, and every no or wait
    /// names the rule that asks for it.
    #[test]
    fn nobody_does_more_than_the_rules_give(
        parts in prop::array::uniform5(prop::option::weighted(0.7, part())),
        line in prop::option::of((actor(), part(), prop::option::of(0..100u64))),
        gate in prop::option::of(actor()),
        who in actor(),
        mode in mode(),
        amount in prop::option::of(0..200u64),
        level in prop::sample::select(vec![Autonomy::L1, Autonomy::L2, Autonomy::L3, Autonomy::L4]),
        named in any::<bool>(),
    ) {
        let mut directory = directory();
        let mut team = (*directory.team).clone();
        team.authority = authority(&parts, line.clone(), gate.clone());
        if let Some(rule) = team.autonomy.get_mut(&Action::PostSocial) {
            rule.level = level;
            rule.decision = Some("it".into());
            rule.by = if named { vec![who.clone()] } else { vec![handle("cmo")] };
        }
        directory.team = Arc::new(team);
        let own = |directory: &mut Directory, mode| {
            if let Some(persona) = directory.personas.get_mut(&who) {
                Arc::make_mut(persona).mode = mode;
            }
        };
        own(&mut directory, RunMode::FullAuto);
        let situation = Situation { amount, audience: Audience::Public, channel: None };
        let decision = Matter::decision("it", situation);
        let act = Matter { subject: Subject::Action(Action::PostSocial), situation };
        let free = [judge(&directory, &who, &decision), judge(&directory, &who, &act)];
        own(&mut directory, mode);
        let bound = [judge(&directory, &who, &decision), judge(&directory, &who, &act)];
        for (free, bound) in free.iter().zip(&bound) {
            prop_assert!(strictness(&free.verdict) <= strictness(&bound.verdict), "a mode never widens");
            prop_assert_eq!(bound.verdict == Verdict::Do, bound.because.is_empty(), "{:?}", bound);
        }
        let [decided, done] = &bound;
        prop_assert!(strictness(&decided.verdict) <= strictness(&done.verdict), "an act needs what its decision needs");
        let persona = directory.personas.get(&who);
        let part = persona.and_then(|p| directory.team.authority.part(p, "it", situation).0);
        if decided.verdict == Verdict::Do {
            prop_assert!(part.is_some_and(Part::settles), "{:?} has no word in it", part);
            prop_assert!(gate.is_none_or(|by| by == who), "the gate was passed by");
        }
        if done.verdict == Verdict::Do {
            prop_assert!(level == Autonomy::L4 && (named || who == handle("cmo")) && mode == RunMode::FullAuto);
        }
        if level == Autonomy::L1 {
            prop_assert!(strictness(&done.verdict) >= 2, "a persona does not even propose it");
        }
        if let Verdict::NeedApproval { order } = &done.verdict {
            let people = |stage: &Stage| matches!(stage, Stage::People { from, .. } if !from.is_empty());
            prop_assert!(!order.is_empty());
            prop_assert!(order.iter().all(|s| people(s) || *s != Stage::Personas(vec![who.clone()])), "nobody asks itself");
            prop_assert!(level == Autonomy::L4 || order.last().is_some_and(people), "people have the last word");
        }
        if let Verdict::Escalate { to, .. } = &decided.verdict {
            prop_assert!(!to.is_empty() && !to.contains(&who.to_string()), "{:?}", to);
        }
    }
}

#[test]
fn those_are_asked_whom_the_rule_names_as_long_as_they_may_approve() {
    let mut directory = directory();
    let rule = |directory: &mut Directory, ask: &[&str]| {
        let team = Arc::make_mut(&mut directory.team);
        let rule = team.autonomy.get_mut(&Action::PublishArticle).expect("it is shipped");
        rule.ask = ask.iter().map(|name| (*name).to_owned()).collect();
    };
    let asked =
        |directory: &Directory| match judge(directory, &handle("content_manager"), &Action::PublishArticle.into())
            .verdict
        {
            Verdict::NeedApproval { order } => order.last().cloned(),
            other => panic!("{other:?}"),
        };
    let people =
        |names: &[&str]| Some(Stage::People { from: names.iter().map(|name| (*name).to_owned()).collect(), quorum: 1 });
    assert_eq!(asked(&directory), people(&["you", "ana"]));
    rule(&mut directory, &["Ana"]);
    assert_eq!(asked(&directory), people(&["ana"]));
    // `ben` may not approve, and `gus` is nobody.
    rule(&mut directory, &["ben", "gus"]);
    assert_eq!(asked(&directory), people(&[]));
    let content = directory.playbooks["content"].clone();
    let faults: Vec<String> = unmet(&directory, &content).into_iter().map(|p| p.problem).collect();
    assert!(
        faults.iter().any(|f| f.contains("asks gus, who is no listed person with the right to approve")),
        "{faults:?}"
    );
    assert!(faults.iter().any(|f| f.contains("1 people must agree to publish.article, and 0 may")), "{faults:?}");
}
