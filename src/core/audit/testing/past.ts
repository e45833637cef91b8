/** For tests of other nouns: entries of years ago, which the job moves to the archive. */
export { anotherWeek, append, keyCreated, madeAt, makeWeek, pastCalls } from "../archives/testing/past-log";
