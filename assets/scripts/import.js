// Puts a chosen file into the field of the page, as text: it is then sent like one that was pasted.
"use strict";
(() => {
  const choose = document.getElementById("choose");
  const text = document.getElementById("text");
  if (!choose || !text) return;
  const state = choose.parentElement.querySelector(".form-state");
  choose.parentElement.hidden = false;

  // What a page may send, as it is written there.
  const MOST = 1000000;
  const long = (written) => new URLSearchParams({ text: written }).toString().length > MOST;

  choose.addEventListener("change", async () => {
    const file = choose.files[0];
    if (!file) return;
    state.textContent = "";
    const bytes = file.size > MOST ? null : new Uint8Array(await file.arrayBuffer());
    try {
      const written = bytes && new TextDecoder("utf-8", { fatal: true }).decode(bytes);
      if (written === null || long(written)) {
        state.textContent = words.tooLong;
      } else {
        text.value = written;
      }
    } catch {
      state.textContent = words.notUtf8;
    }
  });
})();
