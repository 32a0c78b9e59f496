// Shows a notification when something was pushed; a tap opens the chat, where the message stands.
self.addEventListener("push", (event) => {
  let news = {};
  try {
    news = event.data.json();
  } catch {
    // A push without words still says that there is something.
  }
  const title = news.title || "Lý Sơn";
  const options = { body: news.body || "", icon: "/static/emblem.svg", data: { url: "/" } };
  event.waitUntil(self.registration.showNotification(title, options));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data.url));
});

async function open(url) {
  const pages = await self.clients.matchAll({ type: "window" });
  for (const page of pages) {
    if ("focus" in page) return page.focus();
  }
  return self.clients.openWindow(url);
}
