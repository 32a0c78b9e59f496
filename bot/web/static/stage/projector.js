// The wall: the newest picture, a ring that empties, rows that move; keys for who may drive.
import { fill, follow, now, secondsLeft } from "./stage.js";

const wall = document.querySelector("#wall");
const words = wall.dataset;
const part = (name) => document.querySelector(`#${name}`);
const still = matchMedia("(prefers-reduced-motion: reduce)");
let state = { phase: words.phase, step: Number(words.step) };

function set(element, content) {
  if (element.textContent !== content) element.textContent = content;
}

function show(fresh) {
  state = fresh;
  wall.dataset.phase = state.phase;
  part("lobby").hidden = state.phase !== "lobby";
  part("asking").hidden = !["open", "closed", "reveal"].includes(state.phase);
  part("board").hidden = !["standings", "ended"].includes(state.phase);
  part("board").classList.toggle("final", state.phase === "ended");
  set(part("board-title"), state.phase === "ended" ? words.final : words.board);
  part("late").hidden = ["lobby", "ended"].includes(state.phase);
  set(part("progress"), state.number ? fill(words.number, state) : "");
  const asking = ["open", "closed", "reveal"].includes(state.phase);
  set(part("count"), fill(asking ? words.answered : words.joined, state));
  if (asking) ask();
  if (state.top) rows();
  teams();
  tick();
}

function ask() {
  set(part("text"), state.text);
  part("text").classList.toggle("long", state.text.length > 110);
  part("options").classList.toggle("long", state.options.some((one) => one.length > 48 || /\S{17}/.test(one)));
  set(part("why"), state.why || "");
  const all = (state.counts || []).reduce((sum, one) => sum + one, 0);
  [...part("options").children].forEach((item, place) => {
    set(item.querySelector(".words"), state.options[place]);
    const known = state.phase === "reveal";
    const many = known ? state.counts[place] : 0;
    item.classList.toggle("right", known && state.right === place);
    item.classList.toggle("dim", known && state.right !== place);
    item.querySelector(".tick").hidden = !(known && state.right === place);
    set(item.querySelector(".share"), known ? String(many) : "");
    item.style.setProperty("--share", known && all ? String(many / all) : "0");
  });
  fit();
}

// Long questions are set smaller, step by step, until everything stands inside the wall.
function fit() {
  const asking = part("asking");
  for (let size = 1; size > 0.45; size -= 0.05) {
    asking.style.setProperty("--fit", size.toFixed(2));
    const boxes = [asking, part("options"), ...part("options").children];
    if (boxes.every((box) => box.scrollHeight <= box.clientHeight + 2)) break;
  }
}

addEventListener("resize", () => state.text && fit());
document.fonts.ready.then(() => state.text && fit());

function rows() {
  const list = part("rows");
  const before = new Map([...list.children].map((row) => [row.dataset.name, row.offsetTop]));
  list.replaceChildren(...state.top.map(row));
  if (still.matches) return;
  for (const item of list.children) {
    const from = before.get(item.dataset.name);
    const way = from === undefined ? 40 : from - item.offsetTop;
    if (way) {
      item.animate([{ transform: `translateY(${way}px)` }, { transform: "none" }],
        { duration: 600, easing: "ease-out" });
    }
  }
  set(part("units"), "");
  part("units").append(...(state.units || []).map((unit) => {
    const item = document.createElement("li");
    item.append(span("rank", String(unit.rank)), span("name", unit.unit), span("score", figure(unit.score)));
    return item;
  }));
}

function row(line) {
  const item = document.createElement("li");
  item.dataset.name = `${line.name}/${line.unit}`;
  const time = figure(line.took / 1000, 1);
  item.append(
    span("rank", String(line.rank)),
    span("name", line.name),
    span(line.moved < 0 ? "moved down" : "moved", line.moved ? moved(line.moved) : ""),
    span("score", fill(words.score, { right: line.right, time })),
  );
  return item;
}

function figure(number, places) {
  const written = places === undefined ? String(number) : number.toFixed(places);
  return document.documentElement.lang === "vi" ? written.replace(".", ",") : written;
}

function moved(count) {
  const up = count > 0;
  return `${up ? "▲" : "▼"} ${fill(up ? words.up : words.down, { count: Math.abs(count) })}`;
}

function span(name, content) {
  const made = document.createElement(name === "name" ? "bdi" : "span");
  made.className = name;
  made.textContent = content;
  return made;
}

function teams() {
  part("teams").replaceChildren(...(state.teams || []).map((team) => {
    const item = document.createElement("p");
    const total = document.createElement("b");
    total.textContent = figure(team.total);
    item.append(span("name", team.name), " ", total);
    return item;
  }));
}

function tick() {
  const left = secondsLeft(state);
  const whole = state.deadline ? (state.deadline - state.opened) / 1000 : 1;
  set(part("left"), state.phase === "open" ? String(Math.ceil(left)) : "");
  part("left").classList.toggle("many", left > 99);
  part("ring").hidden = state.phase !== "open";
  part("ring").style.setProperty("--left", String(Math.min(1, left / whole)));
  part("ring").classList.toggle("soon", left <= 5);
}

const NEXT = { lobby: "open", open: "close", closed: "reveal", reveal: "standings", standings: "open" };

async function drive(act) {
  // A key that bounces would close the question it has just opened.
  if (act === "close" && now() - state.opened < 1000) return;
  const body = new URLSearchParams({ act, seen: state.step });
  await fetch(document.querySelector("#drive").action, { method: "POST", body });
}

document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() === "f") document.documentElement.requestFullscreen?.();
  const help = part("help");
  if (help && (["h", "?"].includes(event.key.toLowerCase()) || (event.key === "Escape" && !help.hidden))) {
    help.hidden = !help.hidden;
  }
  if (!("drives" in words) || event.repeat || event.ctrlKey || event.metaKey) return;
  if ([" ", "ArrowRight", "PageDown", "Enter"].includes(event.key)) {
    event.preventDefault();
    const over = state.phase === "standings" && state.number >= state.of;
    const timeUp = state.phase === "open" && secondsLeft(state) === 0;
    const act = over ? "end" : timeUp ? "reveal" : NEXT[state.phase];
    if (act) drive(act);
  }
  if (["ArrowLeft", "PageUp", "Backspace"].includes(event.key)) {
    event.preventDefault();
    if (state.step) drive("undo");
  }
});

setInterval(tick, still.matches ? 1000 : 100);
follow(words.code, show, (away) => {
  part("lost").hidden = !away;
  set(part("lost"), away ? words.lost : "");
});
