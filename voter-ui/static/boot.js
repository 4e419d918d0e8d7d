// Starts the page. Every file is checked against the hash that stands above before a byte of it runs.
const fetchChecked = async ({ url, integrity }) => {
  const response = await fetch(url, { integrity });
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return response;
};
let engine;
const compileEngine = async () => {
  const [response] = await Promise.all([fetchChecked(ENGINE.module), fetchChecked(ENGINE.script)]);
  return WebAssembly.compile(await response.arrayBuffer());
};
// A started worker; an error if a file is missing or is not the one that this release was built with.
globalThis.tabellaWorker = async () => {
  engine ??= compileEngine();
  let module;
  try {
    module = await engine;
  } catch (error) {
    engine = undefined;
    throw error;
  }
  const worker = new Worker(ENGINE.script.url, { type: "module" });
  worker.postMessage(module);
  return worker;
};
try {
  await __wbg_init({ module_or_path: fetchChecked(MODULE) });
  start();
} catch (error) {
  console.error(error);
  document.documentElement.classList.add("failed");
}
