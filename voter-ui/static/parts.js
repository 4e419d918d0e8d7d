// Loads a part of the page when the page asks for it: one file, checked against its hash, of modules that run in the
// first module's memory. A module that several parts bring is started once; what could not be loaded is tried again when
// it is asked for again.
const started = new Map();
const startModule = (name, bytes) => {
  if (!started.has(name)) {
    const module = WebAssembly.instantiate(bytes, { __wasm_split: wasm });
    started.set(name, module);
    module.catch(() => started.delete(name));
  }
  return started.get(name);
};
const loadPart = async ({ file, modules }) => {
  const bytes = await (await fetchChecked(file)).arrayBuffer();
  let end = 0;
  for (const [name, length] of modules) await startModule(name, bytes.slice(end, (end += length)));
};
const loader = (part) => async (callback, data) => {
  let isLoaded = false;
  try {
    await loadPart(part);
    isLoaded = true;
  } catch (error) {
    console.error(error);
  }
  wasm.__indirect_function_table.get(callback)(data, isLoaded);
};
const LOADERS = Object.fromEntries(
  Object.entries(PARTS).map(([name, part]) => [`__wasm_split_load_${name}`, loader(part)]),
);
