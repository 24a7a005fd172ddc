// Lets this browser be told also when it is closed. Only on the page "How you are told"; the page says the rest.
"use strict";
(() => {
  const place = document.getElementById("push");
  const form = document.getElementById("push-form");
  if (!place || !form) return;
  const state = place.querySelector(".form-state");
  const button = place.querySelector("button");
  const say = (text) => { state.textContent = text; };

  if (!("serviceWorker" in navigator) || !("PushManager" in window) || !("Notification" in window)) {
    say(words.noPush);
    return;
  }
  button.hidden = false;

  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) => {
    const letters = String.fromCharCode(...new Uint8Array(buffer));
    return btoa(letters).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  };
  const mark = async (endpoint) => {
    const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(endpoint));
    return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  };
  // A browser that cannot reach its push service may wait for ever.
  const soon = (promise) => Promise.race([promise, new Promise((_, late) => { setTimeout(late, 15000); })]);
  const own = async (worker) => {
    const subscription = await worker?.pushManager.getSubscription();
    return subscription && { subscription, row: document.getElementById(`browser-${await mark(subscription.endpoint)}`) };
  };

  // Which of the list is this one; taking it off the list ends it here too.
  const show = async () => {
    const known = await own(await navigator.serviceWorker.getRegistration("/"));
    if (!known?.row) return;
    const name = known.row.querySelector(".browser-name");
    name.textContent = words.thisBrowser.replace("{name}", () => name.textContent);
    known.row.querySelector("form").addEventListener("submit", () => { known.subscription.unsubscribe(); });
    button.hidden = true;
    say(words.isTold);
  };
  show().catch(() => {});

  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      if ((await Notification.requestPermission()) !== "granted") {
        say(words.notAllowed);
        return;
      }
      await navigator.serviceWorker.register("/worker.js", { scope: "/" });
      const worker = await navigator.serviceWorker.ready;
      // One that the server does not know was made under another key, or taken off the list elsewhere.
      await (await worker.pushManager.getSubscription())?.unsubscribe();
      const key = bytes(place.dataset.key);
      const made = await soon(worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key }));
      form.elements.endpoint.value = made.endpoint;
      form.elements.p256dh.value = text(made.getKey("p256dh"));
      form.elements.auth.value = text(made.getKey("auth"));
      form.submit();
    } catch {
      say(words.noService);
    } finally {
      button.disabled = false;
    }
  });
})();
