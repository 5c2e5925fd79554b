//! One WebSocket of Socket Mode, from the address that Slack gives to its end.

use std::sync::Arc;
use std::time::Duration;

use futures::stream::{SplitSink, SplitStream};
use futures::{SinkExt as _, StreamExt as _};
use secrecy::ExposeSecret as _;
use serde_json::Value;
use slack_morphism::api::SlackApiAppsConnectionOpenRequest;
use slack_morphism::{SlackApiToken, SlackApiTokenValue};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::keeper;
use crate::Slack;
use crate::api::Failure;
use crate::apps::App;

/// Most time that each step of opening a connection may take.
const OPENING: Duration = Duration::from_secs(4);
/// How often Slack is asked whether it is there.
const PING: Duration = Duration::from_secs(1);
/// After this time without a sign of life a connection is dead.
pub(crate) const DEAF: Duration = Duration::from_secs(3);
/// Most time that a frame may take to go out.
const SENDING: Duration = Duration::from_secs(2);
/// How long a connection that Slack wants to end is heard on, beside the next one.
const LINGER: Duration = Duration::from_secs(15);
/// Most time to finish what was heard when we are asked to stop.
const FINISH: Duration = Duration::from_secs(3);
/// Frames that may wait to be written down. What does not fit is not acknowledged, and comes again.
const QUEUE: usize = 1_000;
/// The largest message that is read, in bytes. Slack's are some tens of thousands at most.
const LARGEST: usize = 4 << 20;

/// Slack's words for a token that will not do, whatever we try.
const NO_TOKEN: [&str; 10] = [
    "invalid_auth",
    "not_authed",
    "account_inactive",
    "token_revoked",
    "token_expired",
    "not_allowed_token_type",
    "missing_scope",
    "no_permission",
    "org_login_required",
    "access_denied",
];

type Stream = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Why there is no connection.
#[derive(Debug)]
pub(crate) struct Refusal {
    /// A sentence.
    pub(crate) why: String,
    /// How long Slack wants us to wait.
    pub(crate) after: Option<Duration>,
    /// Whether only a person can mend it.
    pub(crate) hopeless: bool,
}

/// A connection that stands.
pub(crate) struct Connection {
    slack: Arc<Slack>,
    app: Arc<App>,
    stop: CancellationToken,
    write: SplitSink<Stream, Message>,
    read: SplitStream<Stream>,
    frames: mpsc::Sender<keeper::Frame>,
    acks: mpsc::UnboundedReceiver<String>,
    /// Says that another connection is needed.
    over: Option<oneshot::Sender<Option<Refusal>>>,
    heard: Instant,
    ends: Option<Instant>,
    greeted: bool,
}

impl Connection {
    /// Opens one. The receiver tells when another one is needed, with the reason if Slack will not have it.
    pub(crate) async fn open(
        slack: &Arc<Slack>,
        app: &Arc<App>,
        jobs: &TaskTracker,
        stop: &CancellationToken,
    ) -> Result<(Self, oneshot::Receiver<Option<Refusal>>), Refusal> {
        let url = address(slack, app).await?;
        let config = WebSocketConfig::default().max_message_size(Some(LARGEST)).max_frame_size(Some(LARGEST));
        let connect = tokio_tungstenite::connect_async_with_config(url.as_str(), Some(config), true);
        let stream = match tokio::time::timeout(OPENING, connect).await {
            Ok(Ok((stream, _))) => stream,
            Ok(Err(error)) => {
                return Err(passing(format!("Slack's WebSocket was not opened: {}", without_address(&error))));
            }
            Err(_) => return Err(passing(format!("Slack's WebSocket was not opened within {} s", OPENING.as_secs()))),
        };
        let (write, read) = stream.split();
        let (frames, waiting) = mpsc::channel(QUEUE);
        let (kept, acks) = mpsc::unbounded_channel();
        jobs.spawn(keeper::keep(Arc::clone(slack), Arc::clone(app), jobs.clone(), waiting, kept));
        let (over, asked) = oneshot::channel();
        let connection = Self {
            slack: Arc::clone(slack),
            app: Arc::clone(app),
            stop: stop.clone(),
            write,
            read,
            frames,
            acks,
            over: Some(over),
            heard: Instant::now(),
            ends: None,
            greeted: false,
        };
        Ok((connection, asked))
    }

    /// Reads it to its end; answers why it ended.
    pub(crate) async fn serve(mut self) -> String {
        let mut ping = tokio::time::interval(PING);
        loop {
            let ended = tokio::select! {
                () = self.stop.cancelled() => return self.finish().await,
                message = self.read.next() => self.hear(message),
                ack = self.acks.recv() => match ack {
                    Some(ack) => self.send(Message::text(ack)).await,
                    None => Err("nobody writes down what it hears".to_owned()),
                },
                _ = ping.tick() => self.check().await,
            };
            if let Err(why) = ended {
                return why;
            }
        }
    }

    fn hear(&mut self, message: Option<Result<Message, tungstenite::Error>>) -> Result<(), String> {
        self.heard = Instant::now();
        match message {
            Some(Ok(Message::Text(text))) => {
                self.frame(&text);
                Ok(())
            }
            Some(Ok(Message::Close(frame))) => {
                Err(frame
                    .map_or_else(|| "Slack closed it".to_owned(), |frame| format!("Slack closed it ({})", frame.code)))
            }
            Some(Ok(_)) => Ok(()),
            Some(Err(error)) => Err(without_address(&error)),
            None => Err("it ended without a word".to_owned()),
        }
    }

