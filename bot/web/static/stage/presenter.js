// The presenter's desk: counts live; the buttons anew when somebody took a step.
import { follow, secondsLeft } from "./stage.js";

const part = (name) => document.querySelector(`#${name}`);
let state = { phase: "" };

async function renew() {
  const answer = await fetch(location.pathname.replace(/\/(buoc|nguoi)$/, "/dieu-khien"));
  if (!answer.ok) return location.reload();
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#desk");
  const open = [...document.querySelectorAll("#desk details")].map((fold) => fold.open);
  part("desk").replaceWith(fresh);
  [...fresh.querySelectorAll("details")].forEach((fold, place) => { fold.open = open[place] || false; });
}

follow(part("desk").dataset.code, (fresh) => {
  const stale = Number(part("desk").dataset.step) !== fresh.step;
  state = fresh;
  part("joined").textContent = fresh.joined;
  part("answered").textContent = fresh.answered;
  // A link that is shown once stays until the presenter moves on.
  if (stale && !document.querySelector(".link")) renew();
});

setInterval(() => {
  const left = secondsLeft(state);
  part("left").textContent = state.phase === "open" ? `· ${Math.ceil(left)} s` : "";
  const reveal = document.querySelector(".steps button[value=reveal]");
  if (state.phase === "open" && left === 0 && reveal.disabled) renew();
}, 500);
