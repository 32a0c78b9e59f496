// The desk: a chat taken over looks at itself again; nothing here is needed to work.
const log = document.querySelector("[data-refresh]");
if (log) {
  setInterval(async () => {
    if (document.hidden) return;
    const answer = await fetch(location.pathname, { headers: { accept: "text/html" } }).catch(() => null);
    if (!answer?.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-refresh]");
    if (fresh && fresh.children.length !== log.children.length) log.replaceChildren(...fresh.children);
  }, 3000);
}
// Nobody sends the same answer twice by an impatient finger.
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", event => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
    setTimeout(() => delete form.dataset.sent, 4000);
  });
}
// A notice under way tells how far it is; when it ends, the page shows what can be done now.
const moving = document.querySelector("[data-stream]");
if (moving) {
  const stream = new EventSource(moving.dataset.stream);
  stream.addEventListener("state", event => {
    const told = JSON.parse(event.data);
    moving.querySelector("progress").value = told.percent;
    moving.querySelector("ul").replaceChildren(...told.lines.map(line => Object.assign(document.createElement("li"), { textContent: line })));
  });
  stream.addEventListener("done", () => { stream.close(); location.reload(); });
}
