// Starts the page. Every file is checked against the hash that stands above before a byte of it runs.
const fetchChecked = async ({ url, integrity }) => {
  const response = await fetch(url, { integrity });
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return response;
};
// The engine's two files, once checked: workers run these very bytes, whatever the server sends later.
let engine;
const loadEngine = async () => {
  const [script, module] = await Promise.all([fetchChecked(ENGINE.script), fetchChecked(ENGINE.module)]);
  const [code, compiled] = await Promise.all([script.blob(), module.arrayBuffer().then(WebAssembly.compile)]);
  workerAddress = URL.createObjectURL(code);
  return compiled;
};
// A started worker; an error if a file is missing or is not the one that this release was built with.
globalThis.tabellaWorker = async () => {
  engine ??= loadEngine();
  let module;
  try {
    module = await engine;
  } catch (error) {
    engine = undefined;
    throw error;
  }
  const worker = new Worker(workerAddress, { type: "module" });
  worker.postMessage(module);
  return worker;
};
// The body of an answer; null if it is longer than that: a server may send without end.
globalThis.tabellaBody = async (response, limit) => {
  const reader = response.body.getReader();
  const pieces = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return new Uint8Array(await new Blob(pieces).arrayBuffer());
    length += value.length;
    if (length > limit) {
      await reader.cancel();
      return null;
    }
    pieces.push(value);
  }
};
// A page that the browser has kept while its visitor was elsewhere begins anew.
addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
try {
  await __wbg_init({ module_or_path: fetchChecked(MODULE) });
  start();
} catch (error) {
  console.error(error);
  document.documentElement.classList.add("failed");
}
