// A player's phone: shows what the wall shows, presses once, tells how it went.
import { fill, follow, secondsLeft } from "./stage.js";

const play = document.querySelector("#play");
const words = play.dataset;
const text = document.querySelector("#text");
const number = document.querySelector("#number");
const answers = document.querySelector("#answers");
const told = document.querySelector("#told");
const why = document.querySelector("#why");
const clock = document.querySelector("#clock");
let state = { phase: play.dataset.phase };
let pressed = null; // {question, choice, sent} of this question
let asked = "";

function set(element, content) {
  if (element.textContent !== content) element.textContent = content;
}

function show(fresh) {
  const changed = fresh.step !== state.step;
  state = fresh;
  play.dataset.phase = state.phase;
  if (state.question !== asked || (state.phase === "open" && changed)) {
    asked = state.question || "";
    if (state.phase === "open") pressed = null;
    answers.elements.question.value = asked;
    [...answers.querySelectorAll(".words")].forEach((option, place) => {
      set(option, state.options ? state.options[place] : "");
    });
  }
  set(number, state.number ? fill(words.number, state) : "");
  if (state.phase !== "standings") {
    set(text, { lobby: words.lobby, ended: words.ended }[state.phase] || state.text || "");
  }
  set(why, state.phase === "reveal" ? state.why : "");
  answers.hidden = !["open", "closed", "reveal"].includes(state.phase);
  mark();
  if (state.phase === "closed" && !pressed) set(told, words.closed);
  if (changed) mine();
}

function mark() {
  for (const button of answers.querySelectorAll("button")) {
    const place = Number(button.value);
    button.disabled = state.phase !== "open" || pressed !== null;
    button.classList.toggle("chosen", pressed !== null && pressed.choice === place);
    button.classList.toggle("right", state.right === place);
    button.setAttribute("aria-pressed", String(pressed !== null && pressed.choice === place));
  }
}

// A thousand phones do not ask in the same moment.
function mine() {
  const step = state.step;
  const spread = state.phase === "open" ? 0 : Math.random() * 1500;
  setTimeout(async () => {
    if (step !== state.step) return;
    try {
      const answer = await fetch(`/san-khau/${words.code}/toi`);
      if (answer.status === 404) return location.reload();
      const own = await answer.json();
      if (step === state.step) tell(own);
    } catch {
      // The stream tells when the network is back.
    }
  }, spread);
}

function tell(own) {
  if (own.chosen !== null && own.number === state.number) pressed = { choice: own.chosen };
  mark();
  const lines = [];
  if (state.phase === "reveal") {
    lines.push(own.right === null ? words.none : own.right ? words.right : words.wrong);
  }
  if (own.rank && state.phase === "standings") set(text, fill(words.rank, own));
  else if (own.rank) lines.push(fill(words.rank, own));
  if (state.phase === "open") lines.push(pressed ? got() : "");
  if (state.phase !== "closed") set(told, lines.filter(Boolean).join(" · "));
  play.dataset.result = state.phase === "reveal" && own.right !== null ? String(own.right) : "";
}

function got() {
  return fill(words.got, { letter: "ABCD"[pressed.choice] });
}

answers.addEventListener("submit", async (event) => {
  event.preventDefault();
  const choice = Number(event.submitter.value);
  if (pressed) return;
  pressed = { choice };
  mark();
  const body = new URLSearchParams({ choice, question: asked });
  try {
    const answer = await fetch(answers.action, {
      method: "POST", body, headers: { Accept: "application/json" },
    });
    const result = await answer.json();
    set(told, result.result === "counted" ? got() : result.words || words.offline);
    if (result.result === "already") mine();
    if (!["counted", "already", "late"].includes(result.result)) retry();
  } catch {
    set(told, words.offline);
    retry();
  }
});

function retry() {
  pressed = null;
  mark();
}

document.addEventListener("keydown", (event) => {
  const place = "abcd1234".indexOf(event.key.toLowerCase());
  if (place < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
  const button = answers.querySelectorAll("button")[place % 4];
  if (!answers.hidden && !button.disabled) button.click();
});

setInterval(() => {
  const left = secondsLeft(state);
  clock.hidden = state.phase !== "open";
  set(clock, String(Math.ceil(left)));
  if (state.phase === "open" && left === 0 && !pressed) set(told, words.closed);
}, 250);

follow(words.code, show);
