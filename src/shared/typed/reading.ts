/** The value of a typed text, or an error message for the person who typed it. */
export type Reading<Value> = { value: Value; problem?: undefined } | { value?: undefined; problem: string };
