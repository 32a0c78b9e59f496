// The page at the door: how many are here, asked for again every three seconds while it is seen.
const here = document.getElementById("here");

async function look() {
  if (document.hidden) return;
  try {
    const answer = await fetch(here.dataset.from, { cache: "no-store" });
    if (answer.ok) here.textContent = (await answer.json()).total;
  } catch {
    // No network for a moment: the number stays as it is.
  }
}

if (here) setInterval(look, 3000);
