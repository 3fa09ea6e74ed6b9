/* Comforts only: every page works without this file. Loaded in the head, so the theme is set before paint. */
(() => {
  "use strict";

  const root = document.documentElement;
  const night = matchMedia("(prefers-color-scheme: dark)");

  const stored = () => {
    try {
      return localStorage.getItem("theme");
    } catch {
      return null; // storage may be forbidden; the system's wish then holds
    }
  };

  const store = (theme) => {
    try {
      if (theme === (night.matches ? "dark" : "light")) localStorage.removeItem("theme");
      else localStorage.setItem("theme", theme);
    } catch {
      /* the choice holds for this page */
    }
  };

  const show = (theme) => {
    root.dataset.bsTheme = theme;
    const button = document.querySelector("[data-theme-switch]");
    if (button) button.setAttribute("aria-pressed", String(theme === "dark"));
  };

  const wished = () => stored() ?? (night.matches ? "dark" : "light");

  root.classList.add("js");
  show(wished());
  night.addEventListener("change", () => show(wished()));

  const wireTheme = () => {
    const button = document.querySelector("[data-theme-switch]");
    if (!button) return;
    button.hidden = false;
    button.addEventListener("click", () => {
      const theme = root.dataset.bsTheme === "dark" ? "light" : "dark";
      show(theme);
      store(theme);
    });
    show(wished());
  };

  /* A menu closes when one looks elsewhere, and gives the focus back on Escape. */
  const wireMenus = () => {
    const menus = document.querySelectorAll("details.menu");
    document.addEventListener("click", (event) => {
      menus.forEach((menu) => {
        if (!menu.contains(event.target)) menu.open = false;
      });
    });
    menus.forEach((menu) => {
      menu.addEventListener("keydown", (event) => {
        if (event.key !== "Escape" || !menu.open) return;
        menu.open = false;
        menu.querySelector("summary").focus();
      });
      menu.addEventListener("focusout", (event) => {
        if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
      });
    });
  };

  const wireCopy = () => {
    document.querySelectorAll("[data-copy]").forEach((button) => {
      const field = document.getElementById(button.dataset.copy);
      const said = document.getElementById(`${button.dataset.copy}-said`);
      if (!field || !navigator.clipboard) return;
      button.hidden = false;
      button.addEventListener("click", async () => {
        try {
          await navigator.clipboard.writeText(field.value);
          said.textContent = "Copied";
        } catch {
          field.select();
          said.textContent = "Selected. Press Ctrl and C to copy";
        }
      });
    });
  };

  /* A typed confirmation: the button waits until the words are there. The server asks again. */
  const wireConfirmations = () => {
    document.querySelectorAll("input[data-confirms]").forEach((field) => {
      const button = field.form.querySelector("[type=submit]");
      const weigh = () => {
        button.disabled = field.value.trim() !== field.dataset.confirms;
      };
      field.addEventListener("input", weigh);
      weigh();
    });
  };

  document.addEventListener("DOMContentLoaded", () => {
    wireTheme();
    wireMenus();
    wireCopy();
    wireConfirmations();
    const here = document.querySelector(".side-nav [aria-current]");
    const row = here?.closest("ul");
    if (row && row.scrollWidth > row.clientWidth) row.scrollLeft = here.offsetLeft - row.clientWidth / 3;
    document.querySelector("[data-error-summary]")?.focus();
  });
})();
