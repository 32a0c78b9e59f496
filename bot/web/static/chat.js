// With script: messages are posted without leaving the page, and a stream brings what is new.
// Without it everything works as plain forms; so nothing here is needed, only pleasant.
const log = document.querySelector("#log");
const scroll = document.querySelector("#scroll");
const status = document.querySelector("#status");
const form = document.querySelector("#write");
const box = document.querySelector("#text");
const notice = document.querySelector("#notice");
const retry = document.querySelector("#retry");
const pending = new Map(); // key -> the bubble shown before the server has it
let known = "known" in log.dataset;
let after = log.dataset.after;
let stream = null;
let failed = null; // the message that did not go out
let again = 1000;

// Showing

function toEnd() {
  status.scrollIntoView({ block: "end" });
}

// A long answer is read from its beginning: what was asked stays at the top.
function toNewest() {
  toEnd();
  const asked = [...log.querySelectorAll(".own")].pop();
  const top = scroll.getBoundingClientRect().top;
  if (asked && asked.getBoundingClientRect().top < top) asked.scrollIntoView({ block: "start" });
}

function isAtEnd() {
  return scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 160;
}

function setStatus(state) {
  const words = status.dataset[state] || "";
  status.dataset.state = state;
  if (status.textContent.trim() !== words) status.textContent = words;
}

function tell(words, canRetry) {
  notice.firstElementChild.textContent = words;
  retry.hidden = !canRetry;
  notice.hidden = !words;
}

