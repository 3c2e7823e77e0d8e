// The engine's own thread, so that the page answers while a face is being made.
let layers;
onmessage = async ({ data: { packed, z } }) => {
  if (packed) {
    layers = unpack(packed);
    return;
  }
  try {
    const known = await layers, start = performance.now();
    const pixels = makeFace(known, z);
    postMessage({ pixels, milliseconds: performance.now() - start }, [pixels.buffer]);
  } catch (error) {
    postMessage({ error: String(error) });
  }
};
