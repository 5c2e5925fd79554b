//! Commands of applications, as they are registered.

use serde_json::{Value, json};

use super::{Refusal, State};

/// Most commands of one type, in one guild or everywhere.
const COMMANDS: usize = 100;

impl State {
    pub(crate) fn commands_of(&self, application: u64, guild: Option<u64>) -> &[Value] {
        self.commands.get(&(application, guild)).map(Vec::as_slice).unwrap_or_default()
    }

    /// Registers a command; one of the same name and type is replaced and keeps its id. Returns it, and whether it is new.
    pub(crate) fn register(
        &mut self,
        application: u64,
        guild: Option<u64>,
        mut command: Value,
    ) -> Result<(Value, bool), Refusal> {
        let (id, version) = (self.id().to_string(), self.id().to_string());
        command["application_id"] = json!(application.to_string());
        command["version"] = json!(version);
        if let Some(guild) = guild {
            command["guild_id"] = json!(guild.to_string());
        }
        let all = self.commands.entry((application, guild)).or_default();
        let same = |c: &Value| c["name"] == command["name"] && c["type"] == command["type"];
        match all.iter().position(same) {
            Some(known) => {
                command["id"] = all[known]["id"].clone();
                all[known] = command.clone();
                Ok((command, false))
            }
            None if all.iter().filter(|c| c["type"] == command["type"]).count() >= COMMANDS => {
                Err(Refusal::new(400, 30032, "Maximum number of application commands reached (100)"))
            }
            None => {
                command["id"] = json!(id);
                all.push(command.clone());
                Ok((command, true))
            }
        }
    }

    /// Registers exactly these commands.
    pub(crate) fn register_all(
        &mut self,
        application: u64,
        guild: Option<u64>,
        commands: Vec<Value>,
    ) -> Result<Vec<Value>, Refusal> {
        let names: Vec<(Value, Value)> = commands.iter().map(|c| (c["name"].clone(), c["type"].clone())).collect();
        let all = self.commands.entry((application, guild)).or_default();
        all.retain(|c| names.contains(&(c["name"].clone(), c["type"].clone())));
        commands.into_iter().map(|c| self.register(application, guild, c).map(|(command, _)| command)).collect()
    }
}
