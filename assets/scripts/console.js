// Makes the console live. Without it every page still works by plain links and forms.
//
// On a server-sent event the page is fetched again and the fragments marked data-live are swapped. A form
// that someone has begun (data-keep) is carried over as it stands; forms.js sends it. Nothing is stored in the browser.
// The server puts `words` in front: what the scripts say, in the language of the page.
"use strict";
(() => {
  const body = document.body;
  const [link, news, place] = ["link", "news", "alert"].map((id) => document.getElementById(id));
  const skew = Date.now() - Number(body.dataset.now);
  const now = () => Date.now() - skew;

  // How long something has waited, in the same words as the server's.
  const age = (ms) => {
    const min = Math.floor(ms / 60000);
    if (min < 1) return words.underMinute;
    if (min < 60) return words.minutes.replace("{n}", min);
    if (min < 1440) return words.hours.replace("{h}", Math.floor(min / 60)).replace("{min}", String(min % 60).padStart(2, "0"));
    if (min < 2880) return words.day;
    return words.days.replace("{n}", Math.floor(min / 1440));
  };
  const tick = () => {
    for (const time of document.querySelectorAll("time[data-age]")) {
      const ms = now() - Date.parse(time.dateTime);
      const text = age(ms);
      if (time.textContent !== text) time.textContent = text;
      if (time.dataset.lateAfter && ms >= Number(time.dataset.lateAfter) * 60000) time.dataset.late = "true";
    }
    for (const time of document.querySelectorAll("time[data-left]")) {
      const ms = Date.parse(time.dateTime) - now();
      const text = (ms < 0 ? time.dataset.over : time.dataset.left).replace("#", age(Math.abs(ms)));
      if (time.textContent !== text) time.textContent = text;
      if (ms < 0) time.dataset.late = "true";
    }
  };
  setInterval(tick, 5000);

  const say = (state, text) => {
    if (!link || link.dataset.state === state) return;
    link.dataset.state = state;
    link.querySelector(".link-text").textContent = text;
  };

  // A form keeps what was typed in it, and where the cursor stands.
  const begun = (form) => form.dataset.begun === "true";
  const carry = (from, to) => {
    for (const form of from.querySelectorAll("form[data-keep]")) {
      const next = to.querySelector(`form[data-keep="${form.dataset.keep}"]`);
      if (next && begun(form)) next.replaceWith(form);
      else if (!next && begun(form)) to.prepend(lost(form));
    }
  };
  // Someone else settled it meanwhile: what was typed is shown, not thrown away.
  const lost = (form) => {
    const note = form.querySelector("textarea");
    const box = document.createElement("p");
    box.className = "small quiet";
    if (note && note.value.trim()) box.textContent = words.typed.replace("{text}", () => note.value.trim());
    return box;
  };

  const rows = (root) => new Map([...root.querySelectorAll("[data-row]")].map((row) => [row.dataset.row, row]));
  const announce = (before, after) => {
    const fresh = [...after].filter(([id, row]) => !before.has(id) && row.dataset.waits === "true");
    if (fresh.length) news.textContent = words.fresh.replace("{list}", () => fresh.map(([, row]) => row.dataset.say).join("; "));
  };

  // What the server sent last for each fragment: an equal answer leaves the page, and its focus, alone.
  const sent = new WeakMap();
  const remember = () => document.querySelectorAll("[data-live]").forEach((part) => sent.set(part, part.innerHTML));

  const swap = (page) => {
    const known = rows(document);
    const focus = document.activeElement?.id;
    for (const old of document.querySelectorAll("[data-live]")) {
      const next = page.querySelector(`[data-live="${old.dataset.live}"]`);
      if (!next || next.innerHTML === sent.get(old)) continue;
      sent.set(old, next.innerHTML);
      const open = [...old.querySelectorAll("details[open] > summary")].map((summary) => summary.textContent);
      carry(old, next);
      old.replaceChildren(...next.childNodes);
      const again = [...old.querySelectorAll("details > summary")].filter((summary) => open.includes(summary.textContent));
      for (const summary of again) summary.parentElement.open = true;
    }
    title(page.title);
    announce(known, rows(document));
    if (focus && document.activeElement === body) document.getElementById(focus)?.focus({ preventScroll: true });
    tick();
  };

  // A session ends when nobody touches its page: a look that the page takes by itself says so.
  let [touched, looked, kept] = [false, Date.now(), Date.now()];
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, () => { touched = true; });
  const address = () => {
    const url = new URL(location.href);
    url.searchParams.delete("auto");
    looked = Date.now();
    if (touched) kept = looked;
    else url.searchParams.set("auto", "1");
    touched = false;
    return url;
  };
  // What waits for whoever looks: a notice above the page and a mark in its title, until they have looked.
  const asks = (root) => [...root.querySelectorAll("a, .notice-title")].map((e) => `${e.href} ${e.textContent}`).join();
  const title = (text) => { document.title = place?.childElementCount ? `(!) ${text}` : text; };
  const alerted = async () => {
    const answer = await fetch("/alert?auto=1", { cache: "no-store" });
    if (!answer.ok) return;
    const piece = new DOMParser().parseFromString(await answer.text(), "text/html").body;
    if (asks(place) !== asks(piece)) place.replaceChildren(...piece.childNodes);
    title(document.title.replace("(!) ", ""));
  };
  // Nobody is signed in any more: what is shown goes at once, also if the next page does not come. A page
  // that signs itself out is left alone: loading it again would take the place of the answer.
  let leaving = false;
  const leave = () => {
    if (leaving) return;
    for (const part of [document.getElementById("main"), place]) part?.replaceChildren();
    document.title = "Handoff";
    location.reload();
  };

  const load = async () => {
    const from = location.href;
    const answer = await fetch(address(), { headers: { Accept: "text/html" }, cache: "no-store" });
    if (answer.redirected || answer.status === 401 || answer.status === 403) return leave();
    if (!answer.ok) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (location.href === from) swap(page); // Else a form that was sent meanwhile has led elsewhere.
  };
  let [streaming, loading, again] = [false, false, false];
  const refresh = async () => {
    if (loading) { again = true; return; }
    loading = true;
    try {
      do { again = false; await load(); } while (again);
      document.dispatchEvent(new Event("handoff:fresh"));
      if (place.childElementCount) await alerted();
      if (streaming) say("live", words.live);
      else say("slow", words.slow);
    } catch {
      say("off", words.off);
    } finally {
      loading = false;
    }
  };

  if (body.dataset.events) {
    remember();
    let wait = 1000;
    const listen = () => {
      const events = new EventSource(body.dataset.events);
      events.onopen = () => { wait = 1000; streaming = true; refresh(); alerted().catch(() => {}); };
      events.onmessage = refresh;
      events.addEventListener("alert", () => alerted().catch(() => {}));
      events.onerror = () => {
        events.close();
        streaming = false;
        refresh();
        setTimeout(listen, wait * (0.5 + Math.random()));
        wait = Math.min(wait * 2, 30000);
      };
    };
    listen();
    // Someone at work is not idle, though nothing changes; and of an idle page the server says when it ends.
    setInterval(() => {
      const min = (since) => (Date.now() - since) / 60000;
      if (min(looked) > 1 && (touched || min(kept) > Number(body.dataset.idle) + 1)) refresh();
    }, 5000);
    addEventListener("online", refresh);
    // Back may show this very page again, as it was when it was left.
    addEventListener("pageshow", (event) => { if (event.persisted) { leaving = false; refresh(); } });
    document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
  }

  // What forms.js does with a form, and which one leads out.
  document.addEventListener("handoff:shown", (event) => { title(event.detail); remember(); });
  document.addEventListener("submit", ({ target }) => { if (!target.dataset.keep) leaving = target.getAttribute("action") === "/out"; });
})();
