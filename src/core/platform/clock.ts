export { DAY, HOUR, MINUTE, SECOND, startOfMonth } from "../../shared/time";

/** The one source of "now", so that tests of expiry, grace and month's change can move it. UTC. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };
