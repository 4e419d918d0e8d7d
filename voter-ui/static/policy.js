// Where the checked scripts of the workers are, from when they are there.
const workerAddresses = new Set();
// The page's only way to markup and to script addresses (Trusted Types). Leptos builds static markup from strings of
// its own; no text of a board goes this way, and anything that could act is refused.
globalThis.trustedTypes?.createPolicy("default", {
  createHTML: (markup) =>
    /<\s*\/?\s*(script|iframe|object|embed|base|meta)\b|[\s"'\/]on\w+\s*=|javascript:/i.test(markup) ? null : markup,
  createScriptURL: (address) => (workerAddresses.has(address) ? address : null),
});
