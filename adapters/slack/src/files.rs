//! Pictures that Slack cannot fetch from us are uploaded, once for each app: an app can show only its own.

use bullpen_chat::Picture;
use serde::Deserialize;
use serde_json::json;
use url::Url;

use crate::Slack;
use crate::api::Failure;
use crate::apps::App;
use crate::poster::Trouble;

/// Longest description that the upload takes.
const ALT: usize = 1_000;

#[derive(Deserialize)]
struct Place {
    upload_url: Url,
    file_id: String,
}

/// What Slack answers where nothing of it matters.
#[derive(Deserialize)]
struct Done {}

impl Slack {
    /// The file (`F…`) that shows a picture through `app`, uploaded if it is not known. `None` where the department has no
    /// such picture. An upload that was cut off leaves nothing to be seen, so it is simply begun again.
    pub(crate) async fn file(&self, app: &App, picture: &Picture) -> Result<Option<String>, Trouble> {
        let known: Option<String> =
            sqlx::query_scalar("select file from slack.files where org = $1 and app = $2 and digest = $3")
                .bind(self.org)
                .bind(app.name())
                .bind(&picture.digest)
                .fetch_optional(&self.pool)
                .await?;
        if known.is_some() {
            return Ok(known);
        }
        let Some(bytes) = self.sources.pictures.bytes(&picture.digest).await?.filter(|bytes| !bytes.is_empty()) else {
            return Ok(None);
        };
        let file = self.upload(app, picture, &bytes).await.map_err(harmless)?;
        sqlx::query(
            "insert into slack.files (org, app, digest, file) values ($1, $2, $3, $4)
             on conflict (org, app, digest) do nothing",
        )
        .bind(self.org)
        .bind(app.name())
        .bind(&picture.digest)
        .bind(&file)
        .execute(&self.pool)
        .await?;
        Ok(Some(file))
    }

    /// Slack does not know a file any more.
    pub(crate) async fn forget_file(&self, file: &str) -> sqlx::Result<()> {
        sqlx::query("delete from slack.files where org = $1 and file = $2")
            .bind(self.org)
            .bind(file)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    async fn upload(&self, app: &App, picture: &Picture, bytes: &[u8]) -> Result<String, Trouble> {
        let name = format!("{}.{}", &picture.digest.get(..12).unwrap_or("picture"), extension(&picture.media_type));
        let alt: String = picture.alt.chars().take(ALT).collect();
        let length = bytes.len().to_string();
        let mut query = vec![("filename", Some(name.as_str())), ("length", Some(length.as_str()))];
        query.extend((!alt.is_empty()).then_some(("alt_txt", Some(alt.as_str()))));
        let place: Place = self.get(app, "files.getUploadURLExternal", "", &query).await?;
        let session = app.api.session();
        let media_type = picture.media_type.clone();
        let sent = session.http_session_api.http_post_uri_binary(place.upload_url, media_type, bytes, None);
        app.api.bounded::<Done>("the upload", sent).await?;
        let title: String = if alt.is_empty() { name.clone() } else { alt.clone() };
        let files = json!({ "files": [{ "id": place.file_id, "title": title }] });
        self.call::<Done>(app, "files.completeUploadExternal", "", &files).await?;
        Ok(place.file_id)
    }
}

/// Whatever became of an upload, nobody sees it before it is in a message: it may be tried again.
fn harmless(trouble: Trouble) -> Trouble {
    match trouble {
        Trouble::Slack(failure @ Failure::Ambiguous { .. }) => {
            Trouble::Port(bullpen_chat::Error::Retry { why: failure.to_string(), after: None })
        }
        other => other,
    }
}

fn extension(media_type: &str) -> &str {
    match media_type {
        "image/jpeg" => "jpg",
        "image/gif" => "gif",
        "image/svg+xml" => "svg",
        "image/webp" => "webp",
        _ => "png",
    }
}
