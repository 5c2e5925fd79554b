//! Header pictures: an SVG template drawn to PNG in brand colours, kept in Postgres by its digest.

use bullpen_skills::brand::Brand;
use bullpen_skills::picture::{self, HeaderSpec, OPTIONS};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sqlx::PgPool;
use uuid::Uuid;

use super::Error;
use crate::store::files;

/// What to draw.
#[derive(Debug, Deserialize)]
pub(super) struct Wanted {
    headline: String,
    #[serde(default)]
    subline: String,
    #[serde(default)]
    option: f64,
    #[serde(default)]
    alt: String,
}

pub(super) async fn draw(
    pool: &PgPool,
    org: Uuid,
    wanted: Wanted,
    brand: Brand,
    now: DateTime<Utc>,
) -> Result<Value, Error> {
    let option = (wanted.option as u8).clamp(1, OPTIONS);
    let spec = HeaderSpec { title: wanted.headline, subtitle: wanted.subline, option };
    let drawn = tokio::task::spawn_blocking(move || picture::header(&spec, &brand))
        .await
        .map_err(|_| Error::Failed("drawing the picture panicked".into()))?
        .map_err(|e| Error::Failed(e.to_string()))?;
    let digest: String = Sha256::digest(&drawn.png).iter().map(|byte| format!("{byte:02x}")).collect();
    let mut conn = pool.acquire().await?;
    files::keep(&mut conn, org, &digest, "image/png", &drawn.png, now).await?;
    let alt = if wanted.alt.is_empty() { drawn.alt } else { wanted.alt };
    Ok(json!({
        "picture": { "digest": digest, "media_type": "image/png", "alt": alt },
        "width": drawn.width, "height": drawn.height, "option": option, "note": drawn.note,
    }))
}
