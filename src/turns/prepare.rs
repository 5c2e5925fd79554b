//! What happens to a leased call before it is made: its prompt is built and stored, and its cost reserved.

use std::panic::AssertUnwindSafe;

use bullpen_domain::effect::Ask;
use bullpen_domain::event::{Outcome, Purpose};
use bullpen_domain::name::Handle;
use bullpen_domain::persona;
use chrono::{NaiveDate, TimeDelta};
use futures::FutureExt as _;
use sqlx::Connection as _;

use super::price::{micros, usd};
use super::{PAUSE, Ready, Turns, tier_name};
use crate::clock;
use crate::health::away;
use crate::store::budget::{Limits, Reservation, Short};
use crate::store::calls::{Leased, Spec};
use crate::store::{budget, calls, is_outage};

/// What became of a leased call before it is made.
pub(super) enum Prepared {
    /// It can be made.
    Ready(Ready),
    /// It is answered already: there is no money, or no prompt.
    Answered(Handle, Box<Purpose>, Outcome),
    /// It cannot be read.
    Broken(String),
    /// Somebody else has it by now.
    Gone,
}

impl Turns {
    /// Prepares a call; again until the database answers. What the database refuses is told as a failure, and so is a panic.
    pub(super) async fn prepare_surely(&self, call: &Leased) -> Prepared {
        let mut again = false;
        loop {
            let why = match AssertUnwindSafe(self.prepare(call, again)).catch_unwind().await {
                Ok(Ok(prepared)) => return prepared,
                Ok(Err(error)) if is_outage(&error) => {
                    again = true;
                    self.health.set("turns", Err(away(&error)));
                    tokio::time::sleep(PAUSE).await;
                    continue;
                }
                Ok(Err(error)) => {
                    tracing::error!(call = %call.id, lane = %call.lane, %error, "the database refuses a prompt");
                    "The prompt could not be stored; the server's log says why.".to_owned()
                }
                Err(_) => {
                    tracing::error!(call = %call.id, lane = %call.lane, "to prepare a call panicked");
                    "Something went wrong inside this server; its log says what.".to_owned()
                }
            };
            return match call.addressee.clone() {
                Some((persona, purpose)) => {
                    Prepared::Answered(persona, Box::new(purpose), Outcome::Failed { why, later: false })
                }
                None => Prepared::Broken(why),
            };
        }
    }

    /// Builds and stores the prompt of a call, and reserves its cost. What the budget does not cover is answered so. `again`
    /// when it may be done already: nobody was told.
    async fn prepare(&self, call: &Leased, again: bool) -> sqlx::Result<Prepared> {
        let ask = match &call.spec {
            Ok(Spec::Skill(run)) => return Ok(Prepared::Ready(Ready::Skill(run.clone()))),
            Ok(Spec::Turn(ask)) => ask.clone(),
            Err(why) => {
                return Ok(match &call.addressee {
                    Some((persona, purpose)) => {
                        let outcome = Outcome::Failed { why: why.clone(), later: false };
                        Prepared::Answered(persona.clone(), Box::new(purpose.clone()), outcome)
                    }
                    None => Prepared::Broken(why.clone()),
                });
            }
        };
        let answered = |outcome| Prepared::Answered(ask.persona.clone(), Box::new(ask.purpose.clone()), outcome);
        if call.taken_over {
            return Ok(answered(Outcome::Withheld));
        }
        let now = self.clock.now();
        let mut conn = self.pool.acquire().await?;
        if again {
            match calls::prepared_before(&mut conn, call).await? {
                None => return Ok(Prepared::Gone),
                Some(None) => {}
                Some(Some((stored, reserved))) => {
                    return Ok(match self.prompt(&mut conn, call, &ask, Some(&stored)).await? {
                        Ok(prompt) => Prepared::Ready(Ready::Turn { request: Box::new(prompt.request), ask, reserved }),
                        Err(error) => answered(unwritten(&ask, &error)),
                    });
                }
            }
        }
        let prompt = match self.prompt(&mut conn, call, &ask, call.prompt.as_ref()).await? {
            Ok(prompt) => prompt,
            Err(error) => return Ok(answered(unwritten(&ask, &error))),
        };
        let zone = self.office.directory().zone;
        let day = now.with_timezone(&zone).date_naive();
        let request = &prompt.request;
        let reserved = Reservation { micros: self.estimate(request), day, cause: ask.cause.clone() };
        let prepared = calls::Prepared {
            persona: ask.persona.as_str(),
            tier: tier_name(request.tier),
            model: &self.model.name(request.tier),
            prompt: &prompt.to_store(),
            shown: &prompt.shown,
            reserved: &reserved,
        };
        let ours = if reserved.micros == 0 && call.lost.is_none() {
            // No money to look after: one statement does it.
            calls::prepared(&mut conn, self.org, now, call, &prepared).await?
        } else {
            let mut tx = conn.begin().await?;
            if let Some(lost) = &call.lost {
                // Nobody knows whether the lost attempt was billed: it is charged its reservation.
                budget::settle(&mut tx, self.org, lost, lost.micros).await?;
            }
            let budget = &self.config.budget;
            let limits = Limits { day: micros(budget.daily_usd), cause: micros(budget.cause_usd) };
            if let Err(short) = budget::reserve(&mut tx, self.org, &reserved, limits).await? {
                let spent = budget::on(&mut tx, self.org, day).await?.0;
                tx.rollback().await?;
                return Ok(answered(self.unfunded(short, day, spent)));
            }
            let ours = calls::prepared(&mut tx, self.org, now, call, &prepared).await?;
            if ours {
                tx.commit().await?;
            } else {
                // Who has it settles what is lost, and reserves anew.
                tx.rollback().await?;
            }
            ours
        };
        Ok(if ours {
            Prepared::Ready(Ready::Turn { request: Box::new(prompt.request), ask, reserved })
        } else {
            Prepared::Gone
        })
    }

    /// What a call comes to that no money is left for; `spent` of the day's budget.
    fn unfunded(&self, short: Short, day: NaiveDate, spent: i64) -> Outcome {
        let budget = &self.config.budget;
        match short {
            Short::Day => Outcome::Unfunded {
                why: format!(
                    "today's model budget of {} USD does not cover another call ({} USD spent)",
                    budget.daily_usd,
                    usd(spent)
                ),
                until: Some(clock::begins(day + TimeDelta::days(1), self.office.directory().zone)),
            },
            Short::Cause => Outcome::Unfunded {
                why: format!("the allowance of {} USD for what one cause sets off is used up", budget.cause_usd),
                until: None,
            },
        }
    }
}

/// What a call comes to whose prompt cannot be written.
fn unwritten(ask: &Ask, error: &persona::Error) -> Outcome {
    let why = format!("The prompt of @{} cannot be written: {}", ask.persona, error.problem);
    Outcome::Failed { why, later: true }
}
