import { createHash } from "node:crypto";

/** A vector of length one, made from the text alone: equal texts get equal vectors, others almost orthogonal ones. */
export function simulateEmbedding(text: string, dimensions: number): number[] {
  const values: number[] = [];
  let state = createHash("sha256").update(text).digest();
  while (values.length < dimensions) {
    for (let at = 0; at < state.length && values.length < dimensions; at += 2) {
      values.push(state.readInt16BE(at) / 32_768);
    }
    state = createHash("sha256").update(state).digest();
  }
  const length = Math.hypot(...values) || 1;
  return values.map((value) => value / length);
}
