import { z } from "zod";
import { parameters } from "../chat";

const googleFields = z
  .strictObject({
    thinking_config: z
      .strictObject({
        thinking_level: z
          .enum(["minimal", "low", "medium", "high", "MINIMAL", "LOW", "MEDIUM", "HIGH"])
          .nullish(),
        thinking_budget: z
          .int()
          .min(0, "must be at least 0: a dynamic budget is not supported")
          .max(1_000_000)
          .nullish()
          .meta({ description: "0 is the effort `none`; otherwise as `reasoning.max_tokens`." }),
        include_thoughts: z.boolean().nullish(),
      })
      .nullish(),
  })
  .nullish();

/** What clients of other APIs send for `reasoning_effort` and `include_reasoning`: see `asked-reasoning.ts`. */
export const reasoningWords = {
  thinking: z
    .strictObject({ type: z.enum(["enabled", "disabled"]) })
    .nullish()
    .meta({
      description:
        "DeepSeek’s own switch, for its models alone. `reasoning_effort` says the same: `disabled` is `none`, `enabled` is `high` unless it says another.",
    }),
  reasoning: z
    .strictObject({
      effort: parameters.reasoning_effort.nullish().meta({ description: "The same as `reasoning_effort`." }),
      max_tokens: z.int().min(1).max(1_000_000).nullish().meta({
        description:
          "Sets the effort: `low` below 8,192, `medium` below 24,576, else `high`. It is no limit; `max_completion_tokens` is one.",
      }),
      enabled: z
        .boolean()
        .nullish()
        .meta({ description: "True: `medium` unless an effort is given. False: `none`." }),
      exclude: z.boolean().nullish().meta({ description: "True: `include_reasoning` is false." }),
      summary: z.literal("auto", 'must be "auto": no other summary is offered').nullish(),
    })
    .nullish()
    .meta({
      description:
        "OpenRouter’s object, for every model that reasons. `reasoning_effort` and `include_reasoning` say the same; thoughts are shown unless `exclude` is true.",
    }),
  google: googleFields.meta({
    description:
      "Google’s own words in its OpenAI-compatible API, for Gemini models alone: `thinking_level` is `reasoning_effort`, `include_thoughts` is `include_reasoning`.",
  }),
  extra_body: z
    .strictObject({ google: googleFields })
    .nullish()
    .meta({ description: "The same `google`, where Google’s documentation puts it." }),
};

export type ReasoningWords = z.output<z.ZodObject<typeof reasoningWords>>;
