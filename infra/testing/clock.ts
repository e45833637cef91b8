import type { Clock } from "@agathaai/core/platform";

/** A clock that is ahead by so many milliseconds: what will be true later, without waiting for it. */
export const after = (ms: number): Clock => ({ now: () => new Date(Date.now() + ms) });
