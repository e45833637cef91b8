import type { Customer } from "../customers";
import type { Installation } from "../installation";
import { httpText } from "../load";

export interface Bench {
  installation: Installation;
  customers: Customer[];
  seconds: number;
  /** Said in each row's name, such as "with Redis". */
  variant: string;
}

export const PROMPT =
  "Name three things that agates are used for, and say in one sentence each where the stone is found, how it is cut and polished, and what it costs.";

/** One submission of each customer, as an SDK sends it. */
export function submissions(customers: readonly Customer[]): string[] {
  return customers.map(({ key }) =>
    httpText({
      method: "POST",
      path: "/api/v1/inference",
      headers: { authorization: `Bearer ${key}` },
      body: { model: "gpt-4o", prompt: PROMPT, max_tokens: 64, temperature: 0.7 },
    }),
  );
}
