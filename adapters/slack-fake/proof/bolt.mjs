// Slack's own framework, Bolt for JavaScript, against the stand-in: once over Socket Mode, once over signed HTTP.
//
//   cargo build -p bullpen-slack-fake
//   npm install
//   npm run proof            (STAND_IN names the binary, if it is not in target/debug)
//
// Each way: a message is heard and answered with say(), the answer is updated, a mention is heard beside its message, a
// button is clicked, a slash command is answered, a modal is opened and submitted, Home is published, a file is uploaded,
// and the stand-in refuses what Slack refuses, in words that Bolt understands. Ends with 0 when everything held.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import bolt from "@slack/bolt";

const { App, LogLevel } = bolt;
const binary =
  process.env.STAND_IN ?? fileURLToPath(new URL("../../../target/debug/bullpen-slack-fake", import.meta.url));

let failed = 0;
function check(what, holds) {
  console.log(`  ${holds ? "ok    " : "FAILED"} ${what}`);
  if (!holds) failed += 1;
}

/** Starts the stand-in and reads what it prints for the environment. */
async function standIn(port, more) {
  const args = ["--listen", `127.0.0.1:${port}`, "--app", "bullpen", "--person", "ann", "--person", "ben", ...more];
  const child = spawn(binary, args, { stdio: ["ignore", "pipe", "ignore"] });
  const env = {};
  for await (const line of createInterface({ input: child.stdout })) {
    const at = line.indexOf("=");
    env[line.slice(0, at)] = line.slice(at + 1);
    if (line.startsWith("SLACK_SIGNING_SECRET=")) break;
  }
  return { child, env, base: env.SLACK_API_URL.replace(/\/api$/, "") };
}

