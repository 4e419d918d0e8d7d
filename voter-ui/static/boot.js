// Starts the page. Every file is checked against the hash that stands above before a byte of it runs.
const fetchChecked = async ({ url, integrity }) => {
  const response = await fetch(url, { integrity });
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return response;
};
// The two files of each of the workers' modules, once asked for and checked: workers run these very bytes, whatever the
// server sends later.
const loaded = new Map();
const loadWorker = async ({ script, module }) => {
  const [code, compiled] = await Promise.all([
    fetchChecked(script).then((answer) => answer.blob()),
    fetchChecked(module).then((answer) => answer.arrayBuffer()).then(WebAssembly.compile),
  ]);
  const address = URL.createObjectURL(code);
  workerAddresses.add(address);
  return { address, compiled };
};
// A started worker of this module; an error if a file is missing or is not the one that this release was built with.
globalThis.tabellaWorker = async (name) => {
  if (!loaded.has(name)) loaded.set(name, loadWorker(WORKERS[name]));
  let files;
  try {
    files = await loaded.get(name);
  } catch (error) {
    loaded.delete(name);
    throw error;
  }
  const worker = new Worker(files.address, { type: "module" });
  worker.postMessage(files.compiled);
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
