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
    kept.textContent = "⚠";
  }
});