function grow() {
  if (CSS.supports("field-sizing", "content")) return;
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight + 2}px`;
}

function write(words) {
  box.value = words;
  grow();
  try {
    sessionStorage.setItem("draft", words);
  } catch {
    // Private browsing keeps nothing.
  }
}

function showPending(message) {
  const bubble = document.createElement("article");
  const words = document.createElement("p");
  bubble.className = "bubble own pending fresh";
  words.className = "words own-words";
  words.dir = "auto";
  words.textContent = message.shown;
  bubble.append(words);
  log.append(bubble);
  pending.set(message.key, bubble);
  setStatus("answering");
  toEnd();
}

function forget(key) {
  const bubble = pending.get(key);
  if (bubble) bubble.remove();
  pending.delete(key);
}

// A bubble that comes back from the server takes the place of the one shown at once.
function confirm(bubble) {
  const key = bubble.dataset.key;
  if (failed && failed.key === key) {
    if (box.value === failed.text) write("");
    failed = null;
    tell("", false);
  }
  const shown = pending.get(key);
  if (!shown) return false;
  pending.delete(key);
  const words = bubble.querySelector(".own-words").textContent;
  if (shown.textContent !== words) shown.replaceWith(bubble);
  shown.id = bubble.id;
  shown.classList.remove("pending", "fresh");
  return true;
}

function add(html) {
  const part = document.createElement("template");
  part.innerHTML = html;
  const waiting = log.querySelector(".pending");
  for (const node of [...part.content.children]) {
    if (node.id && document.getElementById(node.id)) continue;
    if (node.dataset.key && confirm(node)) continue;
    node.classList.add("fresh");
    // What is answered already stands above what still waits.
    if (node.dataset.key && waiting && waiting.isConnected) waiting.before(node);
    else log.append(node);
  }
}

// Nothing waits any more: what was sent stands as it is, even if none of its words were kept.
function settle() {
  for (const bubble of pending.values()) bubble.classList.remove("pending");
  pending.clear();
}

function receive(event) {
  const news = JSON.parse(event.data);
  const follow = isAtEnd();
  after = event.lastEventId;
  again = 1000;
  if (news.clear) {
    log.replaceChildren();
    pending.clear();
  }
  add(news.html);
  if (news.status === "idle" && news.html) settle();
  setStatus(pending.size && news.status === "idle" ? "answering" : news.status);
  if (follow && (news.html || news.status !== "idle")) toNewest();
  if (news.language !== document.documentElement.lang) location.reload();
}

// Listening

function listen() {
  if (!known || stream || document.hidden) return;
  stream = new EventSource(`/chat/stream?after=${after}`);
  stream.onmessage = receive;
  stream.addEventListener("bye", hush);
  stream.onerror = () => {
    if (!stream || stream.readyState !== EventSource.CLOSED) return;
    hush();
    setTimeout(listen, again + Math.random() * 1000);
    again = Math.min(again * 2, 30000);
  };
}

function hush() {
  if (stream) stream.close();
  stream = null;
}

// Posting

function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function post(message) {
  failed = null;
  tell("", false);
  showPending(message);
  const fields = { text: message.text, key: message.key, ref: message.ref };
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), 20000);
  try {
    const answer = await fetch("/chat", {
      method: "POST",
      body: new URLSearchParams(fields),
      headers: { Accept: "application/json" },
      signal: stop.signal,
    });
    if (answer.ok) known = true;
    else fail(message, await sentence(answer));
  } catch {
    fail(message, notice.dataset.offline);
  } finally {
    clearTimeout(timer);
  }
  listen();
}

async function sentence(answer) {
  try {
    return (await answer.json()).message;
  } catch {
    return notice.dataset.offline;
  }
}

function fail(message, words) {
  if (!pending.has(message.key)) return; // the stream has brought it: it did arrive
  forget(message.key);
  setStatus("idle");
  failed = message;
  if (message.typed) write(box.value ? `${message.text}\n${box.value}` : message.text);
  tell(words, true);
}

function send(text, shown, ref, typed) {
  if (!text.trim()) return;
  const same = failed && failed.text === text && failed.ref === ref;
  post({ text, shown, ref, typed, key: same ? failed.key : newKey() });
}

function sendBox() {
  const text = box.value;
  if (!text.trim()) return;
  write("");
  send(text, text, "", true);
}

let pressed = null; // browsers before 2021 do not tell which button submitted
document.addEventListener("click", (event) => {
  pressed = event.target.closest("button");
  for (const drop of document.querySelectorAll("details[open]")) {
    if (!drop.contains(event.target)) drop.open = false;
  }
});

document.addEventListener("submit", (event) => {
  const button = event.submitter || pressed;
  event.preventDefault();
  if (event.target === form) {
    sendBox();
  } else if (button) {
    const ref = event.target.elements.ref;
    send(button.value, button.dataset.said || button.value, ref ? ref.value : "", false);
  }
  for (const drop of document.querySelectorAll("details[open]")) drop.open = false;
  // On a phone the keyboard would cover the answer of a tap.
  if (event.target === form || matchMedia("(pointer: fine)").matches) box.focus();
});

retry.addEventListener("click", () => {
  if (!failed) return;
  const message = failed;
  if (message.typed && box.value === message.text) write("");
  else if (message.typed && box.value.startsWith(`${message.text}\n`)) {
    write(box.value.slice(message.text.length + 1));
  }
  box.focus();
  post(message);
});

// The box and the keyboard

box.addEventListener("keydown", (event) => {
  // 229: a Vietnamese keyboard is still putting the letter together.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  sendBox();
});
box.addEventListener("input", () => write(box.value));

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const drop of document.querySelectorAll("details[open]")) {
    drop.open = false;
    drop.querySelector("summary").focus();
  }
});

if (window.visualViewport) {
  window.visualViewport.addEventListener("resize", () => {
    const view = window.visualViewport;
    if (view.scale > 1.01) return; // somebody looks closer: that is no keyboard
    document.documentElement.style.setProperty("--height", `${view.height}px`);
    if (document.activeElement === box) toNewest();
  });
}

document.addEventListener("visibilitychange", () => (document.hidden ? hush() : listen()));
window.addEventListener("online", listen);
window.addEventListener("pagehide", hush);
window.addEventListener("pageshow", listen);

try {
  if (!box.value) write(sessionStorage.getItem("draft") || "");
} catch {
  // Private browsing keeps nothing.
}
if (log.children.length) toNewest();
listen();
