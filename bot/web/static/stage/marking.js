// A juror's sheet: each mark is kept as soon as it is entered.
const form = document.querySelector("#marks");
const kept = document.querySelector("#kept");

form.addEventListener("change", async (event) => {
  const field = event.target;
  if (!field.reportValidity() || field.value === "") return;
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: new URLSearchParams({ [field.name]: field.value }),
      headers: { Accept: "application/json" },
    });
    kept.textContent = `${(await answer.json()).words}: ${field.value}`;
  } catch {
    kept.textContent = form.dataset.lost;
  }
});

// One more or one less by a tap; what a moment's taps came to is kept once.
const settling = new Map(); // a timer for each field
for (const button of form.querySelectorAll("[data-by]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const field = button.parentElement.querySelector("input");
    const wanted = Number(field.value || 0) + Number(button.dataset.by);
    field.value = String(Math.min(Number(field.max), Math.max(0, wanted)));
    clearTimeout(settling.get(field));
    const keep = () => field.dispatchEvent(new Event("change", { bubbles: true }));
    settling.set(field, setTimeout(keep, 400));
  });
}
