// Shows that a referral waits, or that nobody is on call, while no page is open. A push is only a hint to look: it holds nothing about anyone,
// nothing is fetched for it and nothing is kept. The server puts `KNOWN` in front: what a push may say, in each language. Whoever opens the page sees what they may see there.
"use strict";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

// One notice of each kind, however many pushes: the newer takes the place of the older, and is heard again.
self.addEventListener("push", (event) => {
  const text = event.data ? event.data.text() : "";
  const title = Object.hasOwn(KNOWN, text) ? text : Object.keys(KNOWN).find((one) => KNOWN[one].tag === "referral");
  const notice = { ...KNOWN[title], renotify: true, requireInteraction: true };
  event.waitUntil(self.registration.showNotification(title, notice));
});

// A page that is open is brought forward as it is: what someone typed there stays, and its own alert leads on.
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const look = async () => {
    const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
    const page = pages.find((one) => one.visibilityState === "visible") || pages[0];
    if (page) await page.focus();
    else await self.clients.openWindow("/");
  };
  event.waitUntil(look());
});
