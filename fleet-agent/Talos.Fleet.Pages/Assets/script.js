// The live view: when the hub says that something changed, this page is asked for again and the parts marked data-live are swapped.
"use strict";
(() => {
  const main = document.querySelector("[data-stream]");
  const status = document.getElementById("live-status");
  if (!main || !window.EventSource) return;
  const pause = Number(main.dataset.pause) || 1000;
  let timer = 0;
  let asking = false;
  let again = false;

  function swap(old, fresh) {
    if (old.innerHTML === fresh.innerHTML) return;
    const held = document.activeElement;
    const focus = old.contains(held) ? held.id && `#${CSS.escape(held.id)}` || held.getAttribute("href") && `[href="${CSS.escape(held.getAttribute("href"))}"]` : "";
    for (const open of old.querySelectorAll("details[open][id]")) {
      const same = fresh.querySelector(`#${CSS.escape(open.id)}`);
      if (same) same.open = true;
    }
    old.replaceChildren(...Array.from(fresh.childNodes, n => document.importNode(n, true)));
    if (focus) old.querySelector(focus)?.focus({ preventScroll: true });
  }

  async function refresh() {
    timer = 0;
    if (asking || document.hidden) { again = true; return; }
    asking = true;
    again = false;
    try {
      const answer = await fetch(location.href, { cache: "no-store", redirect: "error" });
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const old of document.querySelectorAll("[data-live]")) {
        const fresh = page.getElementById(old.id);
        if (fresh) swap(old, fresh);
      }
      document.documentElement.dataset.refreshed = String(Number(document.documentElement.dataset.refreshed || 0) + 1);
    } catch {
      tell("not current", "lost");
      setTimeout(soon, 5000);
    }
    asking = false;
    if (again) soon();
  }

  function soon() {
    if (!timer) timer = setTimeout(refresh, pause);
  }

  function tell(text, kind) {
    status.textContent = text;
    status.className = `chip ${kind}`;
  }

  const stream = new EventSource(main.dataset.stream);
  let opened = false;
  stream.onopen = () => {
    tell("live", "ok");
    // What changed while there was no stream was not told.
    if (opened) soon();
    opened = true;
  };
  stream.onerror = () => tell("connecting", "unready");
  for (const name of ["node", "event", "telemetry", "rollout", "command", "missed"]) stream.addEventListener(name, soon);
  document.addEventListener("visibilitychange", () => { if (!document.hidden && again) soon(); });
  setInterval(soon, 60000);
})();
