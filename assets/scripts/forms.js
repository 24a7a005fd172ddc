// Sends the forms that hold what someone typed (data-keep) without leaving the page.
//
// One that is sent without a connection stays as it is, says so, and is sent by itself when there is one. Each form
// names what it writes, so that a form that came and whose answer did not is not written twice. Nothing is stored in
// the browser.
"use strict";
(() => {
  const main = document.getElementById("main");
  // Forms that were sent while nothing could be.
  const unsent = new Set();

  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-keep]");
    if (!form) return;
    form.dataset.begun = "true";
    // Someone goes on writing: what is half written does not go by itself.
    if (unsent.delete(form)) form.querySelector(".form-state").textContent = words.begun;
  });

  const show = (page, answer) => {
    main.replaceChildren(...page.getElementById("main").childNodes);
    if (answer.redirected) history.replaceState(null, "", answer.url);
    document.dispatchEvent(new CustomEvent("handoff:shown", { detail: page.title }));
    const here = ["[aria-invalid]", ".sheet-side .notice", "h1"].map((what) => main.querySelector(what)).find(Boolean);
    if (!here.matches("input, textarea, select")) here.tabIndex = -1;
    here.focus();
  };
  const send = async (form) => {
    const button = form.querySelector("button[type=submit]");
    const state = form.querySelector(".form-state");
    const fields = new URLSearchParams(new FormData(form));
    unsent.delete(form);
    [button.disabled, state.textContent] = [true, ""];
    try {
      const answer = await fetch(form.action, { method: "POST", body: fields });
      if (answer.status >= 500) throw new Error(String(answer.status));
      show(new DOMParser().parseFromString(await answer.text(), "text/html"), answer);
    } catch {
      button.disabled = false;
      state.textContent = words.unsent;
      unsent.add(form);
      if (document.activeElement === document.body) button.focus();
    }
  };
  document.addEventListener("submit", (event) => {
    if (!event.target.dataset.keep) return;
    event.preventDefault();
    send(event.target);
  });

  // The page has been fetched again: there is a connection. A form that is not on it any more waits for nothing.
  document.addEventListener("handoff:fresh", () => {
    for (const form of unsent) {
      if (form.isConnected) send(form);
      else unsent.delete(form);
    }
  });
  // Whoever closes the page is asked first.
  addEventListener("beforeunload", (event) => {
    if ([...unsent].some((form) => form.isConnected)) event.preventDefault();
  });
})();
