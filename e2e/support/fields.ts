/**
 * What tests read of the API's answers, by name. The contract has held an answer against the document before; what an answer
 * does not have is undefined, and fails the test that expects more of it.
 */
export interface Fields {
  readonly [name: string]: unknown;
  readonly id: string;
  readonly user_id: string;
  readonly name: string;
  readonly email: string;
  readonly role: string;
  readonly status: string;
  readonly model: string;
  readonly owned_by: string;
  readonly served_by: string;
  readonly upstream: string;
  readonly secret: string;
  readonly last_four: string;
  readonly access_token: string;
  readonly refresh_token: string;
  readonly recovery_codes: [string, ...string[]];
  readonly current: boolean;
  readonly available: boolean;
  readonly sequence: number;
  readonly cost_micros: number;
  readonly created_at: string;
  readonly next_cursor: string | null;
  readonly user: Fields;
  readonly organization: Fields;
  readonly actor: Fields;
  readonly group: Fields;
  readonly receipt: Fields;
  readonly custom_role: Fields | null;
  readonly quota: Fields;
  readonly output: Fields & { readonly content: string };
  readonly error: Fields & { readonly code: string; readonly message: string; readonly param: string | null };
  readonly usage: Usage;
  readonly totals: Totals;
  /** The completion of a call, where an answer has more to say of it. */
  readonly response: Fields;
  readonly choices: [Choice, ...Choice[]];
  readonly data: List;
  readonly members: List;
  readonly keys: List;
  readonly tool_calls: List;
  readonly attempts: List;
  readonly tries: List;
  readonly checks: Fields & { readonly queue: Fields };
  readonly measurements: Fields;
}

type Choice = Fields & {
  readonly message: Fields & { readonly content: string };
  readonly logprobs?: { readonly content: readonly unknown[] | null } | null;
};
type Usage = Fields &
  Readonly<Record<"prompt_tokens" | "completion_tokens" | "total_tokens", number>> &
  Readonly<Record<"input_tokens" | "output_tokens" | "cost", number>> & {
    readonly completion_tokens_details: Fields & { readonly reasoning_tokens: number };
  };
type Totals = Fields & {
  readonly requests: number;
  readonly total_tokens: number;
  readonly latency_ms: Readonly<Record<"p50" | "p95", number>>;
};

/** Whoever reads the first of a list that is empty fails there. */
export type List = [Fields, ...Fields[]];
