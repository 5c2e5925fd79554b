// A small set of emoji with the words they are found by. The three that decide come first.

const LIST = `
✅ approve yes check done|❌ reject no cross|🔁 changes again repeat revise
👍 good thumbs up agree|👎 thumbs down disagree|👀 eyes looking seen|🙏 thanks please|🎉 party celebrate hooray
👏 applause clap well done|🙌 hands praise|❤ heart love|🔥 fire hot great|💯 hundred perfect|🚀 rocket launch ship
💡 idea bulb|⭐ star favourite|✨ sparkle shiny|🏆 trophy win|🎯 target goal|📈 chart up growth|📉 chart down drop
📊 bars figures numbers|📝 note write draft|✏ pencil edit|📌 pin keep|📎 clip attach|🔗 link|🔍 search look|🧪 test experiment
📣 announce megaphone|📅 calendar date|⏰ alarm deadline due|⏳ wait hourglass|🕒 time later|💬 talk comment|📬 mail inbox|🗂 folder files
🎨 design art colour|🖼 picture image|🧠 think brain|🧭 compass direction|🛠 tools fix|⚙ settings gear|🔒 lock private|🔔 bell remind
⚠ warning careful|🚫 stop forbidden|❓ question|❗ important|➕ plus add|➖ minus less|🆗 ok
🙂 smile|😀 grin happy|😂 laugh tears|😉 wink|😍 love eyes|🤔 hmm thinking|😮 wow surprise|😅 sweat phew|😢 sad cry|😬 grimace|🤝 deal handshake|👋 wave hello|💪 strong|☕ coffee break|🍀 luck|🌱 growing start
`;

/** `[{emoji, name, words}]`; `name` is the first word, for labels. */
export const EMOJI = LIST.trim()
  .split(/[|\n]/)
  .map((entry) => {
    const [emoji, ...found] = entry.trim().split(" ");
    return { emoji, name: found[0], words: found.join(" ") };
  });

const names = new Map(EMOJI.map((one) => [one.emoji, one.name]));

export const emojiName = (emoji) => names.get(emoji) ?? emoji;
