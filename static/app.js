/* AIMS: small behaviours of every page. Pages work without it. No eval, no inline handlers, nothing from elsewhere. */
"use strict";

window.aims = (() => {
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  /** A translated sentence from components/words.html, with {names} filled in. */
  const word = (name, values = {}) =>
    (one("#words")?.dataset[name] ?? name).replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");

  /** Runs a function for each matching element, now and in every part that htmx brings later. */
  const enhance = (selector, setUp) => {
    const run = (root) => [root, ...all(selector, root)]
      .filter((element) => element.matches?.(selector) && !element.dataset.ready)
      .forEach((element) => { element.dataset.ready = "1"; setUp(element); });
    run(document.documentElement);
    document.addEventListener("htmx:load", (event) => run(event.detail.elt));
  };

  let toastTimer = 0;
  const toast = (text) => {
    const box = one("#toast");
    if (!box) return;
    one("span", box).textContent = text;
    box.hidden = false;
    clearTimeout(toastTimer);
    toastTimer = setTimeout(() => { box.hidden = true; }, 6000);
  };

  /* ── popovers and dialogs where the browser has no own way ── */
  const popovers = "popover" in HTMLElement.prototype;
  document.documentElement.classList.toggle("no-popover", !popovers);
  const togglePopover = (target) => {
    const open = target.toggleAttribute("data-open");
    if (open) one("a, button, input", target)?.focus();
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[popovertarget], [commandfor], [data-opens]");
    if (!popovers) {
      all("[popover][data-open]").filter((box) => !box.contains(event.target) && box.id !== button?.getAttribute("popovertarget"))
        .forEach((box) => box.removeAttribute("data-open"));
    }
    if (!button) return;
    const target = (name) => document.getElementById(button.getAttribute(name) ?? "");
    if (!popovers && target("popovertarget")) togglePopover(target("popovertarget"));
    if (!("command" in HTMLButtonElement.prototype) && target("commandfor")) {
      if (button.getAttribute("command") === "close") target("commandfor").close();
      else target("commandfor").showModal();
    }
    if (target("data-opens")) { if (popovers) one("#me")?.hidePopover(); target("data-opens").showModal(); }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") all("[popover][data-open]").forEach((box) => box.removeAttribute("data-open"));
  });
  /* what only works with script is hidden until it runs */
  all("[data-opens], [data-script]").forEach((element) => { element.hidden = false; });
  if (window.PublicKeyCredential) all("[data-passkey]").forEach((element) => { element.hidden = false; });

  /* ── a question before an act that cannot be undone: data-confirm, data-confirm-text on the button or form ── */
  const ask = (source) => new Promise((resolve) => {
    const box = one("#confirm");
    if (!box?.showModal) { resolve(window.confirm(source.dataset.confirm)); return; }
    one("h2", box).textContent = source.dataset.confirm;
    one("p", box).textContent = source.dataset.confirmText ?? "";
    const yes = one("button[value=yes]", box);
    yes.textContent = source.dataset.confirmYes || source.textContent.trim();
    yes.classList.toggle("danger", source.classList.contains("danger"));
    yes.classList.toggle("primary", !source.classList.contains("danger"));
    box.returnValue = "";
    box.addEventListener("close", () => resolve(box.returnValue === "yes"), { once: true });
    box.showModal();
  });
  document.addEventListener("submit", async (event) => {
    const source = event.submitter?.dataset.confirm ? event.submitter : event.target;
    if (!source.dataset.confirm || source.dataset.agreed) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!await ask(source)) return;
    source.dataset.agreed = "1";
    event.target.requestSubmit(event.submitter);
    delete source.dataset.agreed;
  }, true);

  /* ── theme: the cookie is read by the server, so that the next page comes in its colours at once ── */
  const themes = ["system", "light", "dark"];
  const theme = () => document.documentElement.dataset.theme ?? "system";
  const showTheme = (button) => { one(".state", button).textContent = word(`theme-${theme()}`.replace(/-(\w)/, (_, c) => c.toUpperCase())); };
  const setTheme = (name) => {
    if (name === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = name;
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `theme=${name}; path=/; max-age=${name === "system" ? 0 : 31536000}; samesite=lax${secure}`;
  };
  enhance("[data-theme-next]", (button) => {
    button.hidden = false;
    showTheme(button);
    button.addEventListener("click", () => {
      setTheme(themes[(themes.indexOf(theme()) + 1) % themes.length]);
      showTheme(button);
    });
  });

  /* ── copy to the clipboard: data-copy="text" or data-copy-from="id" ── */
  enhance("[data-copy], [data-copy-from]", (button) => {
    button.hidden = !navigator.clipboard;
    button.addEventListener("click", async () => {
      const source = document.getElementById(button.dataset.copyFrom ?? "");
      await navigator.clipboard.writeText(button.dataset.copy ?? source?.value ?? source?.textContent.trim() ?? "");
      toast(word("copied"));
    });
  });
  enhance("[data-print]", (button) => { button.hidden = false; button.addEventListener("click", () => window.print()); });

  /* ── htmx: busy parts keep their content; a failure is said ── */
  document.addEventListener("htmx:beforeRequest", (event) => event.detail.target?.setAttribute("aria-busy", "true"));
  document.addEventListener("htmx:afterRequest", (event) => event.detail.target?.removeAttribute("aria-busy"));
  document.addEventListener("htmx:responseError", () => toast(word("failed")));
  document.addEventListener("htmx:sendError", () => toast(word("offline")));

  /* ── a passkey that could not be read (allauth's own script dispatches this) ── */
  document.addEventListener("allauth.error", (event) => {
    const box = one("[data-passkey-error]");
    if (!box) return;
    event.preventDefault();
    one("span", box).textContent = word("passkey");
    box.hidden = false;
  });

  return { all, one, word, enhance, toast, ask };
})();
