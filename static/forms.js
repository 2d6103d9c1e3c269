/* AIMS: forms that save themselves, warn before text is lost, and take dropped or pasted files.
   Each is a plain form without script. */
"use strict";

(() => {
  const { all, one, word, enhance, toast } = window.aims;
  const clock = () => new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" }).format(new Date());
  const state = (form) => new URLSearchParams(new FormData(form)).toString();
  const unsaved = new Set();

  /* ── unsaved changes: forms marked data-guard (and self-saving ones) ── */
  const mark = (form, dirty) => (dirty ? unsaved.add(form) : unsaved.delete(form));
  enhance("form[data-guard]", (form) => {
    const before = state(form);
    form.addEventListener("input", () => mark(form, state(form) !== before));
    form.addEventListener("submit", () => mark(form, false));
  });
  window.addEventListener("beforeunload", (event) => {
    if ([...unsaved].some((form) => form.isConnected)) event.preventDefault();
  });

  /* ── data-autosave: posts a second after the last change; `.saved` in the form says how it went.
        200/204 saved; JSON {version} or a header X-Version renews the hidden version field;
        409 or 412 someone else was first; 422 with JSON {detail} or {errors: {field: message}} refused;
        a redirect means that the session has ended. ── */
  const say = (form, text, css = "") => {
    const place = one(".saved", form);
    if (!place) return;
    place.className = `saved ${css}`.trim();
    (one("span", place) ?? place).textContent = text;
  };
  const reason = async (answer) => {
    if (answer.status === 409 || answer.status === 412) return word("conflict");
    const body = await answer.json().catch(() => ({}));
    return body.detail ?? Object.values(body.errors ?? body).flat().join(" ") ?? "";
  };
  const renew = async (form, answer) => {
    const json = answer.headers.get("content-type")?.includes("json") ? await answer.json().catch(() => ({})) : {};
    const version = answer.headers.get("x-version") ?? json.version;
    const field = form.elements.namedItem("version");
    if (version && field) field.value = version;
  };
  const post = async (form, sent) => {
    const answer = await fetch(form.action, {
      method: "POST",
      body: new FormData(form),
      headers: { Accept: "application/json", "X-Autosave": "1" },
      redirect: "manual",
    });
    if (answer.type === "opaqueredirect") { say(form, word("signedout"), "refused"); return; }
    if (!answer.ok) { say(form, word("refused", { reason: await reason(answer) }), "refused"); return; }
    await renew(form, answer);
    say(form, word("saved", { time: clock() }));
    if (form.dataset.sent === sent) mark(form, false);
  };
  const save = async (form) => {
    if (form.dataset.saving) { form.dataset.again = "1"; return; }
    form.dataset.saving = "1";
    form.dataset.sent = state(form);
    say(form, word("saving"), "waiting");
    try { await post(form, form.dataset.sent); } catch { say(form, word("offline"), "refused"); }
    delete form.dataset.saving;
    if (form.dataset.again) { delete form.dataset.again; save(form); }
  };
  enhance("form[data-autosave]", (form) => {
    let timer = 0;
    all("[data-without-script]", form).forEach((element) => { element.hidden = true; });
    form.addEventListener("input", () => {
      mark(form, true);
      say(form, word("changed"), "waiting");
      clearTimeout(timer);
      timer = setTimeout(() => save(form), 1000);
    });
    form.addEventListener("submit", (event) => {
      mark(form, false);
      if (event.submitter?.name) return;
      event.preventDefault();
      clearTimeout(timer);
      save(form);
    });
  });

  /* ── .drop: a label around <input type=file>; files may be dropped on it or pasted on the page ── */
  const show = (zone, input) => {
    const names = [...input.files].map((file) => file.name);
    const output = one("output", zone);
    if (output) output.textContent = names.length > 3 ? word("files", { count: names.length }) : names.join(", ");
  };
  const take = (zone, input, files) => {
    const limit = Number(zone.dataset.limitMb ?? 0);
    const large = [...files].find((file) => limit && file.size > limit * 1048576);
    if (large) { toast(word("toobig", { name: large.name, limit })); return; }
    const kept = new DataTransfer();
    [...files].slice(0, input.multiple ? files.length : 1).forEach((file) => kept.items.add(file));
    input.files = kept.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  };
  /* finds rows for a relation of which only some are listed; without it the list is what can be chosen */
  enhance("input[data-finder]", (finder) => {
    finder.hidden = false;
    finder.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  });

  enhance(".drop", (zone) => {
    const input = one("input[type=file]", zone);
    if (!input) return;
    const over = (on) => (event) => { event.preventDefault(); zone.classList.toggle("over", on); };
    zone.addEventListener("dragover", over(true));
    zone.addEventListener("dragleave", over(false));
    zone.addEventListener("drop", (event) => { over(false)(event); take(zone, input, event.dataTransfer.files); });
    input.addEventListener("change", () => {
      show(zone, input);
      if (zone.dataset.send === "at-once" && input.files.length) input.form.requestSubmit();
    });
  });
  document.addEventListener("paste", (event) => {
    const zone = event.target.closest?.("form")?.querySelector(".drop") ?? (all(".drop").length === 1 ? one(".drop") : null);
    const input = zone && one("input[type=file]", zone);
    if (input && event.clipboardData?.files.length) { event.preventDefault(); take(zone, input, event.clipboardData.files); }
  });
})();
