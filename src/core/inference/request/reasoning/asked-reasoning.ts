import { effortOfBudget, type Model, type ReasoningEffort } from "../../../models";
import { AppError } from "../../../platform";
import type { ReasoningWords } from "./reasoning-words";

/**
 * DeepSeek, OpenRouter and Google each have words of their own for how long a model thinks and whether that is shown. They are said
 * here as `reasoning_effort` and `include_reasoning`, which every mapping knows (ADR 123).
 */

/** What one field says. `loose`: where another says something else that fits, that holds. */
interface Said<Value> {
  by: string;
  value: Value;
  loose?: boolean;
}

interface OwnWords {
  reasoning_effort?: ReasoningEffort | null | undefined;
  include_reasoning?: boolean | null | undefined;
}

type GoogleOptions = NonNullable<ReasoningWords["google"]>;

/** What a call asks for, in our two fields, and the fields that it was said by. */
export interface AskedReasoning {
  fields: { reasoning_effort?: ReasoningEffort; include_reasoning?: boolean };
  saidBy: { reasoning_effort: string | undefined; include_reasoning: string | undefined };
}

/**
 * @returns undefined where it uses our words alone.
 * @throws AppError `invalid_request` where two of them contradict each other.
 */
export function askedReasoning(own: OwnWords, words: ReasoningWords): AskedReasoning | undefined {
  const { thinking, reasoning, extra_body: extra, google } = words;
  if (!thinking && !reasoning && !extra && !google) return undefined;
  const effort = agreed(effortsOf(own, words));
  const shown = agreed(showingsOf(own, words, effort?.value));
  return {
    fields: {
      ...(effort && { reasoning_effort: effort.value }),
      ...(shown && { include_reasoning: shown.value }),
    },
    saidBy: { reasoning_effort: effort?.by, include_reasoning: shown?.by },
  };
}

function effortsOf(own: OwnWords, words: ReasoningWords): Said<ReasoningEffort>[] {
  const { thinking, reasoning } = words;
  const said: Said<ReasoningEffort | null | undefined>[] = [
    { by: "reasoning_effort", value: own.reasoning_effort },
    // Without an effort it thinks with DeepSeek's own default.
    thinking?.type === "enabled"
      ? { by: "thinking", value: "high", loose: true }
      : { by: "thinking", value: thinking ? "none" : undefined },
    { by: "reasoning.effort", value: reasoning?.effort },
    { by: "reasoning.max_tokens", value: budgetOf(reasoning?.max_tokens) },
    // "Enables reasoning at the medium effort level" (openrouter.ai/docs/guides/best-practices/reasoning-tokens).
    reasoning?.enabled === true
      ? { by: "reasoning.enabled", value: "medium", loose: true }
      : { by: "reasoning.enabled", value: reasoning?.enabled === false ? "none" : undefined },
    ...googles(words).flatMap(([by, { thinking_config: config }]) => [
      { by: `${by}.thinking_config.thinking_level`, value: levelOf(config?.thinking_level) },
      { by: `${by}.thinking_config.thinking_budget`, value: budgetOf(config?.thinking_budget) },
    ]),
  ];
  return present(said);
}

function showingsOf(
  own: OwnWords,
  words: ReasoningWords,
  effort: ReasoningEffort | undefined,
): Said<boolean>[] {
  const { reasoning } = words;
  const exclude = reasoning?.exclude;
  return present([
    { by: "include_reasoning", value: own.include_reasoning },
    { by: "reasoning.exclude", value: typeof exclude === "boolean" ? !exclude : undefined },
    ...googles(words).map(([by, { thinking_config: config }]) => ({
      by: `${by}.thinking_config.include_thoughts`,
      value: config?.include_thoughts,
    })),
    // Who sends OpenRouter's object sees the thoughts unless they are excluded.
    { by: "reasoning", value: reasoning && effort !== "none" ? true : undefined, loose: true },
  ]);
}

function googles({ google, extra_body: extra }: ReasoningWords): [by: string, said: GoogleOptions][] {
  const found: [string, GoogleOptions][] = [];
  if (google) found.push(["google", google]);
  if (extra?.google) found.push(["extra_body.google", extra.google]);
  return found;
}

function levelOf(level: NonNullable<GoogleOptions["thinking_config"]>["thinking_level"]) {
  return level?.toLowerCase() as Lowercase<NonNullable<typeof level>> | undefined;
}

function budgetOf(tokens: number | null | undefined): ReasoningEffort | undefined {
  if (typeof tokens !== "number") return undefined;
  return tokens === 0 ? "none" : effortOfBudget(tokens);
}

function present<Value>(said: readonly Said<Value | null | undefined>[]): Said<Value>[] {
  return said.flatMap(({ value, ...rest }) =>
    value === null || value === undefined ? [] : [{ ...rest, value }],
  );
}

/** A loose one fits all that does not say the opposite. */
function agreed<Value extends string | boolean>(said: readonly Said<Value>[]): Said<Value> | undefined {
  const chosen = said.find(({ loose }) => loose !== true) ?? said[0];
  for (const other of said) {
    if (chosen === undefined || other.value === chosen.value) continue;
    if (other.loose === true && chosen.value !== "none") continue;
    throw new AppError("invalid_request", {
      public: `${other.by} asks for ${inWords(other.value)}, and ${chosen.by} for ${inWords(chosen.value)}. Send one of them.`,
      param: other.by,
    });
  }
  return chosen;
}

function inWords(value: string | boolean): string {
  if (typeof value === "string") return `the effort ${value}`;
  return value ? "reasoning in the answer" : "none in the answer";
}

/**
 * A provider's own words are for its models: others would not know them.
 * @throws AppError `unsupported_parameter`.
 */
export function checkOwnWords(words: ReasoningWords, { id, provider }: Pick<Model, "id" | "provider">): void {
  const refuse = (param: string) =>
    new AppError("unsupported_parameter", {
      public: `${param} is not supported by ${id}. Send reasoning_effort${param === "thinking" ? "" : " and include_reasoning"}.`,
      param,
    });
  if (words.thinking && provider !== "deepseek") throw refuse("thinking");
  const [google] = googles(words);
  if (google !== undefined && provider !== "gemini") throw refuse(google[0]);
}

/** A refusal names the field that was sent, and says what it stands for. */
export function inSentWords(error: unknown, asked: AskedReasoning | undefined): unknown {
  if (asked === undefined || !(error instanceof AppError)) return error;
  const { param } = error;
  if (param !== "reasoning_effort" && param !== "include_reasoning") return error;
  const { fields, saidBy } = asked;
  const by = saidBy[param];
  if (by === undefined || by === param) return error;
  // Of OpenRouter's object as a whole the part that asks for more than to be shown.
  const effort = saidBy.reasoning_effort;
  const nearest = by === "reasoning" && effort?.startsWith("reasoning.") ? effort : by;
  return new AppError(error.code, {
    public: `${by} stands for ${param}: ${fields[param]}. ${error.public}`,
    param: nearest,
    cause: error,
  });
}
