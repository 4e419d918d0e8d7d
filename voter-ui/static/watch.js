// The only script that depends on no other: says so if the app's own is missing or is not the one that the page names.
addEventListener(
  "error",
  ({ target }) => {
    if (target === window || target instanceof HTMLScriptElement) {
      if (!document.querySelector("main")) document.documentElement.classList.add("failed");
    }
  },
  true,
);
