/** The value of a typed text, or what is wrong with it, in words for the person who typed it. */
export type Reading<Value> = { value: Value; problem?: undefined } | { value?: undefined; problem: string };
