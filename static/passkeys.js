/* Wires a passkey's page to the sign-in library: a form says with data-passkey what it does with one. */
(() => {
  "use strict";

  const wire = (form) => {
    const ids = { credential: form.elements.credential.id };
    const button = form.querySelector("[data-passkey-button]");
    if (form.dataset.passkeyData) ids.data = form.dataset.passkeyData;
    if (form.elements.passwordless) ids.passwordless = form.elements.passwordless.id;
    const role = { addForm: "add", loginForm: "login", authenticateForm: "authenticate" };
    ids[role[form.dataset.passkey]] = button.id;
    window.allauth.webauthn.forms[form.dataset.passkey]({ ids });
  };

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("form[data-passkey]").forEach(wire);
  });

  /* One that did not come about is said in the page; the console need not hear of it. */
  document.addEventListener("allauth.error", (event) => {
    const trouble = document.querySelector("[data-passkey-trouble]");
    if (!trouble) return;
    event.preventDefault();
    trouble.hidden = false;
  });
})();
