//! People and personas whose names could be taken for one another. Nobody may speak under a persona's name, so a person of
//! that name could not speak at all.

use bullpen_domain::name::Handle;
use bullpen_domain::org::Person;
use bullpen_domain::persona::Persona;
use bullpen_domain::source::{Fault, read};
use bullpen_domain::team::Loaded;

use crate::config::fold;

/// The first person who is called like a persona: their place in the list, and the persona.
pub(super) fn first(people: &[Person], team: &Loaded) -> Option<(usize, Handle)> {
    people.iter().enumerate().find_map(|(index, person)| {
        let persona = team.personas.values().find(|persona| alike(persona, person))?;
        Some((index, persona.handle.clone()))
    })
}

/// Takes out the personas that are called like a person now; what their files held last stays.
pub(super) fn put_aside(team: &mut Loaded, texts: &[(String, String)], last: &Loaded, people: &[Person]) {
    let clashing: Vec<(Handle, String)> = team
        .personas
        .values()
        .filter_map(|persona| {
            let person = people.iter().find(|person| alike(persona, person))?;
            Some((persona.handle.clone(), person.name.clone()))
        })
        .collect();
    for (handle, person) in clashing {
        team.personas.remove(&handle);
        let Some(file) = team.files.remove(&handle) else { continue };
        let problem = format!("{person} is a person's name here, and nobody could tell the two apart; choose another");
        team.faults.push(fault(&file, texts, problem));
        let held = last.files.iter().find(|(_, held)| **held == file).map(|(handle, _)| handle);
        if let Some((handle, persona)) = held.and_then(|handle| last.personas.get_key_value(handle))
            && !team.personas.contains_key(handle)
        {
            team.personas.insert(handle.clone(), persona.clone());
            team.files.insert(handle.clone(), file);
        }
    }
}

fn alike(persona: &Persona, person: &Person) -> bool {
    let person = fold(&person.name);
    fold(persona.handle.as_str()) == person || fold(&persona.name) == person
}

fn fault(file: &str, texts: &[(String, String)], problem: String) -> Fault {
    let text = texts.iter().find(|(name, _)| name == file).map(|(_, text)| text.as_str());
    match text.and_then(|text| read::<Persona>(file, text).ok()) {
        Some(located) => located.lines.fault("handle", problem),
        None => Fault::of_file(file, problem),
    }
}
