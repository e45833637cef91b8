export { DAY, HOUR, MINUTE, SECOND, startOfMonth } from "../../shared/time";

/** The one source of "now", so that tests can move it across expiries, grace periods and month ends. UTC. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };
