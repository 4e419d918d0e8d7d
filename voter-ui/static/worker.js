// The first message brings the WebAssembly, compiled by the page from bytes that it has checked. Requests that come
// before it is ready wait.
const waiting = [];
self.onmessage = async ({ data }) => {
  self.onmessage = (event) => waiting.push(event.data);
  try {
    await __wbg_init({ module_or_path: data });
  } catch (error) {
    // outside of any promise, so that the page hears of it
    setTimeout(() => { throw error; });
    return;
  }
  self.onmessage = (event) => receive(event.data);
  waiting.forEach(receive);
};
