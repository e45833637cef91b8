import type { Outputs } from "../../../_client/trpc";

type Result = Outputs["inference"]["result"];

/** What a column shows of an answer, whichever way it came. */
export interface Answer
  extends Pick<Result, "status" | "model" | "output" | "finish_reason" | "cost_micros" | "created_at"> {
  model_notice?: string | null | undefined;
  error: { message: string; request_id?: string } | null;
  usage: { input_tokens: number; output_tokens: number } | null;
  completed_at: string | null;
}

export type Output = NonNullable<Answer["output"]>;

/** One column's answer, finished or not. */
export interface Run {
  running: boolean;
  stopping: boolean;
  /** Null before the first send. */
  sentAt: string | null;
  id: string | null;
  /** While `running`, its output may be partial. */
  answer: Answer | undefined;
  /** The API's response as it came, or as its stream adds up. */
  json: unknown;
  /** Whether the request has a page of its own. */
  kept: boolean;
  error: unknown;
}

export const idle: Run = {
  running: false,
  stopping: false,
  sentAt: null,
  id: null,
  answer: undefined,
  json: undefined,
  kept: false,
  error: null,
};
