//! What calls cost. Money in millionths of a US dollar.

use bullpen_model as model;

use super::Turns;
use crate::store::calls::Spent;

impl Turns {
    /// What a request may cost at most: a token for every three bytes of it, and all the tokens it may be answered with.
    pub(super) fn estimate(&self, request: &model::Request) -> i64 {
        if self.model.stand_in() {
            return 0;
        }
        let schemas: usize = request.acts.iter().map(|a| a.description.len() + a.schema.to_string().len()).sum();
        let bytes = request.system.len() + request.ask.len() + request.material.to_string().len() + schemas;
        let input = i64::try_from(bytes / 3).unwrap_or(i64::MAX);
        self.price(request.tier, input, i64::from(request.max_tokens))
    }

    pub(super) fn spent(&self, request: &model::Request, answer: &model::Answer) -> Spent {
        let (input, output) = (i64::from(answer.usage.input), i64::from(answer.usage.output));
        let micros = if self.model.stand_in() { 0 } else { self.price(request.tier, input, output) };
        Spent { input, output, micros }
    }

    /// Millionths of a dollar: a price in dollars per million tokens is just that many per token.
    fn price(&self, tier: model::Tier, input: i64, output: i64) -> i64 {
        let price = self.config.price(tier);
        (input as f64 * price.input_usd_per_million + output as f64 * price.output_usd_per_million).ceil() as i64
    }
}

pub(super) fn micros(usd: f64) -> i64 {
    (usd * 1_000_000.0) as i64
}

pub(super) fn usd(micros: i64) -> String {
    format!("{:.2}", micros as f64 / 1_000_000.0)
}
