import type { Target } from "../generation";
import { circuitOf } from "./candidates";

const latencyNames = new WeakMap<Target["model"], { stream: string; whole: string }>();

/**
 * Under which the latency of a target is remembered. Put together once for each model of the day, as it is asked for several times a
 * call.
 */
export function latencyName(target: Target, streamed: boolean): string {
  if (target.provider !== target.model.provider || target.region !== undefined)
    return `${streamed ? "stream" : "whole"} ${circuitOf(target)}`;
  let names = latencyNames.get(target.model);
  if (names === undefined) {
    const circuit = circuitOf(target);
    names = { stream: `stream ${circuit}`, whole: `whole ${circuit}` };
    latencyNames.set(target.model, names);
  }
  return streamed ? names.stream : names.whole;
}
