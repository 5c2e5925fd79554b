//! REST: who calls, whether they may, with what, and what goes wrong on purpose.

mod called;
mod channels;
mod commands;
mod gateway;
mod guilds;
mod hooked;
mod limit;
mod members;
mod messages;
mod multipart;
mod reactions;
mod reply;
mod roles;
mod route;
mod serve;
pub(crate) mod shape;
mod threads;
mod webhooks;

pub(crate) use called::Called;
pub(crate) use limit::Buckets;
pub(crate) use multipart::File;
pub(crate) use reply::Reply;
pub(crate) use route::Route;
pub(crate) use serve::call;
