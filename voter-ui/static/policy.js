// Where the checked script of the workers is, once it is there.
let workerAddress;
// The page's only way to markup and to script addresses (Trusted Types). Leptos builds static markup from strings of
// its own; no text of a board goes this way, and anything that could act is refused.
globalThis.trustedTypes?.createPolicy("default", {
  createHTML: (markup) =>
    /<\s*\/?\s*(script|iframe|object|embed|base|meta)\b|[\s"'\/]on\w+\s*=|javascript:/i.test(markup) ? null : markup,
  createScriptURL: (address) => (address === workerAddress ? address : null),
});