/** What a person does on the stand-in's page. */
async function act(base, name, body) {
  const answer = await fetch(`${base}/preview/acts/${name}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return answer.json();
}

/** The workspace and one channel, as ann sees them. */
async function seen(base) {
  const workspace = await (await fetch(`${base}/preview/workspace?as=ann`)).json();
  const general = workspace.channels.find((channel) => channel.name === "general").id;
  const { messages } = await (await fetch(`${base}/preview/channels/${general}?as=${workspace.viewer}`)).json();
  return { ...workspace, general, messages };
}

/** Looks until something holds; the stand-in answers when anything changes. */
async function until(base, holds) {
  const ends = Date.now() + 10_000;
  let version = 0;
  while (Date.now() < ends) {
    const now = await seen(base);
    if (holds(now)) return now;
    ({ version } = await (await fetch(`${base}/preview/changes?after=${Math.max(version, now.version)}`)).json());
  }
  throw new Error("nothing of the kind happened within ten seconds");
}

function listen(app, heard) {
  app.message("good morning", async ({ message, say }) => {
    heard.message = message;
    const answer = await say({
      text: `Good morning, <@${message.user}>.`,
      thread_ts: message.ts,
      blocks: [
        { type: "section", text: { type: "mrkdwn", text: `*Good morning*, <@${message.user}>. Shall I begin?` } },
        {
          type: "actions",
          elements: [
            { type: "button", action_id: "begin", text: { type: "plain_text", text: "Begin" }, style: "primary", value: "7" },
          ],
        },
      ],
    });
    heard.updated = await app.client.chat.update({ channel: answer.channel, ts: answer.ts, text: "Good morning (updated)." });
  });
  app.event("app_mention", async ({ event }) => {
    heard.mention = event;
  });
  app.event("app_home_opened", async ({ event, client }) => {
    const blocks = [{ type: "header", text: { type: "plain_text", text: "My tasks" } }];
    heard.home = await client.views.publish({ user_id: event.user, view: { type: "home", blocks } });
  });
  app.event("reaction_added", async ({ event }) => {
    heard.reaction = event;
  });
  app.action("begin", async ({ ack, body, action, respond, client }) => {
    await ack();
    heard.click = action;
    await respond({ replace_original: true, text: "Begun." });
    await client.views.open({
      trigger_id: body.trigger_id,
      view: {
        type: "modal",
        callback_id: "topic",
        title: { type: "plain_text", text: "A topic" },
        submit: { type: "plain_text", text: "Send" },
        blocks: [
          {
            type: "input",
            block_id: "b",
            label: { type: "plain_text", text: "What about?" },
            element: { type: "plain_text_input", action_id: "text" },
          },
        ],
      },
    });
  });
  app.view("topic", async ({ ack, view }) => {
    await ack();
    heard.topic = view.state.values.b.text.value;
  });
  app.command("/bullpen", async ({ command, ack }) => {
    heard.command = command;
    await ack({ response_type: "ephemeral", text: `You asked for ${command.text}.` });
  });
}

async function story(base, app, heard) {
  const { viewer: ann, general, apps } = await seen(base);
  const bot = apps[0].bot_user;

  const { done: ts } = await act(base, "say", { as: ann, channel: general, text: "@bullpen good morning" });
  let now = await until(base, () => heard.updated && heard.mention);
  const answer = now.messages.find((message) => message.thread_ts === ts && message.user === bot);
  check("a message is heard", heard.message.ts === ts && heard.message.text === `<@${bot}> good morning`);
  check("the mention is heard beside it", heard.mention.ts === ts);
  check("say() answers in the thread", answer?.blocks.length === 2);
  check("the answer is updated, its blocks stay", answer.text === "Good morning (updated).");

  const clicked = await act(base, "click", { as: ann, channel: general, ts: answer.ts, action_id: "begin" });
  now = await until(base, (now) => now.modals.length === 1 && now.messages.some((message) => message.text === "Begun."));
  check("a click is acknowledged", clicked.ok && heard.click.value === "7");
  check("respond() replaces the message", now.messages.find((message) => message.ts === answer.ts).text === "Begun.");
  await act(base, "submit", { as: ann, values: { text: "bridges" } });
  now = await until(base, (now) => now.modals.length === 0);
  check("a modal is opened, filled in and submitted", heard.topic === "bridges");

  const said = await act(base, "command", { as: ann, app: "bullpen", channel: general, text: "tasks mine" });
  check("a slash command is answered", said.done.text === "You asked for tasks mine." && heard.command.user_id === ann);

  await act(base, "open_home", { as: ann, app: "bullpen" });
  await until(base, () => heard.home);
  check("Home is published when it is opened", heard.home.view.type === "home");

  await act(base, "react", { as: ann, channel: general, ts: answer.ts, name: "thumbsup" });
  await until(base, () => heard.reaction);
  check("a reaction is heard under its first name", heard.reaction.reaction === "+1" && heard.reaction.item_user === bot);

  await app.client.filesUploadV2({ channel_id: general, filename: "a.txt", title: "A text", content: "hello" });
  now = await until(base, (now) => now.messages.some((message) => message.files));
  check("filesUploadV2 shares a file", now.messages.some((message) => message.files?.[0].title === "A text"));

  const users = [];
  for await (const page of app.client.paginate("users.list", { limit: 1 })) users.push(...page.members);
  check("paginate() reads every page", users.length === now.users.length);

  const refusal = await app.client.chat
    .postMessage({ channel: general, text: "x", blocks: [{ type: "header", text: { type: "mrkdwn", text: "no" } }] })
    .catch((error) => error.data);
  check("bad blocks are refused", refusal.error === "invalid_blocks" && refusal.response_metadata.messages.length > 0);
  const lost = await app.client.chat.postMessage({ channel: "C404", text: "x" }).catch((error) => error.data);
  check("an unknown channel is refused", lost.error === "channel_not_found");
}

async function run(title, port, more, configure) {
  console.log(title);
  const { child, env, base } = await standIn(port, more);
  const heard = {};
  const app = new App({
    token: env.SLACK_BOT_TOKEN,
    clientOptions: { slackApiUrl: `${env.SLACK_API_URL}/` },
    logLevel: LogLevel.ERROR,
    ...configure(env),
  });
  listen(app, heard);
  try {
    await app.start(port + 1);
    if (more.length === 0) await until(base, (now) => now.apps[0].connections === 1);
    await story(base, app, heard);
  } catch (error) {
    check(`nothing breaks: ${error.stack}`, false);
  } finally {
    await app.stop();
    child.kill("SIGINT");
    await once(child, "exit");
  }
}

await run("Bolt over Socket Mode", 43910, [], (env) => ({
  socketMode: true,
  appToken: env.SLACK_APP_TOKEN,
}));
await run("Bolt over signed HTTP", 43920, ["--http", "http://127.0.0.1:43921"], (env) => ({
  signingSecret: env.SLACK_SIGNING_SECRET,
  endpoints: ["events", "interactions", "commands"].map((what) => `/slack/bullpen/${what}`),
}));
console.log(failed === 0 ? "Everything held." : `${failed} did not hold.`);
process.exit(failed === 0 ? 0 : 1);
