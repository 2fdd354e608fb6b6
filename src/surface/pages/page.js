// Signs in with a link, an API key, or an administrator's sign-in.
//
// A link's secret stands behind the `#`: it never reaches a log, and opening
// the page changes nothing until this script sends it.
"use strict";

const form = document.getElementById("sign-in");
const problem = document.getElementById("problem");
const field = document.getElementById("credential");

async function signIn(request) {
  problem.textContent = "";
  for (const button of form.querySelectorAll("button")) button.disabled = true;
  try {
    const response = await fetch("/sign-in", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(request),
    });
    const reply = await response.json();
    if (response.ok) {
      const here = location.pathname === reply.path || location.pathname.startsWith(`${reply.path}/`);
      if (here && reply.path !== "/") location.reload();
      else location.replace(reply.path);
      return;
    }
    problem.textContent = reply.detail ?? "Signing in did not work.";
  } catch {
    problem.textContent = "The server cannot be reached. Try again.";
  }
  for (const button of form.querySelectorAll("button")) button.disabled = false;
  field.focus();
}

function wished() {
  const application = form.dataset.application;
  return application === "" ? {} : { application };
}

/** The secret of a link that was pasted whole, or what was pasted. */
function secretOf(text) {
  const trimmed = text.trim();
  return trimmed.slice(trimmed.lastIndexOf("#") + 1);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (field.value.trim() === "") {
    problem.textContent = "Paste a sign-in link or an API key.";
    field.focus();
    return;
  }
  void signIn({ credential: secretOf(field.value), ...wished() });
});

document.getElementById("continue")?.addEventListener("click", () => void signIn(wished()));

function follow() {
  if (!location.hash.startsWith("#tl_")) return;
  const credential = location.hash.slice(1);
  history.replaceState(null, "", location.pathname + location.search);
  void signIn({ credential, ...wished() });
}

follow();
// A link that is pasted while this page is open loads nothing anew.
addEventListener("hashchange", follow);
