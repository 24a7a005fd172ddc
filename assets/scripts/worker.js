// Shows that a referral waits, that nobody is on call or that a turn is offered, while no page is open. A push is only a hint to look: it holds nothing about anyone,
// nothing is fetched for it and nothing is kept. The server puts `KNOWN` in front: what a push may say, in each language, and `LOST`: what is said where no push
// comes any more. Whoever opens the page sees what they may see there.
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

// The browser's push service gave it another address, or took the old one back: it subscribes again under the same
// key, and tells the server by the session of whoever is signed in. Where nobody is, the browser says that it is not
// told any more; the old address goes when the push service refuses it.
const text = (buffer) => {
  const letters = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(letters).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
};
const again = async ({ oldSubscription, newSubscription }) => {
  const made = newSubscription || await self.registration.pushManager.subscribe(oldSubscription.options);
  const [p256dh, auth] = ["p256dh", "auth"].map((key) => text(made.getKey(key)));
  const answer = await fetch("/me/browsers", { method: "POST", body: new URLSearchParams({ endpoint: made.endpoint, p256dh, auth }) });
  if (!answer.ok) throw new Error(String(answer.status));
};
self.addEventListener("pushsubscriptionchange", (event) => {
  const spoken = navigator.languages.map((tag) => tag.split("-")[0]).find((tag) => Object.hasOwn(LOST, tag));
  const { title, body } = LOST[spoken || "en"];
  const lost = () => self.registration.showNotification(title, { body, tag: "browser", requireInteraction: true });
  event.waitUntil(again(event).catch(lost));
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
