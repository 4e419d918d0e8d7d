// Starts the page. Every file is checked against the hash that stands above before a byte of it runs.
const fetchChecked = async ({ url, integrity }) => {
  const response = await fetch(url, { integrity });
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return response;
};
let engine;
const compileEngine = async () => WebAssembly.compile(await (await fetchChecked(ENGINE.module)).arrayBuffer());
// A started worker; an error if a file is missing or is not the one that this release was built with. The script is
// checked for every worker anew: each loads it anew.
globalThis.tabellaWorker = async () => {
  engine ??= compileEngine();
  let module;
  try {
    [module] = await Promise.all([engine, fetchChecked(ENGINE.script)]);
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
