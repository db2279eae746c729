// The engine on a thread of its own: the page never waits for it.
import { Qudao } from '../../npm/engine.js';

let engine;

onmessage = async ({ data: { id, bytes, call } }) => {
  if (bytes) engine = Qudao.of(bytes);
  try {
    const made = await engine;
    postMessage({ id, ok: call ? made.call(call) : true });
  } catch (error) {
    postMessage({ id, error: String(error.message ?? error) });
  }
};