    fn frame(&mut self, text: &str) {
        let Ok(frame) = serde_json::from_str::<Value>(text) else {
            metrics::counter!("bullpen_slack_unread_total", "app" => self.app.name().to_owned()).increment(1);
            tracing::warn!(app = self.app.name(), "a frame of Socket Mode is no JSON; it is left alone");
            return;
        };
        match frame.get("type").and_then(Value::as_str).unwrap_or_default() {
            "hello" if !self.greeted => {
                self.greeted = true;
                self.slack.ears.found(self.app.name());
                tracing::info!(app = self.app.name(), "connected to Slack");
            }
            "disconnect" => self.leave(frame.get("reason").and_then(Value::as_str).unwrap_or_default()),
            _ => {
                let Some(frame) = keeper::Frame::read(frame) else { return };
                if self.frames.try_send(frame).is_err() {
                    // Without an acknowledgement it comes again.
                    metrics::counter!("bullpen_slack_unstored_total", "app" => self.app.name().to_owned()).increment(1);
                }
            }
        }
    }

    /// Slack will end this connection: another one is needed, and this one is heard on meanwhile.
    fn leave(&mut self, reason: &str) {
        self.ends.get_or_insert_with(|| Instant::now() + LINGER);
        let refusal = (reason == "link_disabled").then(|| Refusal {
            why: format!(
                "Socket Mode is switched off for the Slack app {}; switch it on under Settings, Socket Mode, at \
                 api.slack.com/apps",
                self.app.name()
            ),
            after: None,
            hopeless: true,
        });
        if let Some(over) = self.over.take() {
            // Nobody waits for it any more when we are about to stop.
            let _ = over.send(refusal);
        }
    }

    async fn check(&mut self) -> Result<(), String> {
        if self.heard.elapsed() > DEAF {
            return Err(format!("no sign of life for {} s", DEAF.as_secs()));
        }
        if self.ends.is_some_and(|ends| ends < Instant::now()) {
            // A courtesy; the next connection stands already.
            let _ = self.send(Message::Close(None)).await;
            return Err("it was to end, as Slack had announced".to_owned());
        }
        self.send(Message::Ping(tungstenite::Bytes::new())).await
    }

    async fn send(&mut self, message: Message) -> Result<(), String> {
        match tokio::time::timeout(SENDING, self.write.send(message)).await {
            Ok(sent) => sent.map_err(|error| without_address(&error)),
            Err(_) => Err("nothing can be sent any more".to_owned()),
        }
    }

    /// Lets what was heard be written down and acknowledged, then says goodbye.
    async fn finish(mut self) -> String {
        let (closed, _) = mpsc::channel(1);
        drop(std::mem::replace(&mut self.frames, closed));
        let until = Instant::now() + FINISH;
        while let Ok(Some(ack)) = tokio::time::timeout_at(until, self.acks.recv()).await {
            if self.send(Message::text(ack)).await.is_err() {
                break;
            }
        }
        // It is over either way.
        let _ = self.send(Message::Close(None)).await;
        "we stop".to_owned()
    }
}

/// Asks Slack where to connect to. The address holds a ticket: it is a secret.
async fn address(slack: &Slack, app: &App) -> Result<url::Url, Refusal> {
    let Some(token) = &app.config.app_token else {
        return Err(passing(format!("the Slack app {} has no app-level token", app.name())));
    };
    let token = SlackApiToken::new(SlackApiTokenValue(token.expose_secret().to_owned()));
    let client = app.api.client();
    let session = client.open_session(&token);
    let ask = SlackApiAppsConnectionOpenRequest::new();
    let call = app.api.bounded("apps.connections.open", session.apps_connections_open(&ask));
    let url = match tokio::time::timeout(OPENING, call).await {
        Ok(Ok(answer)) => answer.url.0,
        Ok(Err(failure)) => return Err(refusal(app, failure)),
        Err(_) => return Err(passing(format!("Slack gave no address for Socket Mode within {} s", OPENING.as_secs()))),
    };
    // Only who talks to a stand-in on loopback may be sent to a line in the clear.
    if url.scheme() != "wss" && !slack.config.api_url.starts_with("http://") {
        return Err(passing("Slack gave an address for Socket Mode that is not encrypted".to_owned()));
    }
    Ok(url)
}

fn refusal(app: &App, failure: Failure) -> Refusal {
    let after = match &failure {
        Failure::Limited { after, .. } => Some(*after),
        _ => None,
    };
    let hopeless = failure.code().is_some_and(|code| NO_TOKEN.contains(&code));
    let why = if hopeless {
        format!(
            "Slack refuses the app-level token of the app {} ({}), which Socket Mode connections are opened with ({}): make \
             one with the scope connections:write under Basic Information, App-Level Tokens, at api.slack.com/apps",
            app.name(),
            failure.code().unwrap_or_default(),
            app.config
                .persona
                .as_ref()
                .map_or("xapp-…, SLACK_APP_TOKEN", |_| "xapp-…, the variable that the configuration names"),
        )
    } else {
        failure.to_string()
    };
    Refusal { why, after, hopeless }
}

fn passing(why: String) -> Refusal {
    Refusal { why, after: None, hopeless: false }
}

/// What broke, without the address: some errors quote it.
fn without_address(error: &tungstenite::Error) -> String {
    match error {
        tungstenite::Error::Http(answer) => format!("HTTP status {}", answer.status().as_u16()),
        tungstenite::Error::Url(_) => "the address cannot be used".to_owned(),
        other => other.to_string(),
    }
}
