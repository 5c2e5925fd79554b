use bullpen_discord_fake::BotPlan;
use serde_json::{Value, json};

use crate::world::{World, id};

fn command() -> Value {
    json!({
        "name": "bullpen", "description": "What the department does", "contexts": [0], "integration_types": [0],
        "options": [
            {"type": 1, "name": "status", "description": "How it stands"},
            {"type": 1, "name": "ask", "description": "Ask a persona", "options": [
                {"type": 3, "name": "persona", "description": "Whom", "required": true, "autocomplete": true},
                {"type": 3, "name": "words", "description": "What", "required": true, "max_length": 1000},
            ]},
        ],
    })
}

fn path(world: &World) -> String {
    format!("/applications/{}/guilds/{}/commands", world.bot.application, world.fake.guild())
}

#[tokio::test]
async fn commands_are_registered_anew_under_their_old_ids() {
    let world = World::new();
    let first = world.done("PUT", &path(&world), Some(json!([command()]))).await;
    let mut changed = command();
    changed["description"] = json!("Something else");
    let again = world.done("PUT", &path(&world), Some(json!([changed]))).await;
    assert_eq!((id(&first[0]), &again[0]["description"]), (id(&again[0]), &json!("Something else")));
    assert_ne!(first[0]["version"], again[0]["version"]);
    let (status, _) = world.call("POST", &path(&world), Some(command())).await;
    assert_eq!(status, 200, "one of this name is there");
    let other = json!({"name": "other", "description": "x"});
    let (status, other) = world.call("POST", &path(&world), Some(other)).await;
    assert_eq!(status, 201);
    let one = format!("{}/{}", path(&world), id(&other));
    assert_eq!(world.done("PATCH", &one, Some(json!({"description": "y"}))).await["description"], "y");
    assert_eq!(world.get(&path(&world)).await.as_array().unwrap().len(), 2);
    world.done("DELETE", &one, None).await;
    assert_eq!(world.refusal("GET", &one, None).await, (404, 10063));
    assert_eq!(world.done("PUT", &path(&world), Some(json!([]))).await, json!([]));
    assert!(world.fake.commands(&world.bot).is_empty());
}

#[tokio::test]
async fn commands_are_judged_down_to_their_choices() {
    let world = World::new();
    let mut wrong: Vec<(Value, &str)> = Vec::new();
    let mut with = |change: fn(&mut Value), at| {
        let mut command = command();
        change(&mut command);
        wrong.push((command, at));
    };
    with(|c| c["name"] = json!("Bullpen"), "0.name");
    with(|c| c["name"] = json!("two words"), "0.name");
    with(|c| c["description"] = json!(""), "0.description");
    with(|c| c["options"][1]["name"] = json!("status"), "0.options.1.name");
    with(|c| c["options"][0]["type"] = json!(3), "0.options");
    with(|c| c["options"][1]["options"][0]["required"] = json!(false), "0.options.1.options.1.required");
    with(|c| c["options"][1]["options"][0]["choices"] = json!([]), "0.options.1.options.0.choices");
    with(
        |c| c["options"][0]["options"] = json!(vec![json!({"type": 1, "name": "x", "description": "x"})]),
        "0.options.0.options.0.type",
    );
    with(|c| c["colour"] = json!(1), "0.colour");
    with(|c| c["options"][0]["descripton"] = json!("x"), "0.options.0.descripton");
    for (command, at) in wrong {
        assert_eq!(world.fault("PUT", &path(&world), json!([command.clone()])).await.0, at, "{command}");
    }
    let twice = json!([command(), command()]);
    assert_eq!(world.fault("PUT", &path(&world), twice).await.1, "APPLICATION_COMMANDS_DUPLICATE_NAME");
}

#[tokio::test]
async fn another_applications_commands_are_out_of_reach() {
    let world = World::new();
    let other = world.fake.bot(BotPlan::new("other"));
    let path = format!("/applications/{}/commands", other.application);
    assert_eq!(world.refusal("PUT", &path, Some(json!([]))).await, (403, 20012));
    let own = format!("/applications/{}/commands", world.bot.application);
    world.done("POST", &own, Some(json!({"name": "everywhere", "description": "x"}))).await;
    assert_eq!(world.fake.commands(&world.bot)[0]["name"], "everywhere");
}
