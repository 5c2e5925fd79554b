use chrono::TimeDelta;

use super::lane::Table;
use crate::event::{Event, Timer};
use crate::record::{Category, EscalationState};
use crate::task::State;

fn late(table: &mut Table) {
    let timer = table.timers.iter().find(|(_, t)| matches!(t, Timer::Overdue { .. })).cloned();
    let (at, timer) = timer.expect("it is watched");
    table.now = at;
    table.tell(&Event::Due(timer));
}

#[test]
fn work_that_is_long_late_goes_before_people_once_until_it_is_done() {
    let mut table = Table::content();
    table.until_step("publish", State::Waiting);
    late(&mut table);
    late(&mut table);
    assert_eq!(table.s.escalations.len(), 1);
    let raised = table.s.escalations[0].clone();
    assert_eq!((raised.category, raised.level, raised.step_task), (Category::DeadlineMissed, 4, None));
    assert!(
        raised.issue.contains("is not done. It stands at") && raised.issue.contains("Publication (@"),
        "{}",
        raised.issue
    );
    table.react("you", "✅", true);
    table.until(|t| t.root().state == State::Done);
    assert_eq!(table.s.escalations[0].state, EscalationState::Answered);
}

#[test]
fn another_due_date_is_watched_instead() {
    let mut table = Table::content();
    let root = table.s.tasks.iter_mut().find(|t| t.is_root()).expect("a root");
    root.due = root.due.map(|due| due + TimeDelta::days(30));
    late(&mut table);
    assert!(table.s.escalations.is_empty());
}
