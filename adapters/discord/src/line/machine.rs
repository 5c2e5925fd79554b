//! What a line does next, as a pure function: a frame in, a step out.

use std::time::Duration;

use serde::Deserialize;

use super::close::{Again, Over};
use super::frame::{Frame, Ready, op};

/// The longest and shortest interval between heartbeats that is believed.
const INTERVALS: (Duration, Duration) = (Duration::from_millis(10), Duration::from_mins(5));

/// How far a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Discord has not said hello.
    Opening,
    /// We have asked for a session, or for the old one.
    Asking,
    /// Events come.
    Live,
}

/// One connection, from its opening to its end.
#[derive(Debug)]
pub(super) struct Machine {
    phase: Phase,
    /// Whether a session is to be resumed.
    resumes: bool,
    /// Heartbeats since the last answer.
    unanswered: u32,
    /// Whether anything came since the last heartbeat.
    heard: bool,
}

/// So many heartbeats may go unanswered while events come: answers wait behind them.
const UNANSWERED: u32 = 3;

/// What happens to a line.
#[derive(Debug)]
pub(super) enum Input<'a> {
    Frame(&'a Frame<'a>),
    /// It is time for a heartbeat. `blocked`: what comes cannot be read now, answers to heartbeats neither.
    Beat {
        blocked: bool,
    },
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    Nothing,
    /// Ask for the old session or a new one, and send a heartbeat after each interval.
    Ask {
        every: Duration,
        resume: bool,
    },
    Beat,
    /// A session began. The event itself is handed over like any other.
    Began(Ready),
    /// The old session goes on, and this event is handed over.
    Resumed,
    /// Hand the event over.
    Event,
    Over(Over),
}

#[derive(Deserialize)]
struct Hello {
    heartbeat_interval: u64,
}

impl Machine {
    pub(super) const fn new(resumes: bool) -> Self {
        Self { phase: Phase::Opening, resumes, unanswered: 0, heard: false }
    }

    /// Whether events come.
    pub(super) fn is_live(&self) -> bool {
        self.phase == Phase::Live
    }

    pub(super) fn step(&mut self, input: &Input<'_>) -> Step {
        match input {
            Input::Beat { blocked } => self.beat(*blocked),
            Input::Frame(frame) => self.frame(frame),
        }
    }

    fn beat(&mut self, blocked: bool) -> Step {
        if self.phase == Phase::Opening {
            return Step::Nothing;
        }
        let heard = std::mem::take(&mut self.heard);
        let deaf = self.unanswered > 0 && !heard || self.unanswered >= UNANSWERED;
        if deaf && !blocked {
            return Step::Over(Over::passing("Discord does not answer heartbeats any more", Again::Resume));
        }
        self.unanswered = if blocked { 0 } else { self.unanswered + 1 };
        Step::Beat
    }

    fn frame(&mut self, frame: &Frame<'_>) -> Step {
        match frame.op {
            op::HELLO if self.phase == Phase::Opening => {
                let hello = frame.d.and_then(|d| serde_json::from_str::<Hello>(d.get()).ok());
                let Some(hello) = hello else {
                    return Step::Over(Over::passing("Discord's hello cannot be understood", Again::Resume));
                };
                self.phase = Phase::Asking;
                let every = Duration::from_millis(hello.heartbeat_interval).clamp(INTERVALS.0, INTERVALS.1);
                Step::Ask { every, resume: self.resumes }
            }
            op::HEARTBEAT => Step::Beat,
            op::HEARTBEAT_ACK => {
                self.unanswered = 0;
                Step::Nothing
            }
            op::RECONNECT => Step::Over(Over::passing("Discord asks to connect anew", Again::Resume)),
            op::INVALID_SESSION => {
                let resumable = frame.d.is_some_and(|d| d.get() == "true");
                let again = if resumable { Again::Resume } else { Again::Identify };
                Step::Over(Over { slowly: true, ..Over::passing("Discord does not know the session", again) })
            }
            op::DISPATCH => self.event(frame),
            // Opcodes that are not for us, or not yet known.
            _ => Step::Nothing,
        }
    }

