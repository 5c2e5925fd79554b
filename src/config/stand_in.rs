//! Which stand-in speaks while no endpoint is configured. The hostile one takes two settings and no platform beside the lobby,
//! so that nobody has it by accident.

use bullpen_domain::source::Lines;
use serde::Deserialize;

use super::Error;
use super::environment::Environment;

/// The variable that holds the hostile stand-in's seed.
const SEED: &str = "BULLPEN_HOSTILE";

/// A stand-in, as the file names it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum StandIn {
    #[default]
    Helpful,
    Hostile,
}

/// The seed of the hostile stand-in, where that one is to speak. `beside` names what it must not be let loose on, where
/// that is configured.
pub(super) fn hostile(
    env: &Environment<'_>,
    chosen: StandIn,
    beside: Option<&str>,
    lines: &Lines,
    warnings: &mut Vec<String>,
) -> Result<Option<u64>, Error> {
    let fault = |problem: String| Error::File(lines.fault("model.stand_in", problem));
    match (chosen, env.get(SEED)) {
        (StandIn::Helpful, None) => Ok(None),
        (StandIn::Helpful, Some(_)) => Err(Error::variable(
            SEED,
            "it is the seed of the hostile stand-in, which bullpen.yaml does not choose; unset it, or write \
             `model: { stand_in: hostile }`",
        )),
        (StandIn::Hostile, None) => Err(fault(format!(
            "the hostile stand-in attacks the department on purpose; to have that, set {SEED} to a whole number, its seed, \
             as well; otherwise remove the field"
        ))),
        (StandIn::Hostile, Some(seed)) => {
            if let Some(beside) = beside {
                return Err(fault(format!(
                    "the hostile stand-in speaks in the lobby alone, and {beside} is configured too; unset that, or remove \
                     the field"
                )));
            }
            let wrong = |_| Error::variable(SEED, "this is no seed; write a whole number from 0 up, such as 1");
            let seed = seed.trim().parse().map_err(wrong)?;
            warnings.push(format!(
                "model.stand_in is hostile (seed {seed}): it attacks this department on purpose, and nothing that personas say \
                 is meant; remove it before anybody works here"
            ));
            Ok(Some(seed))
        }
    }
}

/// What keeps the hostile stand-in from speaking: a real model, or a workspace that is not a stand-in on this machine.
pub(super) fn beside(endpoint: bool, workspaces: [(&'static str, Option<&str>); 2]) -> Option<&'static str> {
    // Plain http is taken on this machine only, where stand-ins for platforms run.
    let real = |(_, api): &(_, Option<&str>)| api.is_some_and(|api| !api.starts_with("http://"));
    endpoint.then_some("an endpoint of models").or_else(|| workspaces.into_iter().find(real).map(|(name, _)| name))
}
