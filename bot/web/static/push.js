// The button that turns notifications on and off; shown only where they can work.
const button = document.querySelector("#push");
const can = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

function bytes(text) {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

function show(subscription) {
  button.hidden = Notification.permission === "denied";
  button.textContent = subscription ? button.dataset.off : button.dataset.on;
  button.setAttribute("aria-pressed", String(Boolean(subscription)));
}

async function tell(path, subscription) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(subscription),
  });
  return answer.ok;
}

async function turnOn(registration) {
  if ((await Notification.requestPermission()) !== "granted") return null;
  const key = bytes(button.dataset.key);
  const made = await registration.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: key,
  });
  if (await tell("/push", made)) return made;
  await made.unsubscribe(); // nothing was written yet, so there is nobody to push to
  button.textContent = button.dataset.first;
  return undefined;
}

async function turnOff(subscription) {
  await tell("/push/off", { endpoint: subscription.endpoint });
  await subscription.unsubscribe();
  return null;
}

async function toggle() {
  button.disabled = true;
  try {
    const registration = await navigator.serviceWorker.register("/sw.js");
    await navigator.serviceWorker.ready;
    const subscription = await registration.pushManager.getSubscription();
    const now = subscription ? await turnOff(subscription) : await turnOn(registration);
    if (now !== undefined) show(now);
  } catch {
    button.textContent = button.dataset.failed;
  } finally {
    button.disabled = false;
  }
}

async function begin() {
  const registration = await navigator.serviceWorker.getRegistration();
  show(registration ? await registration.pushManager.getSubscription() : null);
  button.addEventListener("click", toggle);
}

if (button && can) begin();