    fn event(&mut self, frame: &Frame<'_>) -> Step {
        if self.phase == Phase::Opening || frame.s.is_none() {
            return Step::Nothing;
        }
        self.heard = true;
        match frame.t.as_deref() {
            Some("READY") => {
                let Some(ready) = frame.d.and_then(|d| serde_json::from_str::<Ready>(d.get()).ok()) else {
                    return Step::Over(Over::passing("Discord's READY cannot be understood", Again::Identify));
                };
                self.phase = Phase::Live;
                Step::Began(ready)
            }
            // A new session has none to go on with, and its events come after READY.
            Some(_) if self.phase == Phase::Asking && !self.resumes => Step::Nothing,
            Some("RESUMED") => {
                self.phase = Phase::Live;
                Step::Resumed
            }
            Some(_) => Step::Event,
            None => Step::Nothing,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::close::Again;
    use super::super::frame::Frame;
    use super::{Input, Machine, Step};

    fn told(machine: &mut Machine, frame: &str) -> Step {
        let frame: Frame<'_> = serde_json::from_str(frame).unwrap();
        machine.step(&Input::Frame(&frame))
    }

    const HELLO: &str = r#"{"op":10,"s":null,"t":null,"d":{"heartbeat_interval":41250,"_trace":["x"]}}"#;
    const READY: &str = r#"{"op":0,"s":1,"t":"READY","d":{"session_id":"a","resume_gateway_url":"wss://r"}}"#;
    const EVENT: &str = r#"{"op":0,"s":2,"t":"MESSAGE_CREATE","d":{"id":"1"}}"#;
    const RESUMED: &str = r#"{"op":0,"s":3,"t":"RESUMED","d":{}}"#;

    fn again(step: Step) -> Again {
        match step {
            Step::Over(over) => over.again,
            other => panic!("the line is over, not {other:?}"),
        }
    }

    #[test]
    fn a_session_begins() {
        let mut machine = Machine::new(false);
        assert_eq!(told(&mut machine, EVENT), Step::Nothing, "nothing is heard before the hello");
        assert!(matches!(told(&mut machine, HELLO), Step::Ask { resume: false, every } if every.as_millis() == 41_250));
        assert_eq!(told(&mut machine, EVENT), Step::Nothing, "nor before READY");
        assert!(matches!(told(&mut machine, READY), Step::Began(ready) if ready.session_id == "a"));
        assert!(machine.is_live());
        assert_eq!(told(&mut machine, EVENT), Step::Event);
        assert_eq!(told(&mut machine, HELLO), Step::Nothing);
        assert_eq!(told(&mut machine, r#"{"op":1,"d":null}"#), Step::Beat);
    }

    #[test]
    fn a_session_goes_on() {
        let mut machine = Machine::new(true);
        assert!(matches!(told(&mut machine, HELLO), Step::Ask { resume: true, .. }));
        assert_eq!(told(&mut machine, EVENT), Step::Event, "what was missed comes before RESUMED");
        assert!(!machine.is_live());
        assert_eq!(told(&mut machine, RESUMED), Step::Resumed);
        assert!(machine.is_live());
    }

    #[test]
    fn a_line_ends_with_what_to_do_next() {
        let open = || {
            let mut machine = Machine::new(true);
            told(&mut machine, HELLO);
            machine
        };
        assert_eq!(again(told(&mut open(), r#"{"op":7,"d":null}"#)), Again::Resume);
        assert_eq!(again(told(&mut open(), r#"{"op":9,"d":true}"#)), Again::Resume);
        assert_eq!(again(told(&mut open(), r#"{"op":9,"d":false}"#)), Again::Identify);
    }

    #[test]
    fn a_deaf_line_is_over_and_a_full_one_is_not() {
        let mut machine = Machine::new(true);
        assert_eq!(machine.step(&Input::Beat { blocked: false }), Step::Nothing);
        told(&mut machine, HELLO);
        assert_eq!(machine.step(&Input::Beat { blocked: false }), Step::Beat);
        told(&mut machine, r#"{"op":11}"#);
        for _ in 0..3 {
            assert_eq!(
                machine.step(&Input::Beat { blocked: true }),
                Step::Beat,
                "the answer waits behind what is unread"
            );
        }
        assert_eq!(machine.step(&Input::Beat { blocked: false }), Step::Beat);
        assert_eq!(again(machine.step(&Input::Beat { blocked: false })), Again::Resume);
    }

    #[test]
    fn answers_may_wait_behind_events_for_a_while() {
        let mut machine = Machine::new(true);
        told(&mut machine, HELLO);
        for _ in 0..3 {
            told(&mut machine, EVENT);
            assert_eq!(machine.step(&Input::Beat { blocked: false }), Step::Beat);
        }
        told(&mut machine, EVENT);
        assert_eq!(again(machine.step(&Input::Beat { blocked: false })), Again::Resume);
    }

    proptest! {
        #[test]
        fn no_frame_is_too_strange(op in 0_u8..20, s in prop::option::of(0_u64..9), t in "[A-Z_]{0,12}", d in "[1-9][0-9]{0,2}|null|true|\\{\\}|\"x\"") {
            let s = s.map_or("null".into(), |s| s.to_string());
            let frame = format!(r#"{{"op":{op},"s":{s},"t":"{t}","d":{d},"x":[]}}"#);
            for resumes in [true, false] {
                let mut machine = Machine::new(resumes);
                told(&mut machine, &frame);
                told(&mut machine, HELLO);
                told(&mut machine, &frame);
            }
        }
    }
}
